// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Addresses behind this host for which it answers on an interface, by ARP and
 * neighbour discovery, as if they were its own: whoever is in that network sends
 * to the host what is for a guest with a network of its own.  The kernel answers
 * where it forwards, and the way there is another interface.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/neighbour.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/neighbour.h>
#include <string.h>

#include "network.h"
#include "private.h"
#include "rtnl.h"

static void cleanup_neigh(struct rtnl_neigh **neigh)
{
	if (*neigh)
		rtnl_neigh_put(*neigh);
}

/* IPv6 wants it said for the interface; it is left so, for it says nothing by itself. */
static int let_answer(struct vs *vs, const char *dev)
{
	char path[64 + IFNAMSIZ];
	int r;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%.*s/proxy_ndp", IFNAMSIZ - 1, dev);
	r = vs_write_file(AT_FDCWD, path, "1");
	return r < 0 ? vs_fail_errno(vs, r, "writing %s", path) : 0;
}

/* 1: it does already, by somebody's wish; 0; or a negative errno.  The kernel would
 * not tell who asks for it once more. */
static int does_answer(struct vs *vs, const struct vs_address *address, const char *dev)
{
	_cleanup_nl_addr_ struct nl_addr *to = vs_nl_addr_build(address);
	struct ndmsg neighbour = { .ndm_family = address->family, .ndm_flags = NTF_PROXY,
				   .ndm_ifindex = (int)if_nametoindex(dev) };
	_cleanup_rtnl_ struct nl_sock *sock = vs_rtnl_open(vs);
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETNEIGH, 0);
	int r = -NLE_NOMEM;

	if (sock && to && msg &&
	    nlmsg_append(msg, &neighbour, sizeof(neighbour), NLMSG_ALIGNTO) == 0 &&
	    nla_put_addr(msg, NDA_DST, to) == 0)
		r = nl_send_auto(sock, msg);
	nlmsg_free(msg);
	if (r >= 0)
		r = nl_recvmsgs_default(sock);
	if (r == -NLE_OBJ_NOTFOUND)
		return 0;
	return r < 0 ? vs_fail(vs, -EIO, "looking whether it answers on %s: %s", dev,
			       nl_geterror(r)) : 1;
}

static int change(struct vs *vs, const struct vs_address *address, const char *dev, bool add)
{
	__attribute__((cleanup(cleanup_neigh))) struct rtnl_neigh *neigh = rtnl_neigh_alloc();
	_cleanup_nl_addr_ struct nl_addr *to = vs_nl_addr_build(address);
	_cleanup_rtnl_ struct nl_sock *sock = vs_rtnl_open(vs);
	unsigned int index = if_nametoindex(dev);
	char text[INET6_ADDRSTRLEN];
	int r;

	vs_address_format(address, text);
	if (!index)
		return vs_fail(vs, -ENODEV, "there is no interface '%s'", dev);
	if (!neigh || !to || !sock)
		return vs_fail_errno(vs, -ENOMEM, "netlink");
	rtnl_neigh_set_ifindex(neigh, (int)index);
	rtnl_neigh_set_family(neigh, address->family);
	rtnl_neigh_set_dst(neigh, to);
	rtnl_neigh_set_flags(neigh, NTF_PROXY);
	r = add ? rtnl_neigh_add(sock, neigh, NLM_F_CREATE) : rtnl_neigh_delete(sock, neigh, 0);
	if (r == -NLE_OBJ_NOTFOUND && !add)
		return -ENOENT;
	return r < 0 ? vs_fail(vs, -EIO, "%s for %s on %s: %s", add ? "answering" :
			       "ceasing to answer", text, dev, nl_geterror(r)) : 0;
}

int vs_proxy_add(struct vs *vs, const struct vs_address *address, const char *dev)
{
	int r = if_nametoindex(dev) ? does_answer(vs, address, dev) : 0;

	if (r > 0)
		return -EEXIST;
	if (!r && address->family == AF_INET6)
		r = let_answer(vs, dev);
	return r ?: change(vs, address, dev, true);
}

int vs_proxy_remove(struct vs *vs, const struct vs_address *address, const char *dev)
{
	return change(vs, address, dev, false);
}
