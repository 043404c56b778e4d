/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_EVENT_H
#define VS_EVENT_H

#include <linux/vserver.h>

struct vs_context;

/* vs_table_lock is held. */
void vs_event_send(enum vs_event event, const struct vs_context *ctx);
void vs_event_send_refused(const struct vs_context *ctx, u32 rule, u64 count);

/* Of the last one; likewise. */
u64 vs_event_sequence(void);

#endif /* VS_EVENT_H */
