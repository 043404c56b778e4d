// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * load hogs N		N that want all there is
 * load nices N		the same, from nice 0 to nice 19
 * load pinned		the same, one tied to each processor
 * load roams N		the same, each of which goes to another processor, nice
 *			value or policy every few milliseconds
 * load files N FOLDER	N that create, rename and unlink there
 * load pipe		two that pass a byte to and fro
 * load forks		children that end at once, one after the other
 * load storms N	ever again N children that work for a millisecond
 * load threads		the same as threads, four at a time
 * load bursts MS	works for so long, then sleeps for two seconds
 * load stands - FILE	above all others on each processor N: in FILE.N is how long
 *			that has stood still so far, us
 *
 * For ever: what contexts do in tests/sched/stress.t, and, the last, the host.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MSEC		1000000LL
#define STANDS_PERIOD	(10 * MSEC)

/* Of this task. */
static int64_t used_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Instructions that an emulator need not do, though it counts them. */
static void spin(void)
{
	__asm__ volatile(".rept 500\n\tnop\n\t.endr");
}

static void burn(int64_t ns)
{
	int64_t end = used_ns() + ns;

	while (used_ns() < end)
		for (int i = 0; i < 20; i++)
			spin();
}

_Noreturn static void burn_on(void)
{
	for (;;)
		spin();
}

/* Which of @n tasks this one is. */
static int one_of(int n)
{
	for (int i = 1; i < n; i++)
		if (fork() == 0)
			return i;
	return 0;
}

static void tie_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static int processors(void)
{
	return (int)sysconf(_SC_NPROCESSORS_CONF);
}

static void hogs(int n, const char *unused)
{
	one_of(n);
	burn_on();
}

static void nices(int n, const char *unused)
{
	setpriority(PRIO_PROCESS, 0, one_of(n) * 19 / n);
	burn_on();
}

static void pinned(int unused, const char *unused2)
{
	tie_to(one_of(processors()));
	burn_on();
}

static void roams(int n, const char *unused)
{
	static const int policy[] = { SCHED_OTHER, SCHED_BATCH, SCHED_IDLE };
	const struct sched_param none = { 0 };
	int me = one_of(n), all = processors();

	for (int i = me;; i++) {
		tie_to(i % all);
		burn(3 * MSEC);
		setpriority(PRIO_PROCESS, 0, i % 10);
		burn(3 * MSEC);
		sched_setscheduler(0, policy[i % 3], &none);
		burn(3 * MSEC);
	}
}

static void files(int n, const char *folder)
{
	char name[32], other[32];

	if (!folder || chdir(folder))
		exit(1);
	one_of(n);
	snprintf(name, sizeof(name), "%d", getpid());
	snprintf(other, sizeof(other), "%d-other", getpid());
	for (;;) {
		close(open(name, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
		rename(name, other);
		unlink(other);
	}
}

static void pipes(int unused, const char *unused2)
{
	int there[2], back[2];
	bool first;
	char byte = 0;

	if (pipe(there) || pipe(back))
		exit(1);
	first = one_of(2) == 0;
	if (first && write(there[1], &byte, 1) != 1)
		exit(1);
	while (read(first ? back[0] : there[0], &byte, 1) == 1 &&
	       write(first ? there[1] : back[1], &byte, 1) == 1)
		;
}

static void forks(int unused, const char *unused2)
{
	for (;;) {
		if (fork() == 0)
			_exit(0);
		wait(NULL);
	}
}

static void storms(int n, const char *unused)
{
	for (;;) {
		for (int i = 0; i < n; i++)
			if (fork() == 0) {
				burn(MSEC);
				_exit(0);
			}
		while (wait(NULL) > 0)
			;
	}
}

static void *short_thread(void *unused)
{
	burn(MSEC);
	return unused;
}

static void threads(int unused, const char *unused2)
{
	pthread_t thread[4];

	for (;;) {
		for (int i = 0; i < 4; i++)
			if (pthread_create(&thread[i], NULL, short_thread, NULL))
				exit(1);
		for (int i = 0; i < 4; i++)
			pthread_join(thread[i], NULL);
	}
}

static void bursts(int ms, const char *unused)
{
	for (;;) {
		burn(ms * MSEC);
		sleep(2);
	}
}

/* --- a machine that stands still, as an emulated one does ------------------------------ */

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* Nobody makes it late but who stops the processor. */
static void stands(int unused, const char *path)
{
	const struct sched_param above = { .sched_priority = 99 };
	int64_t due = now_ns(), late, stood = 0;
	int me = one_of(processors()), fd;
	struct timespec until;
	char text[256];

	snprintf(text, sizeof(text), "%s.%d", path, me);
	fd = open(text, O_WRONLY | O_CREAT, 0600);
	tie_to(me);
	if (fd < 0 || sched_setscheduler(0, SCHED_FIFO, &above))
		exit(1);
	for (;;) {
		snprintf(text, sizeof(text), "%lld\n", (long long)stood / 1000);
		if (pwrite(fd, text, strlen(text), 0) < 0)
			exit(1);
		do {
			due += STANDS_PERIOD;
			until = (struct timespec){ due / 1000000000, due % 1000000000 };
			while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL))
				;
			late = now_ns() - due;
		} while (late < STANDS_PERIOD / 2);
		stood += late;
		due += late;
	}
}

static const struct {
	const char *name;
	void (*run)(int n, const char *folder);
} loads[] = {
	{ "hogs", hogs },     { "nices", nices },   { "pinned", pinned }, { "roams", roams },
	{ "files", files },   { "pipe", pipes },    { "forks", forks },	  { "storms", storms },
	{ "threads", threads }, { "bursts", bursts }, { "stands", stands },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc >= 2 && i < sizeof(loads) / sizeof(*loads); i++)
		if (!strcmp(loads[i].name, argv[1]))
			loads[i].run(argc >= 3 ? atoi(argv[2]) : 1, argc >= 4 ? argv[3] : NULL);
	fprintf(stderr, "load: see the head of its source\n");
	return 2;
}
