// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Which sockets listen, as the kernel tells by sock_diag: those of this network
 * namespace, whoever's they are, with their address, their port and their inode.
 */
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <string.h>
#include <sys/socket.h>

#include "port.h"
#include "rtnl.h"

#define LISTENS		(1U << TCP_LISTEN)
#define IS_BOUND	(1U << TCP_CLOSE)	/* of UDP: not connected */

struct dump {
	int protocol;
	struct vs_bound *all;
	size_t n, room;
	int error;
};

/* A socket of IPv6 hears IPv4 as well, unless it has said otherwise. */
static void set_address(struct vs_bound *bound, const struct inet_diag_msg *msg, bool v6only)
{
	static const struct in6_addr any;
	struct in6_addr ip;

	memcpy(&ip, msg->id.idiag_src, sizeof(ip));
	if (msg->idiag_family == AF_INET || IN6_IS_ADDR_V4MAPPED(&ip)) {
		bound->address.family = AF_INET;
		bound->address.ip4.s_addr =
			msg->id.idiag_src[msg->idiag_family == AF_INET ? 0 : 3];
		bound->any = !bound->address.ip4.s_addr;
		bound->ip4 = true;
		return;
	}
	bound->address.family = AF_INET6;
	bound->address.ip6 = ip;
	bound->any = !memcmp(&ip, &any, sizeof(ip));
	bound->ip6 = true;
	bound->ip4 = bound->any && !v6only;
}

static struct vs_bound *more(struct dump *dump)
{
	struct vs_bound *grown;

	if (dump->n == dump->room) {
		dump->room = dump->room ? dump->room * 2 : 32;
		grown = reallocarray(dump->all, dump->room, sizeof(*grown));
		if (!grown)
			return NULL;
		dump->all = grown;
	}
	return &dump->all[dump->n++];
}

static int on_socket(struct nl_msg *msg, void *userdata)
{
	struct nlmsghdr *header = nlmsg_hdr(msg);
	const struct inet_diag_msg *diag = nlmsg_data(header);
	struct dump *dump = userdata;
	struct nlattr *v6only;
	struct vs_bound *bound;

	if (!nlmsg_valid_hdr(header, sizeof(*diag)) || !diag->id.idiag_sport)
		return NL_OK;
	bound = more(dump);
	if (!bound) {
		dump->error = -ENOMEM;
		return NL_STOP;
	}
	v6only = nlmsg_find_attr(header, sizeof(*diag), INET_DIAG_SKV6ONLY);
	*bound = (struct vs_bound){
		.protocol = dump->protocol,
		.port = ntohs(diag->id.idiag_sport),
		.interface = diag->id.idiag_if,
		.inode = diag->idiag_inode,
	};
	set_address(bound, diag, v6only && nla_get_u8(v6only));
	return NL_OK;
}

static int dump_family(struct vs *vs, struct nl_sock *sock, struct dump *dump, int family)
{
	struct inet_diag_req_v2 request = {
		.sdiag_family = (uint8_t)family,
		.sdiag_protocol = (uint8_t)dump->protocol,
		.idiag_states = dump->protocol == IPPROTO_TCP ? LISTENS : IS_BOUND,
	};
	const char *name = dump->protocol == IPPROTO_TCP ? "tcp" : "udp";
	int r;

	r = nl_send_simple(sock, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, &request, sizeof(request));
	if (r >= 0)
		r = nl_recvmsgs_default(sock);
	if (dump->error)
		return vs_fail_errno(vs, dump->error, "listing sockets");
	if (r == -NLE_OBJ_NOTFOUND)
		return vs_fail(vs, -EOPNOTSUPP, "this kernel does not tell of %s sockets; load "
			       "what does: modprobe -a %s_diag", name, name);
	return r < 0 ? vs_fail(vs, -EIO, "listing %s sockets: %s", name, nl_geterror(r)) : 0;
}

int vs_bound_list(struct vs *vs, struct vs_bound **ret, size_t *ret_n)
{
	static const int protocols[] = { IPPROTO_TCP, IPPROTO_UDP };
	_cleanup_socket_ struct nl_sock *sock = nl_socket_alloc();
	struct dump dump = {};
	int r;

	if (!sock)
		return vs_fail_errno(vs, -ENOMEM, "listing sockets");
	r = nl_connect(sock, NETLINK_SOCK_DIAG);
	if (r < 0)
		return vs_fail(vs, -EIO, "listing sockets: %s", nl_geterror(r));
	nl_socket_modify_cb(sock, NL_CB_VALID, NL_CB_CUSTOM, on_socket, &dump);
	for (size_t i = 0; i < 2 && r >= 0; i++) {
		dump.protocol = protocols[i];
		r = dump_family(vs, sock, &dump, AF_INET);
		if (r >= 0)
			r = dump_family(vs, sock, &dump, AF_INET6);
	}
	if (r < 0) {
		free(dump.all);
		return r;
	}
	*ret = dump.all;
	*ret_n = dump.n;
	return 0;
}
