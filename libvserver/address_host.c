// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Where on this host an address is, and when it can be used.  Nothing is
 * changed here.
 *
 * An address of IPv6 that has been added is tentative while the kernel asks the
 * network whether another machine has it (duplicate address detection), and
 * nobody can bind to it.  The kernel tells of the end by a notification: it is
 * listened to first, then asked for what is so already, so that nothing is missed
 * and nothing is polled.
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "private.h"
#include "rtnl.h"

/* What is looked for, and what was seen of it. */
struct look {
	const struct vs_address *address;
	unsigned int index;	/* of the interface; 0: any */
	bool found, gone;
	uint32_t flags;
	struct vs_place place;
};

static bool is_it(const struct vs_address *address, const struct ifaddrmsg *header,
		  struct nlattr **attrs)
{
	const struct nlattr *local = attrs[IFA_LOCAL] ?: attrs[IFA_ADDRESS];
	int size = address->family == AF_INET ? sizeof(address->ip4) : sizeof(address->ip6);

	return header->ifa_family == address->family && local && nla_len(local) == size &&
	       memcmp(nla_data(local), &address->ip6, (size_t)size) == 0;
}

static void take(struct look *look, const struct ifaddrmsg *header, struct nlattr **attrs)
{
	struct vs_place *place = &look->place;

	look->found = true;
	look->flags = attrs[IFA_FLAGS] ? nla_get_u32(attrs[IFA_FLAGS]) : header->ifa_flags;
	*place = (struct vs_place){ .prefix = header->ifa_prefixlen };
	if (!if_indextoname(header->ifa_index, place->dev))
		*place->dev = '\0';
	if (attrs[IFA_LABEL])
		nla_strlcpy(place->label, attrs[IFA_LABEL], sizeof(place->label));
	place->ours = attrs[IFA_PROTO] && nla_get_u8(attrs[IFA_PROTO]) == VS_ADDRESS_PROTO;
}

static int on_message(struct nl_msg *msg, void *data)
{
	struct nlmsghdr *header = nlmsg_hdr(msg);
	const struct ifaddrmsg *ifa = nlmsg_data(header);
	struct nlattr *attrs[IFA_MAX + 1];
	struct look *look = data;

	if ((header->nlmsg_type != RTM_NEWADDR && header->nlmsg_type != RTM_DELADDR) ||
	    nlmsg_parse(header, sizeof(*ifa), attrs, IFA_MAX, NULL) < 0 ||
	    !is_it(look->address, ifa, attrs) || (look->index && look->index != ifa->ifa_index))
		return NL_OK;
	if (header->nlmsg_type == RTM_NEWADDR)
		take(look, ifa, attrs);
	look->gone = header->nlmsg_type == RTM_DELADDR;
	return NL_OK;
}

/* The answer to ask() is whole. */
static int on_finish(struct nl_msg *msg, void *data)
{
	struct look *look = data;

	look->gone = look->gone || !look->found;
	return NL_STOP;
}

static int open_socket(struct look *look, struct nl_sock **ret)
{
	_cleanup_socket_ struct nl_sock *sock = nl_socket_alloc();

	if (!sock)
		return -ENOMEM;
	nl_socket_disable_seq_check(sock);	/* nobody asks for a notification */
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_message, look);
	nl_socket_modify_cb(sock, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, look);
	if (nl_connect(sock, NETLINK_ROUTE) < 0)
		return -EIO;
	*ret = TAKE_PTR(sock);
	return 0;
}

/* For all addresses of the family. */
static int ask(struct nl_sock *sock, const struct look *look)
{
	struct ifaddrmsg request = { .ifa_family = (unsigned char)look->address->family };

	return nl_send_simple(sock, RTM_GETADDR, NLM_F_DUMP, &request, sizeof(request)) < 0 ?
	       -EIO : 0;
}

int vs_address_find(struct vs *vs, const struct vs_address *address, struct vs_place *ret)
{
	_cleanup_socket_ struct nl_sock *sock = NULL;
	struct look look = { .address = address };
	int r;

	r = open_socket(&look, &sock);
	if (!r)
		r = ask(sock, &look);
	if (!r && nl_recvmsgs_default(sock) < 0)
		r = -EIO;
	if (r < 0)
		return vs_fail_errno(vs, r, "asking for the addresses of this host");
	if (look.found)
		*ret = look.place;
	return look.found;
}

/* --- waiting ------------------------------------------------------------------------ */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* 0: it can be used; 1: nobody knows yet. */
static int judge(struct vs *vs, const struct look *look, const char *dev)
{
	char text[INET6_ADDRSTRLEN];

	vs_address_format(look->address, text);
	if (look->gone)
		return vs_fail(vs, -ENOENT, "%s is not on %s any more", text, dev);
	if (!look->found)
		return 1;
	if (look->flags & IFA_F_DADFAILED)
		return vs_fail(vs, -EADDRINUSE, "%s is in use by another machine in the network "
			       "of %s (duplicate address detection failed)", text, dev);
	return !!(look->flags & IFA_F_TENTATIVE);
}

static int wait_until(struct vs *vs, struct nl_sock *sock, const struct look *look,
		      const char *dev, uint64_t timeout_ns)
{
	struct pollfd pollfd = { .fd = nl_socket_get_fd(sock), .events = POLLIN };
	uint64_t deadline = now_ns() + timeout_ns, now;
	char text[INET6_ADDRSTRLEN];
	int r;

	for (;;) {
		r = nl_recvmsgs_default(sock);
		if (r < 0 && r != -NLE_AGAIN && r != -NLE_NOMEM)
			return vs_fail_errno(vs, -EIO, "asking for the addresses of %s", dev);
		if (r == -NLE_NOMEM && ask(sock, look) < 0)	/* some were lost */
			return vs_fail_errno(vs, -EIO, "asking for the addresses of %s", dev);
		r = judge(vs, look, dev);
		now = now_ns();
		if (r <= 0)
			return r;
		if (now >= deadline)
			break;
		poll(&pollfd, 1, (int)((deadline - now) / 1000000 + 1));
	}
	vs_address_format(look->address, text);
	return vs_fail(vs, -ETIMEDOUT, "whether another machine has %s, the network of %s has not "
		       "told within %u s", text, dev, (unsigned int)(timeout_ns / 1000000000));
}

int vs_address_await(struct vs *vs, const struct vs_address *address, const char *dev,
		     uint64_t timeout_ns)
{
	struct look look = { .address = address, .index = if_nametoindex(dev) };
	_cleanup_socket_ struct nl_sock *sock = NULL;
	int r;

	if (address->family != AF_INET6)
		return 0;
	if (!look.index)
		return vs_fail(vs, -ENODEV, "there is no interface '%s'", dev);
	r = open_socket(&look, &sock);
	if (!r && (nl_socket_add_membership(sock, RTNLGRP_IPV6_IFADDR) < 0 ||
		   nl_socket_set_nonblocking(sock) < 0))
		r = -EIO;
	if (!r)
		r = ask(sock, &look);
	if (r < 0)
		return vs_fail_errno(vs, r, "asking for the addresses of %s", dev);
	return wait_until(vs, sock, &look, dev, timeout_ns);
}
