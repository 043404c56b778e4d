/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A crowd: contexts with a share each, or cgroups with the same in cpu.max, and
 * tasks in each that want more than it.
 */
#ifndef CROWD_H
#define CROWD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define MEMBERS_MAX	1024
#define TASKS_MAX	2048
#define LATE_MAX	10000

/**
 * struct task - a task of a member, in memory that all share.
 * @go: it waits until this is set.
 * @pid: 0: it is not there yet.
 * @work: what a hog has done, in rounds of its loop.
 */
struct task {
	_Atomic uint32_t go;
	_Atomic pid_t pid;
	volatile uint64_t work;
};

struct shared {
	struct task tasks[TASKS_MAX];
	uint32_t late_ns[LATE_MAX];	/* what a sleeper has to say */
};

/**
 * struct member - a context or a cgroup.
 * @percent, @idle_percent: R/T and R2/T2, of one processor; @idle_percent 0: none.
 * @bucket_ms: S; 0: what the product or the kernel makes of it.
 * @role: what its tasks do: see crowd_inside.c.
 * @argument: of the role; 0 where it has none.
 * @tasks: how many, from @first on in struct shared.
 */
struct member {
	double percent, idle_percent;
	int bucket_ms;
	const char *role;
	int argument;
	int tasks, first;
	pid_t pid;
};

struct crowd {
	bool contexts;			/* or cgroups */
	int base;			/* number of the first context */
	struct member members[MEMBERS_MAX];
	int n_members, n_tasks;
};

extern struct shared *shared;

_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint64_t now_ns(void);
void sleep_until(uint64_t when_ns);

/** crowd_add() - a member, none of whose tasks goes yet.  @like: what it is to be. */
struct member *crowd_add(struct crowd *crowd, struct member like);
/** crowd_parse() - members from words: PERCENT, N*PERCENT, PERCENT+IDLE. */
void crowd_parse(struct crowd *crowd, char **words, struct member like);
/** crowd_wait() - until all tasks are there. */
void crowd_wait(const struct crowd *crowd);
void member_go(const struct member *member);
/** member_used_ns() - processor time of all its tasks, exact. */
uint64_t member_used_ns(const struct member *member);
uint64_t member_work(const struct member *member);
/** member_path() - a file of its cgroup, or the cgroup. */
const char *member_path(const struct crowd *crowd, const struct member *member,
			const char *file);
/** crowd_reap() - until nothing is left of any. */
void crowd_reap(void);
void crowd_end(const struct crowd *crowd);

/** run_inside() - what a member runs: ROLE MEMORY FIRST TASKS ARGUMENT. */
int run_inside(char **argv);

#endif
