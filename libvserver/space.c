// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Starting a guest's init: the order of steps, from a process of the host to
 * the first process of a guest.
 *
 *	caller		checks, opens what the child will need
 *	  usher		a child that takes the time namespace and a copy of the
 *			host's mounts upon itself, clones into all other
 *			namespaces and the guest's cgroup,
 *	    init	which is the caller's child: waits for its root; then
 *			mounts of its own, host name, ceiling, context, exec
 *	    builder	makes that root, of the guest's namespaces and with the
 *			host's privileges
 *
 * Init has the same mounts as the builder, and takes a copy of them once they
 * are whole.  Where it has a user namespace, that copy is its own, and what
 * the host has mounted is locked in it: the guest cannot take off what masks
 * or protects.
 *
 * Any step that fails ends all three, and with them all that they made:
 * namespaces, mounts, the identity.  The cgroup and the context are the
 * caller's.  Each step's own work stands in root.c, userns.c and child.c, and
 * that of init in space_init.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <sched.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "network.h"
#include "private.h"
#include "root.h"
#include "space.h"
#include "userns.h"

#define SPACES (CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC)

/* --- builder ----------------------------------------------------------------------- */

/* Init goes on from here. */
static int tell_root(const struct vs_start *start, const struct vs_root_place *place)
{
	return send(start->channel, place, sizeof(*place), MSG_NOSIGNAL) == sizeof(*place) ? 0 :
	       vs_fail(start->child->vs, -EIO, "init vanished");
}

/* A process of the guest's PID namespace: /proc is that of who mounts it. */
static void be_builder(const struct vs_start *start, int userns, int told)
{
	struct vs *vs = start->child->vs;
	struct vs_root root = {
		.vs = vs, .space = start->space, .userns = userns,
		.first = start->space->user_first,
	};
	struct vs_root_place place;
	int r = vs_root_change(&root, &place);

	if (!r && write(told, &place, sizeof(place)) != sizeof(place))
		r = vs_fail_errno(vs, -errno, "telling of the root");
	if (r < 0)
		vs_child_report(start->child->report, vs, r);
	_exit(r < 0);
}

/* Init is told when the builder has ended: what is still in its namespace when init
 * ends, which is at once with some commands, is killed. */
static int run_builder(const struct vs_start *start, int userns)
{
	_cleanup_close_ int told = -1, tell = -1;
	struct vs *vs = start->child->vs;
	struct vs_root_place place;
	int status, fds[2];
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0)
		return vs_fail_errno(vs, -errno, "making a pipe");
	told = fds[0];
	tell = fds[1];
	pid = fork();
	if (pid < 0)
		return vs_fail_errno(vs, -errno, "forking");
	if (pid == 0)
		be_builder(start, userns, tell);
	close(TAKE_FD(tell));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return vs_fail_errno(vs, -errno, "waiting for the root");
	/* It has reported before, and the first report counts. */
	if (status || read(told, &place, sizeof(place)) != sizeof(place))
		return vs_fail(vs, -EIO, "making the root ended early");
	return tell_root(start, &place);
}

/* Init waits meanwhile, and no program of the guest's has run. */
static int build(const struct vs_start *start, pid_t init)
{
	_cleanup_close_ int userns = -1, pidfd = pidfd_open(init, 0);
	uint32_t first = start->space->user_first;
	struct vs *vs = start->child->vs;
	char byte;
	int r;

	if (pidfd < 0 || read(start->channel, &byte, 1) != 1)
		return vs_fail(vs, -EIO, "init vanished");
	if (first) {
		r = vs_userns_map(vs, init, first);
		if (r < 0)
			return r;
		userns = vs_userns_open(vs, init);
		if (userns < 0)
			return userns;
	}
	/* From here on in it: /sys shows the network of who mounts it. */
	if (start->space->network) {
		r = vs_network_make(vs, start->space->network, start->space->xid, init);
		if (r < 0)
			return r;
	}
	if (setns(pidfd, CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWCGROUP) < 0)
		return vs_fail_errno(vs, -errno, "joining the guest's namespaces");
	return run_builder(start, userns);
}

/* --- usher ------------------------------------------------------------------------- */

/* The guest's clocks begin now, so that its uptime is its own. */
static int make_time_namespace(struct vs *vs)
{
	struct timespec monotonic, boottime;
	char text[128];
	int r;

	if (unshare(CLONE_NEWTIME) < 0)
		return vs_fail_errno(vs, -errno, "making a time namespace");
	clock_gettime(CLOCK_MONOTONIC, &monotonic);
	clock_gettime(CLOCK_BOOTTIME, &boottime);
	snprintf(text, sizeof(text), "monotonic -%lld 0\nboottime -%lld 0\n",
		 (long long)monotonic.tv_sec, (long long)boottime.tv_sec);
	r = vs_write_file(AT_FDCWD, "/proc/self/timens_offsets", text);
	return r < 0 ? vs_fail_errno(vs, r, "setting the guest's clocks") : 0;
}

/* Before anybody else is there. */
static int prepare(const struct vs_start *start)
{
	struct vs *vs = start->child->vs;
	int r = vs_child_reset(vs);

	/* systemd starts a guest; a run is started by anybody's shell. */
	if (!r && start->run)
		r = vs_child_schedule(vs);
	if (!r)
		r = vs_limits_halve(vs);
	if (!r)
		r = make_time_namespace(vs);
	if (r < 0)
		return r;
	return unshare(CLONE_NEWNS) < 0 ?
	       vs_fail_errno(vs, -errno, "making a mount namespace") : 0;
}

/* Init's pid is told as soon as there is one; in init it does not return. */
static int usher(struct vs_start *start, int told)
{
	struct vs *vs = start->child->vs;
	int pair[2], r;
	pid_t pid;

	r = prepare(start);
	if (r < 0)
		return r;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return vs_fail_errno(vs, -errno, "making a channel");
	pid = vs_userns_clone(SPACES | (start->space->network ? CLONE_NEWNET : 0),
			      start->cgroup, start->space->user_first);
	if (pid == -ENOSPC)
		return vs_fail(vs, pid, "making namespaces: there are as many as "
			       "/proc/sys/user/max_*_namespaces say");
	if (pid < 0)
		return vs_fail_errno(vs, pid, "making namespaces");
	start->channel = pair[pid == 0];
	close(pair[pid != 0]);
	if (pid == 0) {
		close(told);
		r = vs_space_init(start);
		vs_child_report(start->child->report, vs, r);
		_exit(1);
	}
	if (write(told, &pid, sizeof(pid)) != sizeof(pid))
		return vs_fail_errno(vs, -errno, "telling of init");
	return build(start, pid);
}

/* --- the caller -------------------------------------------------------------------- */

/* What it holds of a run it keeps until that has ended; of a guest nothing. */
static void be_usher(struct vs_start *start, int told)
{
	struct vs *vs = start->child->vs;
	int r = usher(start, told);

	if (r < 0)
		vs_child_report(start->child->report, vs, r);
	if (start->run)
		vs_run_watch(start->run);
	_exit(0);
}

int vs_space_start(struct vs_start *start, pid_t *ret_usher, pid_t *ret_pid)
{
	_cleanup_close_ int read_end = -1, write_end = -1;
	struct vs *vs = start->child->vs;
	pid_t pid, init = 0;
	int pipes[2], r;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return vs_fail_errno(vs, -errno, "making a pipe");
	read_end = pipes[0];
	write_end = pipes[1];
	pid = vs_child_fork(start->run ? start->run->cgroup : -1);
	if (pid < 0)
		return vs_fail_errno(vs, pid, "forking");
	if (pid == 0)
		be_usher(start, write_end);
	close(TAKE_FD(write_end));
	r = read(read_end, &init, sizeof(init)) == sizeof(init) ? 0 : -EIO;
	*ret_usher = start->run ? pid : 0;
	*ret_pid = init;
	while (!start->run && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return r;
}

static int spawn(struct vs *vs, const struct vs_space *space, char *const *argv,
		 pid_t *ret_pid, int *ret_pidfd)
{
	_cleanup_close_ int cgroup = -1, program = -1, report = -1;
	struct vs_child child = {
		.vs = vs,
		.xid = space->xid,
		.own_net = space->network,
		.ceiling = space->ceiling,
		.seccomp = !space->no_seccomp,
		.no_new_privs = space->no_new_privs,
	};
	struct vs_start start = { .child = &child, .space = space, .argv = argv };
	int pipes[2], pidfd, r, outcome;
	pid_t pid = 0, usher_pid;

	cgroup = vs_cgroup_open(vs, space->cgroup);
	if (cgroup < 0)
		return cgroup;
	r = space->user_first ? vs_cgroup_delegate(vs, cgroup, space->user_first) : 0;
	if (r < 0)
		return r;
	program = vs_enter_open(vs);
	if (program < 0)
		return program;
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return vs_fail_errno(vs, -errno, "making a pipe");
	report = pipes[0];
	child.program = program;
	child.report = pipes[1];

	start.cgroup = cgroup;
	r = vs_space_start(&start, &usher_pid, &pid);
	close(pipes[1]);
	outcome = vs_child_outcome(report, vs);
	if (outcome < 0 || r < 0) {
		if (pid)
			waitpid(pid, NULL, 0);
		return outcome < 0 ? outcome : vs_fail(vs, -EIO, "init vanished");
	}
	pidfd = pidfd_open(pid, 0);
	if (pidfd < 0)
		return vs_fail_errno(vs, -errno, "watching init");
	*ret_pid = pid;
	*ret_pidfd = pidfd;
	return 0;
}

int vs_space_spawn(struct vs *vs, const struct vs_space *space,
		   pid_t *ret_pid, int *ret_pidfd)
{
	_cleanup_free_ char *init = NULL;
	char *found[2] = {};
	int r;

	if (space->argv)
		return spawn(vs, space, space->argv, ret_pid, ret_pidfd);
	if (space->layers)
		return vs_fail(vs, -EINVAL, "a tree of layers wants a command");
	r = vs_space_find_init(vs, space->root, &init);
	if (r < 0)
		return r;
	found[0] = init;
	return spawn(vs, space, found, ret_pid, ret_pidfd);
}
