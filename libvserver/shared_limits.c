// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Limits that the kernel counts by user number: signals and timers that wait,
 * and messages in queues, of all processes that have the number, whatever they
 * are in.  Each process is measured by its own limit; so who has half of what
 * the host's processes have cannot use up what is left to them.
 *
 * Not here: what has one limit for all (inotify, pages in pipes), and what is
 * not counted for root (processes).
 */
#include <errno.h>
#include <sys/resource.h>

#include "private.h"

int vs_limits_halve(struct vs *vs)
{
	static const enum __rlimit_resource shared[] = { RLIMIT_SIGPENDING, RLIMIT_MSGQUEUE };

	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++) {
		struct rlimit limit;

		if (getrlimit(shared[i], &limit) < 0)
			return vs_fail_errno(vs, -errno, "reading the limits");
		if (limit.rlim_max == RLIM_INFINITY)
			continue;
		limit.rlim_max /= 2;
		if (limit.rlim_cur > limit.rlim_max)
			limit.rlim_cur = limit.rlim_max;
		if (setrlimit(shared[i], &limit) < 0)
			return vs_fail_errno(vs, -errno, "lowering the limits");
	}
	return 0;
}
