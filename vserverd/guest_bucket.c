// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's share of the processors, and what has become of it, as List and
 * Describe give it.  What only the scheduler knows is left out where it does not
 * run.
 */
#include "bucket_json.h"
#include "guest.h"

#define SECOND_NS	1000000000ULL
#define SHARE_NS	100000ULL	/* a hundredth of a percent, of each second */

struct vs_guarantees guest_guarantees(struct manager *m)
{
	struct vs_guarantees all = { 0 };

	vs_guarantees_read(m->vs, 0, &all);
	return all;
}

static int add_guarantees(const struct vs_guarantees *all, sd_json_variant **bucket)
{
	return sd_json_variant_merge_objectbo(
		bucket,
		SD_JSON_BUILD_PAIR_UNSIGNED("guaranteedShare", all->guaranteed_ns / SHARE_NS),
		SD_JSON_BUILD_PAIR_UNSIGNED("machineShare", all->machine_ns / SHARE_NS));
}

/* Who may not use all processors has a bucket on fewer. */
static uint64_t guarantee_of(const struct vs_bucket *bucket, uint64_t cpuset_ns)
{
	return cpuset_ns ? vs_bucket_guarantee_on(bucket, (unsigned int)(cpuset_ns / SECOND_NS)) :
			   vs_bucket_guarantee(bucket);
}

/* No more than the processors that it may use have. */
static int add_kept(uint64_t kept_ns, uint64_t cpuset_ns, sd_json_variant **bucket)
{
	if (cpuset_ns && cpuset_ns < kept_ns)
		kept_ns = cpuset_ns;
	return sd_json_variant_set_field_unsigned(bucket, "keptShare", kept_ns / SHARE_NS);
}

int guest_add_bucket(struct manager *m, const struct guest *guest, const struct vs_context *ctx,
		     const struct vs_guarantees *all, sd_json_variant **object)
{
	uint64_t cpuset = guest_cpuset_ns(m, guest);
	uint64_t guarantee = guarantee_of(&ctx->bucket, cpuset);
	sd_json_variant *bucket = NULL;
	struct vs_cpu_usage now;
	bool known;
	int r;

	if (!guarantee)
		return 0;
	/* The scheduler may not have seen yet what has just begun. */
	known = vs_scheduler_usage(m->vs, ctx->xid, &now) == 0 && now.limited;
	r = bucket_build(&ctx->bucket, known ? &now : NULL, &bucket);
	if (r >= 0 && all->machine_ns)
		r = add_guarantees(all, &bucket);
	if (r >= 0 && cpuset)
		r = sd_json_variant_set_field_unsigned(&bucket, "cpusetShare", cpuset / SHARE_NS);
	if (r >= 0 && all->machine_ns && vs_scheduler_running(m->vs) == 1)
		r = add_kept(vs_guarantee_kept(all, guarantee), cpuset, &bucket);
	if (r >= 0)
		r = sd_json_variant_set_field(object, "bucket", bucket);
	sd_json_variant_unref(bucket);
	return r;
}
