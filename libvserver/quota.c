// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A share as cpu.max takes it: a quota every period, in microseconds.
 */
#include "private.h"

/* kernel/sched/core.c */
#define PERIOD_MAX_US	1000000ULL
#define QUOTA_MIN_US	1000ULL

/*
 * cpu.max takes no period above a second and no quota below a millisecond: the
 * same share is then written with another period.
 */
struct vs_quota vs_quota_of(const struct vs_bucket *cpu)
{
	uint64_t quota = cpu->rate_ns / 1000, period = cpu->interval_ns / 1000;

	if (period > PERIOD_MAX_US) {
		quota = (uint64_t)((unsigned __int128)quota * PERIOD_MAX_US / period);
		period = PERIOD_MAX_US;
	}
	while (quota < QUOTA_MIN_US && period * 2 <= PERIOD_MAX_US) {
		quota = quota * 2 ?: cpu->rate_ns * 2 / 1000;
		period *= 2;
	}
	return (struct vs_quota){ quota < QUOTA_MIN_US ? QUOTA_MIN_US : quota, period };
}

uint64_t vs_cgroup_burst_max(const struct vs_bucket *cpu)
{
	if (!cpu->rate_ns || cpu->rate_ns == UINT64_MAX)
		return 0;
	return vs_quota_of(cpu).quota_us * 1000;
}
