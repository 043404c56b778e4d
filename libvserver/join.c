// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The way into a bare context: into the namespaces that its processes have, or
 * into new ones if there is no process; within its ceiling; then into it.
 *
 * Who is in there already is not trusted.  What is needed is opened before its
 * mounts are ours, and it can neither trace nor look at the caller once that is
 * in the context too.
 */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "private.h"
#include "root.h"

#define SPACES (CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS)

/*
 * The process of that number as a descriptor, or -ESRCH.  Asked in this order
 * it is the one that is in the context: it has had the number all the time.
 */
static int open_member(struct vs *vs, uint32_t xid, pid_t pid)
{
	_cleanup_close_ int pidfd = pidfd_open(pid, 0);

	if (pidfd < 0)
		return -ESRCH;
	if (vs_nl_context_kill(vs, xid, pid, 0) < 0)
		return -ESRCH;
	if (pidfd_send_signal(pidfd, 0, NULL, 0) < 0)
		return -ESRCH;
	return TAKE_FD(pidfd);
}

/* 1: the caller is where a process of the context is; 0: there is none. */
static int join_member(struct vs *vs, uint32_t xid)
{
	_cleanup_free_ struct vs_process *processes = NULL;
	char cwd[PATH_MAX];
	size_t n = 0;
	int r;

	r = vs_process_list(vs, xid, &processes, &n);
	if (r < 0)
		return r;
	if (!getcwd(cwd, sizeof(cwd)))
		*cwd = '\0';
	for (size_t i = 0; i < n; i++) {
		_cleanup_close_ int pidfd = open_member(vs, xid, processes[i].pid);

		if (pidfd < 0 || setns(pidfd, SPACES) < 0)
			continue;	/* it has ended, or is about to */
		/* The same place in there, if there is one; else "/". */
		if (*cwd && chdir(cwd) < 0)
			*cwd = '\0';
		return 1;
	}
	return 0;
}

/* --- another root ----------------------------------------------------------------- */

/* In a copy of the host's mounts, of which then nothing is left but that tree. */
static int change_root(struct vs *vs, const char *path)
{
	const struct vs_space space = { .root = path, .console = -1 };
	struct vs_root root = { .vs = vs, .space = &space, .userns = -1, .bare = true };
	struct vs_root_place place;
	int r;

	if (unshare(CLONE_NEWNS) < 0)
		return vs_fail_errno(vs, -errno, "making a mount namespace");
	r = vs_root_change(&root, &place);
	return r < 0 ? r : vs_root_check(vs, &place);
}

/* What is open still, and of the tree that was left. */
static int shut_out(struct vs *vs)
{
	struct stat st;

	for (int fd = 0; fd < 3; fd++)
		if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
			return vs_fail(vs, -EISDIR, "descriptor %d is a directory, by which the "
				       "root could be left; redirect it", fd);
	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return vs_fail_errno(vs, -errno, "closing descriptors");
	return 0;
}

/* 1: the root is not that of @before any more. */
static int has_left(struct vs *vs, const struct stat *before)
{
	struct stat now;

	if (stat("/", &now) < 0)
		return vs_fail_errno(vs, -errno, "looking at the root");
	return now.st_dev != before->st_dev || now.st_ino != before->st_ino;
}

/* --- going in ----------------------------------------------------------------------- */

/* Shared memory and host name are root's by user id alone: hence own ones.  The
 * watcher is to see all processes: it keeps the host's /proc. */
static int make_spaces(struct vs *vs, uint32_t xid, const char *root)
{
	if (unshare(CLONE_NEWIPC | CLONE_NEWUTS) < 0)
		return vs_fail_errno(vs, -errno, "making namespaces");
	if (root)
		return change_root(vs, root);
	return xid == VS_XID_WATCHER ? 0 : vs_space_private_proc(vs);
}

int vs_context_join(struct vs *vs, const struct vs_confinement *confinement)
{
	_cleanup_close_ int program = vs_enter_open(vs);
	struct stat before;
	int r;

	if (program < 0)
		return program;
	if (stat("/", &before) < 0)
		return vs_fail_errno(vs, -errno, "looking at the root");
	r = join_member(vs, confinement->xid);
	if (r == 0)
		r = make_spaces(vs, confinement->xid, confinement->root);
	if (r >= 0)
		r = has_left(vs, &before);
	if (r > 0)
		r = shut_out(vs);
	if (r >= 0)
		r = vs_limits_halve(vs);
	if (r >= 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		r = vs_fail_errno(vs, -errno, "hiding from what is in the context");
	/* Until here the caller can end the context. */
	return r < 0 ? r : vs_confine(vs, program, confinement);
}
