// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A crowd: made, told to go, read and ended.  Contexts are made by chcontext,
 * as anybody would, without the filter on system calls; cgroups by hand.
 * All tasks are there before the first goes, and going is one word in memory,
 * so that making the last ones is not made slow by the first.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crowd.h"

#define CGROUP		"/sys/fs/cgroup/bench"
#define QUOTA_MIN_US	1000		/* of the kernel */
#define START_LIMIT_S	120

struct shared *shared;
static int memory = -1;

void die(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fputs("crowd: ", stderr);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
	exit(1);
}

uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

void sleep_until(uint64_t when_ns)
{
	struct timespec t = { when_ns / 1000000000, when_ns % 1000000000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

/* --- cgroups ---------------------------------------------------------------------- */

const char *member_path(const struct crowd *crowd, const struct member *member,
			const char *file)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), CGROUP "/%d%s%s", (int)(member - crowd->members),
		 file ? "/" : "", file ?: "");
	return path;
}

__attribute__((format(printf, 2, 3)))
static void write_file(const char *path, const char *format, ...)
{
	va_list args;
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	va_start(args, format);
	if (fd < 0 || vdprintf(fd, format, args) < 0)
		die("%s: %s", path, strerror(errno));
	va_end(args);
	close(fd);
}

/* A burst of more than the quota the kernel refuses. */
static void make_cgroup(const struct crowd *crowd, const struct member *m)
{
	int period_us = m->percent * 1000 < QUOTA_MIN_US ? 200000 : 100000;
	int quota_us = (int)(m->percent * period_us / 100);
	int burst_us = m->bucket_ms * 1000 < quota_us ? m->bucket_ms * 1000 : quota_us;

	if (mkdir(CGROUP, 0755) == 0) {
		write_file("/sys/fs/cgroup/cgroup.subtree_control", "+cpu");
		write_file(CGROUP "/cgroup.subtree_control", "+cpu");
	}
	if (mkdir(member_path(crowd, m, NULL), 0755) < 0)
		die("%s: %s", member_path(crowd, m, NULL), strerror(errno));
	write_file(member_path(crowd, m, "cpu.max"), "%d %d", quota_us, period_us);
	if (burst_us)
		write_file(member_path(crowd, m, "cpu.max.burst"), "%d", burst_us);
}

/* --- members ---------------------------------------------------------------------- */

struct words {
	char *argv[24];
	int n;
};

__attribute__((format(printf, 2, 3)))
static void word(struct words *words, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (vasprintf(&words->argv[words->n++], format, args) < 0)
		die("no memory");
	va_end(args);
}

_Noreturn static void become(const struct crowd *crowd, const struct member *m)
{
	char self[PATH_MAX] = "";
	struct words words = {};

	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		die("no /proc: %s", strerror(errno));
	if (crowd->contexts) {
		word(&words, "chcontext");
		word(&words, "--silent");
		word(&words, "--seccomp=none");
		word(&words, "--xid=%d", crowd->base + (int)(m - crowd->members));
		word(&words, "--cpu=%g%%", m->percent);
		if (m->bucket_ms)
			word(&words, "--cpu-bucket=%dms", m->bucket_ms);
		if (m->idle_percent > 0)
			word(&words, "--cpu-idle=%g%%", m->idle_percent);
		word(&words, "--");
	} else {
		write_file(member_path(crowd, m, "cgroup.procs"), "0");
	}
	word(&words, "%s", self);
	word(&words, "inside");
	word(&words, "%s", m->role);
	word(&words, "%d", memory);
	word(&words, "%d", m->first);
	word(&words, "%d", m->tasks);
	word(&words, "%d", m->argument);
	execvp(words.argv[0], words.argv);
	die("%s: %s", words.argv[0], strerror(errno));
}

static void make_shared(void)
{
	memory = memfd_create("crowd", 0);
	if (memory < 0 || ftruncate(memory, sizeof(*shared)) < 0)
		die("no memory: %s", strerror(errno));
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	if (shared == MAP_FAILED)
		die("no memory: %s", strerror(errno));
	/* Tasks of a member whose first has died are to be waited for, too. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
}

struct member *crowd_add(struct crowd *crowd, struct member like)
{
	struct member *m = &crowd->members[crowd->n_members++];

	if (crowd->n_members > MEMBERS_MAX || crowd->n_tasks + like.tasks > TASKS_MAX)
		die("too many");
	if (!shared)
		make_shared();
	*m = like;
	m->first = crowd->n_tasks;
	crowd->n_tasks += m->tasks;
	if (!crowd->contexts)
		make_cgroup(crowd, m);
	m->pid = fork();
	if (m->pid < 0)
		die("fork: %s", strerror(errno));
	if (m->pid == 0)
		become(crowd, m);
	return m;
}

void crowd_parse(struct crowd *crowd, char **words, struct member like)
{
	for (; *words; words++) {
		char *at = *words, *end;
		long n = strchr(at, '*') ? strtol(at, &at, 10) : 1;

		like.percent = strtod(at + (*at == '*'), &end);
		like.idle_percent = *end == '+' ? strtod(end + 1, &end) : 0;
		if (*end || like.percent <= 0)
			die("no share: %s", *words);
		while (n-- > 0)
			crowd_add(crowd, like);
	}
}

void crowd_wait(const struct crowd *crowd)
{
	uint64_t limit = now_ns() + START_LIMIT_S * 1000000000ULL;

	for (int i = 0; i < crowd->n_tasks; i++)
		while (!shared->tasks[i].pid) {
			if (waitpid(-1, NULL, WNOHANG) > 0)
				die("a member has not begun");
			if (now_ns() > limit)
				die("%d of %d tasks are there", i, crowd->n_tasks);
			usleep(10000);
		}
}

void member_go(const struct member *m)
{
	for (int i = m->first; i < m->first + m->tasks; i++) {
		shared->tasks[i].go = 1;
		syscall(SYS_futex, &shared->tasks[i].go, FUTEX_WAKE, 1, NULL, NULL, 0);
	}
}

/* --- what they have had -------------------------------------------------------------- */

/* The clock of a process: the kernel brings it up to date for a reader, which
 * it does not do for /proc/PID/schedstat. */
uint64_t member_used_ns(const struct member *m)
{
	uint64_t sum = 0;
	struct timespec t;

	for (int i = m->first; i < m->first + m->tasks; i++) {
		if (clock_gettime(~(clockid_t)shared->tasks[i].pid << 3 | 2, &t))
			die("a task has gone: %s", strerror(errno));
		sum += t.tv_sec * 1000000000ULL + t.tv_nsec;
	}
	return sum;
}

uint64_t member_work(const struct member *m)
{
	uint64_t sum = 0;

	for (int i = m->first; i < m->first + m->tasks; i++)
		sum += shared->tasks[i].work;
	return sum;
}

/* --- the end -------------------------------------------------------------------------- */

void crowd_reap(void)
{
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
}

void crowd_end(const struct crowd *crowd)
{
	for (int i = 0; i < crowd->n_tasks; i++)
		kill(shared->tasks[i].pid, SIGKILL);
	crowd_reap();
	for (int i = 0; i < crowd->n_members && !crowd->contexts; i++)
		rmdir(member_path(crowd, &crowd->members[i], NULL));
	rmdir(CGROUP);
}
