// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a member of a crowd does: each of its tasks has a role.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "crowd.h"

#define SLEEPER_PERIOD_NS	10300000	/* meets neither ticks nor periods */
#define SLEEPER_WORK_NS		200000

/* Instructions that an emulator need not do, though it counts them. */
static void hog(struct task *task, int unused)
{
	for (;;) {
		__asm__ volatile(".rept 500\n\tnop\n\t.endr");
		task->work++;
	}
}

static uint64_t own_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

/* Wakes periodically, notes how late that is, and works for a moment. */
static void sleeper(struct task *task, int samples)
{
	uint64_t due = now_ns(), until;

	prctl(PR_SET_TIMERSLACK, 1);
	for (int i = 0; i < samples && i < LATE_MAX; i++) {
		do {
			due += SLEEPER_PERIOD_NS;
		} while (due <= now_ns());
		sleep_until(due);
		shared->late_ns[i] = (uint32_t)(now_ns() - due);
		until = own_ns() + SLEEPER_WORK_NS;
		while (own_ns() < until)
			;
	}
}

/* Holds the lock of the folder that it is in, as often as it can. */
static void files(struct task *task, int unused)
{
	char name[32], other[32];

	snprintf(name, sizeof(name), "%d", getpid());
	snprintf(other, sizeof(other), "%d-other", getpid());
	for (;;) {
		close(open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
		rename(name, other);
		unlink(other);
		task->work++;
	}
}

static const struct {
	const char *name;
	void (*run)(struct task *task, int argument);
} roles[] = {
	{ "hog", hog },
	{ "sleeper", sleeper },
	{ "files", files },
};

/* The first task forks the others.  Whoever ends takes what it has forked along. */
static struct task *be_task(int first, int tasks)
{
	struct task *task;
	int i = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int n = 1; n < tasks && !i; n++)
		if (fork() == 0)
			i = n;
	if (i)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	task = &shared->tasks[first + i];
	task->pid = getpid();
	while (!task->go)
		syscall(SYS_futex, &task->go, FUTEX_WAIT, 0, NULL, NULL, 0);
	return task;
}

int run_inside(char **argv)
{
	const char *role = argv[0];
	struct task *task;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED, atoi(argv[1]),
		      0);
	if (shared == MAP_FAILED)
		die("no memory: %s", strerror(errno));
	task = be_task(atoi(argv[2]), atoi(argv[3]));
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (!strcmp(roles[i].name, role))
			roles[i].run(task, atoi(argv[4]));
	return 0;
}
