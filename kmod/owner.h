/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_OWNER_H
#define VS_OWNER_H

#include <linux/types.h>

#include "address.h"

/* What @xid has from now on, NULL: nothing.  vs_table_lock is held.  0; -ENOMEM
 * everything is as it was, which is enough where a context ends. */
int vs_owners_change(u32 xid, const struct vs_addresses *set);

/* Does anybody have several addresses?  Never sleeps. */
bool vs_owners_any(void);

/*
 * Ask @visit about each context that has several addresses and @number among
 * them, until it says true.  One that has just changed or ended may be visited
 * in vain: @visit asks the table.  RCU is held; never sleeps.
 */
bool vs_owners_visit(u128 number, bool (*visit)(u32 xid, void *data), void *data);

void vs_owners_exit(void);

#ifdef VS_SELFTEST
bool vs_owner_selftest(void);
#endif

#endif /* VS_OWNER_H */
