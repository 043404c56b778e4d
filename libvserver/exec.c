// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A command in a running guest.
 *
 *	caller		checks that init is still the one that was meant, opens
 *			what the child will need, relays, gives the exit status
 *	  usher		a child that joins the guest's namespaces, makes a
 *			terminal there, and clones into the guest's cgroup
 *	    command	which is the caller's child: cgroup namespace, ceiling,
 *			context, exec
 *
 * Who is half inside (usher, and command before it enters) is in context 0, so
 * that nothing in the guest may signal, trace or read it.  It runs no program
 * and loads no library of the guest's before it has entered.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>

#include "child.h"
#include "private.h"
#include "relay.h"

#define SPACES (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWTIME)

struct session {
	const struct vs_exec *exec;
	struct vs_child child;
	int init;		/* pidfd */
	int cgroup;		/* of this command alone, in the guest's */
	int channel;		/* usher's end: sends the pid and the terminal */
	int std[3];		/* the command's; -1: the caller's own */
	struct vs_relay relay;
};

/* What the usher sends, with the terminal's master beside it where there is one. */
struct arrival {
	pid_t pid;
};

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

/* --- command ---------------------------------------------------------------------- */

static const char *terminal_type(void)
{
	const char *term = getenv("TERM");

	return term && strlen(term) < 64 ? term : "linux";
}

static int set_descriptors(struct vs *vs, const struct session *s)
{
	/* Of the terminal inside it is the controlling one, too. */
	if (s->exec->tty && ioctl(s->std[0], TIOCSCTTY, 0) < 0)
		return vs_fail_errno(vs, -errno, "taking the terminal");
	for (int i = 0; i < 3; i++)
		if (s->std[i] >= 0 && dup2(s->std[i], i) < 0)
			return vs_fail_errno(vs, -errno, "opening descriptor %d", i);
	return 0;
}

/* Up to exec.  Returns on failure. */
static int be_command(const struct session *s)
{
	static char *const bash[] = { "-bash", NULL }, *const sh[] = { "-sh", NULL };
	static const char path[] =
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	const char *shell = access("/bin/bash", X_OK) == 0 ? "/bin/bash" : "/bin/sh";
	struct vs *vs = s->child.vs;
	char term[80], shell_is[80];
	char *environment[] = { (char *)path, "HOME=/root", "USER=root", "LOGNAME=root",
				"LANG=C.UTF-8", shell_is, term, NULL };
	int r;

	snprintf(term, sizeof(term), "TERM=%s", terminal_type());
	snprintf(shell_is, sizeof(shell_is), "SHELL=%s", shell);
	if (setsid() < 0)
		return vs_fail_errno(vs, -errno, "making a session");
	/* Only from within its root: a namespace is a border for moves, too. */
	if (setns(s->init, CLONE_NEWCGROUP) < 0)
		return vs_fail_errno(vs, -errno, "joining the guest's cgroup namespace");
	r = set_descriptors(vs, s);
	if (r < 0)
		return r;
	if (chdir("/root") < 0 && chdir("/") < 0)
		return vs_fail_errno(vs, -errno, "going to /");
	if (s->exec->argv)
		return vs_child_exec(&s->child, s->exec->argv[0], s->exec->argv, environment);
	return vs_child_exec(&s->child, shell, strcmp(shell, "/bin/sh") == 0 ? sh : bash,
			     environment);
}

/* --- usher ------------------------------------------------------------------------- */

/* A terminal of the guest's own devpts; the master goes out, the rest stays. */
static int open_terminal(struct vs *vs, int *ret_master, int *ret_slave)
{
	_cleanup_close_ int master = -1;
	struct statfs fs;
	int slave, unlock = 0;

	master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	if (master < 0 || fstatfs(master, &fs) < 0)
		return vs_fail_errno(vs, -errno, "opening the guest's /dev/pts/ptmx");
	if (fs.f_type != DEVPTS_SUPER_MAGIC)
		return vs_fail(vs, -EXDEV, "the guest's /dev/pts is no devpts");
	if (ioctl(master, TIOCSPTLCK, &unlock) < 0)
		return vs_fail_errno(vs, -errno, "unlocking a terminal");
	slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return vs_fail_errno(vs, -errno, "opening a terminal");
	*ret_master = TAKE_FD(master);
	*ret_slave = slave;
	return 0;
}

static int send_arrival(int channel, pid_t pid, int master)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {};
	struct arrival arrival = { .pid = pid };
	struct iovec data = { &arrival, sizeof(arrival) };
	struct msghdr msg = { .msg_iov = &data, .msg_iovlen = 1 };

	if (master >= 0) {
		struct cmsghdr *hdr;

		msg.msg_control = control.bytes;
		msg.msg_controllen = sizeof(control.bytes);
		hdr = CMSG_FIRSTHDR(&msg);
		hdr->cmsg_level = SOL_SOCKET;
		hdr->cmsg_type = SCM_RIGHTS;
		hdr->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(hdr), &master, sizeof(int));
	}
	return sendmsg(channel, &msg, 0) < 0 ? -errno : 0;
}

/* In the command it does not return. */
static int usher(struct session *s)
{
	struct vs *vs = s->child.vs;
	int master = -1, r;
	pid_t pid;

	/* While the host's /proc is the one that is seen. */
	r = vs_child_reset(vs);
	if (r < 0)
		return r;
	if (setns(s->init, SPACES) < 0)
		return vs_fail_errno(vs, -errno, "joining the guest's namespaces");
	if (s->exec->tty) {
		r = open_terminal(vs, &master, &s->std[0]);
		if (r < 0)
			return r;
		s->std[1] = s->std[2] = s->std[0];
	}
	pid = vs_child_clone(0, s->cgroup);
	if (pid < 0)
		return vs_fail_errno(vs, pid, "joining the guest's cgroup");
	if (pid > 0)
		return send_arrival(s->channel, pid, master);
	r = be_command(s);
	vs_child_report(s->child.report, vs, r);
	_exit(1);
}

/* --- the caller ---------------------------------------------------------------------- */

static int receive_arrival(int channel, pid_t *ret_pid, int *ret_master)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct arrival arrival;
	struct iovec data = { &arrival, sizeof(arrival) };
	struct msghdr msg = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *hdr;

	if (recvmsg(channel, &msg, MSG_CMSG_CLOEXEC) != sizeof(arrival))
		return -EIO;
	*ret_pid = arrival.pid;
	hdr = CMSG_FIRSTHDR(&msg);
	if (hdr && hdr->cmsg_type == SCM_RIGHTS)
		memcpy(ret_master, CMSG_DATA(hdr), sizeof(int));
	return 0;
}

static void add_stream(struct vs_relay *relay, int from, int to)
{
	relay->streams[relay->n_streams++] = (struct vs_stream){ .from = from, .to = to };
}

/*
 * Without a terminal inside the command has the caller's descriptors, unless
 * one is a terminal: that one is relayed through a pipe.
 */
static int make_pipes(struct session *s)
{
	for (int i = 0; i < 3; i++) {
		int pipes[2];

		if (!isatty(i))
			continue;
		if (pipe2(pipes, O_CLOEXEC) < 0)
			return vs_fail_errno(s->child.vs, -errno, "making a pipe");
		s->std[i] = i == 0 ? pipes[0] : pipes[1];
		if (i == 0)
			add_stream(&s->relay, 0, pipes[1]);
		else
			add_stream(&s->relay, pipes[0], i);
	}
	return 0;
}

static void close_std(struct session *s)
{
	for (int i = 0; i < 3; i++)
		if (s->std[i] >= 0)
			close(TAKE_FD(s->std[i]));
}

/* Let the usher do its work. */
static int run_usher(struct session *s, pid_t *ret_pid, int *ret_master)
{
	_cleanup_close_ int ours = -1, theirs = -1;
	pid_t pid, command = 0;
	int pair[2], r;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return vs_fail_errno(s->child.vs, -errno, "making a channel");
	ours = pair[0];
	theirs = s->channel = pair[1];
	pid = fork();
	if (pid < 0)
		return vs_fail_errno(s->child.vs, -errno, "forking");
	if (pid == 0) {
		r = usher(s);
		if (r < 0)
			vs_child_report(s->child.report, s->child.vs, r);
		_exit(0);
	}
	close(TAKE_FD(theirs));
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	r = receive_arrival(ours, &command, ret_master);
	if (!r)
		*ret_pid = command;
	return r;
}

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
	int r;

	s->relay.master = master;
	s->relay.terminal = s->exec->tty ? STDIN_FILENO : -1;
	if (s->exec->tty) {
		add_stream(&s->relay, STDIN_FILENO, master);
		add_stream(&s->relay, master, STDOUT_FILENO);
	}
	r = command < 0 ? -errno : vs_relay_run(&s->relay, command);
	if (r < 0 && command >= 0)
		pidfd_send_signal(command, SIGKILL, NULL, 0);
	return r;
}

/* Namespaces to exit status. */
static int run(struct session *s)
{
	_cleanup_close_ int report = -1, master = -1;
	struct vs *vs = s->child.vs;
	int pipes[2], r, outcome;
	pid_t pid = 0;

	if (pipe2(pipes, O_CLOEXEC) < 0)
		return vs_fail_errno(vs, -errno, "making a pipe");
	report = pipes[0];
	s->child.report = pipes[1];
	r = s->exec->tty ? 0 : make_pipes(s);
	if (!r)
		r = run_usher(s, &pid, &master);
	close(pipes[1]);
	close_std(s);
	if (!pid && r < 0 && r != -EIO)
		return r;
	outcome = vs_child_outcome(report, vs);
	if (outcome < 0 || !pid) {
		if (pid)
			wait_status(pid);
		return outcome < 0 ? outcome : vs_fail(vs, -EIO, "the command vanished");
	}
	r = relay(s, pid, master);
	outcome = wait_status(pid);
	return r < 0 ? vs_fail_errno(vs, r, "relaying the terminal") : outcome;
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

int vs_space_exec(struct vs *vs, const struct vs_exec *exec)
{
	_cleanup_close_ int init = -1, program = -1, cgroup = -1, own = -1;
	struct session s = {
		.exec = exec,
		.child = { .vs = vs, .xid = exec->xid, .ceiling = exec->ceiling },
		.std = { -1, -1, -1 },
	};
	char leaf[32];
	int r;

	init = pidfd_open(exec->init, 0);	/* before the check: it holds the pid */
	if (init < 0)
		return vs_fail(vs, -errno, "the guest's init is gone");
	r = check_init(vs, exec);
	if (r < 0)
		return r;
	program = vs_enter_open(vs);
	if (program < 0)
		return program;
	cgroup = vs_cgroup_open(vs, exec->cgroup);
	if (cgroup < 0)
		return cgroup;
	/* A leaf of its own: the guest's cgroup itself may have children. */
	snprintf(leaf, sizeof(leaf), "exec-%d", getpid());
	if (mkdirat(cgroup, leaf, 0755) < 0 && errno != EEXIST)
		return vs_fail_errno(vs, -errno, "making a cgroup in the guest's");
	own = openat(cgroup, leaf, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	s.init = init;
	s.child.program = program;
	s.cgroup = own;
	r = own < 0 ? vs_fail_errno(vs, -errno, "opening a cgroup in the guest's") : run(&s);
	unlinkat(cgroup, leaf, AT_REMOVEDIR);	/* stays while a process is in it */
	return r;
}
