/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_ADDRESS_H
#define VS_ADDRESS_H

#include <linux/in6.h>
#include <linux/netlink.h>
#include <linux/rcupdate.h>
#include <linux/types.h>
#include <linux/unaligned.h>
#include <linux/vserver.h>

/**
 * struct vs_address - one address of a context, or several in a row.
 * @first: a number that orders addresses; IPv4 is IPv4-mapped.
 * @last: not less than @first.
 * @named: which of them was named; within the two.
 * @prefix: what was given with it: the length of a prefix; 0: none.
 */
struct vs_address {
	u128 first;
	u128 last;
	u128 named;
	u8 prefix;
};

/**
 * struct vs_span - one of several in order.
 * @first: as above.
 * @reach: the greatest @last up to here, so that a look at one tells of all before.
 */
struct vs_span {
	u128 first;
	u128 reach;
};

/**
 * struct vs_addresses - the addresses of a context, never changed once they
 * are published, but for what was found out last.
 * @ip4: the first that was named of IPv4, network order; 0: none.
 * @ip6: likewise of IPv6; valid if @has6.
 * @several4: it has more than one of IPv4.
 * @n: how many @at has.
 * @n4: how many of them are of IPv4.
 * @source4: of IPv4, a destination, and in its lower half the source that the routes
 *	had for it when @routes was their number: a hint.
 * @routes: see there.
 * @rcu: frees it after the last reader.
 * @at: in the order in which they were given.
 * @spans: the same in the order of their numbers, those of IPv4 before all others.
 */
struct vs_addresses {
	__be32 ip4;
	bool has6;
	bool several4;
	struct in6_addr ip6;
	unsigned int n;
	unsigned int n4;
	u64 source4;
	int routes;
	struct rcu_head rcu;
	struct vs_address at[VS_ADDRESSES_MAX];
	struct vs_span spans[VS_ADDRESSES_MAX];
};

#define VS_MAPPED	((u128)0xffff << 32)

static inline u128 vs_number4(__be32 ip4)
{
	return VS_MAPPED | be32_to_cpu(ip4);
}

static inline u128 vs_number6(const struct in6_addr *ip6)
{
	return (u128)get_unaligned_be64(ip6) << 64 | get_unaligned_be64(&ip6->s6_addr[8]);
}

static inline bool vs_number_is4(u128 number)
{
	return number >> 32 == 0xffff;
}

static inline __be32 vs_ip4_of(u128 number)
{
	return cpu_to_be32((u32)number);
}

static inline struct in6_addr vs_ip6_of(u128 number)
{
	struct in6_addr ip6;

	put_unaligned_be64(number >> 64, &ip6);
	put_unaligned_be64((u64)number, &ip6.s6_addr[8]);
	return ip6;
}

/* @last4, @last6: the end of a range, NULL: none; @prefix: 0: none. */
int vs_addresses_add4(struct vs_addresses *set, __be32 ip4, u8 prefix, const __be32 *last4,
		      struct netlink_ext_ack *extack);
int vs_addresses_add6(struct vs_addresses *set, const struct in6_addr *ip6, u8 prefix,
		      const struct in6_addr *last6, struct netlink_ext_ack *extack);
/* Is one socket enough for all of them? */
bool vs_addresses_single(const struct vs_addresses *set);
bool vs_addresses_have(const struct vs_addresses *set, u128 number);
/* That of its IPv6 addresses from which @to is best reached; @set has one. */
u128 vs_addresses_source6(const struct vs_addresses *set, u128 to);

#ifdef VS_SELFTEST
bool vs_address_selftest(void);
#endif

#endif /* VS_ADDRESS_H */
