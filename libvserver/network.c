// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's own network: a namespace in which it has its loopback and, unless it
 * is to have no other, one interface.
 *
 *	guest				host
 *	eth0 ------------ veth -------- v49152-web
 *	  its addresses			  169.254.1.1/32, fe80::1/64
 *	  default via 169.254.1.1	  a route to each address of the guest
 *	  default via fe80::1
 *
 * There is no bridge: the host routes, and guests meet as routed hosts do.  The
 * two addresses of the host's end are the same on each, and of no network; what
 * is asked by ARP and neighbour discovery either end answers for itself.  The
 * prefix that an address has inside is for looks: no network is behind eth0 but
 * the host.
 *
 * The host's end is not up before the guard (guard.c) stands in front of it.  It
 * takes no router advertisements and no redirects, and answers by the way that it
 * was asked (rp_filter).  Whether packets are passed on is the administrator's
 * choice, and so are the firewall and who else is told where the guest is.
 *
 * Everything goes with the host's end, and that with the guest's namespace.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "network.h"
#include "private.h"

#define INSIDE		"eth0"
#define SYSCTLS		"/proc/sys/net"

void vs_network_name(uint32_t xid, const char *name, char (*ret)[IFNAMSIZ])
{
	char whole[16 + VS_NAME_MAX];

	snprintf(whole, sizeof(whole), "v%u-%s", xid, name);
	snprintf(*ret, sizeof(*ret), "%.*s", IFNAMSIZ - 1, whole);
}

/* Of the guest, or of the host's end: local ones, by the context's number. */
static void make_mac(uint8_t *ret, uint32_t xid, bool host)
{
	const uint8_t mac[ETH_ALEN] = { 0x02, 'v', 's', host, (uint8_t)(xid >> 8), (uint8_t)xid };

	memcpy(ret, mac, sizeof(mac));
}

static struct vs_address gateway_of(int family)
{
	struct vs_address address = {};

	vs_address_parse(family == AF_INET ? "169.254.1.1" : "fe80::1", &address);
	return address;
}

static bool has_family(const struct vs_network *network, int family)
{
	for (size_t i = 0; i < network->n_addresses; i++)
		if (network->addresses[i].address.family == family)
			return true;
	return false;
}

/* --- settings of the kernel ------------------------------------------------------- */

struct sysctl {
	int family;
	const char *name, *value;
};

/* In the network namespace of the caller.  Of a family that the kernel does not
 * have there are none. */
static int set_sysctls(struct vs *vs, const char *interface, const struct sysctl *sysctls)
{
	char path[128];
	int r = 0;

	for (const struct sysctl *s = sysctls; s->name && !r; s++) {
		snprintf(path, sizeof(path), SYSCTLS "/ipv%d/conf/%s/%s",
			 s->family == AF_INET ? 4 : 6, interface, s->name);
		r = vs_write_file(AT_FDCWD, path, s->value);
		if (r == -ENOENT && s->family == AF_INET6)
			r = 0;
		if (r < 0)
			return vs_fail_errno(vs, r, "writing %s", path);
	}
	return r;
}

/* --- the host's end ---------------------------------------------------------------- */

/* That of IPv4 is in a scope in which it is nobody's source: what the host says comes
 * from an address that it has elsewhere. */
static int add_gateway(struct vs *vs, struct nl_sock *sock, int index, int family)
{
	const struct vs_address gateway = gateway_of(family);

	return vs_rtnl_add_address(vs, sock, index, &gateway, family == AF_INET ? 32 : 64,
				   family == AF_INET ? 0 : IFA_F_NODAD, RT_SCOPE_HOST);
}

static int set_up_host(struct vs *vs, struct nl_sock *sock, const struct vs_network *network,
		       int index)
{
	static const struct sysctl sysctls[] = {
		{ AF_INET, "rp_filter", "1" },
		{ AF_INET, "accept_redirects", "0" },
		{ AF_INET6, "addr_gen_mode", "1" },	/* none: it has fe80::1 */
		{ AF_INET6, "accept_ra", "0" },
		{ AF_INET6, "autoconf", "0" },
		{ AF_INET6, "accept_redirects", "0" },
		{}
	};
	static const struct sysctl has_ip6[] = { { AF_INET6, "disable_ipv6", "0" }, {} };
	static const struct sysctl no_ip6[] = { { AF_INET6, "disable_ipv6", "1" }, {} };
	bool ip6 = has_family(network, AF_INET6);
	int r = set_sysctls(vs, network->interface, sysctls);

	if (!r)
		r = set_sysctls(vs, network->interface, ip6 ? has_ip6 : no_ip6);
	if (!r)
		r = vs_rtnl_up(vs, sock, index);
	if (!r && has_family(network, AF_INET))
		r = add_gateway(vs, sock, index, AF_INET);
	if (!r && ip6)
		r = add_gateway(vs, sock, index, AF_INET6);
	for (size_t i = 0; i < network->n_addresses && !r; i++)
		r = vs_rtnl_add_route(vs, sock, index, &network->addresses[i].address, NULL);
	return r;
}

/* Of a boot before, the namespace may not have gone yet. */
static int make_host(struct vs *vs, const struct vs_network *network, uint32_t xid, pid_t init)
{
	_cleanup_rtnl_ struct nl_sock *sock = vs_rtnl_open(vs);
	struct vs_pair pair = { .name = network->interface, .peer = INSIDE, .pid = init };
	int r, index = -1;

	if (!sock)
		return -EIO;
	make_mac(pair.mac, xid, true);
	make_mac(pair.peer_mac, xid, false);
	r = vs_rtnl_delete(vs, sock, network->interface);
	if (!r)
		r = vs_rtnl_add_pair(vs, sock, &pair);
	if (!r)
		index = r = vs_rtnl_index(vs, sock, network->interface);
	if (r < 0)
		return r;
	r = vs_guard_attach(vs, xid, pair.peer_mac, (unsigned int)index);
	if (!r)
		r = set_up_host(vs, sock, network, index);
	if (r < 0)
		vs_rtnl_delete(NULL, sock, network->interface);
	return r;
}

/* --- inside ------------------------------------------------------------------------- */

static int add_default(struct vs *vs, struct nl_sock *sock, int index, int family)
{
	const struct vs_address gateway = gateway_of(family);
	int r = 0;

	if (family == AF_INET)		/* the other is link-local, which has a route */
		r = vs_rtnl_add_route(vs, sock, index, &gateway, NULL);
	return r ?: vs_rtnl_add_route(vs, sock, index, NULL, &gateway);
}

/* Nobody else can have its addresses: they are routed to it. */
static int set_up_guest(struct vs *vs, struct nl_sock *sock, const struct vs_network *network)
{
	static const struct sysctl sysctls[] = {
		{ AF_INET6, "accept_dad", "0" },
		{ AF_INET6, "accept_ra", "0" },
		{}
	};
	static const struct sysctl has_ip6[] = { { AF_INET6, "disable_ipv6", "0" }, {} };
	int index = vs_rtnl_index(vs, sock, INSIDE), r;

	if (index < 0)
		return index;
	r = set_sysctls(vs, INSIDE, sysctls);
	if (!r && has_family(network, AF_INET6))
		r = set_sysctls(vs, INSIDE, has_ip6);
	if (!r)
		r = vs_rtnl_up(vs, sock, index);
	for (size_t i = 0; i < network->n_addresses && !r; i++)
		r = vs_rtnl_add_address(vs, sock, index, &network->addresses[i].address,
					network->addresses[i].prefix,
					IFA_F_NODAD | IFA_F_NOPREFIXROUTE, RT_SCOPE_UNIVERSE);
	if (!r && has_family(network, AF_INET))
		r = add_default(vs, sock, index, AF_INET);
	if (!r && has_family(network, AF_INET6))
		r = add_default(vs, sock, index, AF_INET6);
	return r;
}

static int join(struct vs *vs, pid_t init)
{
	_cleanup_close_ int net = -1;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", init);
	net = open(path, O_RDONLY | O_CLOEXEC);
	if (net < 0 || setns(net, CLONE_NEWNET) < 0)
		return vs_fail_errno(vs, -errno, "joining the guest's network");
	return 0;
}

/* By whatever group, as on the host where systemd says so: it does not say it here. */
static int let_ping(struct vs *vs)
{
	static const char path[] = SYSCTLS "/ipv4/ping_group_range";
	int r = vs_write_file(AT_FDCWD, path, "0 2147483647");

	return r < 0 ? vs_fail_errno(vs, r, "writing %s", path) : 0;
}

int vs_network_make(struct vs *vs, const struct vs_network *network, uint32_t xid, pid_t init)
{
	_cleanup_rtnl_ struct nl_sock *sock = NULL;
	int r = network->interface ? make_host(vs, network, xid, init) : 0, index;

	if (!r)
		r = join(vs, init);
	if (!r)
		r = let_ping(vs);
	if (r < 0)
		return r;
	sock = vs_rtnl_open(vs);
	if (!sock)
		return -EIO;
	index = vs_rtnl_index(vs, sock, "lo");
	r = index < 0 ? index : vs_rtnl_up(vs, sock, index);
	return r || !network->interface ? r : set_up_guest(vs, sock, network);
}

int vs_network_remove(struct vs *vs, uint32_t xid, const char *interface)
{
	_cleanup_rtnl_ struct nl_sock *sock = vs_rtnl_open(vs);
	int r = sock ? vs_rtnl_delete(vs, sock, interface) : -EIO;

	return r ?: vs_guard_forget(vs, xid);
}
