// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Scheduler parameters: which are possible.  The tokens themselves are the
 * scheduler's; it reads the parameters through the kfunc vs_bucket_read().
 */
#include <linux/cpumask.h>
#include <linux/math64.h>
#include <linux/vserver.h>

#include "bucket.h"

static int check_rate(u64 rate, u64 interval, u32 scope, struct netlink_ext_ack *extack)
{
	if (interval < VS_INTERVAL_MIN_NS || interval > VS_INTERVAL_MAX_NS) {
		NL_SET_ERR_MSG(extack, "the interval of a bucket is 1 ms to 10 s");
		return -EINVAL;
	}
	if (scope == VS_SCOPE_PROCESSOR && rate > interval) {
		NL_SET_ERR_MSG(extack, "the rate of each processor's bucket is more than one processor has");
		return -EINVAL;
	}
	if (rate > interval * num_possible_cpus()) {
		NL_SET_ERR_MSG(extack, "the rate is more than this machine's processors have");
		return -EINVAL;
	}
	if (rate * VS_RATE_MIN_DIV < interval) {
		NL_SET_ERR_MSG(extack, "the rate of a bucket is at least 0.1 % of a processor");
		return -EINVAL;
	}
	return 0;
}

int vs_bucket_check(const struct vs_bucket *bucket,
		    struct netlink_ext_ack *extack)
{
	int err = check_rate(bucket->rate, bucket->interval, bucket->scope, extack);

	if (!err && (bucket->idle_rate || bucket->idle_interval))
		err = check_rate(bucket->idle_rate, bucket->idle_interval, bucket->scope, extack);
	if (err)
		return err;
	if (!bucket->size || bucket->size > VS_SIZE_MAX_NS) {
		NL_SET_ERR_MSG(extack, "the size of a bucket is more than 0 and at most 1 h");
		return -EINVAL;
	}
	if (!bucket->release || bucket->release > bucket->size) {
		NL_SET_ERR_MSG(extack, "the release level of a bucket is more than 0 and at most its size");
		return -EINVAL;
	}
	if (bucket->tokens > bucket->size && bucket->tokens != U64_MAX) {
		NL_SET_ERR_MSG(extack, "there are more tokens than the bucket holds");
		return -EINVAL;
	}
	if (bucket->prio_bias < VS_PRIO_BIAS_MIN || bucket->prio_bias > VS_PRIO_BIAS_MAX) {
		NL_SET_ERR_MSG(extack, "the bias of the priority is -20 to 20");
		return -EINVAL;
	}
	/* What starves for longer than the watchdog allows ends the scheduler. */
	if (mul_u64_u64_div_u64(bucket->release, bucket->interval, bucket->rate) > VS_HOLD_MAX_NS) {
		NL_SET_ERR_MSG(extack, "at this rate an empty bucket gets to its release level after more than 10 s");
		return -EINVAL;
	}
	return 0;
}

/* Tokens that the scheduler has not put there yet still shall be. */
void vs_bucket_follow(struct vs_bucket *bucket, const struct vs_bucket *before)
{
	static u64 serials;

	if (!bucket)
		return;
	if (bucket->tokens != U64_MAX) {
		bucket->serial = ++serials;
	} else if (before) {
		bucket->tokens = before->tokens;
		bucket->serial = before->serial;
	}
}

#ifdef VS_SELFTEST
#include "selftest/bucket.c"
#endif
