// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The first and the last steps of a process that goes into a guest, be it the
 * guest's init or a command: born in the guest's cgroup, rid of what its
 * parent left it, within the ceiling, in the context, and then another
 * program.  What is between (mounts, terminals) is space.c's and exec.c's.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/keyctl.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "private.h"

struct outcome {
	int error;
	char reason[VS_REASON_MAX];
};

pid_t vs_child_clone(uint64_t flags, int cgroup)
{
	struct clone_args args = {
		.flags = flags | CLONE_PARENT | CLONE_INTO_CGROUP,
		.cgroup = (uint64_t)cgroup,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	return pid < 0 ? -errno : (pid_t)pid;
}

static int reset_signals(void)
{
	sigset_t none;

	for (int i = 1; i < NSIG; i++)
		if (i != SIGKILL && i != SIGSTOP)
			signal(i, SIG_DFL);	/* refused for those of the C library */
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL) < 0 ? -errno : 0;
}

/* Written only where it really is /proc that is mounted there. */
static int reset_oom_score(void)
{
	_cleanup_close_ int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0 || fstatfs(fd, &fs) < 0)
		return -errno;
	if (fs.f_type != PROC_SUPER_MAGIC)
		return -EXDEV;
	return write(fd, "0", 1) == 1 ? 0 : -errno;
}

int vs_child_reset(struct vs *vs)
{
	int r;

	/*
	 * Until exec this process runs a program of the host.  In the context's
	 * last moment before it, a guest could hold that program's file through
	 * /proc/PID/exe and write to it later.  Not to a process that may not be
	 * dumped; exec() makes it dumpable again.
	 */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return vs_fail_errno(vs, -errno, "closing /proc/PID");
	r = reset_signals();
	if (r < 0)
		return vs_fail_errno(vs, r, "resetting signals");
	if (setsid() < 0)
		return vs_fail_errno(vs, -errno, "making a session");
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS)
		return vs_fail_errno(vs, -errno, "making a session keyring");
	r = reset_oom_score();
	if (r < 0)
		return vs_fail_errno(vs, r, "resetting the OOM score");
	umask(022);
	return 0;
}

int vs_child_exec(const struct vs_child *child, const char *file, char *const *argv,
		  char *const *envp)
{
	int r;

	r = vs_ceiling_bound(child->vs, child->ceiling);
	if (!r)
		r = vs_enter_run(child->vs, child->program, child->xid, child->xid);
	if (!r)
		r = vs_ceiling_drop(child->vs, child->ceiling);
	if (r < 0)
		return r;
	if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return vs_fail_errno(child->vs, -errno, "closing descriptors");
	environ = (char **)envp;	/* its PATH is the one that counts */
	execvp(file, argv);
	return vs_fail_errno(child->vs, -errno, "running %s", file);
}

void vs_child_report(int report, struct vs *vs, int error)
{
	struct outcome outcome = { .error = error };
	ssize_t n;

	snprintf(outcome.reason, sizeof(outcome.reason), "%s", vs_reason(vs));
	do {
		n = write(report, &outcome, sizeof(outcome));
	} while (n < 0 && errno == EINTR);
}

int vs_child_outcome(int report, struct vs *vs)
{
	struct outcome outcome;
	ssize_t n;

	do {
		n = read(report, &outcome, sizeof(outcome));
	} while (n < 0 && errno == EINTR);
	if (n == 0)
		return 0;
	if (n != sizeof(outcome))
		return vs_fail(vs, -EIO, "the process that was to go in vanished");
	vs_reason_set(vs, outcome.reason);
	return outcome.error;
}
