// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a guest's init writes to the notify socket: ready is who says so in a
 * line of its own, and no descriptor that was sent along stays open.
 *
 * The first byte is the number of descriptors.  The function that is called is
 * private to the file that is read in here; what it calls of its neighbours is
 * not what is looked at, and stands here.
 */
#include "vserverd/notify.c"

#include "fuzz.h"

static int sockets[2] = { -1, -1 };

void tell(const struct supervisor *s, int priority, const char *format, ...)
{
}

int state_write(const char *name, const struct state *state)
{
	return 0;
}

static void open_sockets(void)
{
	int on = 1;

	must(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, sockets) == 0);
	must(setsockopt(sockets[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) == 0);
}

static void send_to_supervisor(const uint8_t *data, size_t size, unsigned int n_fds)
{
	char control[CMSG_SPACE(32 * sizeof(int))] __attribute__((aligned(8))) = {};
	struct iovec iov = { (void *)data, size };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (n_fds) {
		message.msg_control = control;
		message.msg_controllen = CMSG_SPACE(n_fds * sizeof(int));
		c = CMSG_FIRSTHDR(&message);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n_fds * sizeof(int));
		memset(CMSG_DATA(c), 0, n_fds * sizeof(int));	/* standard input */
	}
	must(sendmsg(sockets[1], &message, 0) == (ssize_t)size);
}

static bool has_line(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = text, *line;
	bool found = false;

	while ((line = strsep(&rest, "\n")))
		found |= !strcmp(line, "READY=1");
	free(text);
	return found;
}

static int lowest_free(void)
{
	int fd = dup(sockets[0]);

	close(fd);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct state state = { .init = getpid() };
	struct supervisor s = { .name = "web", .state = &state };
	int before;

	if (sockets[0] < 0)
		open_sockets();
	if (!size || size > 65536)
		return 0;
	before = lowest_free();
	send_to_supervisor(data + 1, size - 1, data[0] % 33);
	on_message(NULL, sockets[0], EPOLLIN, &s);
	must(lowest_free() == before);
	if (size - 1 < 4096)
		must(state.ready == has_line(data + 1, size - 1));

	state = (struct state){ .init = getpid() + 1 };
	send_to_supervisor(data + 1, size - 1, 0);
	on_message(NULL, sockets[0], EPOLLIN, &s);
	must(!state.ready);
	return 0;
}
