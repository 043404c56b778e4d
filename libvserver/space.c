// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Starting a guest's init: the order of steps, from a process of the host to
 * the first process of a guest.
 *
 *	caller		checks, opens what the child will need
 *	  usher		a child that takes the time namespace upon itself, and
 *			clones into all other namespaces and the guest's cgroup,
 *	    init	which is the caller's child: mounts, root, host name,
 *			ceiling, context, exec
 *
 * Any step that fails ends init and usher, and with them all that they made:
 * namespaces, mounts, the identity.  The cgroup and the context are the
 * caller's.  Each step's own work stands in root.c and child.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <sched.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "child.h"
#include "private.h"
#include "root.h"

#define SPACES (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC)

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

/* The first process of the new namespaces, up to exec.  Returns on failure. */
static int be_init(const struct vs_child *child, const struct vs_space *space,
		   char *const *argv)
{
	static char *const no_environment[] = { NULL };
	const int keep[] = { child->program, child->report };
	struct vs *vs = child->vs;
	int r;

	r = vs_child_reset(vs);
	if (r < 0)
		return r;
	/* Here, not in clone3(): the root of the namespace is the cgroup that
	 * its maker is in, and that is the guest's only now. */
	if (unshare(CLONE_NEWCGROUP) < 0)
		return vs_fail_errno(vs, -errno, "making a cgroup namespace");
	r = vs_root_change(vs, space->root, space->console);
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
	return vs_child_exec(child, argv[0], argv, space->envp ?: no_environment);
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

/* Returns init's pid; in init it does not return. */
static pid_t usher(const struct vs_child *child, const struct vs_space *space,
		   int cgroup, char *const *argv)
{
	pid_t pid;
	int r;

	r = vs_limits_halve(child->vs);
	if (!r)
		r = make_time_namespace(child->vs);
	if (r < 0)
		return r;
	pid = vs_child_clone(SPACES, cgroup);
	if (pid < 0)
		return vs_fail_errno(child->vs, pid, "making namespaces");
	if (pid > 0)
		return pid;
	r = be_init(child, space, argv);
	vs_child_report(child->report, child->vs, r);
	_exit(1);
}

/* --- the caller -------------------------------------------------------------------- */

/* Let the usher do its work; 0 and init's pid (which may have failed since). */
static int run_usher(struct vs_child *child, const struct vs_space *space,
		     int cgroup, char *const *argv, pid_t *ret_pid)
{
	_cleanup_close_ int read_end = -1, write_end = -1;
	int pipes[2], r = 0;
	pid_t pid, init = 0;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return vs_fail_errno(child->vs, -errno, "making a pipe");
	read_end = pipes[0];
	write_end = pipes[1];
	pid = fork();
	if (pid < 0)
		return vs_fail_errno(child->vs, -errno, "forking");
	if (pid == 0) {
		init = usher(child, space, cgroup, argv);
		if (init < 0)
			vs_child_report(child->report, child->vs, init);
		else if (write(write_end, &init, sizeof(init)) != sizeof(init))
			_exit(1);
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
		.ceiling = space->ceiling,
		.seccomp = !space->no_seccomp,
		.no_new_privs = space->no_new_privs,
	};
	int pipes[2], pidfd, r, outcome;
	pid_t pid = 0;

	cgroup = vs_cgroup_open(vs, space->cgroup);
	if (cgroup < 0)
		return cgroup;
	program = vs_enter_open(vs);
	if (program < 0)
		return program;
	if (pipe2(pipes, O_CLOEXEC) < 0)
		return vs_fail_errno(vs, -errno, "making a pipe");
	report = pipes[0];
	child.program = program;
	child.report = pipes[1];

	r = run_usher(&child, space, cgroup, argv, &pid);
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
	r = vs_space_find_init(vs, space->root, &init);
	if (r < 0)
		return r;
	found[0] = init;
	return spawn(vs, space, found, ret_pid, ret_pidfd);
}
