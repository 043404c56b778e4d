// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A port of UDP that a wildcard of the host and a context are both to have
 * (share.c).  UDP has no mark that makes the kernel not compare.  So bind(), which
 * asks the socket's protocol for the port, is to ask one that is as the kernel's
 * but for that: until then, for this once, the socket's protocol is a copy of it.
 * What asks holds the lock of the port, so that nobody comes between.
 *
 * A group of SO_REUSEPORT is left to the kernel, which compares.
 *
 * A bind() may still fail before it asks, for want of the address or a capability.  Then
 * the socket keeps the copy until it is bound or closed; as long as there is such
 * a one the module stays.
 */
#include <linux/bpf.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/sock.h>
#include <net/udp.h>

#include "mark.h"
#include "overlap.h"
#include "share.h"

/* Of UDP over IPv4, over IPv6, and that of contexts (datagram.c). */
#define N_COPIES	3

static struct {
	const struct proto *of;
	struct proto copy;
} copies[N_COPIES];
static DEFINE_SPINLOCK(lock);

/* --- the port -------------------------------------------------------------------- */

static enum vs_overlap overlap_udp(const struct sock *sk, unsigned short port,
				   const struct udp_hslot *slot,
				   struct bpf_local_storage_map *marks)
{
	enum vs_overlap worst = VS_OVERLAP_NONE;
	struct sock *other;

	sk_for_each(other, &slot->head)
		if (net_eq(sock_net(other), sock_net(sk)) &&
		    udp_sk(other)->udp_port_hash == port)
			worst = max(worst, vs_overlap(sk, other, marks));
	return worst;
}

static u32 hash_of(const struct sock *sk, unsigned short port)
{
	return sk->sk_family == AF_INET6 ?
		ipv6_portaddr_hash(sock_net(sk), &sk->sk_v6_rcv_saddr, port) :
		ipv4_portaddr_hash(sock_net(sk), sk->sk_rcv_saddr, port);
}

/* What udp_lib_get_port() does once it has compared; @slot is locked. */
static void take(struct sock *sk, unsigned short port, struct udp_table *table,
		 struct udp_hslot *slot)
{
	struct udp_hslot *slot2;

	inet_sk(sk)->inet_num = port;
	udp_sk(sk)->udp_port_hash = port;
	udp_sk(sk)->udp_portaddr_hash = hash_of(sk, port);
	sock_set_flag(sk, SOCK_RCU_FREE);
	sk_add_node_rcu(sk, &slot->head);
	slot->count++;
	sock_prot_inuse_add(sock_net(sk), sk->sk_prot, 1);
	slot2 = udp_hashslot2(table, udp_sk(sk)->udp_portaddr_hash);
	guard(spinlock)(&slot2->lock);
	hlist_add_head_rcu(&udp_sk(sk)->udp_portaddr_node, &slot2->head);
	slot2->count++;
}

static bool take_beside(struct sock *sk, unsigned short port, struct bpf_local_storage_map *marks)
{
	struct udp_table *table = sock_net(sk)->ipv4.udp_table;
	struct udp_hslot *slot = udp_hashslot(table, sock_net(sk), port);

	if (!port || sk->sk_reuseport || !sk_unhashed(sk))
		return false;
	guard(rcu)();
	guard(spinlock_bh)(&slot->lock);
	if (overlap_udp(sk, port, slot, marks) != VS_OVERLAP_FINE)
		return false;
	take(sk, port, table, slot);
	return true;
}

/* --- the copy -------------------------------------------------------------------- */

/* The socket has its own protocol again. */
static void let_go(struct sock *sk)
{
	WRITE_ONCE(sk->sk_prot, sk->sk_prot_creator);
	module_put(THIS_MODULE);
}

static int get_port(struct sock *sk, unsigned short port)
{
	struct bpf_local_storage_map *marks = vs_marks_kept();

	let_go(sk);
	if (marks && take_beside(sk, port, marks))
		return 0;
	return sk->sk_prot->get_port(sk, port);
}

static void close(struct sock *sk, long timeout)
{
	let_go(sk);
	sk->sk_prot->close(sk, timeout);
}

/* NULL: there is no room, which is for all that there are. */
static struct proto *copy_of(const struct proto *of)
{
	unsigned int i;

	guard(spinlock_bh)(&lock);
	for (i = 0; i < N_COPIES && copies[i].of; i++)
		if (copies[i].of == of)
			return &copies[i].copy;
	if (i == N_COPIES)
		return NULL;
	copies[i].copy = *of;
	copies[i].copy.close = close;
	copies[i].copy.get_port = get_port;
	copies[i].of = of;
	return &copies[i].copy;
}

static void wait_for_port(struct sock *sk)
{
	struct proto *copy = copy_of(sk->sk_prot);

	if (copy && try_module_get(THIS_MODULE))
		WRITE_ONCE(sk->sk_prot, copy);
}

void vs_share_udp(struct sock *sk, unsigned short port, struct bpf_local_storage_map *marks)
{
	struct net *net = sock_net(sk);
	struct udp_hslot *slot = udp_hashslot(net->ipv4.udp_table, net, port);
	enum vs_overlap overlap;

	/* It has its own protocol: not the copy already, nor that of a sockmap. */
	if (sk->sk_reuseport || sk->sk_prot != sk->sk_prot_creator || !vs_marks_keep(&marks->map))
		return;
	scoped_guard(spinlock_bh, &slot->lock)
		overlap = overlap_udp(sk, port, slot, marks);
	if (overlap == VS_OVERLAP_FINE)
		wait_for_port(sk);
}
