/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_REFUSAL_H
#define VS_REFUSAL_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <linux/vserver.h>

/**
 * struct vs_refusals - what was refused to a context, by enum vs_rule.
 * @count: how often; counted without any lock.
 * @told: which power of ten was told; vs_table_lock.
 * @due: there is one to be told.
 */
struct vs_refusals {
	atomic64_t count[VS_RULE_MAX + 1];
	u64 told[VS_RULE_MAX + 1];
	bool due;
};

/* One more; true: it is to be told.  Never sleeps. */
bool vs_refusals_add(struct vs_refusals *refusals, u32 rule);

/* What is to be told of @rule next, a power of ten; 0: nothing more.
 * vs_table_lock is held. */
u64 vs_refusals_news(struct vs_refusals *refusals, u32 rule);

#ifdef VS_SELFTEST
bool vs_refusal_selftest(void);
#endif

#endif /* VS_REFUSAL_H */
