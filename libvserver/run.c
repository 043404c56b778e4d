// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest that is there for one command, which is its first process.  It is
 * started as any guest is (space.c), with the command's descriptors in the place of
 * a console, and ends with who has started it:
 *
 *	caller		waits, relays, gives the exit status
 *	  usher		stays on, back among the host's mounts, and holds what
 *			the caller holds.  Where that is killed, it kills the
 *			cgroup and has the rest removed; so it is not in the
 *			caller's cgroup, where all may be killed at once
 *	    command
 *
 * The kernel would kill the command, too, when the caller dies (pdeathsig), but
 * lets it undo that; and of its namespace's first process it takes no signal
 * that this has no handler for.  So what is passed on and would end any other
 * process ends this one.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "private.h"
#include "space.h"
#include "terminal.h"

#define KILL_LIMIT_NS	10000000000ULL

/* --- usher ------------------------------------------------------------------------- */

/* In the guest's cgroup namespace it would be refused to kill it (nsdelegate). */
static int go_back(const struct vs_run_parts *parts)
{
	if (setns(parts->mounts, CLONE_NEWNS) < 0 || setns(parts->cgroups, CLONE_NEWCGROUP) < 0 ||
	    setns(parts->network, CLONE_NEWNET) < 0)
		return -errno;
	close(parts->mounts);
	close(parts->cgroups);
	close(parts->network);
	return 0;
}

/* Nothing of the caller's is held but what was asked for: who reads its output
 * waits for the end of that, and it for the end of the report. */
static int let_go(const struct vs_run_parts *parts)
{
	int keep[16] = { parts->caller, parts->mounts, parts->cgroups, parts->network };
	size_t n = 4;
	int r;

	/* What ends the caller's session ends the caller, whom we wait for. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	for (size_t i = 0; i < parts->run->n_keep && n < sizeof(keep) / sizeof(*keep); i++)
		keep[n++] = parts->run->keep[i];
	close_range(0, 2, 0);
	r = vs_child_close(NULL, keep, n);
	return r ?: go_back(parts);
}

void vs_run_watch(const struct vs_run_parts *parts)
{
	const struct vs_run *run = parts->run;
	char byte;

	if (let_go(parts) == 0 && read(parts->caller, &byte, 1) == 1)
		return;		/* it has removed everything itself */
	vs_cgroup_kill(NULL, run->space.cgroup, KILL_LIMIT_NS);
	if (run->left)
		run->left(run->userdata);
}

/* --- caller ------------------------------------------------------------------------ */

struct session {
	struct vs *vs;
	const struct vs_run *run;
	struct vs_child child;
	struct vs_run_parts parts;
	struct vs_start start;
	struct vs_standard standard;
	struct vs_relay relay;
	int report, arrival;	/* our ends */
	int alive;		/* whose end tells the usher of ours */
};

static int wait_status(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int relay(struct session *s, pid_t pid, int master)
{
	_cleanup_close_ int command = pidfd_open(pid, 0);
	int r, status;

	s->relay.init = pid;
	s->relay.master = master;
	if (s->run->tty) {
		s->relay.terminal = STDIN_FILENO;
		vs_relay_add(&s->relay, STDIN_FILENO, master);
		vs_relay_add(&s->relay, master, STDOUT_FILENO);
	}
	r = command < 0 ? -errno : vs_relay_run(&s->relay, command);
	if (r < 0)
		kill(pid, SIGKILL);
	status = wait_status(pid);
	if (r < 0)
		return vs_fail_errno(s->vs, r, "passing on its output");
	return s->relay.ended && status == 128 + SIGKILL ? 128 + s->relay.ended : status;
}

/* Until it runs, or has failed to; @ret_pid that is not 0 is a child then. */
static int launch(struct session *s, pid_t *ret_usher, pid_t *ret_pid, int *ret_master)
{
	int r = vs_space_start(&s->start, ret_usher, ret_pid), outcome;
	pid_t unused;

	close(TAKE_FD(s->child.report));
	if (s->parts.arrival >= 0)
		close(TAKE_FD(s->parts.arrival));
	vs_standard_close(&s->standard);
	if (!*ret_usher)
		return r;
	outcome = vs_child_outcome(s->report, s->vs);
	if (outcome < 0 || r < 0)
		return outcome < 0 ? outcome : vs_fail(s->vs, r, "the command vanished");
	return s->run->tty ? vs_arrival_receive(s->arrival, &unused, ret_master) : 0;
}

static int run_command(struct session *s)
{
	_cleanup_close_ int master = -1;
	pid_t usher = 0, pid = 0;
	int r = launch(s, &usher, &pid, &master);

	if (!r)
		r = relay(s, pid, master);
	else if (pid && kill(pid, SIGKILL) == 0)
		wait_status(pid);
	/* What it has left of processes went with it, unless some are the host's. */
	if (r < 0)
		vs_write_file(s->start.cgroup, "cgroup.kill", "1");
	return r;
}

/* A pipe or a pair, an end for us and one for another. */
static int make_pair(struct vs *vs, bool sockets, int *ret_ours, int *ret_theirs)
{
	int pair[2];

	if (sockets ? socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) :
		      pipe2(pair, O_CLOEXEC))
		return vs_fail_errno(vs, -errno, "making a channel");
	*ret_ours = pair[0];
	*ret_theirs = pair[1];
	return 0;
}

static int prepare(struct session *s)
{
	int r = vs_standard_fill(s->vs);

	if (r < 0)
		return r;
	s->start.cgroup = vs_cgroup_open(s->vs, s->run->space.cgroup);
	if (s->start.cgroup < 0)
		return s->start.cgroup;
	r = s->run->space.user_first ? vs_cgroup_delegate(s->vs, s->start.cgroup,
							  s->run->space.user_first) : 0;
	if (r < 0)
		return r;
	if (s->run->watch) {
		s->parts.cgroup = vs_cgroup_open(s->vs, s->run->watch);
		if (s->parts.cgroup < 0)
			return s->parts.cgroup;
	}
	s->child.program = vs_enter_open(s->vs);
	if (s->child.program < 0)
		return s->child.program;
	s->parts.mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	s->parts.cgroups = open("/proc/self/ns/cgroup", O_RDONLY | O_CLOEXEC);
	s->parts.network = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (s->parts.mounts < 0 || s->parts.cgroups < 0 || s->parts.network < 0)
		return vs_fail_errno(s->vs, -errno, "opening the host's namespaces");
	r = make_pair(s->vs, false, &s->report, &s->child.report);
	if (!r)
		r = make_pair(s->vs, false, &s->parts.caller, &s->alive);
	if (!r && s->run->tty)
		r = make_pair(s->vs, true, &s->arrival, &s->parts.arrival);
	if (r < 0)
		return r;
	if (!s->run->tty)
		return vs_standard_open(s->vs, &s->standard, &s->relay, s->run->space.user_first);
	ioctl(STDIN_FILENO, TIOCGWINSZ, &s->parts.size);
	return 0;
}

static void release(struct session *s)
{
	const int fds[] = { s->start.cgroup, s->child.program, s->child.report, s->parts.arrival,
			    s->parts.caller, s->parts.cgroup, s->parts.mounts,
			    s->parts.cgroups, s->parts.network, s->report, s->arrival };

	vs_standard_close(&s->standard);
	vs_relay_close(&s->relay);
	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

int vs_space_run(struct vs *vs, const struct vs_run *run, int *ret_usher)
{
	const struct vs_space *space = &run->space;
	struct session s = {
		.vs = vs,
		.run = run,
		.child = {
			.vs = vs,
			.program = -1,
			.report = -1,
			.xid = space->xid,
			.own_net = space->network,
			.ceiling = space->ceiling,
			.seccomp = !space->no_seccomp,
			.no_new_privs = space->no_new_privs,
		},
		.parts = { .run = run, .arrival = -1, .caller = -1, .cgroup = -1, .mounts = -1,
			   .cgroups = -1, .network = -1 },
		.standard = { .fds = { -1, -1, -1 } },
		.relay = { .unread = -1, .terminal = -1, .master = -1 },
		.report = -1,
		.arrival = -1,
		.alive = -1,
	};
	int r;

	s.parts.standard = &s.standard;
	s.start = (struct vs_start){
		.child = &s.child,
		.space = space,
		.argv = space->argv,
		.cgroup = -1,
		.run = &s.parts,
	};
	r = prepare(&s);
	if (!r)
		r = run_command(&s);
	release(&s);
	*ret_usher = s.alive;
	return r;
}
