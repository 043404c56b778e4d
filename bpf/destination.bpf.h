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

/* Is a UDP socket of its own bound to this very address, and the port? */
static __always_inline bool hears(struct bpf_sock_addr *ctx, u32 nid,
				  struct bpf_sock_tuple *tuple, u32 size)
{
	struct bpf_sock *sk;
	struct vs_sock *s;
	bool own;

	sk = bpf_sk_lookup_udp(ctx, tuple, size, BPF_F_CURRENT_NETNS, 0);
	if (!sk)
		return false;
	s = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	own = s && s->nid == nid;
	bpf_sk_release(sk);
	return own;
}

static __always_inline bool hears4(struct bpf_sock_addr *ctx, u32 nid, u32 ip)
{
	struct bpf_sock_tuple tuple = {};

	tuple.ipv4.saddr = ip;
	tuple.ipv4.daddr = ip;
	tuple.ipv4.dport = ctx->user_port;
	return hears(ctx, nid, &tuple, sizeof(tuple.ipv4));
}

static __always_inline bool hears6(struct bpf_sock_addr *ctx, u32 nid, const struct ip6 *ip)
{
	struct bpf_sock_tuple tuple = {};

	COPY6(tuple.ipv6.saddr, ip->word);
	COPY6(tuple.ipv6.daddr, ip->word);
	tuple.ipv6.dport = ctx->user_port;
	return hears(ctx, nid, &tuple, sizeof(tuple.ipv6));
}

/*
 * ::1 stands for an IPv4-mapped address, to which no datagram of an unconnected
 * IPv6 socket can go: the kernel does not let a program turn IPv6 into IPv4
 * there.  If nobody is on that but the context listens on its IPv6 address, which
 * is what became of its wildcards, that one is meant.  False: out of reach.
 */
static __always_inline bool datagram_loopback6(struct bpf_sock_addr *ctx, u32 nid,
					       struct ip6 *ip)
{
	struct ip6 mine;

	if (!own6(nid, &mine) || !hears6(ctx, nid, &mine) ||
	    hears4(ctx, nid, private4(nid, LOOPBACK4_FOR6)))
		return false;
	*ip = mine;
	return true;
}

/*
 * What the context means by @ip as a destination.  0 or an errno.  Who hears on
 * the private loopback, kmod/steer.c says: the context's own sockets only.
 */
static __always_inline int destination4(u32 nid, u32 *ip)
{
	if (!*ip)
		*ip = LOOPBACK4;
	if (is_loopback4(*ip) && !is_own4(nid, *ip)) {
		*ip = private4(nid, *ip);
		return 0;
	}
	return vs_address4(nid) ? 0 : ENETUNREACH;
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
