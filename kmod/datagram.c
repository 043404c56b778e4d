// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a context sends by sockets of datagrams, where BPF is asked too late or not
 * at all:
 *
 *	to ::1		its private ::1 is IPv4-mapped (bpf/address.bpf.h).  When the
 *			program of cgroup/sendmsg6 is asked, the kernel has made up
 *			its mind that the datagram is one of IPv6.
 *	a ping		may name a source in a control message, and no hook sees it.
 *
 * So these sockets get a protocol that is a copy of the kernel's but for sending.
 * It is theirs for life, and holds the module; the sockets of the host, and of TCP,
 * and of UDP over IPv4, have nothing of it and pay nothing.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/spinlock.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "context.h"
#include "mark.h"
#include "steer.h"

#define MARK_FLAGS_BOUND	(VS_SOCK_NAMED | VS_SOCK_ANY)

enum { UDP6, PING4, PING6, N_KINDS };

static struct {
	struct proto *kernels;
	struct proto ours;
} kinds[N_KINDS];
static DEFINE_SPINLOCK(lock);

/* Negative: of another kind. */
static int kind_of(const struct sock *sk)
{
	switch (sk->sk_protocol) {
	case IPPROTO_UDP:
		return sk->sk_family == AF_INET6 ? UDP6 : -1;
	case IPPROTO_ICMP:
		return PING4;
	case IPPROTO_ICMPV6:
		return PING6;
	}
	return -1;
}

static int send(struct sock *sk, struct msghdr *msg, size_t size)
{
	return kinds[kind_of(sk)].kernels->sendmsg(sk, msg, size);
}

/* --- to ::1 ----------------------------------------------------------------------- */

/* A datagram of a socket that is not connected, and has not said by name that it
 * sends from an address of IPv6.  It goes to the private one. */
static bool redirect(const struct sock *sk, const struct vs_mark *mark, struct msghdr *msg)
{
	struct sockaddr_in6 *to = msg->msg_name;

	if (!to || msg->msg_namelen < SIN6_LEN_RFC2133 || to->sin6_family != AF_INET6 ||
	    !(ipv6_addr_any(&to->sin6_addr) || ipv6_addr_loopback(&to->sin6_addr)))
		return false;
	if (mark->flags & VS_SOCK_NAMED && !ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr))
		return false;
	ipv6_addr_set_v4mapped(VS_LOOPBACK4(mark->nid, VS_LOOPBACK4_FOR6), &to->sin6_addr);
	return true;
}

/*
 * The socket may not be one of IPv6 alone then, as the kernel makes it when it is
 * bound to an address of IPv6: one that hears the wildcard answers there.
 */
static int send_udp6(struct sock *sk, struct msghdr *msg, size_t size)
{
	struct bpf_local_storage_map *marks = vs_marks_kept();
	struct vs_mark *mark;
	bool redirected;

	scoped_guard(rcu) {
		mark = marks ? vs_mark_of(sk, marks) : NULL;
		if (!mark || !mark->nid)
			break;
		redirected = redirect(sk, mark, msg);
		if (!sk->sk_ipv6only || !(redirected || mark->flags & VS_SOCK_ANY))
			break;
		if (!(mark->flags & MARK_FLAGS_BOUND))	/* it was its own wish */
			mark->flags |= VS_SOCK_V6ONLY;
		sk->sk_ipv6only = 0;
	}
	return send(sk, msg, size);
}

/* --- pings ------------------------------------------------------------------------ */

/* None of IPv4 is what the route says, which may be another's; none of IPv6 is what
 * the socket has. */
static bool is_own4(u32 nid, __be32 ip)
{
	if (ipv4_is_loopback(ip))
		return (ip & htonl(0xffffff00)) == VS_LOOPBACK4(nid, 0) ||
		       vs_address_own(nid, &ip, sizeof(ip));
	return ip && vs_address_own(nid, &ip, sizeof(ip));
}

static bool is_source_own(u32 nid, const struct cmsghdr *c)
{
	const struct in6_pktinfo *info6 = CMSG_DATA(c);
	const struct in_pktinfo *info4 = CMSG_DATA(c);

	if (c->cmsg_level == SOL_IP && c->cmsg_type == IP_PKTINFO)
		return c->cmsg_len >= CMSG_LEN(sizeof(*info4)) &&
		       is_own4(nid, info4->ipi_spec_dst.s_addr);
	if (c->cmsg_level != SOL_IPV6 ||
	    (c->cmsg_type != IPV6_PKTINFO && c->cmsg_type != IPV6_2292PKTINFO))
		return true;
	return c->cmsg_len >= CMSG_LEN(sizeof(*info6)) &&
	       (ipv6_addr_any(&info6->ipi6_addr) ||
		vs_address_own(nid, &info6->ipi6_addr, sizeof(info6->ipi6_addr)));
}

static bool are_sources_own(u32 nid, struct msghdr *msg)
{
	struct cmsghdr *c;

	for_each_cmsghdr(c, msg)
		if (!CMSG_OK(msg, c) || !is_source_own(nid, c))
			return false;
	return true;
}

static int send_ping(struct sock *sk, struct msghdr *msg, size_t size)
{
	struct bpf_local_storage_map *marks = vs_marks_kept();
	const struct vs_mark *mark;
	bool refused = false;

	scoped_guard(rcu) {
		mark = marks ? vs_mark_of(sk, marks) : NULL;
		if (mark && mark->nid)
			refused = !are_sources_own(mark->nid, msg);
		if (refused)
			vs_context_refuse(mark->xid ?: mark->nid, VS_RULE_ADDRESS);
	}
	return refused ? -EADDRNOTAVAIL : send(sk, msg, size);
}

/* --- new sockets ------------------------------------------------------------------- */

static void fill(int kind, struct proto *kernels)
{
	guard(spinlock)(&lock);
	if (kinds[kind].kernels)
		return;
	kinds[kind].ours = *kernels;
	kinds[kind].ours.sendmsg = kind == UDP6 ? send_udp6 : send_ping;
	kinds[kind].ours.owner = THIS_MODULE;
	/* Who sees it sees what was filled in before. */
	smp_store_release(&kinds[kind].kernels, kernels);
}

__bpf_kfunc_start_defs();

/*
 * A new socket of a context with addresses sends as said above.  For
 * lsm/socket_post_create, where nobody else has the socket yet.  0; -ENOMEM the
 * module or the map is about to go.
 */
__bpf_kfunc int vs_socket_datagrams(struct socket *sock, void *sockets__map)
{
	struct sock *sk = sock->sk;
	int kind = sk ? kind_of(sk) : -1;

	if (kind < 0)
		return 0;
	if (!vs_marks_keep(sockets__map) || !try_module_get(THIS_MODULE))
		return -ENOMEM;
	/* Pairs with the release in fill(). */
	if (!smp_load_acquire(&kinds[kind].kernels))
		fill(kind, sk->sk_prot);
	/* The socket lets go of what its creator has for an owner. */
	module_put(sk->sk_prot_creator->owner);
	sk->sk_prot = sk->sk_prot_creator = &kinds[kind].ours;
	return 0;
}

__bpf_kfunc_end_defs();
