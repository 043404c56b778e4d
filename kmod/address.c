// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A context's address set: what may be in it.  Matching is BPF's; it reads
 * the set through the kfuncs vs_address4() and vs_address6().
 */
#include <linux/in.h>
#include <linux/inet.h>
#include <net/ipv6.h>

#include "address.h"

int vs_addresses_add4(struct vs_addresses *set, __be32 ip4,
		      struct netlink_ext_ack *extack)
{
	if (!ip4 || ipv4_is_multicast(ip4) || ipv4_is_lbcast(ip4)) {
		NL_SET_ERR_MSG(extack, "a wildcard, multicast or broadcast address cannot be a context's");
		return -EINVAL;
	}
	if (set->ip4) {
		NL_SET_ERR_MSG(extack, "a context has one IPv4 address at most");
		return -EINVAL;
	}
	set->ip4 = ip4;
	return 0;
}

int vs_addresses_add6(struct vs_addresses *set, const struct in6_addr *ip6,
		      struct netlink_ext_ack *extack)
{
	if (ipv6_addr_any(ip6) || ipv6_addr_is_multicast(ip6)) {
		NL_SET_ERR_MSG(extack, "a wildcard or multicast address cannot be a context's");
		return -EINVAL;
	}
	/* Otherwise IPv4 could be had by another name. */
	if (ipv6_addr_v4mapped(ip6)) {
		NL_SET_ERR_MSG(extack, "an IPv4-mapped address is given as IPv4");
		return -EINVAL;
	}
	if (set->has6) {
		NL_SET_ERR_MSG(extack, "a context has one IPv6 address at most");
		return -EINVAL;
	}
	set->ip6 = *ip6;
	set->has6 = true;
	return 0;
}

bool vs_addresses_none(const struct vs_addresses *set)
{
	return !set->ip4 && !set->has6;
}

#ifdef VS_SELFTEST
#include "selftest/address.c"
#endif
