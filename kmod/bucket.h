/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_BUCKET_H
#define VS_BUCKET_H

#include <linux/netlink.h>
#include <linux/rcupdate.h>
#include <linux/types.h>

/**
 * struct vs_bucket - scheduler parameters of a context, never changed once
 * they are published.  Nanoseconds of processor time.
 * @rate: R, gained every @interval (T).
 * @size: S, held at most.
 * @release: M, runs again at.
 * @idle_rate: R2, gained every @idle_interval (T2) of time that is left over; 0: none.
 * @tokens: what is in it from when it is published; U64_MAX: what was there, or full.
 * @serial: another one each time that a bucket is published with @tokens.
 * @prio_bias: of two that may run, who has less comes first.
 * @scope: enum vs_scope; all of this is the whole machine's, or each processor's.
 * @rcu: frees it after the last reader.
 */
struct vs_bucket {
	u64 rate;
	u64 interval;
	u64 size;
	u64 release;
	u64 idle_rate;
	u64 idle_interval;
	u64 tokens;
	u64 serial;
	s32 prio_bias;
	u32 scope;
	struct rcu_head rcu;
};

int vs_bucket_check(const struct vs_bucket *bucket,
		    struct netlink_ext_ack *extack);

/* @bucket (NULL: not limited) comes after @before, with the table locked. */
void vs_bucket_follow(struct vs_bucket *bucket, const struct vs_bucket *before);

#ifdef VS_SELFTEST
bool vs_bucket_selftest(void);
#endif

#endif /* VS_BUCKET_H */
