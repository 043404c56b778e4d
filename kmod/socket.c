// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What BPF may call about the addresses of a context and of its sockets.  The
 * numbers and the sets are the table's; what becomes of a name is decided in BPF.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/filter.h>
#include <linux/inetdevice.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/tcp_states.h>
#include <net/transp_v6.h>

#include "context.h"
#include "steer.h"

static struct vs_addresses *addresses_of(u32 nid)
{
	const struct vs_context *ctx = vs_context_read(nid);

	return ctx ? rcu_dereference(ctx->addresses) : NULL;
}

/* Its first address on the interface; 0: none. */
static __be32 first_on(const struct net_device *dev, const struct vs_addresses *set)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;

	if (in_dev)
		in_dev_for_each_ifa_rcu(ifa, in_dev)
			if (vs_addresses_have(set, vs_number4(ifa->ifa_local)))
				return ifa->ifa_local;
	return 0;
}

static __be32 source_by_route(const struct vs_addresses *set, __be32 to)
{
	struct flowi4 fl4 = { .daddr = to };
	struct rtable *rt = ip_route_output_key(&init_net, &fl4);
	__be32 source;

	if (IS_ERR(rt))
		return set->ip4;
	source = vs_addresses_have(set, vs_number4(fl4.saddr)) ? fl4.saddr :
		 first_on(rt->dst.dev, set) ?: set->ip4;
	ip_rt_put(rt);
	return source;
}

static void set_source(struct sock *sk, const struct in6_addr *ip6)
{
	struct inet_sock *inet = inet_sk(sk);

	sk->sk_v6_rcv_saddr = *ip6;
	inet6_sk(sk)->saddr = *ip6;
	inet->inet_saddr = ipv6_addr_v4mapped(ip6) ? ip6->s6_addr32[3] : LOOPBACK4_IPV6;
	inet->inet_rcv_saddr = inet->inet_saddr;
}

__bpf_kfunc_start_defs();

/* The first IPv4 address of @nid, network order, with VS_SEVERAL4 if it has more; 0:
 * none. */
__bpf_kfunc u64 vs_addresses4(u32 nid)
{
	const struct vs_addresses *set;

	guard(rcu)();
	set = addresses_of(nid);
	return set ? (__force u32)set->ip4 | (set->several4 ? VS_SEVERAL4 : 0) : 0;
}

/* The first IPv4 address of @nid, network order; 0: none. */
__bpf_kfunc u32 vs_address4(u32 nid)
{
	const struct vs_addresses *set;

	guard(rcu)();
	set = addresses_of(nid);
	return set ? (__force u32)set->ip4 : 0;
}

/* The first of IPv6.  0; -ENOENT none; -EINVAL @address__sz is not 16. */
__bpf_kfunc int vs_address6(u32 nid, void *address, u32 address__sz)
{
	const struct vs_addresses *set;

	if (address__sz != sizeof(set->ip6))
		return -EINVAL;
	guard(rcu)();
	set = addresses_of(nid);
	if (!set || !set->has6)
		return -ENOENT;
	memcpy(address, &set->ip6, sizeof(set->ip6));
	return 0;
}

/* Is it one of the addresses of @nid?  4 or 16 bytes, network order. */
__bpf_kfunc bool vs_address_own(u32 nid, const void *address, u32 address__sz)
{
	const struct vs_addresses *set;
	__be32 ip4;

	guard(rcu)();
	set = addresses_of(nid);
	if (!set)
		return false;
	if (address__sz == sizeof(struct in6_addr))
		return vs_addresses_have(set, vs_number6(address));
	if (address__sz != sizeof(ip4))
		return false;
	memcpy(&ip4, address, sizeof(ip4));
	return vs_addresses_have(set, vs_number4(ip4));
}

/*
 * From which of its addresses @nid is to reach @to: what the route prefers, if
 * it is its own, else its first on the interface that the route leaves by, else
 * its first.  Who has one address has no choice, and no route is looked up; nor
 * is it for who asks for the same again while no route has changed.
 */
__bpf_kfunc u32 vs_address_source4(u32 nid, u32 to)
{
	int routes = rt_genid_ipv4(&init_net);
	struct vs_addresses *set;
	__be32 source;
	u64 known;

	guard(rcu)();
	set = addresses_of(nid);
	if (!set || !set->several4)
		return set ? (__force u32)set->ip4 : 0;
	known = READ_ONCE(set->source4);
	if (known && known >> 32 == to && READ_ONCE(set->routes) == routes)
		return (u32)known;
	source = source_by_route(set, (__force __be32)to);
	WRITE_ONCE(set->source4, (u64)to << 32 | (__force u32)source);
	WRITE_ONCE(set->routes, routes);
	return (__force u32)source;
}

/* Likewise of IPv6, by scope and prefix; both are 16 bytes.  0; -ENOENT none. */
__bpf_kfunc int vs_address_source6(u32 nid, const void *to, u32 to__sz, void *from,
				   u32 from__sz)
{
	const struct vs_addresses *set;
	struct in6_addr source;

	if (to__sz != sizeof(source) || from__sz != sizeof(source))
		return -EINVAL;
	guard(rcu)();
	set = addresses_of(nid);
	if (!set || !set->has6)
		return -ENOENT;
	source = vs_ip6_of(vs_addresses_source6(set, vs_number6(to)));
	memcpy(from, &source, sizeof(source));
	return 0;
}

/*
 * Give a new socket a source address without a port, as bind() does with
 * IP_BIND_ADDRESS_NO_PORT: UDP's automatic bind and listen() without bind,
 * which no hook sees, are then on it.  For lsm/socket_post_create, where
 * nobody else has the socket yet.  0; -EINVAL the sizes do not fit the family.
 */
__bpf_kfunc int vs_socket_source(struct socket *sock, const void *address,
				 u32 address__sz)
{
	struct sock *sk = sock->sk;
	struct inet_sock *inet;
	struct in6_addr ip6;

	if (!sk)
		return -EINVAL;
	inet = inet_sk(sk);
	if (sk->sk_family == AF_INET && address__sz == sizeof(inet->inet_saddr)) {
		memcpy(&inet->inet_saddr, address, sizeof(inet->inet_saddr));
		inet->inet_rcv_saddr = inet->inet_saddr;
	} else if (sk->sk_family == AF_INET6 && address__sz == sizeof(ip6)) {
		memcpy(&ip6, address, sizeof(ip6));
		set_source(sk, &ip6);
	} else {
		return -EINVAL;
	}
	sk->sk_userlocks |= SOCK_BINDADDR_LOCK;
	return 0;
}

/*
 * Give a socket of IPv6 that was bound to the wildcard, and is about to connect,
 * another source, of whichever family, as the kernel does when it connects; it keeps
 * its port.  0; -EINVAL it is no such socket; -EADDRINUSE somebody has that, and it
 * has what it had.
 */
__bpf_kfunc int vs_socket_move(struct bpf_sock_addr *address, const void *source, u32 source__sz)
{
	struct sock *sk = ((struct bpf_sock_addr_kern *)address)->sk;
	struct in6_addr old, new;
	unsigned short port;

	if (sk->sk_family != AF_INET6 || sk->sk_state != TCP_CLOSE || source__sz != sizeof(new))
		return -EINVAL;
	old = sk->sk_v6_rcv_saddr;
	memcpy(&new, source, sizeof(new));
	port = inet_sk(sk)->inet_num;
	if (sk->sk_protocol == IPPROTO_UDP) {
		set_source(sk, &new);
		sk->sk_prot->rehash(sk);
	} else if (sk->sk_protocol == IPPROTO_TCP && port) {
		sk->sk_prot->put_port(sk);
		set_source(sk, &new);
		if (sk->sk_prot->get_port(sk, port)) {
			set_source(sk, &old);
			sk->sk_prot->get_port(sk, port);
			return -EADDRINUSE;
		}
	} else {
		return -EINVAL;
	}
	if (ipv6_addr_v4mapped(&new))
		sk->sk_ipv6only = 0;
	return 0;
}

/*
 * Take IPV6_V6ONLY from a socket, so that an IPv4-mapped address can be bound to it;
 * of UDP also later, so that it can connect to one.  For lsm/socket_bind and
 * socket_connect.  0; -EINVAL it is of TCP and has a port.
 */
__bpf_kfunc int vs_socket_dual(struct socket *sock)
{
	struct sock *sk = sock->sk;

	if (!sk || sk->sk_family != AF_INET6 ||
	    (inet_sk(sk)->inet_num && sk->sk_protocol != IPPROTO_UDP))
		return -EINVAL;
	sk->sk_ipv6only = 0;
	return 0;
}

__bpf_kfunc_end_defs();
