// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A command in a running guest, as its caller sees it: checks that init is
 * still the one that was meant, makes what the command needs, waits for the
 * processes of usher.c to go in, relays, and gives the exit status.
 *
 * Who goes in can be held up by the guest, which may freeze its own cgroups.
 * Hence the limit, and the kill.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "private.h"
#include "userns.h"
#include "terminal.h"
#include "usher.h"

#define ENTER_LIMIT_S	60	/* a guest of 1 % needs some */

int vs_process_start(pid_t pid, uint64_t *ret)
{
	_cleanup_free_ char *text = NULL;
	char path[64], *field;
	int r;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	r = vs_read_file(AT_FDCWD, path, &text);
	if (r < 0)
		return r == -ENOENT ? -ESRCH : r;
	/* The name may hold spaces and brackets; after it comes field 3. */
	field = strrchr(text, ')');
	for (int i = 2; field && i < 22; i++)
		field = strchr(field + 1, ' ');
	if (!field)
		return -EBADMSG;
	*ret = strtoull(field + 1, NULL, 10);
	return 0;
}

/* Until @fd says something; -ETIMEDOUT, or who holds us up. */
static int wait_for(const struct vs_session *s, int fd)
{
	_cleanup_free_ char *events = NULL;
	struct pollfd in = { .fd = fd, .events = POLLIN };

	for (int i = 0; i < ENTER_LIMIT_S; i++) {
		if (poll(&in, 1, 1000) > 0)
			return 0;
		free(TAKE_PTR(events));
		if (vs_read_file(s->cgroup, "cgroup.events", &events) == 0 &&
		    strstr(events, "frozen 1"))
			return vs_fail(s->child.vs, -EBUSY, "it was frozen before it ran, by the "
				       "guest or with it; look into cgroup.freeze of the guest's "
				       "cgroups");
	}
	return vs_fail(s->child.vs, -ETIMEDOUT, "the guest did not let it in within %d s; its "
		       "share of the processors may be too small", ENTER_LIMIT_S);
}

/* Let the usher do its work. */
static int run_usher(struct vs_session *s, pid_t *ret_pid, int *ret_master)
{
	_cleanup_close_ int ours = -1, theirs = -1, usher_fd = -1;
	pid_t pid, command = 0;
	int pair[2], r, late;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return vs_fail_errno(s->child.vs, -errno, "making a channel");
	ours = pair[0];
	theirs = s->channel = pair[1];
	pid = fork();
	if (pid < 0)
		return vs_fail_errno(s->child.vs, -errno, "forking");
	if (pid == 0) {
		r = vs_usher(s);
		if (r < 0)
			vs_child_report(s->child.report, s->child.vs, r);
		_exit(0);
	}
	close(TAKE_FD(theirs));
	usher_fd = pidfd_open(pid, 0);
	late = usher_fd < 0 ? vs_fail_errno(s->child.vs, -errno, "watching the usher") :
	       wait_for(s, usher_fd);
	if (late < 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	r = vs_arrival_receive(ours, &command, ret_master);
	if (!r)
		*ret_pid = command;
	return late < 0 ? late : r;
}

static int wait_status(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int relay(struct vs_session *s, pid_t pid, int master)
{
	_cleanup_close_ int command = pidfd_open(pid, 0);
	int r;

	s->relay.master = master;
	s->relay.terminal = s->exec->tty ? STDIN_FILENO : -1;
	if (s->exec->tty) {
		vs_relay_add(&s->relay, STDIN_FILENO, master);
		vs_relay_add(&s->relay, master, STDOUT_FILENO);
	}
	r = command < 0 ? -errno : vs_relay_run(&s->relay, command);
	if (r < 0 && command >= 0)
		pidfd_send_signal(command, SIGKILL, NULL, 0);
	return r;
}

/* Until it runs, or has failed to. */
static int outcome_of(struct vs_session *s, int report, pid_t pid)
{
	int r = wait_for(s, report);

	if (!r)
		r = vs_child_outcome(report, s->child.vs);
	if (!r && !pid)
		r = vs_fail(s->child.vs, -EIO, "the command vanished");
	return r;
}

/* Namespaces to exit status. */
static int run(struct vs_session *s)
{
	_cleanup_close_ int report = -1, master = -1;
	struct vs *vs = s->child.vs;
	int pipes[2], r, status;
	pid_t pid = 0;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return vs_fail_errno(vs, -errno, "making a pipe");
	report = pipes[0];
	s->child.report = pipes[1];
	r = s->exec->tty ? 0 : vs_standard_open(vs, &s->standard, &s->relay,
							 s->user_first);
	if (!r)
		r = run_usher(s, &pid, &master);
	close(pipes[1]);
	vs_standard_close(&s->standard);
	if (!r || r == -EIO)
		r = outcome_of(s, report, pid);
	if (r < 0) {
		/* Frozen or not, and whatever its pid. */
		vs_write_file(s->cgroup, "cgroup.kill", "1");
		if (pid && kill(pid, SIGKILL) == 0)
			wait_status(pid);
		return r;
	}
	r = relay(s, pid, master);
	status = wait_status(pid);
	return r < 0 ? vs_fail_errno(vs, r, "passing on its output") : status;
}

/* The table knows best: it is what the rules go by. */
static int read_context(struct vs_session *s)
{
	struct vs_context context;
	int r = vs_context_get(s->child.vs, s->child.xid, &context);

	if (!r)
		s->child.own_net = context.flags & VS_FLAG_NETWORK;
	return r;
}

static int check_init(struct vs *vs, const struct vs_exec *exec)
{
	uint64_t start;
	int r;

	r = vs_process_start(exec->init, &start);
	if (r < 0 || (exec->init_start && start != exec->init_start))
		return vs_fail(vs, -ESRCH, "the guest's init is gone");
	return 0;
}

/* A leaf of its own, for the guest's cgroup itself may have children.  The
 * guest must not know its name before: it could have made it. */
static int make_leaf(struct vs *vs, int cgroup, char (*ret_name)[32])
{
	for (int tries = 0; tries < 4; tries++) {
		uint64_t number;

		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			break;
		snprintf(*ret_name, sizeof(*ret_name), "exec-%016llx", (unsigned long long)number);
		if (mkdirat(cgroup, *ret_name, 0755) == 0)
			return 0;
		if (errno != EEXIST)
			break;
	}
	return vs_fail_errno(vs, -errno, "making a cgroup in the guest's");
}

static int run_in_leaf(struct vs_session *s, int cgroup)
{
	_cleanup_close_ int own = -1;
	char leaf[32];
	int r;

	r = make_leaf(s->child.vs, cgroup, &leaf);
	if (r < 0)
		return r;
	own = openat(cgroup, leaf, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	s->cgroup = own;
	r = own < 0 ? vs_fail_errno(s->child.vs, -errno, "opening a cgroup in the guest's") : run(s);
	vs_relay_close(&s->relay);
	unlinkat(cgroup, leaf, AT_REMOVEDIR);	/* stays while a process is in it */
	return r;
}

int vs_space_exec(struct vs *vs, const struct vs_exec *exec)
{
	_cleanup_close_ int init = -1, program = -1, cgroup = -1;
	struct vs_session s = {
		.exec = exec,
		.child = { .vs = vs, .xid = exec->xid, .ceiling = exec->ceiling },
		.terminal = -1,
		.standard = { .fds = { -1, -1, -1 } },
		.relay = { .unread = -1 },
	};
	int r;

	r = vs_standard_fill(vs);
	if (r < 0)
		return r;
	init = pidfd_open(exec->init, 0);	/* before the check: it holds the pid */
	if (init < 0)
		return vs_fail(vs, -errno, "the guest's init is gone");
	cgroup = vs_cgroup_open(vs, exec->cgroup);
	if (cgroup < 0)
		return cgroup;
	r = vs_bounds_read(vs, exec->init, cgroup, &s.bounds);
	if (!r)
		r = vs_seccomp_read(vs, exec->init, &s.child.seccomp, &s.child.no_new_privs);
	if (!r)
		r = check_init(vs, exec);
	if (!r)
		r = vs_userns_first(vs, exec->init, &s.user_first);
	if (!r)
		r = read_context(&s);
	if (r < 0)
		return r;
	program = vs_enter_open(vs);
	if (program < 0)
		return program;
	s.init = init;
	s.child.program = program;
	if (exec->tty)	/* what it becomes later, the relay tells */
		ioctl(STDIN_FILENO, TIOCGWINSZ, &s.size);
	return run_in_leaf(&s, cgroup);
}
