/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_EVENT_H
#define VS_EVENT_H

#include <linux/vserver.h>

void vs_event_send(enum vs_event event, u32 xid, const char *name);

#endif /* VS_EVENT_H */
