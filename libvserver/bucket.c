// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A bucket from a share: what R, T, S and M are where nobody says.  The
 * scheduler that empties buckets is bpf/sched.bpf.c.
 */
#include <errno.h>
#include <sys/sysinfo.h>

#include "private.h"

#define SIZE_MIN_NS	1000000ULL		/* 1 ms */
#define SIZE_SPAN_NS	100000000ULL		/* what is earned in 100 ms */
#define RELEASE_MIN_NS	100000ULL		/* 100 us */
#define RELEASE_SPAN_NS	5000000ULL		/* what is earned in 5 ms */

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* What a share earns in @span; 128 bits, so that no share overflows. */
static uint64_t earned(uint64_t rate_ns, uint64_t interval_ns, uint64_t span_ns)
{
	return (uint64_t)((unsigned __int128)rate_ns * span_ns / interval_ns);
}

int vs_bucket_make(uint64_t rate_ns, uint64_t interval_ns, uint64_t size_ns,
		   uint64_t release_ns, struct vs_bucket *ret)
{
	uint64_t size, release;

	if (!rate_ns || interval_ns < VS_INTERVAL_MIN_NS || interval_ns > VS_INTERVAL_MAX_NS)
		return -ERANGE;
	if (rate_ns > interval_ns * (uint64_t)get_nprocs() ||
	    rate_ns * VS_RATE_MIN_DIV < interval_ns)
		return -ERANGE;

	size = size_ns ? size_ns : max(earned(rate_ns, interval_ns, SIZE_SPAN_NS), SIZE_MIN_NS);
	release = release_ns ? release_ns :
		  min(size, max(earned(rate_ns, interval_ns, RELEASE_SPAN_NS), RELEASE_MIN_NS));
	if (size > VS_SIZE_MAX_NS)
		return -ERANGE;
	if (release > size)
		return -EINVAL;
	if (earned(release, rate_ns, interval_ns) > VS_HOLD_MAX_NS)
		return -ETIME;

	*ret = (struct vs_bucket){
		.rate_ns = rate_ns,
		.interval_ns = interval_ns,
		.size_ns = size,
		.release_ns = release,
	};
	return 0;
}

int vs_bucket_set_scope(struct vs_bucket *bucket, uint32_t scope)
{
	if (scope == VS_SCOPE_PROCESSOR && (bucket->rate_ns > bucket->interval_ns ||
					    bucket->idle_rate_ns > bucket->idle_interval_ns))
		return -ERANGE;
	bucket->scope = scope;
	return 0;
}
