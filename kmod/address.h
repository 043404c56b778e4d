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

/**
 * struct vs_addresses - the addresses of a context, never changed once they
 * are published.
 * @ip4: network order; 0: none.
 * @ip6: valid if @has6.
 * @rcu: frees it after the last reader.
 */
struct vs_addresses {
	__be32 ip4;
	bool has6;
	struct in6_addr ip6;
	struct rcu_head rcu;
};

int vs_addresses_add4(struct vs_addresses *set, __be32 ip4,
		      struct netlink_ext_ack *extack);
int vs_addresses_add6(struct vs_addresses *set, const struct in6_addr *ip6,
		      struct netlink_ext_ack *extack);
bool vs_addresses_none(const struct vs_addresses *set);

#ifdef VS_SELFTEST
bool vs_address_selftest(void);
#endif

#endif /* VS_ADDRESS_H */
