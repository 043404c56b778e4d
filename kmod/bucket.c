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

int vs_bucket_check(const struct vs_bucket *bucket,
		    struct netlink_ext_ack *extack)
{
	if (bucket->interval < VS_INTERVAL_MIN_NS ||
	    bucket->interval > VS_INTERVAL_MAX_NS) {
		NL_SET_ERR_MSG(extack, "the interval of a bucket is 1 ms to 10 s");
		return -EINVAL;
	}
	if (bucket->rate > bucket->interval * num_possible_cpus()) {
		NL_SET_ERR_MSG(extack, "the rate is more than this machine's processors have");
		return -EINVAL;
	}
	if (bucket->rate * VS_RATE_MIN_DIV < bucket->interval) {
		NL_SET_ERR_MSG(extack, "the rate of a bucket is at least 0.1 % of a processor");
		return -EINVAL;
	}
	if (!bucket->size || bucket->size > VS_SIZE_MAX_NS) {
		NL_SET_ERR_MSG(extack, "the size of a bucket is more than 0 and at most 1 h");
		return -EINVAL;
	}
	if (!bucket->release || bucket->release > bucket->size) {
		NL_SET_ERR_MSG(extack, "the release level of a bucket is more than 0 and at most its size");
		return -EINVAL;
	}
	/* What starves for longer than the watchdog allows ends the scheduler. */
	if (mul_u64_u64_div_u64(bucket->release, bucket->interval, bucket->rate) > VS_HOLD_MAX_NS) {
		NL_SET_ERR_MSG(extack, "at this rate an empty bucket gets to its release level after more than 10 s");
		return -EINVAL;
	}
	return 0;
}

#ifdef VS_SELFTEST
#include "selftest/bucket.c"
#endif
