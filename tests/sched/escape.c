// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * escape WAY: tries, for ever, to use more of the processors than its context
 * has.  "realtime" and "deadline" say "refused" or "taken" and end.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/sched/types.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SCHED_DEADLINE_	6
#define SCHED_EXT_	7
#define MSEC		1000000LL

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void burn(int64_t ns)
{
	int64_t end = now_ns() + ns;

	while (now_ns() < end)
		;
}

static void burn_on(void)
{
	for (;;)
		burn(1000 * MSEC);
}

/* --- ways ------------------------------------------------------------------------ */

static void policies(void)
{
	static const int policy[] = { SCHED_OTHER, SCHED_BATCH, SCHED_IDLE, SCHED_EXT_ };
	struct sched_param none = { 0 };

	for (unsigned int i = 0;; i++) {
		sched_setscheduler(0, policy[i % 4], &none);
		burn(MSEC);
	}
}

static void nice_values(void)
{
	for (int i = 0;; i++) {
		setpriority(PRIO_PROCESS, 0, i % 40 - 20);
		burn(MSEC);
	}
}

static void affinity(void)
{
	long n = sysconf(_SC_NPROCESSORS_CONF);
	cpu_set_t set;

	for (int i = 0;; i++) {
		CPU_ZERO(&set);
		CPU_SET(i % n, &set);
		sched_setaffinity(0, sizeof(set), &set);
		burn(MSEC);
	}
}

static void write_to(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd >= 0) {
		if (write(fd, text, strlen(text)) < 0)
			errno = 0;
		close(fd);
	}
}

static void autogroup(void)
{
	for (int i = 0;; i++) {
		if (fork() == 0) {
			setsid();
			write_to("/proc/self/autogroup", "-20");
			burn(20 * MSEC);
			_exit(0);
		}
		wait(NULL);
	}
}

/* Out of the unit's cgroup, to where there is no limit. */
static void cgroups(void)
{
	for (;;) {
		write_to("/sys/fs/cgroup/cgroup.procs", "0");
		burn(MSEC);
	}
}

/* Gone before anybody counts. */
static void children(void)
{
	for (;;) {
		for (int i = 0; i < 4; i++)
			if (fork() == 0) {
				burn(MSEC / 3);
				_exit(0);
			}
		while (wait(NULL) > 0)
			;
	}
}

static void vforks(void)
{
	for (;;) {
		if (vfork() == 0) {
			burn(MSEC / 3);
			_exit(0);
		}
		wait(NULL);
	}
}

static void *short_thread(void *unused)
{
	burn(MSEC / 3);
	return unused;
}

static void threads(void)
{
	pthread_t thread[4];

	for (;;) {
		for (int i = 0; i < 4; i++)
			pthread_create(&thread[i], NULL, short_thread, NULL);
		for (int i = 0; i < 4; i++)
			pthread_join(thread[i], NULL);
	}
}

/* A storm: ever more of them, up to some hundred. */
static void storm(void)
{
	for (int i = 0; i < 7; i++) {
		fork();
		burn(10 * MSEC);
	}
	burn_on();
}

/* Asleep whenever the tick comes: 4 ms, and it comes at full ones. */
static void ticks(void)
{
	const struct timespec moment = { .tv_nsec = 200000 };

	for (;;) {
		burn(4 * MSEC - now_ns() % (4 * MSEC) - 200000);
		nanosleep(&moment, NULL);
	}
}

/* Each time it has hardly woken up. */
static void on_alarm(int signo)
{
	burn(900000);
}

static void itimer(void)
{
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } };

	signal(SIGALRM, on_alarm);
	setitimer(ITIMER_REAL, &often, NULL);
	for (;;)
		pause();
}

/* Workers of the kernel read for it; it sleeps. */
static void uring(void)
{
	static char buffer[1 << 20];
	struct io_uring_params params = { 0 };
	int ring = (int)syscall(SYS_io_uring_setup, 8, &params);
	int zero = open("/dev/zero", O_RDONLY);
	struct io_uring_sqe *sqes;
	unsigned int *tail, *head, *array, *done, *seen;
	char *sq, *cq;

	sq = mmap(NULL, params.sq_off.array + 64, PROT_READ | PROT_WRITE, MAP_SHARED, ring,
		  IORING_OFF_SQ_RING);
	cq = mmap(NULL, params.cq_off.cqes + 1024, PROT_READ | PROT_WRITE, MAP_SHARED, ring,
		  IORING_OFF_CQ_RING);
	sqes = mmap(NULL, 8 * sizeof(*sqes), PROT_READ | PROT_WRITE, MAP_SHARED, ring,
		    IORING_OFF_SQES);
	if (ring < 0 || zero < 0 || sq == MAP_FAILED || cq == MAP_FAILED || sqes == MAP_FAILED) {
		perror("escape: io_uring");
		exit(1);
	}
	tail = (unsigned int *)(sq + params.sq_off.tail);
	head = (unsigned int *)(cq + params.cq_off.head);
	array = (unsigned int *)(sq + params.sq_off.array);
	done = (unsigned int *)(cq + params.cq_off.tail);
	seen = head;
	for (;;) {
		for (unsigned int i = 0; i < 8; i++) {
			sqes[i] = (struct io_uring_sqe){
				.opcode = IORING_OP_READ,
				.flags = IOSQE_ASYNC,
				.fd = zero,
				.addr = (uintptr_t)buffer,
				.len = sizeof(buffer),
			};
			array[(*tail + i) & 7] = i;
		}
		__atomic_store_n(tail, *tail + 8, __ATOMIC_RELEASE);
		syscall(SYS_io_uring_enter, ring, 8, 8, IORING_ENTER_GETEVENTS, NULL, 0);
		*seen = __atomic_load_n(done, __ATOMIC_ACQUIRE);
	}
}

static void say(long result)
{
	puts(result < 0 ? "refused" : "taken");
}

static void realtime(void)
{
	const struct sched_param one = { .sched_priority = 1 };

	say(sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &one));
}

static void deadline(void)
{
	struct sched_attr attr = {
		.size = sizeof(attr),
		.sched_policy = SCHED_DEADLINE_,
		.sched_runtime = 10 * MSEC,
		.sched_deadline = 100 * MSEC,
		.sched_period = 100 * MSEC,
	};

	say(syscall(SYS_sched_setattr, 0, &attr, 0));
}

static const struct way {
	const char *name;
	void (*go)(void);
} ways[] = {
	{ "burn", burn_on },		{ "policies", policies },
	{ "nice", nice_values },	{ "affinity", affinity },
	{ "autogroup", autogroup },	{ "cgroups", cgroups },
	{ "children", children },	{ "vforks", vforks },
	{ "threads", threads },		{ "storm", storm },
	{ "ticks", ticks },		{ "itimer", itimer },
	{ "uring", uring },		{ "realtime", realtime },
	{ "deadline", deadline },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(ways[i].name, argv[1])) {
			ways[i].go();
			return 0;
		}
	fprintf(stderr, "escape: WAY\n");
	return 2;
}
