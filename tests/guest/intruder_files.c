// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Files of the host: through descriptors, handles and planted links.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "intruder.h"

/* send SOCKET FILE: hand a descriptor of FILE to who listens on SOCKET. */
static int send_file(char **a)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {};
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct iovec data = { (char *)"x", 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), file = open(a[1], O_RDONLY);
	char answer;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", a[0]);
	if (file < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return errno;
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &file, sizeof(int));
	if (sendmsg(fd, &message, 0) < 0)
		return errno;
	return read(fd, &answer, 1) < 0 ? errno : 0;	/* until it has ended */
}

int receive_file(const char *path)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {};
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), file = -1;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	unlink(path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(fd, 1) < 0)
		return -1;
	fd = accept(fd, NULL, NULL);
	if (recvmsg(fd, &message, 0) == 1 && CMSG_FIRSTHDR(&message))
		memcpy(&file, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	return file;
}

/* The errno of exec(), or 0. */
static int run(const char *path)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		execl(path, path, "--version", NULL);
		_exit(errno);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

static const char *name_of(int failed)
{
	return failed ? strerrorname_np(errno) : "ok";
}

/* What can be done with a descriptor: "read=ok write=EPERM ...". */
static void try_all(int fd)
{
	static const struct {
		const char *name;
		int flags;
	} ways[] = { { "read", O_RDONLY }, { "write", O_WRONLY }, { "append", O_RDWR | O_APPEND } };
	struct stat st;
	char path[64];
	int err;

	fstat(fd, &st);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	for (size_t i = 0; i < 3; i++) {
		int again = open(path, ways[i].flags);

		printf("%s=%s ", ways[i].name, name_of(again < 0));
		close(again);
	}
	printf("chmod=%s ", name_of(fchmod(fd, st.st_mode)));
	printf("chown=%s ", name_of(fchown(fd, st.st_uid, st.st_gid)));
	printf("truncate=%s ", name_of(truncate(path, st.st_size)));
	err = run(path);
	printf("exec=%s\n", err ? strerrorname_np(err) ?: "unknown" : "ok");
}

/* receive SOCKET: a descriptor that the host hands in. */
static int reopen_received(char **a)
{
	int fd = receive_file(a[0]);

	if (fd < 0)
		return errno;
	try_all(fd);
	return 0;
}

/* reopen FILE: the same with one of its own. */
static int reopen_own(char **a)
{
	int fd = open(a[0], O_RDONLY);

	if (fd < 0)
		return errno;
	try_all(fd);
	return 0;
}

/* memfd FILE: and with a copy that is on no file system. */
static int reopen_memory(char **a)
{
	int from = open(a[0], O_RDONLY), fd = memfd_create("copy", 0), keep;
	char buffer[65536], path[64];
	ssize_t n;

	while ((n = read(from, buffer, sizeof(buffer))) > 0)
		if (write(fd, buffer, n) != n)
			return errno;
	/* Nobody may have it open for writing when it is run. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	keep = open(path, O_RDONLY);
	close(fd);
	try_all(keep);
	return 0;
}

/* handle PATH: open it by number, which is how the host's root is reached. */
static int open_handle(char **a)
{
	struct {
		struct file_handle head;
		char bytes[MAX_HANDLE_SZ];
	} handle = { .head.handle_bytes = MAX_HANDLE_SZ };
	int mount_id, root = open("/", O_RDONLY | O_DIRECTORY), fd;

	if (name_to_handle_at(AT_FDCWD, a[0], &handle.head, &mount_id, 0) < 0)
		return errno;
	fd = open_by_handle_at(root, &handle.head, O_RDONLY);
	return fd < 0 ? errno : 0;
}

/* receive-directory SOCKET FILE: a directory, and FILE in it. */
static int use_directory(char **a)
{
	int fd = receive_file(a[0]);

	if (fd < 0)
		return EBADF;		/* nothing came with the message */
	return openat(fd, a[1], O_RDONLY) < 0 ? errno : 0;
}

/* walk FILE: out of a chroot of one's own, and up as far as it goes. */
static int walk_up(char **a)
{
	int here = open("/", O_RDONLY | O_DIRECTORY);

	if ((mkdir("/jail", 0755) < 0 && errno != EEXIST) || chroot("/jail") < 0 ||
	    fchdir(here) < 0)
		return errno;
	for (int i = 0; i < 64; i++)
		if (chdir("..") < 0)
			return errno;
	if (chroot(".") < 0)
		return errno;
	return open(a[0], O_RDONLY) < 0 ? errno : 0;
}

/* swap TARGET: an init that puts a link where the supervisor's socket was. */
static int swap_notify(char **a)
{
	struct stat st;

	signal(SIGTERM, _exit);	/* what the first process does not handle passes it by */
	signal(SIGINT, _exit);
	signal(SIGPWR, _exit);
	mkdir("/run/host", 0755);
	if (symlink(a[0], "/run/host/link") < 0)
		return errno;
	while (lstat("/run/host/notify", &st) < 0 || !S_ISSOCK(st.st_mode))
		usleep(1000);
	rename("/run/host/link", "/run/host/notify");
	for (;;)
		pause();
}

const struct intrusion file_intrusions[] = {
	{ "send", 2, send_file },
	{ "receive", 1, reopen_received },
	{ "reopen", 1, reopen_own },
	{ "memfd", 1, reopen_memory },
	{ "handle", 1, open_handle },
	{ "receive-directory", 2, use_directory },
	{ "walk", 1, walk_up },
	{ "swap", 1, swap_notify },
	{}
};
