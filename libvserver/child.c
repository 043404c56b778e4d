// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The first and the last steps of a process that goes into a guest, be it the
 * guest's init or a command: born in the guest's cgroup, with no descriptor of
 * the host's, within the ceiling, in the context, and then another program.
 * What it is rid of besides is reset.c's; what is between (mounts, terminals)
 * is space.c's and exec.c's.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

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

pid_t vs_child_fork(int cgroup)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)cgroup,
	};
	long pid = cgroup < 0 ? fork() : syscall(SYS_clone3, &args, sizeof(args));

	return pid < 0 ? -errno : (pid_t)pid;
}

int vs_child_close(struct vs *vs, const int *keep, size_t n)
{
	unsigned int first = 3;

	for (;;) {
		unsigned int next = ~0U;	/* the lowest that is kept from there on */

		for (size_t i = 0; i < n; i++)
			if (keep[i] >= (int)first && (unsigned int)keep[i] < next)
				next = (unsigned int)keep[i];
		if (next > first && close_range(first, next - 1, 0) < 0)
			return vs_fail_errno(vs, -errno, "closing descriptors");
		if (next == ~0U)
			return 0;
		first = next + 1;
	}
}

/* --- exec -------------------------------------------------------------------------- */

int vs_child_open(const char *path, int flags, uint64_t resolve)
{
	struct open_how how = {
		.flags = (uint64_t)flags | O_CLOEXEC,
		.resolve = RESOLVE_NO_MAGICLINKS | resolve,
	};
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* A home that is a directory of the guest's; a link could lead anywhere. */
int vs_child_home(struct vs *vs)
{
	_cleanup_close_ int home = vs_child_open("/root", O_PATH | O_DIRECTORY,
						 RESOLVE_NO_SYMLINKS);

	if ((home < 0 || fchdir(home) < 0) && chdir("/") < 0)
		return vs_fail_errno(vs, -errno, "going to /");
	return 0;
}

/*
 * Seen first, then run by its name, for a script wants a name.  In between the
 * guest may change what the name means.  By then nothing of the host's is open
 * here, and the one link that still leads out, /proc/self/exe, is refused by
 * lsm/file_open; so is it to a script that names it as its interpreter.
 */
static int run_at(const char *path, char *const *argv, char *const *envp)
{
	_cleanup_close_ int fd = vs_child_open(path, O_PATH, 0);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EACCES;
	execvpe(path, argv, envp);
	return -errno;
}

static const char *path_of(char *const *envp)
{
	for (; *envp; envp++)
		if (strncmp(*envp, "PATH=", 5) == 0)
			return *envp + 5;
	return "/usr/sbin:/usr/bin:/sbin:/bin";
}

/* As execvpe() does it: refused in one place, it may be in a later one. */
static int run_program(const char *file, char *const *argv, char *const *envp)
{
	const char *dir = path_of(envp);
	int refused = -ENOENT, r;
	char path[PATH_MAX];

	if (!*file || strchr(file, '/'))
		return run_at(file, argv, envp);
	for (size_t n; *dir; dir += n + (dir[n] == ':')) {
		n = strcspn(dir, ":");
		if (snprintf(path, sizeof(path), "%.*s/%s", (int)n, dir, file) >= PATH_MAX)
			return -ENAMETOOLONG;
		r = run_at(path, argv, envp);
		if (r == -EACCES)
			refused = r;
		else if (r != -ENOENT && r != -ENOTDIR)
			return r;
	}
	return refused;
}

int vs_child_exec(const struct vs_child *child, const char *file, char *const *argv,
		  char *const *envp)
{
	const int both[] = { child->program, child->report };
	const struct vs_confinement confinement = {
		.xid = child->xid,
		.nid = child->own_net ? 0 : child->xid,
		.ceiling = child->ceiling,
		.seccomp = child->seccomp,
		.no_new_privs = child->no_new_privs,
	};
	int r;

	/* From its first moment in the context there is nothing to be had here. */
	r = vs_child_close(child->vs, both, 2);
	if (!r)
		r = vs_confine(child->vs, child->program, &confinement);
	if (!r)
		r = vs_child_close(child->vs, &child->report, 1);
	if (r < 0)
		return r;
	r = run_program(file, argv, envp);
	return vs_fail_errno(child->vs, r, "running %s", file);
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
