/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Buckets: what a share becomes, and which shares cannot be had.
 */
#include <errno.h>
#include <sys/sysinfo.h>

#include "tap.h"
#include "vserver.h"

#define MS 1000000ULL

static void defaults(void)
{
	struct vs_bucket b = {};

	is_int(vs_bucket_make(25 * MS, 100 * MS, 0, 0, &b), 0, "25%% of a processor");
	ok(b.rate_ns == 25 * MS && b.interval_ns == 100 * MS, "has the rate that was asked");
	is_int(b.size_ns, 25 * MS, "saves up what it earns in 100 ms");
	is_int(b.release_ns, 25 * MS / 20, "runs again with what it earns in 5 ms");
	is_int(vs_bucket_make(MS / 10, 100 * MS, 0, 0, &b), 0, "a tenth of a percent");
	is_int(b.size_ns, MS, "saves up at least 1 ms");
	is_int(b.release_ns, MS / 10, "and runs again with at least 100 us");
	is_int(vs_bucket_make(25 * MS, 100 * MS, 500 * MS, 10 * MS, &b), 0, "all four given");
	ok(b.size_ns == 500 * MS && b.release_ns == 10 * MS, "are all four as given");
	is_int(vs_bucket_make(25 * MS, 100 * MS, MS / 20, 0, &b), 0, "a small bucket");
	ok(b.release_ns <= b.size_ns, "is released when it is full, not later");
}

static void refused(void)
{
	const uint64_t all = 100 * MS * (uint64_t)get_nprocs();
	struct vs_bucket b = { .rate_ns = 7 };

	is_int(vs_bucket_make(0, 100 * MS, 0, 0, &b), -ERANGE, "0%% is refused");
	is_int(vs_bucket_make(all + 1, 100 * MS, 0, 0, &b), -ERANGE,
	       "more than the machine is refused");
	is_int(vs_bucket_make(MS / 10 - 1, 100 * MS, 0, 0, &b), -ERANGE,
	       "less than a tenth of a percent is refused");
	is_int(vs_bucket_make(UINT64_MAX, 100 * MS, 0, 0, &b), -ERANGE, "by far, too");
	is_int(vs_bucket_make(1, 0, 0, 0, &b), -ERANGE, "no interval is refused");
	is_int(vs_bucket_make(1, VS_INTERVAL_MIN_NS - 1, 0, 0, &b), -ERANGE, "a short one, too");
	is_int(vs_bucket_make(1, VS_INTERVAL_MAX_NS + 1, 0, 0, &b), -ERANGE, "a long one, too");
	is_int(vs_bucket_make(25 * MS, 100 * MS, VS_SIZE_MAX_NS + 1, 0, &b), -ERANGE,
	       "a bucket above an hour is refused");
	is_int(vs_bucket_make(25 * MS, 100 * MS, 10 * MS, 11 * MS, &b), -EINVAL,
	       "one that never fills up to its release is refused");
	is_int(vs_bucket_make(25 * MS, 100 * MS, 5000 * MS, 2500 * MS + 1, &b), -ETIME,
	       "one that is on hold for more than 10 s is refused");
	is_int(b.rate_ns, 7, "a refused bucket touches nothing");
	is_int(vs_bucket_make(25 * MS, 100 * MS, 5000 * MS, 2500 * MS, &b), 0,
	       "control: one for 10 s can be had");
	is_int(vs_bucket_make(all, 100 * MS, 0, 0, &b), 0, "control: all of the machine can be had");
}

static void guarantees(void)
{
	const uint64_t s = 1000 * MS;
	const struct vs_bucket none = {}, third = { .rate_ns = 10 * MS, .interval_ns = 30 * MS };
	const struct vs_bucket each = { .rate_ns = 10 * MS, .interval_ns = 30 * MS,
					.scope = VS_SCOPE_PROCESSOR };
	struct vs_guarantees all = { .guaranteed_ns = 2 * s, .machine_ns = 2 * s };

	is_int(vs_bucket_guarantee(&none), 0, "no bucket guarantees nothing");
	is_int(vs_bucket_guarantee(&third), 333333333, "10ms/30ms is a third of each second");
	is_int(vs_bucket_guarantee_on(&third, 3), 333333333, "on however many processors");
	is_int(vs_bucket_guarantee_on(&each, 3), s, "of each of three it is all of one");
	is_int(vs_bucket_guarantee(&each), 1000 * (uint64_t)get_nprocs() * MS / 3,
	       "of this machine's each one's third");
	is_int(vs_guarantee_kept(&all, s), s, "where there is enough all is kept");
	all.guaranteed_ns = 5 * s;
	is_int(vs_guarantee_kept(&all, s), 2 * s / 5, "where there is not, in proportion");
	all.guaranteed_ns = UINT64_MAX;
	ok(vs_guarantee_kept(&all, UINT64_MAX / 2) <= s, "and no number overflows");
}

static void scopes(void)
{
	struct vs_bucket b = { .rate_ns = 100 * MS, .interval_ns = 100 * MS };

	is_int(vs_bucket_set_scope(&b, VS_SCOPE_PROCESSOR), 0, "all of each processor");
	is_int(b.scope, VS_SCOPE_PROCESSOR, "is of each");
	b.rate_ns++;
	b.scope = VS_SCOPE_MACHINE;
	is_int(vs_bucket_set_scope(&b, VS_SCOPE_PROCESSOR), -ERANGE, "more than it has is refused");
	is_int(b.scope, VS_SCOPE_MACHINE, "and touches nothing");
	is_int(vs_bucket_set_scope(&b, VS_SCOPE_MACHINE), 0, "control: of the machine it can be had");
	b.rate_ns = 10 * MS;
	b.idle_rate_ns = 101 * MS;
	b.idle_interval_ns = 100 * MS;
	is_int(vs_bucket_set_scope(&b, VS_SCOPE_PROCESSOR), -ERANGE, "as much idle time, too");
}

/* What cpu.max has of a share, where there is nothing else. */
static void bursts(void)
{
	const struct vs_bucket none = {}, tenth = { .rate_ns = 10 * MS, .interval_ns = 100 * MS };
	const struct vs_bucket slow = { .rate_ns = 1000 * MS, .interval_ns = 10000 * MS };
	const struct vs_bucket little = { .rate_ns = MS / 4, .interval_ns = 100 * MS };

	is_int(vs_cgroup_burst_max(&none), 0, "no share has no burst");
	is_int(vs_cgroup_burst_max(&tenth), 10 * MS, "a burst is a quota at most");
	is_int(vs_cgroup_burst_max(&slow), 100 * MS, "which is that of a second at most");
	is_int(vs_cgroup_burst_max(&little), MS, "and a millisecond at least");
}

int main(void)
{
	defaults();
	refused();
	guarantees();
	scopes();
	bursts();
	return done_testing();
}
