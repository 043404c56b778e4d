/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A context's bucket now: read from the table and from the scheduler, which
 * need not run.  What nobody knows is left out.
 */
#include "bucket.h"

void bucket_read(struct vs *vs, const struct vs_context *context, struct bucket *ret)
{
	*ret = (struct bucket){ .asked = context->bucket };
	ret->known = vs_scheduler_usage(vs, context->xid, &ret->now) == 0;
}

int bucket_json(const struct bucket *bucket, sd_json_variant **ret)
{
	const struct vs_bucket *asked = &bucket->asked;
	const struct vs_cpu_usage *now = &bucket->now;
	bool idle = asked->idle_rate_ns, known = bucket->known;

	if (!asked->rate_ns)
		return sd_json_variant_new_null(ret);
	return sd_json_buildo(
		ret, SD_JSON_BUILD_PAIR_UNSIGNED("rateNs", asked->rate_ns),
		SD_JSON_BUILD_PAIR_UNSIGNED("intervalNs", asked->interval_ns),
		SD_JSON_BUILD_PAIR_UNSIGNED("sizeNs", asked->size_ns),
		SD_JSON_BUILD_PAIR_UNSIGNED("releaseNs", asked->release_ns),
		SD_JSON_BUILD_PAIR_CONDITION(idle, "idleRateNs",
					     SD_JSON_BUILD_UNSIGNED(asked->idle_rate_ns)),
		SD_JSON_BUILD_PAIR_CONDITION(idle, "idleIntervalNs",
					     SD_JSON_BUILD_UNSIGNED(asked->idle_interval_ns)),
		SD_JSON_BUILD_PAIR_INTEGER("prioBias", asked->prio_bias),
		SD_JSON_BUILD_PAIR_CONDITION(known && now->limited, "tokensNs",
					     SD_JSON_BUILD_INTEGER(now->tokens_ns)),
		SD_JSON_BUILD_PAIR_CONDITION(known, "held", SD_JSON_BUILD_BOOLEAN(now->held)),
		SD_JSON_BUILD_PAIR_CONDITION(known, "heldNs",
					     SD_JSON_BUILD_UNSIGNED(now->held_ns)),
		SD_JSON_BUILD_PAIR_CONDITION(known, "holds", SD_JSON_BUILD_UNSIGNED(now->holds)),
		SD_JSON_BUILD_PAIR_CONDITION(known, "usedNs",
					     SD_JSON_BUILD_UNSIGNED(now->used_ns)),
		SD_JSON_BUILD_PAIR_CONDITION(known, "idleNs",
					     SD_JSON_BUILD_UNSIGNED(now->idle_ns)));
}
