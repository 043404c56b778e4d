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
 * they are published.  Nanoseconds of processor time of the whole machine.
 * @rate: R, gained every @interval (T).
 * @size: S, held at most.
 * @release: M, runs again at.
 * @rcu: frees it after the last reader.
 */
struct vs_bucket {
	u64 rate;
	u64 interval;
	u64 size;
	u64 release;
	struct rcu_head rcu;
};

int vs_bucket_check(const struct vs_bucket *bucket,
		    struct netlink_ext_ack *extack);

#ifdef VS_SELFTEST
bool vs_bucket_selftest(void);
#endif

#endif /* VS_BUCKET_H */
