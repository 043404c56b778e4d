/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Hard maxima that are the module's own, each with its reason.  Those that
 * user space must know are in uapi/linux/vserver.h.
 */
#ifndef VS_BOUNDS_H
#define VS_BOUNDS_H

#include <linux/capability.h>
#include <linux/vserver.h>

/* Every capability that this kernel knows; a bit above it is a mistake. */
#define VS_CEILING_ALL	((1ULL << (CAP_LAST_CAP + 1)) - 1)

/* Largest reply about one context: fixed attributes, the name, the
 * bucket and the refusals come to less than 600 bytes, the addresses to 2820. */
#define VS_REPLY_SIZE	NLMSG_DEFAULT_SIZE

#endif /* VS_BOUNDS_H */
