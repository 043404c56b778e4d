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
 * An IPv6 address, word by word: the kernel rewrites each access to the
 * context of a program, and knows them by this form only (no parentheses).
 */
#define COPY6(to, from) do { \
	to[0] = from[0]; \
	to[1] = from[1]; \
	to[2] = from[2]; \
	to[3] = from[3]; \
} while (0)

enum owner { NOBODY, SELF, OTHER };

/* Who would take what is sent to @tuple? */
static __always_inline enum owner owner_of(struct bpf_sock_addr *ctx, u32 nid,
					   struct bpf_sock_tuple *tuple, u32 size)
{
	enum owner owner = OTHER;
	struct bpf_sock *sk;
	struct vs_sock *s;

	if (ctx->type == SOCK_STREAM)
		sk = bpf_sk_lookup_tcp(ctx, tuple, size, BPF_F_CURRENT_NETNS, 0);
	else
		sk = bpf_sk_lookup_udp(ctx, tuple, size, BPF_F_CURRENT_NETNS, 0);
	if (!sk)
		return NOBODY;
	s = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	if (s && s->nid == nid)
		owner = SELF;
	bpf_sk_release(sk);
	return owner;
}

static __always_inline enum owner owner4(struct bpf_sock_addr *ctx, u32 nid, u32 ip)
{
	struct bpf_sock_tuple tuple = {};

	tuple.ipv4.saddr = ip;
	tuple.ipv4.daddr = ip;
	tuple.ipv4.dport = ctx->user_port;
	return owner_of(ctx, nid, &tuple, sizeof(tuple.ipv4));
}

static __always_inline enum owner owner6(struct bpf_sock_addr *ctx, u32 nid,
					 const struct ip6 *ip)
{
	struct bpf_sock_tuple tuple = {};

	COPY6(tuple.ipv6.saddr, ip->word);
	COPY6(tuple.ipv6.daddr, ip->word);
	tuple.ipv6.dport = ctx->user_port;
	return owner_of(ctx, nid, &tuple, sizeof(tuple.ipv6));
}

/*
 * The private loopback is met by the context's own sockets only: a wildcard
 * service of the host would answer there too.  Where nobody is on the loopback
 * but the context listens on its address, which is what became of its
 * wildcards, that one is meant.
 */
static __always_inline int loopback4(struct bpf_sock_addr *ctx, u32 nid, u32 *ip)
{
	u32 lo = private4(nid, *ip), mine = vs_address4(nid);
	enum owner owner = owner4(ctx, nid, lo);

	*ip = lo;
	if (owner == SELF)
		return 0;
	if (mine && owner4(ctx, nid, mine) == SELF) {
		*ip = mine;
		return 0;
	}
	return owner == OTHER ? ECONNREFUSED : 0;
}

static __always_inline int loopback6(struct bpf_sock_addr *ctx, u32 nid, struct ip6 *ip)
{
	u32 ip4 = LOOPBACK4_FOR6;
	struct ip6 mine;
	int err;

	if (own6(nid, &mine) && owner4(ctx, nid, private4(nid, ip4)) != SELF &&
	    owner6(ctx, nid, &mine) == SELF) {
		*ip = mine;
		return 0;
	}
	err = loopback4(ctx, nid, &ip4);
	map4(ip, ip4);
	return err;
}

/* What the context means by @ip as a destination.  0 or an errno. */
static __always_inline int destination4(struct bpf_sock_addr *ctx, u32 nid, u32 *ip)
{
	u32 mine = vs_address4(nid);

	if (!*ip)
		*ip = LOOPBACK4;
	if (*ip != mine && is_loopback4(*ip))
		return loopback4(ctx, nid, ip);
	return mine ? 0 : ENETUNREACH;
}

static __always_inline u32 source4(u32 nid, u32 destination)
{
	return is_private4(nid, destination) ? destination : vs_address4(nid);
}

#endif /* VS_DESTINATION_BPF_H */
