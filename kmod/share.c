// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A port that a wildcard of the host has and a context wants on an address of its
 * own, or the other way round: both are to have it (overlap.c), and the kernel,
 * which would refuse, is to let them.  Here TCP; share_udp.c is for UDP.
 *
 * The kernel has a mark for sockets that are restored from a checkpoint, which
 * makes it not compare (SK_FORCE_REUSE); it compares when a socket is bound and
 * again when it listens.  So it gets the mark before, if nothing else stands
 * between it and the port.
 *
 * What it costs.  A bind of the host to a wildcard and a port looks at who has the
 * port; all others are not looked at.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/filter.h>
#include <linux/net.h>
#include <net/inet_hashtables.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "mark.h"
#include "overlap.h"
#include "share.h"
#include "steer.h"

static enum vs_overlap overlap_tcp(const struct sock *sk, unsigned short port,
				   struct bpf_local_storage_map *marks)
{
	struct net *net = sock_net(sk);
	struct inet_hashinfo *hashinfo = net->ipv4.tcp_death_row.hashinfo;
	struct inet_bind_hashbucket *head;
	enum vs_overlap worst = VS_OVERLAP_NONE;
	struct inet_bind2_bucket *tb2;
	struct inet_bind_bucket *tb;
	struct sock *other;

	head = &hashinfo->bhash[inet_bhashfn(net, port, hashinfo->bhash_size)];
	guard(spinlock_bh)(&head->lock);
	inet_bind_bucket_for_each(tb, &head->chain) {
		if (!net_eq(ib_net(tb), net) || tb->port != port ||
		    tb->l3mdev != inet_sk_bound_l3mdev(sk))
			continue;
		hlist_for_each_entry(tb2, &tb->bhash2, bhash_node)
			sk_for_each_bound(other, &tb2->owners)
				worst = max(worst, vs_overlap(sk, other, marks));
	}
	return worst;
}

static void share_tcp(struct sock *sk, unsigned short port, struct bpf_local_storage_map *marks)
{
	if (sk->sk_reuse == SK_FORCE_REUSE)
		sk->sk_reuse = SK_CAN_REUSE;
	if (overlap_tcp(sk, port, marks) == VS_OVERLAP_FINE)
		sk->sk_reuse = SK_FORCE_REUSE;
}

/* bind() will write the name into the socket; until it does, it has another. */
static void share(struct sock *sk, unsigned short port, struct bpf_local_storage_map *marks)
{
	if (sk->sk_protocol == IPPROTO_TCP)
		share_tcp(sk, port, marks);
	else if (sk->sk_protocol == IPPROTO_UDP)
		vs_share_udp(sk, port, marks);
}

__bpf_kfunc_start_defs();

/*
 * The socket of @address, which has the name that it is to be bound to, of a
 * context or a wildcard of the host.
 */
__bpf_kfunc void vs_bind_share(struct bpf_sock_addr *address, void *sockets__map)
{
	struct bpf_sock_addr_kern *a = (struct bpf_sock_addr_kern *)address;
	struct bpf_local_storage_map *marks = vs_marks(sockets__map);
	const struct sockaddr_in6 *sin6 = (const void *)a->uaddr;
	const struct sockaddr_in *sin = (const void *)a->uaddr;
	struct sock *sk = a->sk;
	struct in6_addr ip6;
	__be32 ip4;

	/* One that cannot be bound at all is left as it is. */
	if (!marks || !sin->sin_port || sk->sk_state != TCP_CLOSE || inet_sk(sk)->inet_num)
		return;
	guard(rcu)();
	ip4 = sk->sk_rcv_saddr;
	ip6 = sk->sk_v6_rcv_saddr;
	if (sk->sk_family == AF_INET) {
		sk->sk_rcv_saddr = sin->sin_addr.s_addr;
		share(sk, ntohs(sin->sin_port), marks);
	} else if (sk->sk_family == AF_INET6) {
		sk->sk_v6_rcv_saddr = sin6->sin6_addr;
		share(sk, ntohs(sin6->sin6_port), marks);
	}
	sk->sk_rcv_saddr = ip4;
	sk->sk_v6_rcv_saddr = ip6;
}

/* One that is to listen, and is bound. */
__bpf_kfunc void vs_listen_share(struct socket *sock, void *sockets__map)
{
	struct bpf_local_storage_map *marks = vs_marks(sockets__map);
	struct sock *sk = sock->sk;

	if (!marks || !sk || (sk->sk_family != AF_INET && sk->sk_family != AF_INET6) ||
	    sk->sk_protocol != IPPROTO_TCP || !inet_sk(sk)->inet_num)
		return;
	guard(rcu)();
	share_tcp(sk, inet_sk(sk)->inet_num, marks);
}

__bpf_kfunc_end_defs();
