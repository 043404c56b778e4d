// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Hears from init that the guest has booted: systemd as PID 1 sends READY=1 to
 * NOTIFY_SOCKET when its default target has been reached.  The socket is made
 * in the guest's /run, which the guest may have changed already: every step
 * goes by descriptors, below its root, through no link.  What arrives counts
 * only if init itself has sent it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include "supervisor.h"

/* The guest's /run/host; made if it is not there. */
static int open_directory(const struct supervisor *s)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int root, run, host = -1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/root", (int)s->state->init);
	root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return -errno;
	run = (int)syscall(SYS_openat2, root, "run", &how, sizeof(how));
	if (run >= 0) {
		mkdirat(run, "host", 0755);
		host = openat(run, "host", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	}
	if (host < 0)
		host = -errno;
	if (run >= 0)
		close(run);
	close(root);
	return host;
}

static bool is_from_init(const struct supervisor *s, struct msghdr *message)
{
	struct ucred sender;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_CREDENTIALS)
			continue;
		memcpy(&sender, CMSG_DATA(c), sizeof(sender));
		return sender.pid == s->state->init;
	}
	return false;
}

static void is_ready(struct supervisor *s)
{
	int r;

	if (s->state->ready)
		return;
	s->state->ready = true;
	r = state_write(s->name, s->state);
	if (r < 0)
		tell(s, LOG_WARNING, "cannot write the state: %s", strerror(-r));
	tell(s, LOG_INFO, "ready");
}

static int on_message(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	char control[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(16 * sizeof(int))]
		__attribute__((aligned(8)));
	struct supervisor *s = userdata;
	char text[4096];
	struct iovec iov = { text, sizeof(text) - 1 };
	struct msghdr message = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	ssize_t n = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0)
		return 0;
	/* Descriptors that a guest passes are not wanted. */
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c))
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
			for (size_t i = 0; i < (c->cmsg_len - CMSG_LEN(0)) / sizeof(int); i++)
				close(((int *)CMSG_DATA(c))[i]);
	text[n] = '\0';
	if (!is_from_init(s, &message))
		return 0;
	for (char *rest = text, *line; (line = strsep(&rest, "\n"));)
		if (!strcmp(line, "READY=1"))
			is_ready(s);
	return 0;
}

/*
 * The file gets its mode as it is made, from the socket: once it is there, the
 * guest may have put a link in its place.
 */
static int bind_socket(int fd, int directory)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	mode_t before;
	int on = 1, r = 0;

	/* The magic link of our own descriptor; the last part is not followed. */
	snprintf(address.sun_path, sizeof(address.sun_path), "/proc/self/fd/%d/notify", directory);
	unlinkat(directory, "notify", 0);
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 || fchmod(fd, 0666) < 0)
		return -errno;
	before = umask(0);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		r = -errno;
	umask(before);
	return r;
}

int notify_open(struct supervisor *s)
{
	int directory, r = 0;

	directory = open_directory(s);
	if (directory < 0)
		return directory;
	s->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->notify < 0) {
		r = -errno;
		goto out;
	}
	r = bind_socket(s->notify, directory);
	if (!r)
		r = sd_event_add_io(s->event, &s->notify_source, s->notify, EPOLLIN, on_message, s);
out:
	close(directory);
	if (r < 0)
		notify_close(s);
	return r < 0 ? r : 0;
}

void notify_close(struct supervisor *s)
{
	s->notify_source = sd_event_source_disable_unref(s->notify_source);
	if (s->notify >= 0)
		close(s->notify);
	s->notify = -1;
}
