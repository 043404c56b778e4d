// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Standard descriptors of a command without a terminal of its own.
 *
 * What a guest holds open it can open anew through /proc/self/fd, for writing
 * too, change the mode of, and take as a step to the directory above.  So it is
 * given its own /dev/null in the place of the host's, and sockets of the caller's,
 * which cannot be opened anew.  Files and terminals are relayed through a pipe,
 * and directories are refused.
 *
 * So are pipes for output, which others of the caller's commands may write to:
 * whoever opened one anew would read that.  A pipe for input is the caller's own,
 * for what a relay has read and the command has not is lost to the next one.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <netlink/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "child.h"
#include "private.h"
#include "standard.h"

#ifndef PIPEFS_MAGIC
#define PIPEFS_MAGIC	0x50495045
#endif
#ifndef SOCKFS_MAGIC
#define SOCKFS_MAGIC	0x534f434b
#endif

static const char *const names[] = { "input", "output", "error" };

static bool is_null(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

/* May the guest have the caller's own? */
static bool may_have(int i)
{
	struct statfs fs;

	return fstatfs(i, &fs) == 0 &&
	       (fs.f_type == SOCKFS_MAGIC || (i == 0 && fs.f_type == PIPEFS_MAGIC));
}

/* The connection to the module may be in the place of one already. */
int vs_standard_fill(struct vs *vs)
{
	bool moves = nl_socket_get_fd(vs->socket) < 3;
	int fd;

	if (moves)
		vs_nl_close(vs);
	do {
		fd = open("/dev/null", O_RDWR);
		if (fd < 0)
			return vs_fail_errno(vs, -errno, "opening /dev/null");
	} while (fd < 3);
	close(fd);
	return moves ? vs_nl_open(vs) : 0;
}

static bool is_same(int a, int b)
{
	struct stat one, two;

	return fstat(a, &one) == 0 && fstat(b, &two) == 0 && one.st_dev == two.st_dev &&
	       one.st_ino == two.st_ino;
}

static int relay_one(struct vs *vs, struct vs_standard *s, struct vs_relay *relay, int i)
{
	int pipes[2];

	/* One pipe for one file, so that what is written stays in order. */
	if (i == 2 && s->fds[1] >= 0 && is_same(1, 2)) {
		s->fds[2] = fcntl(s->fds[1], F_DUPFD_CLOEXEC, 3);
		return s->fds[2] < 0 ? vs_fail_errno(vs, -errno, "making a pipe") : 0;
	}
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return vs_fail_errno(vs, -errno, "making a pipe");
	s->fds[i] = i == 0 ? pipes[0] : pipes[1];
	if (i > 0)
		vs_relay_add(relay, pipes[0], i);
	else
		vs_relay_add(relay, 0, pipes[1]);
	return 0;
}

int vs_standard_open(struct vs *vs, struct vs_standard *s, struct vs_relay *relay,
		     bool own_users)
{
	for (int i = 0; i < 3; i++) {
		struct stat st;
		int r;

		if (fstat(i, &st) < 0)
			return vs_fail_errno(vs, -errno, "looking at standard %s", names[i]);
		if (S_ISDIR(st.st_mode))
			return vs_fail(vs, -EISDIR, "standard %s is a directory, which a guest "
				       "is not given", names[i]);
		s->is_null[i] = is_null(&st);
		r = s->is_null[i] || may_have(i) ? 0 : relay_one(vs, s, relay, i);
		if (r < 0)
			return r;
		if (s->fds[i] < 0)
			continue;
		/* A program that opens /dev/stdout opens the pipe anew, which is
		 * whose who made it.  Through /proc only who is let look can. */
		if (own_users && fchmod(s->fds[i], 0666) < 0)
			return vs_fail_errno(vs, -errno, "opening standard %s up", names[i]);
		/* What is left unread of a file is the caller's again. */
		if (i == 0 && S_ISREG(st.st_mode))
			relay->unread = fcntl(s->fds[0], F_DUPFD_CLOEXEC, 3);
	}
	return 0;
}

/* The guest's, seen to be what it should be. */
static int open_null(struct vs *vs)
{
	_cleanup_close_ int fd = vs_child_open("/dev/null", O_RDWR | O_NOCTTY | O_NONBLOCK,
					       RESOLVE_NO_SYMLINKS);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return vs_fail_errno(vs, fd < 0 ? fd : -errno, "opening the guest's /dev/null");
	if (!is_null(&st))
		return vs_fail(vs, -EXDEV, "the guest's /dev/null is another file");
	return TAKE_FD(fd);
}

int vs_standard_take(struct vs *vs, const struct vs_standard *s)
{
	for (int i = 0; i < 3; i++) {
		_cleanup_close_ int null = -1;
		int fd = s->fds[i];

		if (s->is_null[i])
			fd = null = open_null(vs);
		if (s->is_null[i] && null < 0)
			return null;
		if (fd >= 0 && dup2(fd, i) < 0)
			return vs_fail_errno(vs, -errno, "opening standard %s", names[i]);
	}
	return 0;
}

void vs_standard_close(struct vs_standard *s)
{
	for (int i = 0; i < 3; i++)
		if (s->fds[i] >= 0)
			close(TAKE_FD(s->fds[i]));
}
