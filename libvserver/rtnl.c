// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Interfaces, addresses and routes of a guest's own network, one change a
 * function.  Which are made, and in what order, is network.c's.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/veth.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <string.h>

#include "network.h"
#include "private.h"
#include "rtnl.h"

/* 0, or what the kernel said to the attempt. */
static int outcome(struct vs *vs, int nl_error, const char *what, const char *name)
{
	if (nl_error >= 0)
		return 0;
	return vs_fail(vs, vs_errno_of_nl(nl_error), "%s %s: %s", what, name, nl_geterror(nl_error));
}

static int no_memory(struct vs *vs)
{
	return vs_fail_errno(vs, -ENOMEM, "netlink");
}

struct nl_sock *vs_rtnl_open(struct vs *vs)
{
	struct nl_sock *sock = nl_socket_alloc();

	if (!sock) {
		no_memory(vs);
		return NULL;
	}
	if (outcome(vs, nl_connect(sock, NETLINK_ROUTE), "opening", "netlink") == 0)
		return sock;
	nl_socket_free(sock);
	return NULL;
}

void vs_rtnl_close(struct nl_sock **sock)
{
	if (*sock)
		nl_socket_free(*sock);
}

/* --- interfaces ----------------------------------------------------------------- */

static int set_mac(struct rtnl_link *link, const uint8_t *mac)
{
	_cleanup_nl_addr_ struct nl_addr *addr = nl_addr_build(AF_LLC, mac, ETH_ALEN);

	if (!addr)
		return -ENOMEM;
	rtnl_link_set_addr(link, addr);
	return 0;
}

int vs_rtnl_add_pair(struct vs *vs, struct nl_sock *sock, const struct vs_pair *pair)
{
	_cleanup_link_ struct rtnl_link *link = rtnl_link_veth_alloc();
	_cleanup_link_ struct rtnl_link *peer = link ? rtnl_link_veth_get_peer(link) : NULL;

	if (!peer || set_mac(link, pair->mac) < 0 || set_mac(peer, pair->peer_mac) < 0)
		return no_memory(vs);
	rtnl_link_set_name(link, pair->name);
	rtnl_link_set_name(peer, pair->peer);
	rtnl_link_set_ns_pid(peer, pair->pid);
	return outcome(vs, rtnl_link_add(sock, link, NLM_F_CREATE | NLM_F_EXCL),
		       "making the interface", pair->name);
}

int vs_rtnl_delete(struct vs *vs, struct nl_sock *sock, const char *name)
{
	_cleanup_link_ struct rtnl_link *link = NULL;
	const char *type;
	int r = vs_errno_of_nl(rtnl_link_get_kernel(sock, 0, name, &link));

	if (!link)
		return r == -ENODEV ? 0 : vs_fail_errno(vs, r, "looking for the interface %s", name);
	type = rtnl_link_get_type(link);
	if (!type || strcmp(type, "veth") != 0)
		return 0;
	r = rtnl_link_delete(sock, link);
	if (r < 0 && vs_errno_of_nl(r) == -ENODEV)	/* with its other end, meanwhile */
		return 0;
	return outcome(vs, r, "removing the interface", name);
}

int vs_rtnl_index(struct vs *vs, struct nl_sock *sock, const char *name)
{
	_cleanup_link_ struct rtnl_link *link = NULL;
	int r = rtnl_link_get_kernel(sock, 0, name, &link);

	r = outcome(vs, r, "looking for the interface", name);
	return r < 0 ? r : rtnl_link_get_ifindex(link);
}

/* With the flags that it has: libnl sets all of them anew. */
int vs_rtnl_up(struct vs *vs, struct nl_sock *sock, int index)
{
	_cleanup_link_ struct rtnl_link *link = NULL, *change = rtnl_link_alloc();
	int r;

	if (!change)
		return no_memory(vs);
	r = rtnl_link_get_kernel(sock, index, NULL, &link);
	if (r >= 0) {
		rtnl_link_set_flags(change, IFF_UP);
		r = rtnl_link_change(sock, link, change, 0);
	}
	return outcome(vs, r, "setting up", "an interface");
}

/* --- addresses and routes ----------------------------------------------------------- */

int vs_rtnl_add_address(struct vs *vs, struct nl_sock *sock, int index,
			const struct vs_address *address, unsigned int prefix,
			unsigned int flags, int scope)
{
	_cleanup_addr_ struct rtnl_addr *addr = rtnl_addr_alloc();
	_cleanup_nl_addr_ struct nl_addr *local = vs_nl_addr_build(address);
	char text[INET6_ADDRSTRLEN];

	if (!addr || !local)
		return no_memory(vs);
	nl_addr_set_prefixlen(local, (int)prefix);
	rtnl_addr_set_ifindex(addr, index);
	rtnl_addr_set_local(addr, local);
	rtnl_addr_set_prefixlen(addr, (int)prefix);
	rtnl_addr_set_flags(addr, flags);
	if (address->family == AF_INET)
		rtnl_addr_set_scope(addr, scope);
	vs_address_format(address, text);
	return outcome(vs, rtnl_addr_add(sock, addr, NLM_F_CREATE | NLM_F_EXCL), "adding", text);
}

static struct nl_addr *everybody(int family)
{
	static const struct in6_addr any;
	struct nl_addr *addr;

	addr = nl_addr_build(family, &any,
			     family == AF_INET ? sizeof(struct in_addr) : sizeof(any));
	if (addr)
		nl_addr_set_prefixlen(addr, 0);
	return addr;
}

int vs_rtnl_add_route(struct vs *vs, struct nl_sock *sock, int index,
		      const struct vs_address *to, const struct vs_address *gateway)
{
	const int family = to ? to->family : gateway->family;
	_cleanup_nl_addr_ struct nl_addr *destination =
		to ? vs_nl_addr_build(to) : everybody(family);
	_cleanup_nl_addr_ struct nl_addr *by = gateway ? vs_nl_addr_build(gateway) : NULL;
	_cleanup_route_ struct rtnl_route *route = rtnl_route_alloc();
	struct rtnl_nexthop *hop = rtnl_route_nh_alloc();
	char text[INET6_ADDRSTRLEN] = "everybody";

	if (!destination || (gateway && !by) || !route || !hop) {
		if (hop)
			rtnl_route_nh_free(hop);
		return no_memory(vs);
	}
	if (to)
		vs_address_format(to, text);
	rtnl_route_nh_set_ifindex(hop, index);
	if (by)
		rtnl_route_nh_set_gateway(hop, by);
	rtnl_route_set_family(route, (uint8_t)family);
	rtnl_route_set_dst(route, destination);
	rtnl_route_set_table(route, RT_TABLE_MAIN);
	rtnl_route_set_protocol(route, RTPROT_STATIC);
	rtnl_route_set_scope(route, gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK);
	rtnl_route_set_type(route, RTN_UNICAST);
	rtnl_route_add_nexthop(route, hop);	/* which is the route's now */
	return outcome(vs, rtnl_route_add(sock, route, NLM_F_CREATE | NLM_F_EXCL),
		       "making the route to", text);
}
