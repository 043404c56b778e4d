/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_CEILING_H
#define VS_CEILING_H

#include <linux/netlink.h>
#include <linux/types.h>

int vs_ceiling_check(u64 ceiling, struct netlink_ext_ack *extack);
u64 vs_flags_change(u64 old, u64 flags, u64 mask);

#ifdef VS_SELFTEST
bool vs_ceiling_selftest(void);
#endif

#endif /* VS_CEILING_H */
