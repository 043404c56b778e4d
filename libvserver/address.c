// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Addresses: how they are written, whether this host has one, and adding and
 * removing them on its interfaces.  Which addresses a context may use is in
 * the table (context.c).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <string.h>
#include <sys/socket.h>

#include "private.h"

int vs_address_parse(const char *text, struct vs_address *ret)
{
	struct vs_address a = {};

	if (inet_pton(AF_INET, text, &a.ip4) == 1)
		a.family = AF_INET;
	else if (inet_pton(AF_INET6, text, &a.ip6) == 1)
		a.family = AF_INET6;
	else
		return -EINVAL;
	*ret = a;
	return 0;
}

static const void *bytes_of(const struct vs_address *address, socklen_t *ret_size)
{
	*ret_size = address->family == AF_INET ? sizeof(address->ip4) : sizeof(address->ip6);
	return address->family == AF_INET ? (const void *)&address->ip4 : &address->ip6;
}

void vs_address_format(const struct vs_address *address, char *ret)
{
	socklen_t size;

	if (!inet_ntop(address->family, bytes_of(address, &size), ret, INET6_ADDRSTRLEN))
		*ret = '\0';
}

/* Of one host: neither any nor all nor a group.  A bind takes those, too. */
static bool is_unicast(const struct vs_address *address)
{
	in_addr_t ip4 = ntohl(address->ip4.s_addr);

	if (address->family == AF_INET)
		return ip4 != INADDR_ANY && ip4 != INADDR_BROADCAST && !IN_MULTICAST(ip4);
	return !IN6_IS_ADDR_UNSPECIFIED(&address->ip6) && !IN6_IS_ADDR_MULTICAST(&address->ip6);
}

/* The kernel knows best: a bind to an address that is not there fails. */
int vs_address_is_local(const struct vs_address *address)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr = address->ip4 };
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6, .sin6_addr = address->ip6 };
	_cleanup_close_ int fd = -1;
	int off = 0, level, option, r;

	if (!is_unicast(address))
		return 0;
	fd = socket(address->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno == EAFNOSUPPORT ? 0 : -errno;

	/* ip_nonlocal_bind would make every address look like ours. */
	level = address->family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
	option = address->family == AF_INET ? IP_FREEBIND : IPV6_FREEBIND;
	setsockopt(fd, level, option, &off, sizeof(off));
	r = address->family == AF_INET ?
	    bind(fd, (struct sockaddr *)&sin, sizeof(sin)) :
	    bind(fd, (struct sockaddr *)&sin6, sizeof(sin6));
	if (r == 0)
		return 1;
	return errno == EADDRNOTAVAIL || errno == EINVAL ? 0 : -errno;
}

/* --- on an interface --------------------------------------------------------------- */

static void cleanup_socket(struct nl_sock **sock)
{
	if (*sock)
		nl_socket_free(*sock);
}

static void cleanup_addr(struct rtnl_addr **addr)
{
	if (*addr)
		rtnl_addr_put(*addr);
}

#define _cleanup_socket_	__attribute__((cleanup(cleanup_socket)))
#define _cleanup_addr_		__attribute__((cleanup(cleanup_addr)))

static int make_addr(const struct vs_address *address, unsigned int prefix,
		     unsigned int index, struct rtnl_addr **ret)
{
	_cleanup_addr_ struct rtnl_addr *addr = rtnl_addr_alloc();
	struct nl_addr *local;
	socklen_t size;
	const void *bytes = bytes_of(address, &size);

	local = nl_addr_build(address->family, bytes, size);
	if (!addr || !local) {
		nl_addr_put(local);
		return -ENOMEM;
	}
	nl_addr_set_prefixlen(local, (int)prefix);
	rtnl_addr_set_ifindex(addr, (int)index);
	rtnl_addr_set_local(addr, local);
	rtnl_addr_set_prefixlen(addr, (int)prefix);
	nl_addr_put(local);
	/* It is asked for now, so it is used now; others were asked before. */
	if (address->family == AF_INET6)
		rtnl_addr_set_flags(addr, IFA_F_NODAD);
	*ret = TAKE_PTR(addr);
	return 0;
}

static int errno_of(int nl_error)
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
	}
	return -EIO;
}

static int change(struct vs *vs, const struct vs_address *address, unsigned int prefix,
		  const char *dev, bool add)
{
	_cleanup_socket_ struct nl_sock *sock = NULL;
	_cleanup_addr_ struct rtnl_addr *addr = NULL;
	unsigned int index = if_nametoindex(dev);
	char text[INET6_ADDRSTRLEN];
	int r;

	vs_address_format(address, text);
	if (!index)
		return vs_fail(vs, -ENODEV, "there is no interface '%s'", dev);
	if (prefix > (address->family == AF_INET ? 32 : 128))
		return vs_fail(vs, -EINVAL, "/%u is too long a prefix for %s", prefix, text);
	sock = nl_socket_alloc();
	if (!sock)
		return vs_fail_errno(vs, -ENOMEM, "netlink");
	r = make_addr(address, prefix, index, &addr);
	if (r < 0)
		return vs_fail_errno(vs, r, "netlink");
	r = nl_connect(sock, NETLINK_ROUTE);
	if (r >= 0)
		r = add ? rtnl_addr_add(sock, addr, NLM_F_CREATE | NLM_F_EXCL) :
			  rtnl_addr_delete(sock, addr, 0);
	if (r >= 0)
		return 0;
	return vs_fail(vs, errno_of(r), "%s %s/%u %s %s: %s", add ? "adding" : "removing",
		       text, prefix, add ? "to" : "from", dev, nl_geterror(r));
}

int vs_address_add(struct vs *vs, const struct vs_address *address,
		   unsigned int prefix, const char *dev)
{
	return change(vs, address, prefix, dev, true);
}

int vs_address_remove(struct vs *vs, const struct vs_address *address,
		      unsigned int prefix, const char *dev)
{
	return change(vs, address, prefix, dev, false);
}
