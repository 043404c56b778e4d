// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Self-test of bucket.c, included at its end.
 */
bool __init vs_bucket_selftest(void)
{
	static const struct {
		struct vs_bucket bucket;
		int want;
	} cases[] __initconst = {
		{ { .rate = 25000000, .interval = 100000000,
		    .size = 50000000, .release = 2500000 }, 0 },
		{ { .rate = VS_INTERVAL_MIN_NS / 1000, .interval = VS_INTERVAL_MIN_NS,
		    .size = 1, .release = 1 }, 0 },
		{ { .rate = VS_INTERVAL_MIN_NS / 1000 - 1, .interval = VS_INTERVAL_MIN_NS,
		    .size = 1, .release = 1 }, -EINVAL },
		{ { .rate = VS_INTERVAL_MAX_NS, .interval = VS_INTERVAL_MAX_NS,
		    .size = VS_SIZE_MAX_NS, .release = VS_HOLD_MAX_NS }, 0 },
		{ { .rate = VS_INTERVAL_MAX_NS, .interval = VS_INTERVAL_MAX_NS,
		    .size = VS_SIZE_MAX_NS, .release = VS_HOLD_MAX_NS + 1 }, -EINVAL },
		{ { .rate = 25000000, .interval = 100000000, .size = VS_SIZE_MAX_NS,
		    .release = VS_HOLD_MAX_NS / 4 }, 0 },
		{ { .rate = 25000000, .interval = 100000000, .size = VS_SIZE_MAX_NS,
		    .release = VS_HOLD_MAX_NS / 4 + 1 }, -EINVAL },
		{ { .rate = VS_INTERVAL_MAX_NS / 1000, .interval = VS_INTERVAL_MAX_NS,
		    .size = VS_SIZE_MAX_NS, .release = VS_SIZE_MAX_NS }, -EINVAL },
		{ { .rate = 0, .interval = 100000000, .size = 1, .release = 1 }, -EINVAL },
		{ { .rate = 25000, .interval = VS_INTERVAL_MIN_NS - 1,
		    .size = 1, .release = 1 }, -EINVAL },
		{ { .rate = 25000000, .interval = VS_INTERVAL_MAX_NS + 1,
		    .size = 1, .release = 1 }, -EINVAL },
		{ { .rate = ~0ULL, .interval = 100000000, .size = 1, .release = 1 }, -EINVAL },
		{ { .rate = 25000000, .interval = 100000000, .size = 0, .release = 0 }, -EINVAL },
		{ { .rate = 25000000, .interval = 100000000, .size = 1, .release = 0 }, -EINVAL },
		{ { .rate = 25000000, .interval = 100000000, .size = 1, .release = 2 }, -EINVAL },
		{ { .rate = 25000000, .interval = 100000000,
		    .size = VS_SIZE_MAX_NS + 1, .release = 1 }, -EINVAL },
		{ { .rate = 25000000, .interval = 100000000, .size = 9, .release = 1,
		    .idle_rate = 1000000, .idle_interval = 1000000000 }, 0 },
		{ { .rate = 25000000, .interval = 100000000, .size = 9, .release = 1,
		    .idle_rate = 999999, .idle_interval = 1000000000 }, -EINVAL },
		{ { .rate = 25000000, .interval = 100000000, .size = 9, .release = 1,
		    .idle_rate = ~0ULL, .idle_interval = 1000000000 }, -EINVAL },
		{ { .rate = 25000000, .interval = 100000000, .size = 9, .release = 1,
		    .tokens = 9 }, 0 },
		{ { .rate = 25000000, .interval = 100000000, .size = 9, .release = 1,
		    .tokens = 10 }, -EINVAL },
		{ { .rate = 25000000, .interval = 100000000, .size = 9, .release = 1,
		    .tokens = U64_MAX, .prio_bias = VS_PRIO_BIAS_MIN }, 0 },
		{ { .rate = 25000000, .interval = 100000000, .size = 9, .release = 1,
		    .prio_bias = VS_PRIO_BIAS_MAX + 1 }, -EINVAL },
		{ { .rate = 100000000, .interval = 100000000, .size = 9, .release = 1,
		    .scope = VS_SCOPE_PROCESSOR }, 0 },
		{ { .rate = 100000001, .interval = 100000000, .size = 9, .release = 1,
		    .scope = VS_SCOPE_PROCESSOR }, -EINVAL },
		{ { .rate = 25000000, .interval = 100000000, .size = 9, .release = 1,
		    .idle_rate = 100000001, .idle_interval = 100000000,
		    .scope = VS_SCOPE_PROCESSOR }, -EINVAL },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (vs_bucket_check(&cases[i].bucket, NULL) == cases[i].want)
			continue;
		pr_err("vserver: %s: case %u\n", __func__, i);
		return false;
	}
	return true;
}
