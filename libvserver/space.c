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
 * caller's.  Each step's own work stands in root.c, userns.c and child.c.
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

#include "child.h"
#include "network.h"
#include "private.h"
#include "root.h"
#include "userns.h"

#define SPACES (CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC)

/* What usher, builder and init are to make. */
struct start {
	const struct vs_child *child;
	const struct vs_space *space;
	char *const *argv;
	int cgroup;
	int channel;		/* between usher and init: a byte, and the root */
};

/* --- the guest's init ----------------------------------------------------------- */

int vs_space_find_init(struct vs *vs, const char *root, char **ret)
{
	static const char *const candidates[] = {
		"/sbin/init", "/usr/lib/systemd/systemd", "/lib/systemd/systemd",
		"/sbin/openrc-init", "/sbin/runit-init", "/etc/init", "/bin/init", "/init",
	};
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	_cleanup_close_ int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return vs_fail_errno(vs, -errno, "opening the guest's root %s", root);
	for (size_t i = 0; i < sizeof(candidates) / sizeof(*candidates); i++) {
		_cleanup_close_ int fd = (int)syscall(SYS_openat2, dir, candidates[i],
						      &how, sizeof(how));
		struct stat st;
		char *found;

		if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
		    !(st.st_mode & 0111))
			continue;
		found = strdup(candidates[i]);
		if (!found)
			return vs_fail_errno(vs, -ENOMEM, "looking for an init");
		*ret = found;
		return 0;
	}
	return vs_fail(vs, -ENOEXEC, "there is no init in %s: neither /sbin/init nor "
		       "/usr/lib/systemd/systemd can be run", root);
}

/* --- init ------------------------------------------------------------------------ */

static int standard_descriptors(struct vs *vs, const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		return vs_fail_errno(vs, -errno, "opening %s", path);
	for (int i = 0; i < 3; i++)
		if (dup2(fd, i) < 0)
			return vs_fail_errno(vs, -errno, "opening %s", path);
	if (fd > 2)
		close(fd);
	return 0;
}

/* The copy; the builder has changed the root of all who had the same mounts. */
static int take_root(const struct start *start, const struct vs_root_place *place)
{
	struct vs *vs = start->child->vs;

	if (unshare(CLONE_NEWNS) < 0)
		return vs_fail_errno(vs, -errno, "making a mount namespace");
	if (chdir("/") < 0)
		return vs_fail_errno(vs, -errno, "looking at the new root");
	return vs_root_check(vs, place);
}

/* The builder tells which it is; who goes on has said why it does not. */
static void await_root(const struct start *start, struct vs_root_place *ret)
{
	char byte = 0;

	if (write(start->channel, &byte, 1) != 1 ||
	    read(start->channel, ret, sizeof(*ret)) != sizeof(*ret))
		_exit(1);
}

/* The first process of the new namespaces, up to exec.  Returns on failure. */
static int be_init(const struct start *start)
{
	static char *const no_environment[] = { NULL };
	const struct vs_space *space = start->space;
	const struct vs_child *child = start->child;
	const int keep[] = { child->program, child->report };
	struct vs_root_place place;
	struct vs *vs = child->vs;
	int r;

	if (setsid() < 0)
		return vs_fail_errno(vs, -errno, "making a session");
	/* Here, not in clone3(): the root of the namespace is the cgroup that
	 * its maker is in, and that is the guest's only now. */
	if (unshare(CLONE_NEWCGROUP) < 0)
		return vs_fail_errno(vs, -errno, "making a cgroup namespace");
	await_root(start, &place);
	r = take_root(start, &place);
	if (!r && space->user_first)
		r = vs_child_root(vs);
	if (r < 0)
		return r;
	if (space->hostname && sethostname(space->hostname, strlen(space->hostname)) < 0)
		return vs_fail_errno(vs, -errno, "setting the host name");
	/* The host's cgroup and terminal, before anything of the guest's is run. */
	r = vs_child_close(vs, keep, 2);
	if (!r)
		r = standard_descriptors(vs, "/dev/console");
	if (r < 0)
		return r;
	return vs_child_exec(child, start->argv[0], start->argv,
			     space->envp ?: no_environment);
}

/* --- builder ----------------------------------------------------------------------- */

/* Init goes on from here. */
static int tell_root(const struct start *start, const struct vs_root_place *place)
{
	return send(start->channel, place, sizeof(*place), MSG_NOSIGNAL) == sizeof(*place) ? 0 :
	       vs_fail(start->child->vs, -EIO, "init vanished");
}

/* A process of the guest's PID namespace: /proc is that of who mounts it. */
static int run_builder(const struct start *start, int userns)
{
	const struct vs_space *space = start->space;
	struct vs *vs = start->child->vs;
	struct vs_root root = {
		.vs = vs, .space = space, .userns = userns, .first = space->user_first,
	};
	struct vs_root_place place;
	int status, r;
	pid_t pid = fork();

	if (pid < 0)
		return vs_fail_errno(vs, -errno, "forking");
	if (pid == 0) {
		r = vs_root_change(&root, &place);
		if (!r)
			r = tell_root(start, &place);
		if (r < 0)
			vs_child_report(start->child->report, vs, r);
		_exit(r < 0);
	}
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return vs_fail_errno(vs, -errno, "waiting for the root");
	/* It has reported before, and the first report counts. */
	return status ? vs_fail(vs, -EIO, "making the root ended early") : 0;
}

/* Init waits meanwhile, and no program of the guest's has run. */
static int build(const struct start *start, pid_t init)
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
static int prepare(const struct start *start)
{
	struct vs *vs = start->child->vs;
	int r = vs_child_reset(vs);

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
static int usher(struct start *start, int told)
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
		r = be_init(start);
		vs_child_report(start->child->report, vs, r);
		_exit(1);
	}
	if (write(told, &pid, sizeof(pid)) != sizeof(pid))
		return vs_fail_errno(vs, -errno, "telling of init");
	return build(start, pid);
}

/* --- the caller -------------------------------------------------------------------- */

/* Let the usher do its work; 0 and init's pid (which may have failed since). */
static int run_usher(struct start *start, pid_t *ret_pid)
{
	_cleanup_close_ int read_end = -1, write_end = -1;
	struct vs *vs = start->child->vs;
	int pipes[2], r = 0;
	pid_t pid, init = 0;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return vs_fail_errno(vs, -errno, "making a pipe");
	read_end = pipes[0];
	write_end = pipes[1];
	pid = fork();
	if (pid < 0)
		return vs_fail_errno(vs, -errno, "forking");
	if (pid == 0) {
		r = usher(start, write_end);
		if (r < 0)
			vs_child_report(start->child->report, vs, r);
		_exit(0);
	}
	close(TAKE_FD(write_end));
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (read(read_end, &init, sizeof(init)) == sizeof(init))
		*ret_pid = init;
	else
		r = -EIO;	/* the report says why */
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
	struct start start = { .child = &child, .space = space, .argv = argv };
	int pipes[2], pidfd, r, outcome;
	pid_t pid = 0;

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
	r = run_usher(&start, &pid);
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
