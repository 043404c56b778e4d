// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A bucket as an object of the interface's type Bucket: what a context asked
 * for, and what has become of it.  The daemon has it, and so have the programs
 * that ask the scheduler themselves.
 */
#include "bucket_json.h"

static int add_now(const struct vs_cpu_usage *now, sd_json_variant **bucket)
{
	return sd_json_variant_merge_objectbo(
		bucket,
		SD_JSON_BUILD_PAIR_CONDITION(now->limited, "tokensNs",
					     SD_JSON_BUILD_INTEGER(now->tokens_ns)),
		SD_JSON_BUILD_PAIR_BOOLEAN("held", now->held),
		SD_JSON_BUILD_PAIR_UNSIGNED("heldNs", now->held_ns),
		SD_JSON_BUILD_PAIR_UNSIGNED("holds", now->holds),
		SD_JSON_BUILD_PAIR_UNSIGNED("usedNs", now->used_ns),
		SD_JSON_BUILD_PAIR_UNSIGNED("idleNs", now->idle_ns));
}

int bucket_build(const struct vs_bucket *asked, const struct vs_cpu_usage *now,
		 sd_json_variant **ret)
{
	sd_json_variant *bucket = NULL;
	bool idle = asked->idle_rate_ns;
	int r;

	r = sd_json_buildo(
		&bucket, SD_JSON_BUILD_PAIR_UNSIGNED("rateNs", asked->rate_ns),
		SD_JSON_BUILD_PAIR_UNSIGNED("intervalNs", asked->interval_ns),
		SD_JSON_BUILD_PAIR_UNSIGNED("sizeNs", asked->size_ns),
		SD_JSON_BUILD_PAIR_UNSIGNED("releaseNs", asked->release_ns),
		SD_JSON_BUILD_PAIR_CONDITION(idle, "idleRateNs",
					     SD_JSON_BUILD_UNSIGNED(asked->idle_rate_ns)),
		SD_JSON_BUILD_PAIR_CONDITION(idle, "idleIntervalNs",
					     SD_JSON_BUILD_UNSIGNED(asked->idle_interval_ns)),
		SD_JSON_BUILD_PAIR_INTEGER("prioBias", asked->prio_bias),
		SD_JSON_BUILD_PAIR_STRING("scope", asked->scope == VS_SCOPE_PROCESSOR ?
							   "processor" : "machine"));
	if (r >= 0 && now)
		r = add_now(now, &bucket);
	if (r < 0) {
		sd_json_variant_unref(bucket);
		return r;
	}
	*ret = bucket;
	return 0;
}
