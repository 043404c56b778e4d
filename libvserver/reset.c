// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a process that goes into a guest does not take with it of who started
 * it: ids, signals, session, keyring, scores; and of a command, priority,
 * processors and limits, which are those of the guest's init.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <linux/magic.h>
#include <linux/mempolicy.h>
#include <linux/securebits.h>
#include <signal.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "child.h"
#include "private.h"

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

/* A caller with groups of its own would give the guest's root their files. */
static int reset_ids(void)
{
	int bits = prctl(PR_GET_SECUREBITS);

	if (setresgid(0, 0, 0) < 0 || setgroups(0, NULL) < 0 || setresuid(0, 0, 0) < 0)
		return -errno;
	if (bits > 0 && prctl(PR_SET_SECUREBITS, SECUREBITS_DEFAULT) < 0)
		return -errno;
	return 0;
}

int vs_child_root(struct vs *vs)
{
	int r = reset_ids();

	if (r < 0)
		return vs_fail_errno(vs, r, "becoming root and nothing else");
	/*
	 * Until exec this process runs a program of the host.  In the context's
	 * last moment before it, a guest could hold that program's file through
	 * /proc/PID/exe and write to it later.  Not to a process that may not be
	 * dumped; exec() makes it dumpable again.  After the ids: changing those
	 * sets it as a sysctl says.
	 */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return vs_fail_errno(vs, -errno, "closing /proc/PID");
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS)
		return vs_fail_errno(vs, -errno, "making a session keyring");
	return 0;
}

int vs_child_reset(struct vs *vs)
{
	int r;

	r = vs_child_root(vs);
	if (r < 0)
		return r;
	r = reset_signals();
	if (r < 0)
		return vs_fail_errno(vs, r, "resetting signals");
	if (setsid() < 0)
		return vs_fail_errno(vs, -errno, "making a session");
	r = reset_oom_score();
	if (r < 0)
		return vs_fail_errno(vs, r, "resetting the OOM score");
	if (syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0) < 0 && errno != ENOSYS)
		return vs_fail_errno(vs, -errno, "resetting the memory policy");
	if (personality(PER_LINUX) < 0)
		return vs_fail_errno(vs, -errno, "resetting the personality");
	umask(022);
	return 0;
}

/* --- as init has it ----------------------------------------------------------------- */

/* All that its cgroup has is no choice of its own: what comes to the cgroup later is
 * the command's as well. */
static bool has_all(const cpu_set_t *processors, int cgroup)
{
	struct vs_cpuset set;

	if (vs_cpuset_read(cgroup, "cpuset.cpus.effective", &set) < 0)
		return false;
	return sizeof(*processors) <= sizeof(set) && !memcmp(processors, &set, sizeof(*processors));
}

int vs_bounds_read(struct vs *vs, pid_t init, int cgroup, struct vs_bounds *ret)
{
	for (int i = 0; i < RLIM_NLIMITS; i++)
		if (prlimit(init, (enum __rlimit_resource)i, NULL, &ret->limits[i]) < 0)
			return vs_fail_errno(vs, -errno, "reading the limits of the guest's init");
	if (sched_getaffinity(init, sizeof(ret->processors), &ret->processors) < 0)
		return vs_fail_errno(vs, -errno, "reading the processors of the guest's init");
	if (has_all(&ret->processors, cgroup))
		memset(&ret->processors, 0xff, sizeof(ret->processors));
	return 0;
}

int vs_child_schedule(struct vs *vs)
{
	struct sched_param param = { 0 };

	if (sched_setscheduler(0, SCHED_OTHER, &param) < 0 ||
	    setpriority(PRIO_PROCESS, 0, 0) < 0 ||
	    syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, 0) < 0)
		return vs_fail_errno(vs, -errno, "resetting the priority");
	return 0;
}

int vs_bounds_schedule(struct vs *vs, const struct vs_bounds *bounds)
{
	int r = vs_child_schedule(vs);

	if (r < 0)
		return r;
	if (sched_setaffinity(0, sizeof(bounds->processors), &bounds->processors) < 0)
		return vs_fail_errno(vs, -errno, "taking the processors of the guest's init");
	return 0;
}

int vs_bounds_limit(struct vs *vs, const struct vs_bounds *bounds)
{
	for (int i = 0; i < RLIM_NLIMITS; i++)
		if (setrlimit((enum __rlimit_resource)i, &bounds->limits[i]) < 0)
			return vs_fail_errno(vs, -errno, "taking the limits of the guest's init");
	return 0;
}
