// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Two sockets and one port.  To the kernel a wildcard has every address, so
 * whoever comes second is refused, be it the host's service that starts again
 * while a context has the port on an address of its own, or the context.  But it
 * delivers to whoever is bound to an address by name before any wildcard, so both
 * can be there: the context on its addresses, the host on all others.  Any other
 * two are the kernel's matter, by its own rules.
 */
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/tcp_states.h>

#include "address.h"
#include "context.h"
#include "mark.h"
#include "overlap.h"

/* What a socket is bound to. */
struct name {
	u128 number;		/* the address; 0: all */
	bool has4;
	bool has6;
};

static struct name name_of(const struct sock *sk)
{
	const struct in6_addr *ip6 = &sk->sk_v6_rcv_saddr;

	if (sk->sk_family == AF_INET)
		return (struct name){ sk->sk_rcv_saddr ? vs_number4(sk->sk_rcv_saddr) : 0, true };
	if (ipv6_addr_any(ip6))
		return (struct name){ 0, !ipv6_only_sock(sk), true };
	if (!ipv6_addr_v4mapped(ip6))
		return (struct name){ vs_number6(ip6), false, true };
	return (struct name){ ip6->s6_addr32[3] ? vs_number6(ip6) : 0, true };
}

bool vs_is_wildcard(const struct sock *sk)
{
	return !name_of(sk).number;
}

static bool is_same_name(struct name a, struct name b)
{
	if (!(a.has4 && b.has4) && !(a.has6 && b.has6))
		return false;
	return !a.number || !b.number || a.number == b.number;
}

/* As the kernel judges, of TCP and UDP. */
static bool is_conflict(const struct sock *sk, const struct sock *other)
{
	int dev = READ_ONCE(other->sk_bound_dev_if);

	if (sk == other || (sk->sk_bound_dev_if && dev && sk->sk_bound_dev_if != dev) ||
	    !is_same_name(name_of(sk), name_of(other)))
		return false;
	if (sk->sk_reuse && other->sk_reuse && other->sk_state != TCP_LISTEN)
		return false;
	return !sk->sk_reuseport || !other->sk_reuseport || (other->sk_state != TCP_TIME_WAIT &&
		!uid_eq(READ_ONCE(sk->sk_uid), READ_ONCE(other->sk_uid)));
}

/* On a context's address, or its private loopback. */
static bool is_address_of_context(u128 number)
{
	const struct vs_addresses *set;
	const struct vs_context *ctx;
	unsigned long xid = 0;

	if (vs_number_is4(number) && ipv4_is_loopback(vs_ip4_of(number)))
		return vs_context_read((u32)number >> 8 & 0xffff);
	for (; (ctx = vs_context_next(&xid)); xid++) {
		set = rcu_dereference(ctx->addresses);
		if (set && vs_addresses_have(set, number))
			return true;
	}
	return false;
}

/* One that waits for its time to end has no mark any more, but an address. */
static bool is_of_context(const struct sock *sk, struct bpf_local_storage_map *marks)
{
	const struct vs_mark *mark;

	if (sk->sk_state == TCP_TIME_WAIT)
		return is_address_of_context(name_of(sk).number);
	mark = vs_mark_of(sk, marks);
	return mark && mark->nid;
}

enum vs_overlap vs_overlap(const struct sock *sk, const struct sock *other,
			   struct bpf_local_storage_map *marks)
{
	const struct sock *hosts = sk, *contexts = other;

	if (!is_conflict(sk, other))
		return VS_OVERLAP_NONE;
	if (is_of_context(sk, marks))
		swap(hosts, contexts);
	if (is_of_context(hosts, marks) || !is_of_context(contexts, marks))
		return VS_OVERLAP_REFUSE;
	return vs_is_wildcard(hosts) && !vs_is_wildcard(contexts) ? VS_OVERLAP_FINE :
								     VS_OVERLAP_REFUSE;
}
