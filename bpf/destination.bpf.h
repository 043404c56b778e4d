/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Where a connection or a datagram of a context goes, and from which of its
 * addresses: what a name (address.bpf.h) means given who listens.  The hooks
 * that ask are net.bpf.c's.
 */
#ifndef VS_DESTINATION_BPF_H
#define VS_DESTINATION_BPF_H

#include "address.bpf.h"

/*
 * What the context means by @ip as a destination; @mine is its first address.  0 or
 * an errno.  Who hears on
 * the private loopback, kmod/steer.c says: the context's own sockets only.
 */
static __always_inline int destination4_beside(u32 nid, u32 mine, u32 *ip)
{
	if (!*ip)
		*ip = LOOPBACK4;
	if (is_loopback4(*ip) && !is_own4(nid, *ip)) {
		*ip = private4(nid, *ip);
		return 0;
	}
	return mine ? 0 : ENETUNREACH;
}

static __always_inline int destination4(u32 nid, u32 *ip)
{
	return destination4_beside(nid, vs_address4(nid), ip);
}

static __always_inline int destination6(u32 nid, struct ip6 *ip)
{
	struct ip6 mine;

	if (is_any6(ip) || is_loopback6(ip))
		map4(ip, private4(nid, LOOPBACK4_FOR6));
	else if (is_mapped(ip))
		return destination4(nid, &ip->word[3]);
	else
		return own6(nid, &mine) ? 0 : ENETUNREACH;
	return 0;
}

static __always_inline u32 source4(u32 nid, u32 destination)
{
	return is_private4(nid, destination) ? destination :
					       vs_address_source4(nid, destination);
}

#endif /* VS_DESTINATION_BPF_H */
