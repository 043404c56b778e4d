// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Who is half inside, when a command goes into a running guest.
 *
 *	usher		joins the guest's namespaces, makes a terminal there, and
 *			clones into the guest's cgroup
 *	  command	which is the caller's child: user and cgroup namespace,
 *			ceiling, context, exec
 *
 * Both, the command until it enters, are in context 0, so that nothing in the
 * guest may signal, trace or read them.  They run no program and load no
 * library of the guest's before, they follow no link of /proc, and all that is
 * the host's is closed before the command looks at any path of the guest's.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/vfs.h>

#include "private.h"
#include "terminal.h"
#include "usher.h"

#define SPACES (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWTIME)

/* --- command ---------------------------------------------------------------------- */

static const char *terminal_type(void)
{
	const char *term = getenv("TERM");

	return term && strlen(term) < 64 ? term : "linux";
}

static int set_descriptors(const struct vs_session *s)
{
	struct vs *vs = s->child.vs;

	if (s->terminal < 0)
		return vs_standard_take(vs, &s->standard);
	return vs_terminal_take(vs, s->terminal);
}

/* All else is closed before a path of the guest's is looked at. */
static int close_others(const struct vs_session *s, int one, int another)
{
	const int *fds = s->standard.fds;
	const int keep[] = { s->init, s->child.program, s->child.report, s->terminal,
			     fds[0], fds[1], fds[2], one, another };

	return vs_child_close(s->child.vs, keep, sizeof(keep) / sizeof(*keep));
}

static const char *find_shell(void)
{
	_cleanup_close_ int bash = vs_child_open("/bin/bash", O_PATH, 0);

	return bash >= 0 ? "/bin/bash" : "/bin/sh";
}

/* What wants the host's privileges is done: the limits may be more than the
 * guest's root could set, and the clone into the guest's cgroup. */
static int join_rest(const struct vs_session *s)
{
	struct vs *vs = s->child.vs;
	int r = vs_bounds_limit(vs, &s->bounds);

	if (r < 0)
		return r;
	/* Only from within its root: a namespace is a border for moves, too. */
	if (setns(s->init, CLONE_NEWCGROUP | (s->user_first ? CLONE_NEWUSER : 0)) < 0)
		return vs_fail_errno(vs, -errno, "joining the guest's cgroup and user namespaces");
	return s->user_first ? vs_child_root(vs) : 0;
}

/* Up to exec.  Returns on failure. */
static int be_command(const struct vs_session *s)
{
	static char *const bash[] = { "-bash", NULL }, *const sh[] = { "-sh", NULL };
	static const char path[] =
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	struct vs *vs = s->child.vs;
	char term[80], shell_is[80];
	char *environment[] = { (char *)path, "HOME=/root", "USER=root", "LOGNAME=root",
				"LANG=C.UTF-8", shell_is, term, NULL };
	const char *shell;
	int r;

	if (setsid() < 0)
		return vs_fail_errno(vs, -errno, "making a session");
	r = join_rest(s);
	if (!r)
		r = close_others(s, -1, -1);
	if (!r)
		r = set_descriptors(s);
	if (!r)
		r = vs_child_home(vs);
	if (r < 0)
		return r;
	shell = find_shell();
	snprintf(term, sizeof(term), "TERM=%s", terminal_type());
	snprintf(shell_is, sizeof(shell_is), "SHELL=%s", shell);
	if (s->exec->argv)
		return vs_child_exec(&s->child, s->exec->argv[0], s->exec->argv, environment);
	return vs_child_exec(&s->child, shell, strcmp(shell, "/bin/sh") == 0 ? sh : bash,
			     environment);
}

/* --- usher ------------------------------------------------------------------------- */

/* In the command it does not return. */
int vs_usher(struct vs_session *s)
{
	struct vs *vs = s->child.vs;
	int master = -1, r;
	pid_t pid;

	/* While the host's /proc is the one that is seen. */
	r = vs_child_reset(vs);
	if (!r)
		r = vs_bounds_schedule(vs, &s->bounds);
	if (!r)
		r = close_others(s, s->cgroup, s->channel);
	if (r < 0)
		return r;
	if (setns(s->init, SPACES | (s->child.own_net ? CLONE_NEWNET : 0)) < 0)
		return vs_fail_errno(vs, -errno, "joining the guest's namespaces");
	if (s->exec->tty) {
		r = vs_terminal_open(vs, &s->size, s->user_first, &master, &s->terminal);
		if (r < 0)
			return r;
	}
	pid = vs_child_clone(0, s->cgroup);
	if (pid < 0)
		return vs_fail_errno(vs, pid, "joining the guest's cgroup");
	if (pid > 0)
		return vs_arrival_send(s->channel, pid, master);
	r = be_command(s);
	vs_child_report(s->child.report, vs, r);
	_exit(1);
}
