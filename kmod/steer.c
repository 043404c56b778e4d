// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Which socket hears a packet that nobody is bound to.  A wildcard of a context
 * is bound to its first address (bpf/net.bpf.c).  What comes to its others, and
 * to its private loopback, is given to that socket here; bpf/steer.bpf.h asks.
 *
 * Nothing is kept of who listens where: the kernel's own tables are asked where
 * the wildcard would be.  So nothing can be stale or leak, groups of SO_REUSEPORT
 * stay groups, and a socket costs what it did.  A program of this kind can do
 * neither, find a socket or read its mark; that is why it is done here.
 *
 * The order, for a packet to one of the addresses:
 *
 *	1. whoever is bound to that very address, be it another's or the host's
 *	2. of a context that has the address: its wildcard of that family
 *	3. its wildcard of the other family, if that was a dual one
 *	4. as if this were not here: the host's wildcard
 *
 * For its private loopback, which is its alone: 1. if it is its own, 2., 3., and
 * then nobody; and only for packets from its own addresses.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/filter.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/tcp_states.h>

#include "context.h"
#include "find.h"
#include "mark.h"
#include "owner.h"
#include "steer.h"

/**
 * struct steering - one question.
 * @lookup: the packet, and where the answer goes.
 * @to: the address that it came to.
 * @sockets: the map of marks.
 * @tried: where it was looked last: contexts often share their first address.
 * @owner: who has the address, among several; 0: nobody.
 */
struct steering {
	struct bpf_sk_lookup_kern *lookup;
	u128 to;
	struct bpf_local_storage_map *sockets;
	u128 tried[2];
	u32 owner;
};

/* --- whose socket ---------------------------------------------------------------- */

/* Can it be given what the kernel is looking for?  As bpf_sk_assign() asks, but for
 * IPV6_V6ONLY: whatever is bound to an address of IPv6 has that. */
static bool is_fit(const struct sock *sk, const struct bpf_sk_lookup_kern *l)
{
	return sock_flag(sk, SOCK_RCU_FREE) && sk->sk_protocol == l->protocol &&
	       sk->sk_state == (l->protocol == IPPROTO_TCP ? TCP_LISTEN : TCP_CLOSE) &&
	       (sk->sk_family == AF_INET6 || l->family == AF_INET);
}

/* What one says that was never bound still counts. */
static bool is_dual(const struct sock *sk, const struct vs_mark *mark)
{
	if (sk->sk_family != AF_INET6 || (mark->flags & (VS_SOCK_V6ONLY | VS_SOCK_V4ONLY)))
		return false;
	return (mark->flags & VS_SOCK_ANY) || !ipv6_only_sock(sk);
}

/*
 * The wildcard of a context that has the address (@nid: of that one), bound to
 * @at.  @dual: one of both families is wanted.
 */
static bool give(struct steering *s, u128 at, u32 nid, bool dual)
{
	const struct vs_addresses *set;
	const struct vs_context *ctx;
	const struct vs_mark *mark;
	struct sock *sk;

	sk = vs_find_bound(s->lookup, at);
	if (!sk || !is_fit(sk, s->lookup))
		return false;
	mark = vs_mark_of(sk, s->sockets);
	if (!mark || !mark->nid || (mark->flags & VS_SOCK_NAMED) || (nid && mark->nid != nid))
		return false;
	if (dual && !is_dual(sk, mark))
		return false;
	if (!nid && mark->nid != s->owner) {	/* visit() has seen that one's */
		ctx = vs_context_read(mark->nid);
		set = ctx ? rcu_dereference(ctx->addresses) : NULL;
		if (!set || !vs_addresses_have(set, s->to))
			return false;
	}
	s->lookup->selected_sk = sk;
	s->owner = mark->nid;
	return true;
}

/* --- addresses ---------------------------------------------------------------------- */

static bool try_at(struct steering *s, unsigned int slot, u128 at, bool dual)
{
	if (!at || at == s->to || at == s->tried[slot])
		return false;
	s->tried[slot] = at;
	return give(s, at, 0, dual);
}

static bool visit(u32 xid, void *data)
{
	const struct vs_context *ctx = vs_context_read(xid);
	const struct vs_addresses *set;
	struct steering *s = data;
	bool is4 = vs_number_is4(s->to);
	u128 first4, first6;

	set = ctx ? rcu_dereference(ctx->addresses) : NULL;
	if (!set || !vs_addresses_have(set, s->to))
		return false;
	s->owner = xid;
	first4 = set->ip4 ? vs_number4(set->ip4) : 0;
	first6 = set->has6 ? vs_number6(&set->ip6) : 0;
	return try_at(s, 0, is4 ? first4 : first6, false) ||
	       try_at(s, 1, is4 ? first6 : first4, true);
}

static int steer_address(struct steering *s)
{
	if (!vs_owners_any() || vs_is_bound(s->lookup, s->to))
		return 0;
	return vs_owners_visit(s->to, visit, s);
}

/* --- the private loopback --------------------------------------------------------------- */

#define LOOPBACK4(nid, c)	vs_number4(VS_LOOPBACK4(nid, c))
#define C_FOR4			1	/* 127.0.0.1 */
#define C_FOR6			VS_LOOPBACK4_FOR6

/* Whose private loopback it is; 0: nobody's, as long as there is no such context. */
static u32 private_of(__be32 ip)
{
	return ipv4_is_loopback(ip) ? (ntohl(ip) >> 8 & 0xffff) : 0;
}

static int steer_loopback(struct steering *s, u32 nid, const struct vs_addresses *set)
{
	__be32 from = s->lookup->v4.saddr;
	const struct vs_mark *mark;
	u128 first4, first6;
	struct sock *sk;
	bool is6;

	if (private_of(from) != nid && !(set && vs_addresses_have(set, vs_number4(from))))
		return -ECONNREFUSED;
	sk = vs_find_bound(s->lookup, s->to);
	mark = sk ? vs_mark_of(sk, s->sockets) : NULL;
	if (mark && mark->nid == nid)
		return 0;
	first4 = set && set->ip4 ? vs_number4(set->ip4) : LOOPBACK4(nid, C_FOR4);
	first6 = set && set->has6 ? vs_number6(&set->ip6) : LOOPBACK4(nid, C_FOR6);
	is6 = (u8)s->to == C_FOR6;
	if (is6 && give(s, first6, nid, false))
		return 1;
	if (give(s, first4, nid, is6) || (!is6 && give(s, first6, nid, true)))
		return 1;
	return -ECONNREFUSED;
}

__bpf_kfunc_start_defs();

/*
 * Choose the socket for what @lookup looks for.  1: it is chosen, by setting what
 * bpf_sk_assign() sets; 0: go on as without us; -ECONNREFUSED: nobody may have
 * it.  *@owner: a context that has the address among several, 0: none.
 */
__bpf_kfunc int vs_steer(struct bpf_sk_lookup *lookup, void *sockets__map, u32 *owner)
{
	struct bpf_sk_lookup_kern *l = (struct bpf_sk_lookup_kern *)lookup;
	struct steering s = { .lookup = l, .sockets = vs_marks(sockets__map) };
	const struct vs_context *ctx;
	u32 nid;
	int r;

	*owner = 0;
	if (!l->sport || !s.sockets || l->selected_sk)
		return 0;
	guard(rcu)();
	if (l->family == AF_INET6) {
		s.to = vs_number6(l->v6.daddr);
		r = steer_address(&s);
	} else {
		s.to = vs_number4(l->v4.daddr);
		nid = private_of(l->v4.daddr);
		ctx = nid ? vs_context_read(nid) : NULL;
		r = ctx ? steer_loopback(&s, nid, rcu_dereference(ctx->addresses)) :
			  steer_address(&s);
	}
	*owner = s.owner;
	return r;
}

__bpf_kfunc_end_defs();
