// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest that runs, stopped for a moment: all that is in its cgroup, whatever
 * it has frozen or thawed below.  What stopped it may be killed meanwhile, and
 * so may the daemon; therefore a process of its own, the guard, waits until the
 * pipe to it is closed, which the kernel does for the dead too, and thaws.
 */
#include "freeze.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include <vserver.h>

#include "fail.h"
#include "scope.h"

#define LIMIT_NS	10000000000ULL
#define LOOK_MS		50	/* cgroup.events tells; if it does not */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

static int set_frozen(int cgroup, bool frozen)
{
	_cleanup_close_ int fd = openat(cgroup, "cgroup.freeze", O_WRONLY | O_CLOEXEC);

	return fd < 0 || write(fd, frozen ? "1" : "0", 1) < 0 ? -errno : 0;
}

/* What is to be: 1 where it has been frozen by whomever. */
static int is_asked(int cgroup)
{
	_cleanup_close_ int fd = openat(cgroup, "cgroup.freeze", O_RDONLY | O_CLOEXEC);
	char value = '0';

	return fd < 0 || read(fd, &value, 1) < 0 ? -errno : value == '1';
}

static bool is_frozen(int events)
{
	char text[256];
	ssize_t size = pread(events, text, sizeof(text) - 1, 0);

	text[size < 0 ? 0 : size] = '\0';
	return strstr(text, "frozen 1") != NULL;
}

static int await_frozen(int cgroup)
{
	_cleanup_close_ int events = openat(cgroup, "cgroup.events", O_RDONLY | O_CLOEXEC);
	struct pollfd look = { .fd = events, .events = POLLPRI };
	uint64_t end = now_ns() + LIMIT_NS;

	if (events < 0)
		return -errno;
	while (!is_frozen(events)) {
		if (now_ns() >= end)
			return -EBUSY;
		poll(&look, 1, LOOK_MS);
	}
	return 0;
}

/* --- the guard -------------------------------------------------------------------------- */

/* It holds nothing open but these two: the daemon hears of a worker's end. */
static void close_others(int a, int b)
{
	unsigned int low = (unsigned int)(a < b ? a : b), high = (unsigned int)(a < b ? b : a);

	if (low)
		close_range(0, low - 1, 0);
	if (high > low + 1)
		close_range(low + 1, high - 1, 0);
	close_range(high + 1, ~0U, 0);
}

__attribute__((noreturn))
static void be_guard(int pipe, int cgroup)
{
	char told;

	close_others(pipe, cgroup);
	while (read(pipe, &told, 1) < 0 && errno == EINTR)
		;
	set_frozen(cgroup, false);
	_exit(EXIT_SUCCESS);
}

static int start_guard(struct freeze *freeze)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	freeze->guard_pid = fork();
	if (freeze->guard_pid == 0)
		be_guard(fds[0], freeze->cgroup);
	close(fds[0]);
	freeze->guard = fds[1];
	if (freeze->guard_pid < 0) {
		close(fds[1]);
		return -errno;
	}
	return 0;
}

static void end_guard(struct freeze *freeze)
{
	close(freeze->guard);
	while (waitpid(freeze->guard_pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* --- the moment --------------------------------------------------------------------------- */

static int open_cgroup(const char *path)
{
	struct vs *vs;
	int fd = vs_new(&vs);

	if (fd < 0)
		return fd;
	fd = vs_cgroup_open(vs, path);
	vs_close(vs);
	return fd;
}

int freeze_begin(const char *cgroup, struct freeze *ret, char **ret_reason)
{
	_cleanup_close_ int dir = open_cgroup(cgroup);
	struct freeze freeze = { .cgroup = dir, .guard = -1 };
	int r;

	*ret = (struct freeze){ .cgroup = -1, .guard = -1 };
	if (dir == -ENOENT)
		return 0;
	r = dir < 0 ? dir : is_asked(dir);
	if (r < 0)
		return r == -ENODEV ? 0 :
		       fail(ret_reason, r, "freezing %s: %s", cgroup, strerror(-r));
	if (r > 0) {
		r = await_frozen(dir);
		return r < 0 ? fail(ret_reason, r, "%s is being frozen by somebody else, and is "
				    "not yet", cgroup) : 0;
	}
	r = start_guard(&freeze);
	if (r < 0)
		return fail(ret_reason, r, "freezing %s: %s", cgroup, strerror(-r));
	freeze.since_ns = now_ns();
	r = set_frozen(dir, true);
	if (!r)
		r = await_frozen(dir);
	if (r < 0) {
		end_guard(&freeze);
		if (r == -ENODEV || r == -ENOENT)
			return 0;	/* it ended just now */
		return fail(ret_reason, r, "freezing %s: %s", cgroup, r == -EBUSY ?
			    "a process of it did not stop within 10 s" : strerror(-r));
	}
	dir = -1;
	*ret = freeze;
	return 0;
}

uint64_t freeze_end(struct freeze *freeze)
{
	uint64_t pause;

	if (freeze->cgroup < 0)
		return 0;
	set_frozen(freeze->cgroup, false);
	pause = now_ns() - freeze->since_ns;
	end_guard(freeze);
	close(freeze->cgroup);
	*freeze = (struct freeze){ .cgroup = -1, .guard = -1 };
	return pause;
}
