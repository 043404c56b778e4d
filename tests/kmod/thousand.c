// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * thousand WORKERS CONTEXTS ROUNDS: that many contexts at once, made, entered,
 * signalled and ended by workers side by side, that many times over.  Every
 * second one is persistent and is ended by its worker; the others end with
 * their last task.  The first thing that is not as it should be is printed and
 * ends it with 1; what was done is printed at the end.
 *
 * The workers meet after each step, so that all contexts are there at once:
 * the first of them then looks whether the table has them all.
 *
 * thousand WORKERS CONTEXTS make, and the same with drop: just that.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <vserver.h>

#define FIRST_XID	1000
#define DYING_LIMIT	60	/* seconds until a context has to be gone */

struct shared {
	pthread_barrier_t met;
	unsigned int made, entered, answered, killed, ended;
};

struct member {
	uint32_t xid;
	pid_t pid;
	int from;		/* what it says */
};

static struct shared *shared;

__attribute__((noreturn, format(printf, 1, 2)))
static void fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	puts("");
	fflush(stdout);
	kill(0, SIGTERM);	/* the others would wait for ever */
	_exit(1);
}

static void meet(void)
{
	pthread_barrier_wait(&shared->met);
}

static bool persistent(uint32_t xid)
{
	return xid % 2;
}

/* --- the process in a context ---------------------------------------------- */

/* Says 'e' when it is in, 's' for each SIGUSR1; until it is killed. */
static void member_run(struct vs *vs, uint32_t xid, int to)
{
	sigset_t signals;
	char text = 'e';
	int signal;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	if (vs_context_enter(vs, xid, 0) < 0)
		text = 'x';
	while (write(to, &text, 1) == 1 && !sigwait(&signals, &signal))
		text = 's';
	_exit(1);
}

static void member_start(struct vs *vs, struct member *m)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		fail("pipe: %m");
	m->pid = fork();
	if (m->pid < 0)
		fail("fork: %m");
	if (!m->pid)
		member_run(vs, m->xid, ends[1]);
	close(ends[1]);
	m->from = ends[0];
}

static void member_says(const struct member *m, char expected)
{
	char text = 0;

	if (read(m->from, &text, 1) != 1 || text != expected)
		fail("member of %u said '%c', not '%c'", m->xid, text ?: '-', expected);
}

/* --- one step each: all the contexts of a worker ---------------------------- */

static void make(struct vs *vs, struct member *m)
{
	struct vs_context ctx = {
		.xid = m->xid,
		.flags = persistent(m->xid) ? VS_FLAG_PERSISTENT : 0,
		.ceiling = ~0ULL >> 23,
		.n_addresses = 1,
		.addresses = { { .family = AF_INET, .ip4 = { htonl(0x0a090000 + m->xid) } } },
		.bucket = { 50000000, 100000000, 50000000, 5000000 },
	};
	int err = vs_context_create(vs, &ctx);

	if (err < 0)
		fail("cannot make %u: %s", m->xid, vs_reason(vs));
	__atomic_add_fetch(&shared->made, 1, __ATOMIC_RELAXED);
}

static void enter(struct vs *vs, struct member *m)
{
	member_start(vs, m);
	member_says(m, 'e');
	__atomic_add_fetch(&shared->entered, 1, __ATOMIC_RELAXED);
}

static void ask(struct vs *vs, struct member *m)
{
	struct vs_context ctx;
	int err = vs_context_get(vs, m->xid, &ctx);

	if (err < 0 || ctx.tasks != 1)
		fail("%u has %d tasks, not 1", m->xid, err < 0 ? err : (int)ctx.tasks);
	if (vs_context_end(vs, m->xid) != -EBUSY)
		fail("%u ended with a task in it", m->xid);
	if (kill(m->pid, SIGUSR1) < 0)
		fail("cannot signal the member of %u: %m", m->xid);
	member_says(m, 's');
	__atomic_add_fetch(&shared->answered, 1, __ATOMIC_RELAXED);
}

static void end(struct vs *vs, struct member *m)
{
	int status;

	if (kill(m->pid, SIGKILL) < 0 || waitpid(m->pid, &status, 0) != m->pid)
		fail("cannot kill the member of %u: %m", m->xid);
	if (!WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL)
		fail("the member of %u ended with status %x", m->xid, status);
	close(m->from);
	__atomic_add_fetch(&shared->killed, 1, __ATOMIC_RELAXED);
}

/* A task is counted until the kernel frees it, a little after its end. */
static void gone(struct vs *vs, struct member *m)
{
	const struct timespec pause = { .tv_nsec = 10000000 };
	int wanted = persistent(m->xid) ? 0 : -ESRCH, err, i;
	struct vs_context ctx;

	for (i = 0; i < DYING_LIMIT * 100; i++) {
		err = persistent(m->xid) ? vs_context_end(vs, m->xid) :
					   vs_context_get(vs, m->xid, &ctx);
		if (err == wanted)
			break;
		nanosleep(&pause, NULL);
	}
	if (err != wanted)
		fail("%u does not end: %s", m->xid, strerror(-err));
	__atomic_add_fetch(&shared->ended, 1, __ATOMIC_RELAXED);
}

/* One that nobody has entered. */
static void drop(struct vs *vs, struct member *m)
{
	if (vs_context_end(vs, m->xid) < 0)
		fail("cannot end %u: %s", m->xid, vs_reason(vs));
	__atomic_add_fetch(&shared->ended, 1, __ATOMIC_RELAXED);
}

/* --- workers --------------------------------------------------------------- */

static void all(struct vs *vs, struct member *members, int n,
		void (*step)(struct vs *vs, struct member *m))
{
	int i;

	for (i = 0; i < n; i++)
		step(vs, &members[i]);
	meet();
}

/* The table, while nobody changes it. */
static void look(struct vs *vs, bool first, size_t wanted)
{
	struct vs_context one = {}, *list;
	size_t n;

	if (first) {
		if (vs_context_list(vs, &list, &n) < 0 || n != wanted)
			fail("the table has %zu contexts, not %zu", n, wanted);
		free(list);
		if (wanted == VS_CONTEXTS_MAX && vs_context_create(vs, &one) != -ENOSPC)
			fail("one more than %d could be made", VS_CONTEXTS_MAX);
	}
	meet();
}

static void work(int worker, int n, int total, const char *what)
{
	int rounds = atoi(what);
	struct member *members = calloc(n, sizeof(*members));
	struct vs *vs;
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (vs_open(&vs) < 0)
		fail("no module");
	for (i = 0; i < n; i++)
		members[i].xid = FIRST_XID + worker * n + i;
	if (!rounds)
		all(vs, members, n, !strcmp(what, "make") ? make : drop);
	for (; rounds; rounds--) {
		all(vs, members, n, make);
		look(vs, !worker, total);
		all(vs, members, n, enter);
		all(vs, members, n, ask);
		all(vs, members, n, end);
		all(vs, members, n, gone);
		look(vs, !worker, 0);
	}
	vs_close(vs);
	free(members);
	_exit(0);
}

int main(int argc, char **argv)
{
	int workers, total, i, status, failed = 0;
	pthread_barrierattr_t attr;

	if (argc != 4)
		return 2;
	workers = atoi(argv[1]);
	total = atoi(argv[2]);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || workers < 1 || total % workers)
		return 2;
	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&shared->met, &attr, workers);
	setpgid(0, 0);
	for (i = 0; i < workers; i++)
		if (!fork())
			work(i, total / workers, total, argv[3]);
	while (wait(&status) > 0)
		failed |= status;
	printf("made %u entered %u signalled %u killed %u ended %u\n", shared->made,
	       shared->entered, shared->answered, shared->killed, shared->ended);
	return failed != 0;
}
