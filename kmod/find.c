// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The kernel's own tables of sockets, in the initial network namespace.
 */
#include <linux/bpf.h>
#include <linux/filter.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/ipv6.h>
#include <net/tcp.h>
#include <net/udp.h>

#include "address.h"
#include "find.h"

/*
 * Later kernels have one table of each protocol and do not ask which.  Our own
 * question comes with source port 0, which no connection has: the program
 * that asks us lets it pass.
 */
typedef struct sock *(*lookup4_of_table)(const struct net *, struct inet_hashinfo *,
					 struct sk_buff *, int, const __be32, const __be16,
					 const __be32, const unsigned short, const int, const int);
typedef struct sock *(*lookup4)(const struct net *, struct sk_buff *, int, const __be32,
				const __be16, const __be32, const unsigned short, const int,
				const int);
typedef struct sock *(*lookup6_of_table)(const struct net *, struct inet_hashinfo *,
					 struct sk_buff *, int, const struct in6_addr *,
					 const __be16, const struct in6_addr *,
					 const unsigned short, const int, const int);
typedef struct sock *(*lookup6)(const struct net *, struct sk_buff *, int,
				const struct in6_addr *, const __be16, const struct in6_addr *,
				const unsigned short, const int, const int);
typedef struct sock *(*udp4_of_table)(const struct net *, __be32, __be16, __be32, __be16, int,
				      int, struct udp_table *, struct sk_buff *);
typedef struct sock *(*udp4)(const struct net *, __be32, __be16, __be32, __be16, int, int,
			     struct sk_buff *);
typedef struct sock *(*udp6_of_table)(const struct net *, const struct in6_addr *, __be16,
				      const struct in6_addr *, __be16, int, int,
				      struct udp_table *, struct sk_buff *);
typedef struct sock *(*udp6)(const struct net *, const struct in6_addr *, __be16,
			     const struct in6_addr *, __be16, int, int, struct sk_buff *);

/* The function, if it is of that type, or NULL. */
#define IF_OF_TYPE(type, function)						\
	__builtin_choose_expr(__same_type(&(function), (type)NULL), &(function), (type)NULL)
#define ONE_OF(type, function)							\
	static_assert(__same_type(&(function), (type)NULL) ||			\
		      __same_type(&(function), (type##_of_table)NULL))

ONE_OF(lookup4, __inet_lookup_listener);
ONE_OF(lookup6, inet6_lookup_listener);
ONE_OF(udp4, __udp4_lib_lookup);
ONE_OF(udp6, __udp6_lib_lookup);

static struct sock *tcp_find4(const struct net *net, __be32 ip, u16 port, int dif)
{
	const lookup4_of_table of_table = IF_OF_TYPE(lookup4_of_table, __inet_lookup_listener);
	const lookup4 of_net = IF_OF_TYPE(lookup4, __inet_lookup_listener);

	if (of_table)
		return of_table(net, net->ipv4.tcp_death_row.hashinfo, NULL, 0, 0, 0, ip, port,
				dif, 0);
	return of_net(net, NULL, 0, 0, 0, ip, port, dif, 0);
}

static struct sock *tcp_find6(const struct net *net, const struct in6_addr *ip, u16 port, int dif)
{
	const lookup6_of_table of_table = IF_OF_TYPE(lookup6_of_table, inet6_lookup_listener);
	const lookup6 of_net = IF_OF_TYPE(lookup6, inet6_lookup_listener);

	if (of_table)
		return of_table(net, net->ipv4.tcp_death_row.hashinfo, NULL, 0, &in6addr_any, 0,
				ip, port, dif, 0);
	return of_net(net, NULL, 0, &in6addr_any, 0, ip, port, dif, 0);
}

static struct sock *udp_find4(const struct net *net, __be32 ip, u16 port, int dif)
{
	const udp4_of_table of_table = IF_OF_TYPE(udp4_of_table, __udp4_lib_lookup);
	const udp4 of_net = IF_OF_TYPE(udp4, __udp4_lib_lookup);

	if (of_table)
		return of_table(net, 0, 0, ip, htons(port), dif, 0, net->ipv4.udp_table, NULL);
	return of_net(net, 0, 0, ip, htons(port), dif, 0, NULL);
}

static struct sock *udp_find6(const struct net *net, const struct in6_addr *ip, u16 port, int dif)
{
	const udp6_of_table of_table = IF_OF_TYPE(udp6_of_table, __udp6_lib_lookup);
	const udp6 of_net = IF_OF_TYPE(udp6, __udp6_lib_lookup);

	if (of_table)
		return of_table(net, &in6addr_any, 0, ip, htons(port), dif, 0,
				net->ipv4.udp_table, NULL);
	return of_net(net, &in6addr_any, 0, ip, htons(port), dif, 0, NULL);
}

static struct sock *find(const struct bpf_sk_lookup_kern *lookup, u128 number)
{
	bool tcp = lookup->protocol == IPPROTO_TCP;
	int dif = lookup->ingress_ifindex;
	struct in6_addr ip6;
	__be32 ip4;

	if (vs_number_is4(number)) {
		ip4 = vs_ip4_of(number);
		return tcp ? tcp_find4(&init_net, ip4, lookup->dport, dif) :
			     udp_find4(&init_net, ip4, lookup->dport, dif);
	}
	ip6 = vs_ip6_of(number);
	return tcp ? tcp_find6(&init_net, &ip6, lookup->dport, dif) :
		     udp_find6(&init_net, &ip6, lookup->dport, dif);
}

/* --- without asking the program again ---------------------------------------------- */

static bool is_at(const struct sock *sk, const struct bpf_sk_lookup_kern *lookup, u128 number)
{
	if (!net_eq(sock_net(sk), &init_net) || inet_sk(sk)->inet_num != lookup->dport ||
	    inet_sk(sk)->inet_dport ||
	    (sk->sk_bound_dev_if && sk->sk_bound_dev_if != lookup->ingress_ifindex))
		return false;
	if (sk->sk_family == AF_INET)
		return vs_number4(sk->sk_rcv_saddr) == number;
	return vs_number6(&sk->sk_v6_rcv_saddr) == number;
}

static struct sock *bound_tcp(const struct bpf_sk_lookup_kern *lookup, u128 number, u32 hash)
{
	struct inet_listen_hashbucket *bucket;
	const struct hlist_nulls_node *node;
	struct sock *sk;

	bucket = inet_lhash2_bucket(init_net.ipv4.tcp_death_row.hashinfo, hash);
	sk_nulls_for_each_rcu(sk, node, &bucket->nulls_head)
		if (is_at(sk, lookup, number))
			return sk;
	return NULL;
}

static struct sock *bound_udp(const struct bpf_sk_lookup_kern *lookup, u128 number, u32 hash)
{
	struct udp_hslot *slot = udp_hashslot2(init_net.ipv4.udp_table, hash);
	struct sock *sk;

	udp_portaddr_for_each_entry_rcu(sk, &slot->head)
		if (is_at(sk, lookup, number))
			return sk;
	return NULL;
}

static struct sock *bound(const struct bpf_sk_lookup_kern *lookup, u128 number)
{
	struct in6_addr ip6 = vs_ip6_of(number);
	u32 hash = ipv6_portaddr_hash(&init_net, &ip6, lookup->dport);	/* of IPv4 too */

	return lookup->protocol == IPPROTO_TCP ? bound_tcp(lookup, number, hash) :
						 bound_udp(lookup, number, hash);
}

bool vs_is_bound(const struct bpf_sk_lookup_kern *lookup, u128 number)
{
	return bound(lookup, number);
}

/* Which of a group, and of one that is bound to an interface and one that is not, the
 * kernel chooses. */
struct sock *vs_find_bound(const struct bpf_sk_lookup_kern *lookup, u128 number)
{
	struct sock *sk = bound(lookup, number);
	u128 is;

	if (!sk || !(sk->sk_reuseport || sk->sk_bound_dev_if))
		return sk;
	sk = find(lookup, number);
	if (!sk)
		return NULL;
	is = vs_number_is4(number) ? vs_number4(inet_sk(sk)->inet_rcv_saddr) :
				     vs_number6(&sk->sk_v6_rcv_saddr);
	return is == number ? sk : NULL;
}
