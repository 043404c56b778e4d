/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What whoever uses libnl needs: its objects end with the block that has them, its
 * errors are errnos.
 */
#ifndef VS_RTNL_H
#define VS_RTNL_H

#include <errno.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/neighbour.h>
#include <netlink/route/route.h>

#include "vserver.h"

static inline void vs_nl_socket_cleanup(struct nl_sock **sock)
{
	if (*sock)
		nl_socket_free(*sock);
}

static inline void vs_nl_addr_cleanup(struct nl_addr **addr)
{
	nl_addr_put(*addr);
}

static inline void vs_rtnl_addr_cleanup(struct rtnl_addr **addr)
{
	if (*addr)
		rtnl_addr_put(*addr);
}

static inline void vs_rtnl_link_cleanup(struct rtnl_link **link)
{
	if (*link)
		rtnl_link_put(*link);
}

static inline void vs_rtnl_route_cleanup(struct rtnl_route **route)
{
	if (*route)
		rtnl_route_put(*route);
}

#define _cleanup_socket_	__attribute__((cleanup(vs_nl_socket_cleanup)))
#define _cleanup_nl_addr_	__attribute__((cleanup(vs_nl_addr_cleanup)))
#define _cleanup_addr_		__attribute__((cleanup(vs_rtnl_addr_cleanup)))
#define _cleanup_link_		__attribute__((cleanup(vs_rtnl_link_cleanup)))
#define _cleanup_route_		__attribute__((cleanup(vs_rtnl_route_cleanup)))

static inline int vs_errno_of_nl(int nl_error)
{
	switch (-nl_error) {
	case NLE_EXIST:
		return -EEXIST;
	case NLE_NODEV:
	case NLE_OBJ_NOTFOUND:
		return -ENODEV;
	case NLE_PERM:
	case NLE_NOACCESS:
		return -EPERM;
	case NLE_NOADDR:
		return -EADDRNOTAVAIL;
	case NLE_NOMEM:
		return -ENOMEM;
	case NLE_INVAL:
		return -EINVAL;
	case NLE_OPNOTSUPP:
		return -EOPNOTSUPP;
	}
	return -EIO;
}

/* free: _cleanup_nl_addr_; NULL: no memory. */
static inline struct nl_addr *vs_nl_addr_build(const struct vs_address *address)
{
	if (address->family == AF_INET)
		return nl_addr_build(AF_INET, &address->ip4, sizeof(address->ip4));
	return nl_addr_build(AF_INET6, &address->ip6, sizeof(address->ip6));
}

#endif /* VS_RTNL_H */
