// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Addresses: how they are written, whether this host has one, and adding and
 * removing them on its interfaces; where one is, address_host.c finds out.
 * Which addresses a context may use is in the table (context.c).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/route.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "private.h"
#include "rtnl.h"

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

static bool is_network(const struct vs_address *address, unsigned long prefix)
{
	socklen_t size;
	const uint8_t *bytes = bytes_of(address, &size);

	for (unsigned long bit = prefix; bit < size * 8; bit++)
		if (bytes[bit / 8] & 0x80 >> bit % 8)
			return false;
	return true;
}

static int parse_prefix(const char *text, struct vs_address *address)
{
	unsigned long prefix, most = address->family == AF_INET ? 32 : 128;
	char *end;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	prefix = strtoul(text, &end, 10);
	if (*end || !prefix || prefix > most)
		return -EINVAL;
	if (prefix < most && is_network(address, prefix))
		address->prefix = prefix;
	return 0;
}

static int parse_last(const char *text, struct vs_address *address)
{
	struct vs_address last;
	socklen_t size;
	const void *first = bytes_of(address, &size);

	if (vs_address_parse(text, &last) < 0 || last.family != address->family ||
	    memcmp(first, bytes_of(&last, &size), size) > 0)
		return -EINVAL;
	address->has_last = true;
	address->last6 = last.ip6;
	return 0;
}

int vs_address_parse_set(const char *text, struct vs_address *ret)
{
	size_t n = strcspn(text, "/-");
	char first[INET6_ADDRSTRLEN];
	struct vs_address a;
	int r;

	if (n >= sizeof(first))
		return -EINVAL;
	memcpy(first, text, n);
	first[n] = '\0';
	r = vs_address_parse(first, &a);
	if (!r && text[n] == '/')
		r = parse_prefix(text + n + 1, &a);
	else if (!r && text[n] == '-')
		r = parse_last(text + n + 1, &a);
	if (!r)
		*ret = a;
	return r;
}

void vs_address_format(const struct vs_address *address, char *ret)
{
	socklen_t size;

	if (!inet_ntop(address->family, bytes_of(address, &size), ret, INET6_ADDRSTRLEN)) {
		*ret = '\0';
		return;
	}
	ret += strlen(ret);
	if (address->prefix) {
		sprintf(ret, "/%u", address->prefix);
	} else if (address->has_last) {
		*ret++ = '-';
		inet_ntop(address->family, &address->last6, ret, INET6_ADDRSTRLEN);
	}
}

/* Of one host: neither any nor all nor a group.  What is IPv4 is written so. */
bool vs_address_is_unicast(const struct vs_address *address)
{
	in_addr_t ip4 = ntohl(address->ip4.s_addr);

	if (address->family == AF_INET)
		return ip4 >> IN_CLASSA_NSHIFT && ip4 != INADDR_BROADCAST && !IN_MULTICAST(ip4);
	return !IN6_IS_ADDR_UNSPECIFIED(&address->ip6) &&
	       !IN6_IS_ADDR_MULTICAST(&address->ip6) && !IN6_IS_ADDR_V4MAPPED(&address->ip6);
}

/* --- netlink ----------------------------------------------------------------------- */

/*
 * The kernel's own routes know best: to what is ours it delivers itself.  A
 * bind would not tell: with ip_nonlocal_bind every address looks like ours.
 */
int vs_address_is_local(const struct vs_address *address)
{
	_cleanup_socket_ struct nl_sock *sock = NULL;
	_cleanup_nl_addr_ struct nl_addr *destination = NULL;
	_cleanup_route_ struct rtnl_route *route = NULL;
	int r;

	if (!vs_address_is_unicast(address))
		return 0;
	sock = nl_socket_alloc();
	destination = vs_nl_addr_build(address);
	if (!sock || !destination)
		return -ENOMEM;
	r = nl_connect(sock, NETLINK_ROUTE);
	if (r < 0)
		return vs_errno_of_nl(r);
	r = rtnl_route_lookup(sock, destination, &route);
	if (r == -NLE_NOMEM || r == -NLE_PERM)
		return vs_errno_of_nl(r);
	/* Without a route at all it is not ours either. */
	return r >= 0 && rtnl_route_get_type(route) == RTN_LOCAL;
}

/* --- on an interface --------------------------------------------------------------- */

/*
 * Whether another machine has an address of IPv6, the kernel asks on the wire.
 * Where there is none nobody can be asked: it would wait for a cable, and the
 * address could not be used meanwhile.
 */
static bool can_be_asked(const char *dev)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {};

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", dev);
	return fd >= 0 && ioctl(fd, SIOCGIFFLAGS, &request) == 0 &&
	       request.ifr_flags & IFF_UP && request.ifr_flags & IFF_RUNNING;
}

static int make_addr(const struct vs_address *address, const struct vs_place *place,
		     struct rtnl_addr **ret)
{
	_cleanup_addr_ struct rtnl_addr *addr = rtnl_addr_alloc();
	_cleanup_nl_addr_ struct nl_addr *local = vs_nl_addr_build(address);

	if (!addr || !local)
		return -ENOMEM;
	nl_addr_set_prefixlen(local, (int)place->prefix);
	rtnl_addr_set_ifindex(addr, (int)if_nametoindex(place->dev));
	rtnl_addr_set_local(addr, local);
	rtnl_addr_set_prefixlen(addr, (int)place->prefix);
	if (address->family == AF_INET && *place->label &&
	    rtnl_addr_set_label(addr, place->label) < 0)
		return -EINVAL;
	if (address->family == AF_INET6 && (place->no_dad || !can_be_asked(place->dev)))
		rtnl_addr_set_flags(addr, IFA_F_NODAD);
	*ret = TAKE_PTR(addr);
	return 0;
}

/* Marked as put there by VServer: of IPv6 there is no label to say so. */
static int send_add(struct nl_sock *sock, struct rtnl_addr *addr)
{
	struct nl_msg *msg = NULL;
	int r = rtnl_addr_build_add_request(addr, NLM_F_CREATE | NLM_F_EXCL, &msg);

	if (r < 0)
		return r;
	r = nla_put_u8(msg, IFA_PROTO, VS_ADDRESS_PROTO);
	if (r >= 0)
		r = nl_send_auto(sock, msg);
	nlmsg_free(msg);
	return r < 0 ? r : nl_wait_for_ack(sock);
}

static int change(struct vs *vs, const struct vs_address *address,
		  const struct vs_place *place, bool add)
{
	_cleanup_socket_ struct nl_sock *sock = NULL;
	_cleanup_addr_ struct rtnl_addr *addr = NULL;
	char text[INET6_ADDRSTRLEN];
	int r;

	vs_address_format(address, text);
	if (!if_nametoindex(place->dev))
		return vs_fail(vs, -ENODEV, "there is no interface '%s'", place->dev);
	if (place->prefix > (address->family == AF_INET ? 32 : 128))
		return vs_fail(vs, -EINVAL, "/%u is too long a prefix for %s", place->prefix, text);
	sock = nl_socket_alloc();
	if (!sock)
		return vs_fail_errno(vs, -ENOMEM, "netlink");
	r = make_addr(address, place, &addr);
	if (r < 0)
		return vs_fail_errno(vs, r, "netlink");
	r = nl_connect(sock, NETLINK_ROUTE);
	if (r >= 0)
		r = add ? send_add(sock, addr) : rtnl_addr_delete(sock, addr, 0);
	if (r >= 0)
		return 0;
	return vs_fail(vs, vs_errno_of_nl(r), "%s %s/%u %s %s: %s",
		       add ? "adding" : "removing", text,
		       place->prefix, add ? "to" : "from", place->dev, nl_geterror(r));
}

int vs_address_add(struct vs *vs, const struct vs_address *address,
		   const struct vs_place *place)
{
	return change(vs, address, place, true);
}

/*
 * The first IPv4 address of a network takes the others with it when it goes,
 * unless they are promoted: they are other guests' or the host's.  Set where
 * it counts, for it may have been changed since the address was added.
 */
static int keep_others(struct vs *vs, const char *dev)
{
	static const char directory[] = "/proc/sys/net/ipv4/conf";
	_cleanup_close_ int conf = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	char file[IFNAMSIZ + sizeof("/promote_secondaries")];
	int r;

	snprintf(file, sizeof(file), "%.*s/promote_secondaries", IFNAMSIZ - 1, dev);
	r = conf < 0 ? -errno : vs_write_file(conf, file, "1");
	if (r == -ENOENT && !if_nametoindex(dev))
		return 0;
	return r < 0 ? vs_fail_errno(vs, r, "writing %s/%s", directory, file) : 0;
}

int vs_address_remove(struct vs *vs, const struct vs_address *address,
		      unsigned int prefix, const char *dev)
{
	struct vs_place place = { .prefix = prefix };

	snprintf(place.dev, sizeof(place.dev), "%s", dev);
	if (address->family == AF_INET && prefix < 32) {
		int r = keep_others(vs, dev);

		if (r < 0)
			return r;
	}
	return change(vs, address, &place, false);
}
