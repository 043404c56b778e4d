// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What buckets guarantee: of one context, and of all together beside what the
 * machine has.  More than that may be guaranteed; whoever does it is told.
 */
#include <stdlib.h>
#include <sys/sysinfo.h>

#include "private.h"

#define SECOND_NS	1000000000ULL

uint64_t vs_bucket_guarantee_on(const struct vs_bucket *bucket, unsigned int processors)
{
	unsigned __int128 rate = bucket->rate_ns;

	if (!bucket->rate_ns || !bucket->interval_ns)
		return 0;
	if (bucket->scope == VS_SCOPE_PROCESSOR)
		rate *= processors;
	return (uint64_t)(rate * SECOND_NS / bucket->interval_ns);
}

uint64_t vs_bucket_guarantee(const struct vs_bucket *bucket)
{
	return vs_bucket_guarantee_on(bucket, (unsigned int)get_nprocs());
}

int vs_guarantees_read(struct vs *vs, uint32_t except, struct vs_guarantees *ret)
{
	struct vs_guarantees sum = { .machine_ns = (uint64_t)get_nprocs() * SECOND_NS };
	_cleanup_free_ struct vs_context *contexts = NULL;
	size_t n = 0;
	int r = vs_context_list(vs, &contexts, &n);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		if (!except || contexts[i].xid != except)
			sum.guaranteed_ns += vs_bucket_guarantee(&contexts[i].bucket);
	*ret = sum;
	return 0;
}

uint64_t vs_guarantee_kept(const struct vs_guarantees *all, uint64_t guarantee_ns)
{
	if (all->guaranteed_ns <= all->machine_ns)
		return guarantee_ns;
	return (uint64_t)((unsigned __int128)guarantee_ns * all->machine_ns / all->guaranteed_ns);
}
