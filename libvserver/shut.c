// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a process has open that it may not take along where its addresses are
 * others: sockets of the network, which reach where it no longer may, and rings of
 * io_uring, in which there may be such.  Each descriptor stays, with the end of
 * a pair of sockets whose other end is closed: what it reads ends, what it writes is
 * refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "private.h"

#define DESCRIPTORS_MAX	(1 << 20)	/* fs.nr_open of a kernel that nobody told otherwise */

/* @all: those of netlink as well. */
static bool is_of_network(int fd, bool all)
{
	int family;
	socklen_t size = sizeof(family);

	return !getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) &&
	       family != AF_UNIX && (all || family != AF_NETLINK);
}

/* It has no other call to know it by that changes nothing; /proc need not be there. */
static bool is_ring(int fd)
{
	static const char ring[] = "anon_inode:[io_uring]";
	char path[32], target[sizeof(ring)];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return readlink(path, target, sizeof(target)) == sizeof(ring) - 1 &&
	       !memcmp(target, ring, sizeof(ring) - 1);
}

int vs_shut_sockets(struct vs *vs, bool all)
{
	struct rlimit limit = {};
	int ends[2];

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return vs_fail_errno(vs, -errno, "asking how many descriptors there may be");
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return vs_fail_errno(vs, -errno, "shutting sockets");
	close(ends[1]);
	for (int fd = 0; fd < DESCRIPTORS_MAX && (rlim_t)fd < limit.rlim_max; fd++) {
		int flags = fcntl(fd, F_GETFD);

		if (flags < 0 || !(is_of_network(fd, all) || is_ring(fd)))
			continue;
		if (dup3(ends[0], fd, flags & FD_CLOEXEC ? O_CLOEXEC : 0) < 0) {
			int r = -errno;

			close(ends[0]);
			return vs_fail_errno(vs, r, "shutting descriptor %d", fd);
		}
	}
	close(ends[0]);
	return 0;
}
