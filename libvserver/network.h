/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's own network; between network.c, guard.c, rtnl.c and space.c.
 */
#ifndef VS_NETWORK_H
#define VS_NETWORK_H

#include <linux/if_ether.h>

#include "vserver.h"

struct nl_sock;

/* network.c: what is said in vserver.h, in the namespace that @init is in.  The
 * caller is of the host, and afterwards in that namespace. */
int vs_network_make(struct vs *vs, const struct vs_network *network, uint32_t xid, pid_t init);

/* guard.c: from now on what comes in by the interface is the guest's, or dropped.
 * @mac: the guest's. */
int vs_guard_attach(struct vs *vs, uint32_t xid, const uint8_t *mac, unsigned int index);
/* Nothing is left of what was counted. */
int vs_guard_forget(struct vs *vs, uint32_t xid);

/*
 * rtnl.c: the routing netlink of the namespace in which the socket was made.  Each
 * failure but those that are named has its reason in @vs.
 */
struct nl_sock *vs_rtnl_open(struct vs *vs);
void vs_rtnl_close(struct nl_sock **sock);
#define _cleanup_rtnl_ __attribute__((cleanup(vs_rtnl_close)))

/* A pair, the other end in the network namespace of @pid. */
struct vs_pair {
	const char *name, *peer;
	uint8_t mac[ETH_ALEN], peer_mac[ETH_ALEN];
	pid_t pid;
};
int vs_rtnl_add_pair(struct vs *vs, struct nl_sock *sock, const struct vs_pair *pair);
/* 0 also where there is none, or it is none that we make. */
int vs_rtnl_delete(struct vs *vs, struct nl_sock *sock, const char *name);
/* Its number, or a negative errno. */
int vs_rtnl_index(struct vs *vs, struct nl_sock *sock, const char *name);
int vs_rtnl_up(struct vs *vs, struct nl_sock *sock, int index);
/* @flags: IFA_F_*; @scope: RT_SCOPE_*, of IPv4. */
int vs_rtnl_add_address(struct vs *vs, struct nl_sock *sock, int index,
			const struct vs_address *address, unsigned int prefix,
			unsigned int flags, int scope);
/* To @to alone, or where it is NULL to everybody; by @gateway, or where it is NULL
 * to who is there. */
int vs_rtnl_add_route(struct vs *vs, struct nl_sock *sock, int index,
		      const struct vs_address *to, const struct vs_address *gateway);

#endif /* VS_NETWORK_H */
