// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What one task may try on another.  The first argument is its pid.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

#define IOPRIO_BEST_EFFORT_4	(2 << 13 | 4)

static int result(long value)
{
	return value < 0 ? errno : 0;
}

static int try_kill(char **a)
{
	return result(kill(atoi(a[0]), atoi(a[1])));
}

static int try_sigqueue(char **a)
{
	return result(sigqueue(atoi(a[0]), 0, (union sigval){ 0 }));
}

static int try_tgkill(char **a)
{
	return result(syscall(SYS_tgkill, atoi(a[0]), atoi(a[0]), 0));
}

static int pidfd(char **a)
{
	return syscall(SYS_pidfd_open, atoi(a[0]), 0);
}

static int try_pidfd_signal(char **a)
{
	return result(syscall(SYS_pidfd_send_signal, pidfd(a), 0, NULL, 0));
}

static int try_pidfd_getfd(char **a)
{
	return result(syscall(SYS_pidfd_getfd, pidfd(a), 0, 0));
}

static int try_attach(char **a)
{
	pid_t pid = atoi(a[0]);

	if (ptrace(PTRACE_ATTACH, pid, 0, 0) < 0)
		return errno;
	waitpid(pid, NULL, __WALL);
	ptrace(PTRACE_DETACH, pid, 0, 0);
	return 0;
}

static int try_seize(char **a)
{
	return result(ptrace(PTRACE_SEIZE, atoi(a[0]), 0, 0));
}

/* At an address that is never mapped: EFAULT means it was let through. */
static int try_memory(ssize_t (*act)(pid_t, const struct iovec *, unsigned long,
				     const struct iovec *, unsigned long, unsigned long), pid_t pid)
{
	char byte = 0;
	struct iovec here = { &byte, 1 }, there = { (void *)(uintptr_t)1, 1 };

	if (act(pid, &here, 1, &there, 1, 0) < 0)
		return errno == EFAULT ? 0 : errno;
	return 0;
}

static int try_read_memory(char **a)
{
	return try_memory(process_vm_readv, atoi(a[0]));
}

static int try_write_memory(char **a)
{
	return try_memory(process_vm_writev, atoi(a[0]));
}

static int try_kcmp(char **a)
{
	return result(syscall(SYS_kcmp, atoi(a[0]), getpid(), KCMP_VM, 0, 0));
}

static int try_traceme(char **a)
{
	return result(ptrace(PTRACE_TRACEME, 0, 0, 0));
}

static int try_setscheduler(char **a)
{
	struct sched_param param = { 0 };

	return result(sched_setscheduler(atoi(a[0]), SCHED_BATCH, &param));
}

static int try_getscheduler(char **a)
{
	return result(sched_getscheduler(atoi(a[0])));
}

static int try_setaffinity(char **a)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	return result(sched_setaffinity(atoi(a[0]), sizeof(set), &set));
}

static int try_setnice(char **a)
{
	return result(setpriority(PRIO_PROCESS, atoi(a[0]), 5));
}

static int try_setioprio(char **a)
{
	return result(syscall(SYS_ioprio_set, 1, atoi(a[0]), IOPRIO_BEST_EFFORT_4));
}

static int try_getioprio(char **a)
{
	return result(syscall(SYS_ioprio_get, 1, atoi(a[0])));
}

static int try_setrlimit(char **a)
{
	struct rlimit limit = { 4096, 4096 };

	return result(prlimit(atoi(a[0]), RLIMIT_MSGQUEUE, &limit, NULL));
}

static int try_setpgid(char **a)
{
	return result(setpgid(atoi(a[0]), 0));
}

static int try_getpgid(char **a)
{
	return result(getpgid(atoi(a[0])));
}

static int try_getsid(char **a)
{
	return result(getsid(atoi(a[0])));
}

static int try_migrate_pages(char **a)
{
	unsigned long node = 1;

	return result(syscall(SYS_migrate_pages, atoi(a[0]), 2, &node, &node));
}

static int any_file(void)
{
	int pipes[2];

	return pipe(pipes) ? -1 : pipes[0];
}

/* setown PID|self */
static int try_setown(char **a)
{
	pid_t pid = strcmp(a[0], "self") ? atoi(a[0]) : getpid();

	return result(fcntl(any_file(), F_SETOWN, pid));
}

static int try_setown_ex(char **a)
{
	struct f_owner_ex owner = { F_OWNER_PID, atoi(a[0]) };

	return result(fcntl(any_file(), F_SETOWN_EX, &owner));
}

static int try_setown_ioctl(char **a)
{
	int pid = atoi(a[0]), fd = socket(AF_UNIX, SOCK_STREAM, 0);

	return result(ioctl(fd, FIOSETOWN, &pid));
}

/* setnice-user UID */
static int try_setnice_user(char **a)
{
	return result(setpriority(PRIO_USER, atoi(a[0]), 0));
}

/* --- children: each signals PID; the result is the child's ------------------ */

static int reap(pid_t pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

static int signal_it(char **a)
{
	return kill(atoi(a[0]), 0) ? errno : 0;
}

static int try_child_fork(char **a)
{
	pid_t pid = fork();

	if (!pid)
		_exit(signal_it(a));
	return reap(pid);
}

static int try_child_vfork(char **a)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(signal_it(a));
	return reap(pid);
}

static int try_child_setsid(char **a)
{
	pid_t pid = fork();

	if (!pid) {
		setsid();
		_exit(signal_it(a));
	}
	return reap(pid);
}

static int try_child_exec(char **a)
{
	execl("/proc/self/exe", "probe", "kill", a[0], "0", NULL);
	return errno;
}

static void *thread_main(void *args)
{
	return (void *)(intptr_t)signal_it(args);
}

static int try_child_thread(char **a)
{
	pthread_t thread;
	void *err;

	if (pthread_create(&thread, NULL, thread_main, a) || pthread_join(thread, &err))
		return errno;
	return (int)(intptr_t)err;
}

static int try_child_setpgid(char **)
{
	int done[2], err;
	pid_t pid;
	char byte;

	if (pipe(done))
		return errno;
	pid = fork();
	if (!pid) {
		close(done[1]);
		_exit(read(done[0], &byte, 1) != 0);
	}
	err = result(setpgid(pid, 0));
	close(done[1]);
	reap(pid);
	return err;
}

/* A grandchild whose parent has gone. */
static int try_child_orphan(char **a)
{
	int gone[2], answer[2], err = EINTR;
	pid_t pid;

	if (pipe(gone) || pipe(answer))
		return errno;
	pid = fork();
	if (!pid) {
		if (!fork()) {
			close(gone[1]);
			if (!read(gone[0], &err, 1))
				err = signal_it(a);
			_exit(write(answer[1], &err, sizeof(err)) < 0);
		}
		_exit(0);
	}
	reap(pid);
	close(gone[1]);
	return read(answer[0], &err, sizeof(err)) == sizeof(err) ? err : EINTR;
}

/* A child asks to be traced by the probe itself. */
static int try_child_traceme(char **a)
{
	pid_t pid = fork();

	if (!pid)
		_exit(try_traceme(a));
	return reap(pid);
}

/* wait-and-kill FILE PID ANSWER: tries once FILE is there; the answer is a file. */
static int try_wait_and_kill(char **a)
{
	while (access(a[0], F_OK))
		usleep(100000);	/* there may be hundreds that wait */
	if (!freopen(a[2], "w", stdout))
		return errno;
	return signal_it(a + 1);
}

/* Forks until it fails; the children wait and are reaped again. */
static int try_forks(char **a)
{
	int n = atoi(a[0]), hold[2], err = 0, made = 0;
	pid_t pid;

	if (pipe(hold))
		return errno;
	while (made < n && !err) {
		pid = fork();
		if (!pid) {
			close(hold[1]);
			_exit(read(hold[0], &n, 1) != 0);
		}
		if (pid < 0)
			err = errno;
		else
			made++;
	}
	close(hold[1]);
	while (wait(NULL) > 0)
		;
	return err;
}

const struct probe probe_tasks[] = {
	{ "kill",		2, try_kill },
	{ "sigqueue",		1, try_sigqueue },
	{ "tgkill",		1, try_tgkill },
	{ "pidfd-signal",	1, try_pidfd_signal },
	{ "pidfd-getfd",	1, try_pidfd_getfd },
	{ "attach",		1, try_attach },
	{ "seize",		1, try_seize },
	{ "read-memory",	1, try_read_memory },
	{ "write-memory",	1, try_write_memory },
	{ "kcmp",		1, try_kcmp },
	{ "traceme",		0, try_traceme },
	{ "setscheduler",	1, try_setscheduler },
	{ "getscheduler",	1, try_getscheduler },
	{ "setaffinity",	1, try_setaffinity },
	{ "setnice",		1, try_setnice },
	{ "setioprio",		1, try_setioprio },
	{ "getioprio",		1, try_getioprio },
	{ "setrlimit",		1, try_setrlimit },
	{ "setpgid",		1, try_setpgid },
	{ "getpgid",		1, try_getpgid },
	{ "getsid",		1, try_getsid },
	{ "migrate-pages",	1, try_migrate_pages },
	{ "setown",		1, try_setown },
	{ "setown-ex",		1, try_setown_ex },
	{ "setown-ioctl",	1, try_setown_ioctl },
	{ "setnice-user",	1, try_setnice_user },
	{ "child-fork",		1, try_child_fork },
	{ "child-vfork",	1, try_child_vfork },
	{ "child-thread",	1, try_child_thread },
	{ "child-exec",		1, try_child_exec },
	{ "child-setsid",	1, try_child_setsid },
	{ "child-setpgid",	0, try_child_setpgid },
	{ "child-orphan",	1, try_child_orphan },
	{ "child-traceme",	0, try_child_traceme },
	{ "wait-and-kill",	3, try_wait_and_kill },
	{ "forks",		1, try_forks },
	{ NULL, 0, NULL }
};
