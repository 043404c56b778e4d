// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * crowd share KIND WINDOW_MS WINDOWS TASKS SHARE…
 *	"error PERCENT" a window, four times WINDOWS: the mean of |what a member had
 *	- its share|, of one processor; "error10" likewise, for each ten in a row;
 *	"used PERCENT" a member; "work N": what hogs did in a second of theirs.
 * crowd latency KIND SAMPLES TASKS SHARE…
 *	"late US": of a sleeper with a share of 20 % beside them.
 * crowd burst KIND SAMPLES SHARE BUCKET_MS BESIDE
 *	"got MS" in the second after ten that it slept, beside a hog with BESIDE;
 *	"got-100 MS" and so on in the first so many ms of it.
 * crowd files KIND SAMPLES TASKS SHARE…
 *	"took US": create, rename, unlink by the host in the folder where they all
 *	do the same.
 * crowd kill KIND TASKS SHARE
 *	"took MS" from killing all that is in it until it is reaped.
 * crowd sleep KIND N SHARE
 *	"there", and N members sleep until standard input ends.
 *
 * KIND is contexts or cgroups; SHARE a percentage of one processor, with a number
 * and * before it so many times, with + and another behind it its idle share.
 * Each member has TASKS tasks.
 *
 * What reads clocks is a real-time task, above all that is measured; what the
 * host does itself is not.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crowd.h"

#define SECOND		1000000000ULL
#define PERIOD_NS	(SECOND / 10)	/* of cpu.max */
#define WINDOWS_MAX	100
#define SETTLE_NS	(3 * SECOND)	/* a bucket that is new is full */
#define FIRST_XID	1000
#define SLEEPING_XID	10000

static struct crowd crowd = { .base = FIRST_XID };

static void stand_above(void)
{
	const struct sched_param param = { .sched_priority = 50 };

	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param))
		die("no real-time task: %s", strerror(errno));
}

/* Those of @shares; who was added before is not told to go. */
static void begin(char **shares, struct member like)
{
	const int before = crowd.n_members;

	crowd_parse(&crowd, shares, like);
	crowd_wait(&crowd);
	stand_above();
	for (int i = before; i < crowd.n_members; i++)
		member_go(&crowd.members[i]);
	sleep_until(now_ns() + SETTLE_NS);
}

/* --- share ---------------------------------------------------------------------------- */

/* What each had had when the first window began, and at the end of each. */
static uint64_t had[WINDOWS_MAX + 1][MEMBERS_MAX];

static void read_all(uint64_t *ret)
{
	for (int m = 0; m < crowd.n_members; m++)
		ret[m] = member_used_ns(&crowd.members[m]);
}

/* Mean over all members, of @windows windows in a row, from @i on. */
static double error_at(int i, int windows, double window_ns)
{
	double sum = 0;

	for (int m = 0; m < crowd.n_members; m++) {
		uint64_t ns = had[i + windows][m] - had[i][m];

		sum += fabs(100 * ns / (window_ns * windows) - crowd.members[m].percent);
	}
	return sum / crowd.n_members;
}

static void measure(uint64_t start, uint64_t window_ns, int windows)
{
	for (int i = 0; i <= windows; i++) {
		sleep_until(start + i * window_ns);
		read_all(had[i]);
	}
	for (int i = 0; i < windows; i++)
		printf("error %.6f\n", error_at(i, 1, window_ns));
	for (int i = 0; i + 10 <= windows; i++)
		printf("error10 %.6f\n", error_at(i, 10, window_ns));
}

/* It makes a difference where in a period of cpu.max a window begins: as many at
 * each quarter of it. */
static int share(char **args)
{
	const uint64_t window_ns = atoi(args[0]) * 1000000ULL;
	const int windows = atoi(args[1]);
	static uint64_t first[MEMBERS_MAX], last[MEMBERS_MAX];
	uint64_t start, end, all = 0, work = 0;

	if (windows > WINDOWS_MAX)
		die("too many windows");
	begin(args + 3, (struct member){ .role = "hog", .tasks = atoi(args[2]) });
	start = now_ns() + PERIOD_NS;
	read_all(first);
	for (int m = 0; m < crowd.n_members; m++)
		work -= member_work(&crowd.members[m]);
	for (int i = 0; i < 4; i++)
		measure(start + i * ((windows + 1) * window_ns + PERIOD_NS / 4), window_ns,
			windows);
	end = now_ns();
	read_all(last);
	for (int m = 0; m < crowd.n_members; m++) {
		work += member_work(&crowd.members[m]);
		all += last[m] - first[m];
		printf("used %.6f\n", 100.0 * (last[m] - first[m]) / (end - start + PERIOD_NS));
	}
	printf("work %.1f\n", work * 1e9 / all);
	return 0;
}

/* --- latency, burst ---------------------------------------------------------------------- */

static int latency(char **args)
{
	const int samples = atoi(args[0]);
	struct member *m;

	m = crowd_add(&crowd, (struct member){ .percent = 20, .role = "sleeper", .tasks = 1,
					       .argument = samples });
	begin(args + 2, (struct member){ .role = "hog", .tasks = atoi(args[1]) });
	member_go(m);
	if (waitpid(m->pid, NULL, 0) != m->pid)
		die("no sleeper");
	for (int i = 0; i < samples && i < LATE_MAX; i++)
		printf("late %.3f\n", shared->late_ns[i] / 1e3);
	return 0;
}

static int burst(char **args)
{
	static const int marks_ms[] = { 100, 250, 500, 750 };
	const int samples = atoi(args[0]);
	struct member *m, like = { .role = "hog", .tasks = 1, .percent = atof(args[3]) };
	uint64_t used, start;

	member_go(crowd_add(&crowd, like));
	like.percent = atof(args[1]);
	like.bucket_ms = atoi(args[2]);
	m = crowd_add(&crowd, like);
	crowd_wait(&crowd);
	stand_above();
	for (int i = 0; i < samples; i++) {
		start = now_ns() + 10 * SECOND;
		sleep_until(start);
		used = member_used_ns(m);
		if (i)
			kill(m->pid, SIGCONT);
		else
			member_go(m);
		for (size_t k = 0; k < sizeof(marks_ms) / sizeof(marks_ms[0]); k++) {
			sleep_until(start + marks_ms[k] * 1000000ULL);
			printf("got-%d %.3f\n", marks_ms[k], (member_used_ns(m) - used) / 1e6);
		}
		sleep_until(start + SECOND);
		printf("got %.3f\n", (member_used_ns(m) - used) / 1e6);
		kill(m->pid, SIGSTOP);
	}
	return 0;
}

/* --- what the host does beside them ------------------------------------------------------- */

static int files(char **args)
{
	char folder[] = "/dev/shm/crowd.XXXXXX";
	const struct sched_param none = {};
	const int samples = atoi(args[0]);
	uint64_t start;

	if (!mkdtemp(folder) || chdir(folder))
		die("%s: %s", folder, strerror(errno));
	begin(args + 2, (struct member){ .role = "files", .tasks = atoi(args[1]) });
	sched_setscheduler(0, SCHED_OTHER, &none);
	for (int i = 0; i < samples; i++) {
		usleep(5000);
		start = now_ns();
		close(open("host", O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
		rename("host", "host-other");
		unlink("host-other");
		printf("took %.3f\n", (now_ns() - start) / 1e3);
	}
	return 0;
}

/* As an administrator would: vserver kill; a cgroup has cgroup.kill. */
static void kill_member(const struct member *m)
{
	char command[PATH_MAX + 32];

	if (crowd.contexts)
		snprintf(command, sizeof(command), "vserver kill %d --signal KILL", crowd.base);
	else
		snprintf(command, sizeof(command), "echo 1 >%s",
			 member_path(&crowd, m, "cgroup.kill"));
	if (system(command))
		die("cannot kill");
}

static int kill_all(char **args)
{
	uint64_t start;

	begin(args + 1, (struct member){ .role = "hog", .tasks = atoi(args[0]) });
	start = now_ns();
	kill_member(&crowd.members[0]);
	crowd_reap();
	printf("took %.3f\n", (now_ns() - start) / 1e6);
	return 0;
}

static int sleep_all(char **args)
{
	char byte;

	crowd.base = SLEEPING_XID;
	for (int i = 0; i < atoi(args[0]); i++) {
		crowd_add(&crowd, (struct member){ .role = "hog", .tasks = 1,
						   .percent = atof(args[1]) });
		if (i % 50 == 49)
			crowd_wait(&crowd);
	}
	crowd_wait(&crowd);
	puts("there");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}

/* ------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	int min;
	int (*run)(char **args);
} verbs[] = {
	{ "share", 4, share },	{ "latency", 3, latency }, { "burst", 4, burst },
	{ "files", 3, files },	{ "kill", 2, kill_all },   { "sleep", 2, sleep_all },
};

int main(int argc, char **argv)
{
	if (argc == 7 && !strcmp(argv[1], "inside"))
		return run_inside(argv + 2);
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (argc < 3 + verbs[i].min || strcmp(verbs[i].name, argv[1]))
			continue;
		crowd.contexts = !strcmp(argv[2], "contexts");
		verbs[i].run(argv + 3);
		crowd_end(&crowd);
		return 0;
	}
	die("see the head of its source");
}
