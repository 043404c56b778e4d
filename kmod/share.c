// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A port that a wildcard of the host has, and a context wants on an address of its
 * own.  The kernel would refuse: to it the wildcard has that address too.  But
 * it delivers to whoever is bound to an address by name before any wildcard, so
 * both can be there, the context on its addresses, the host on all others.
 *
 * TCP: the kernel has a mark for sockets that are restored from a checkpoint,
 * which makes it not compare (SK_FORCE_REUSE); it compares when a socket is bound
 * and again when it listens.  So it gets the mark there, if nobody listens on that
 * very address, which is the case that must be refused.
 *
 * UDP: no such mark.  If the host's socket was opened with SO_REUSEADDR, ours is
 * too, and the kernel lets them be.  If not, the context is told EADDRINUSE.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/filter.h>
#include <linux/net.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "address.h"
#include "find.h"
#include "steer.h"

static bool is_wildcard(const struct sock *sk)
{
	return sk->sk_family == AF_INET6 ? ipv6_addr_any(&sk->sk_v6_rcv_saddr) :
					   !inet_sk(sk)->inet_rcv_saddr;
}

static void share(struct sock *sk, u128 number, u16 port)
{
	const struct bpf_sk_lookup_kern lookup = { .protocol = sk->sk_protocol, .dport = port };
	const struct sock *other;

	guard(rcu)();
	other = vs_find(&lookup, number);
	if (other && other != sk && is_wildcard(other)) {
		if (sk->sk_protocol == IPPROTO_TCP)
			sk->sk_reuse = SK_FORCE_REUSE;
		else if (sk->sk_protocol == IPPROTO_UDP && other->sk_reuse)
			sk->sk_reuse = SK_CAN_REUSE;
	} else if (sk->sk_reuse == SK_FORCE_REUSE) {
		sk->sk_reuse = SK_CAN_REUSE;
	}
}

__bpf_kfunc_start_defs();

/* The socket of @address, which has the name that it is to be bound to. */
__bpf_kfunc void vs_bind_share(struct bpf_sock_addr *address)
{
	struct bpf_sock_addr_kern *a = (struct bpf_sock_addr_kern *)address;
	const struct sockaddr_in6 *sin6 = (const void *)a->uaddr;
	const struct sockaddr_in *sin = (const void *)a->uaddr;

	if (!sin->sin_port)
		return;
	if (a->sk->sk_family == AF_INET)
		share(a->sk, vs_number4(sin->sin_addr.s_addr), ntohs(sin->sin_port));
	else if (a->sk->sk_family == AF_INET6)
		share(a->sk, vs_number6(&sin6->sin6_addr), ntohs(sin6->sin6_port));
}

/* One that is to listen, and is bound. */
__bpf_kfunc void vs_listen_share(struct socket *sock)
{
	struct sock *sk = sock->sk;

	if (!sk || !inet_sk(sk)->inet_num || is_wildcard(sk))
		return;
	share(sk, sk->sk_family == AF_INET6 ? vs_number6(&sk->sk_v6_rcv_saddr) :
					      vs_number4(inet_sk(sk)->inet_rcv_saddr),
	      inet_sk(sk)->inet_num);
}

__bpf_kfunc_end_defs();
