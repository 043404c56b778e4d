// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A context's address set: what may be in it, and what is.  An address is a
 * number here, IPv4 in its IPv4-mapped form, so that both families are compared
 * alike.  Whose an address is, the other way round, is owner.c's.
 */
#include <linux/in.h>
#include <linux/inet.h>
#include <net/ipv6.h>

#include "address.h"

#define LINK_LOCAL6	((u128)0xfe80 << 112)
#define LINK_LOCAL6_MASK ((u128)0xffc0 << 112)

/* --- filling ----------------------------------------------------------------- */

/* @a, which is the next one of @set, among those of its family. */
static void put_in_order(struct vs_addresses *set, const struct vs_address *a)
{
	bool is4 = vs_number_is4(a->named);
	unsigned int begin = is4 ? 0 : set->n4, end = is4 ? set->n4 : set->n, i, j;

	for (i = set->n; i > end || (i > begin && set->spans[i - 1].first > a->first); i--)
		set->spans[i] = set->spans[i - 1];
	set->spans[i] = (struct vs_span){
		a->first, i > begin ? max(set->spans[i - 1].reach, a->last) : a->last
	};
	for (j = i + 1; j <= end; j++)
		set->spans[j].reach = max(set->spans[j].reach, a->last);
	set->n4 += is4;
}

/* @host_bits: how many of the number's may differ within the prefix. */
static int add(struct vs_addresses *set, u128 named, u8 prefix, unsigned int host_bits,
	       const u128 *last, struct netlink_ext_ack *extack)
{
	u128 mask = host_bits < 128 ? ((u128)1 << host_bits) - 1 : ~(u128)0;
	struct vs_address *a = &set->at[set->n];

	if (set->n == VS_ADDRESSES_MAX) {
		NL_SET_ERR_MSG(extack, "too many addresses");
		return -EINVAL;
	}
	if (prefix && last) {
		NL_SET_ERR_MSG(extack, "a prefix or the end of a range, not both");
		return -EINVAL;
	}
	if (last && *last < named) {
		NL_SET_ERR_MSG(extack, "a range ends before it begins");
		return -EINVAL;
	}
	a->named = named;
	a->prefix = prefix;
	a->first = prefix ? named & ~mask : named;
	a->last = prefix ? named | mask : last ? *last : named;
	put_in_order(set, a);
	set->n++;
	return 0;
}

static bool is_no_host4(__be32 ip4)
{
	return !ip4 || ipv4_is_multicast(ip4) || ipv4_is_lbcast(ip4);
}

int vs_addresses_add4(struct vs_addresses *set, __be32 ip4, u8 prefix, const __be32 *last4,
		      struct netlink_ext_ack *extack)
{
	u128 last = last4 ? vs_number4(*last4) : 0;
	int err;

	if (is_no_host4(ip4) || (last4 && is_no_host4(*last4))) {
		NL_SET_ERR_MSG(extack, "a wildcard, multicast or broadcast address cannot be a context's");
		return -EINVAL;
	}
	if (prefix > 32) {
		NL_SET_ERR_MSG(extack, "a prefix of IPv4 has up to 32 bits");
		return -EINVAL;
	}
	err = add(set, vs_number4(ip4), prefix, 32 - prefix, last4 ? &last : NULL, extack);
	if (err)
		return err;
	set->several4 = set->ip4 || (prefix && prefix < 32) || last4;
	if (!set->ip4)
		set->ip4 = ip4;
	return 0;
}

static bool is_no_host6(const struct in6_addr *ip6)
{
	return ipv6_addr_any(ip6) || ipv6_addr_is_multicast(ip6);
}

int vs_addresses_add6(struct vs_addresses *set, const struct in6_addr *ip6, u8 prefix,
		      const struct in6_addr *last6, struct netlink_ext_ack *extack)
{
	u128 last = last6 ? vs_number6(last6) : 0;
	int err;

	if (is_no_host6(ip6) || (last6 && is_no_host6(last6))) {
		NL_SET_ERR_MSG(extack, "a wildcard or multicast address cannot be a context's");
		return -EINVAL;
	}
	/* Otherwise IPv4 could be had by another name. */
	if (ipv6_addr_v4mapped(ip6)) {
		NL_SET_ERR_MSG(extack, "an IPv4-mapped address is given as IPv4");
		return -EINVAL;
	}
	if (prefix > 128) {
		NL_SET_ERR_MSG(extack, "a prefix of IPv6 has up to 128 bits");
		return -EINVAL;
	}
	err = add(set, vs_number6(ip6), prefix, 128 - prefix, last6 ? &last : NULL, extack);
	if (err || set->has6)
		return err;
	set->ip6 = *ip6;
	set->has6 = true;
	return 0;
}

/* --- asking ------------------------------------------------------------------ */

bool vs_addresses_single(const struct vs_addresses *set)
{
	return !set || !set->n || (set->n == 1 && set->at[0].first == set->at[0].last);
}

/* Among those of its own family, so that ::/1 has nothing of IPv4. */
bool vs_addresses_have(const struct vs_addresses *set, u128 number)
{
	bool is4 = vs_number_is4(number);
	const struct vs_span *begin = set->spans + (is4 ? 0 : set->n4), *span = begin;
	unsigned int n = is4 ? set->n4 : set->n - set->n4;

	/* @span: the first that begins after it. */
	while (n) {
		const struct vs_span *middle = span + n / 2;

		if (middle->first > number) {
			n /= 2;
		} else {
			span = middle + 1;
			n -= n / 2 + 1;
		}
	}
	return span > begin && span[-1].reach >= number;
}

static bool is_link_local6(u128 number)
{
	return (number & LINK_LOCAL6_MASK) == LINK_LOCAL6;
}

/* Destination itself, else of its scope the longest prefix in common (RFC 6724,
 * rules 1, 2 and 8), else the first. */
u128 vs_addresses_source6(const struct vs_addresses *set, u128 to)
{
	u128 best = vs_number6(&set->ip6);
	bool local = is_link_local6(to);
	unsigned int i;
	u128 number;

	if (vs_addresses_have(set, to))
		return to;
	for (i = 0; i < set->n; i++) {
		number = set->at[i].named;
		if (vs_number_is4(number) || is_link_local6(number) != local)
			continue;
		if (is_link_local6(best) != local || (number ^ to) < (best ^ to))
			best = number;
	}
	return best;
}

#ifdef VS_SELFTEST
#include "selftest/address.c"
#endif
