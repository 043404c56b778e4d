// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A run has no interface of its own that the library would have to guard.  That is the
 * only thing for which this program would want libbpf, so here it is refused,
 * in the place of libvserver/guard.c: no interface comes up without its guard.
 */
#include <errno.h>
#include <vserver.h>

#include "libvserver/network.h"

int vs_guard_attach(struct vs *vs, uint32_t xid, const uint8_t *mac, unsigned int index)
{
	return -EOPNOTSUPP;
}

int vs_guard_forget(struct vs *vs, uint32_t xid)
{
	return 0;
}
