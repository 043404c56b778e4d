// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A context emptied: everything in it is killed, until nothing is left.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

#include "private.h"

#define LOOK_MS		20

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ULL + (uint64_t)ts.tv_nsec;
}

static int fail_stuck(struct vs *vs, uint32_t xid, uint32_t tasks)
{
	_cleanup_free_ struct vs_process *processes = NULL;
	size_t n = 0;
	int r = vs_process_list(vs, xid, &processes, &n);

	if (r < 0)
		return r;
	if (!n)
		return vs_fail(vs, -ETIMEDOUT, "tasks that have the addresses of context %u and are "
			       "not in it, or are ending: %u; end what chbind has started",
			       xid, tasks);
	return vs_fail(vs, -ETIMEDOUT, "process %d of context %u does not end; where it waits: "
		       "cat /proc/%d/stack", (int)processes[0].pid, xid, (int)processes[0].pid);
}

/* Again in each round: somebody of the host may have entered meanwhile. */
static int kill_all(struct vs *vs, uint32_t xid, uint64_t until_ns)
{
	struct vs_context ctx;
	int r;

	for (;;) {
		r = vs_context_kill(vs, xid, 0, SIGKILL);
		if (!r)
			r = vs_context_get(vs, xid, &ctx);
		if (r == -ESRCH || (!r && !ctx.tasks))
			return 0;
		if (r < 0)
			return r;
		if (now_ns() >= until_ns)
			return fail_stuck(vs, xid, ctx.tasks);
		poll(NULL, 0, LOOK_MS);
	}
}

/* With a small share it would die slowly. */
int vs_context_empty(struct vs *vs, uint32_t xid, uint64_t timeout_ns)
{
	struct vs_context before, ctx = { .xid = xid };
	int r, again;

	r = vs_context_get(vs, xid, &before);
	if (!r && before.bucket.rate_ns)
		r = vs_context_set(vs, &ctx, VS_SET_BUCKET);
	if (r < 0)
		return r;
	r = kill_all(vs, xid, now_ns() + timeout_ns);
	if (!before.bucket.rate_ns)
		return r;
	again = vs_context_set(vs, &before, VS_SET_BUCKET);
	return r < 0 || again == -ESRCH ? r : again;
}
