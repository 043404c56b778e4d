// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Sockets that were open before a context was entered, or were passed into it.
 * "with" verbs make one and run a command; the others are what that tries.
 */
#include <errno.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"
#include "probe_sockets.h"

#define HELD	9	/* descriptors, for what is run */
#define PAIR	8

static int run(char **command)
{
	execvp(command[0], command);
	return errno;
}

/* with-bound udp|tcp ADDRESS PORT COMMAND...: bound, of TCP listening. */
static int try_with_bound(char **a)
{
	union probe_address address;
	socklen_t size = probe_address(a[1], a[2], &address);
	int type = strcmp(a[0], "tcp") ? SOCK_DGRAM : SOCK_STREAM;
	int fd = socket(address.any.sa_family, type | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, &address.any, size) || (type == SOCK_STREAM && listen(fd, 1)) ||
	    dup2(fd, HELD) < 0)
		return errno;
	return run(a + 3);
}

/* with-ring COMMAND...: an io_uring is open. */
static int try_with_ring(char **a)
{
	struct io_uring_params parameters = { 0 };
	int fd = (int)syscall(SYS_io_uring_setup, 1, &parameters);

	return fd < 0 || dup2(fd, HELD) < 0 || close(fd) ? errno : run(a);
}

/* with-passed COMMAND...: what comes out of a pair of Unix sockets is one of UDP. */
static int try_with_passed(char **a)
{
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(16))) = "", byte = 0;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);
	int pair[2], fd = socket(AF_INET, SOCK_DGRAM, 0);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	if (fd < 0 || socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) ||
	    sendmsg(pair[0], &message, 0) < 0 || dup2(pair[1], PAIR) < 0)
		return errno;
	close(fd);
	return run(a);
}

/* held-send ADDRESS PORT */
static int try_held_send(char **a)
{
	union probe_address address;
	socklen_t size = probe_address(a[0], a[1], &address);

	return sendto(HELD, "?", 1, 0, &address.any, size) < 0 ? errno : 0;
}

static int try_held_write(char **a)
{
	return write(HELD, "?", 1) < 0 ? errno : 0;
}

static int try_held_receive(char **a)
{
	char byte;
	ssize_t n = recv(HELD, &byte, 1, 0);

	if (n < 0)
		return errno;
	printf("%zd bytes ", n);
	return 0;
}

static int try_held_accept(char **a)
{
	return accept(HELD, NULL, NULL) < 0 ? errno : 0;
}

static int try_receive_passed(char **a)
{
	char control[CMSG_SPACE(sizeof(int))] __attribute__((aligned(16))), byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};

	if (recvmsg(PAIR, &message, 0) < 0)
		return errno;
	printf("%s ", CMSG_FIRSTHDR(&message) ? "a descriptor" : "nothing");
	return 0;
}

const struct probe probe_passed[] = {
	{ "with-bound",		-1, try_with_bound },
	{ "with-passed",	-1, try_with_passed },
	{ "with-ring",		-1, try_with_ring },
	{ "held-send",		2, try_held_send },
	{ "held-write",		0, try_held_write },
	{ "held-receive",	0, try_held_receive },
	{ "held-accept",	0, try_held_accept },
	{ "receive-passed",	0, try_receive_passed },
	{ NULL, 0, NULL }
};
