// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The capability ceiling and the flags of a context: which values there are.
 * They are enforced by BPF.
 */
#include "bounds.h"
#include "ceiling.h"

int vs_ceiling_check(u64 ceiling, struct netlink_ext_ack *extack)
{
	if (ceiling & ~VS_CEILING_ALL) {
		NL_SET_ERR_MSG(extack, "the ceiling has a capability that this kernel does not know");
		return -EINVAL;
	}
	return 0;
}

u64 vs_flags_change(u64 old, u64 flags, u64 mask)
{
	return (old & ~mask) | (flags & mask);
}

#ifdef VS_SELFTEST
#include "selftest/ceiling.c"
#endif
