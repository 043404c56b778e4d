// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's init, from its first moment up to exec; or the command that a guest is
 * there for, which is then its first process.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "private.h"
#include "root.h"
#include "space.h"
#include "terminal.h"

/* --- which it is --------------------------------------------------------------------- */

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
static int take_root(const struct vs_start *start, const struct vs_root_place *place)
{
	struct vs *vs = start->child->vs;

	if (unshare(CLONE_NEWNS) < 0)
		return vs_fail_errno(vs, -errno, "making a mount namespace");
	if (chdir("/") < 0)
		return vs_fail_errno(vs, -errno, "looking at the new root");
	return vs_root_check(vs, place);
}

/* The builder tells which it is; who goes on has said why it does not. */
static void await_root(const struct vs_start *start, struct vs_root_place *ret)
{
	char byte = 0;

	if (write(start->channel, &byte, 1) != 1 ||
	    read(start->channel, ret, sizeof(*ret)) != sizeof(*ret))
		_exit(1);
}

/* All else is closed before a path of the guest's is looked at. */
static int take_descriptors(const struct vs_start *start)
{
	const struct vs_run_parts *run = start->run;
	const int *fds = run->standard->fds;
	const int keep[] = { start->child->program, start->child->report, run->arrival,
			     fds[0], fds[1], fds[2] };
	struct vs *vs = start->child->vs;
	int master = -1, slave = -1, r;

	/* With who runs it it ends; the command can undo that, and then the usher
	 * ends it. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return vs_fail_errno(vs, -errno, "making it end with its caller");
	r = vs_child_close(vs, keep, sizeof(keep) / sizeof(*keep));
	if (r < 0 || !run->run->tty)
		return r ?: vs_standard_take(vs, run->standard);
	r = vs_terminal_open(vs, &run->size, 0, &master, &slave);
	if (!r)
		r = vs_arrival_send(run->arrival, 0, master);
	return r ?: vs_terminal_take(vs, slave);
}

int vs_space_init(const struct vs_start *start)
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
	r = start->run ? take_descriptors(start) : vs_child_close(vs, keep, 2);
	if (!r)
		r = start->run ? vs_child_home(vs) : standard_descriptors(vs, "/dev/console");
	if (r < 0)
		return r;
	return vs_child_exec(child, start->argv[0], start->argv,
			     space->envp ?: no_environment);
}
