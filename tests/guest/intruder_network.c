// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What root of a network has: its tables, and names of other networks.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "intruder.h"

struct request {
	union {
		struct nlmsghdr align;
		uint8_t bytes[1024];
	};
	size_t n;
};

static struct nlmsghdr *begin(struct request *r, int type, int flags, size_t size)
{
	struct nlmsghdr *h = (struct nlmsghdr *)(r->bytes + r->n);

	memset(h, 0, NLMSG_SPACE(size));
	h->nlmsg_type = (uint16_t)type;
	h->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	h->nlmsg_len = NLMSG_LENGTH(size);
	r->n += NLMSG_SPACE(size);
	return h;
}

static struct nlattr *attribute(struct request *r, struct nlmsghdr *h, int type,
				const void *value, size_t n)
{
	struct nlattr *a = (struct nlattr *)(r->bytes + r->n);

	memset(a, 0, NLA_ALIGN(NLA_HDRLEN + n));
	a->nla_type = (uint16_t)type;
	a->nla_len = (uint16_t)(NLA_HDRLEN + n);
	if (n)
		memcpy((uint8_t *)a + NLA_HDRLEN, value, n);
	r->n += NLA_ALIGN(a->nla_len);
	h->nlmsg_len += NLA_ALIGN(a->nla_len);
	return a;
}

static void text(struct request *r, struct nlmsghdr *h, int type, const char *value)
{
	attribute(r, h, type, value, strlen(value) + 1);
}

static void number(struct request *r, struct nlmsghdr *h, int type, uint32_t value)
{
	value = htonl(value);
	attribute(r, h, type, &value, sizeof(value));
}

/* Its first error, or that there is none in as many answers. */
static int talk(int protocol, const struct request *r, int answers)
{
	const struct timeval limit = { .tv_sec = 5 };
	int fd = socket(AF_NETLINK, SOCK_RAW, protocol);
	union {
		struct nlmsghdr h;
		uint8_t bytes[65536];
	} reply;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (fd < 0 || send(fd, r->bytes, r->n, 0) < 0)
		return errno;
	while (answers-- > 0) {
		if (recv(fd, &reply, sizeof(reply), 0) < 0)
			return errno;
		if (reply.h.nlmsg_type == NLMSG_ERROR) {
			const struct nlmsgerr *e = NLMSG_DATA(&reply.h);

			if (e->error)
				return -e->error;
		}
	}
	close(fd);
	return 0;
}

/* links-of NUMBER: the first interface of the network that is known by it. */
static int see_links(char **a)
{
	const int32_t id = atoi(a[0]);
	struct request r = {};
	struct nlmsghdr *h = begin(&r, RTM_GETLINK, 0, sizeof(struct ifinfomsg));

	((struct ifinfomsg *)NLMSG_DATA(h))->ifi_index = 1;
	attribute(&r, h, IFLA_TARGET_NETNSID, &id, sizeof(id));
	return talk(NETLINK_ROUTE, &r, 1);
}

static int give(const char *interface, int net)
{
	struct request r = {};
	struct nlmsghdr *h = begin(&r, RTM_NEWLINK, NLM_F_ACK, sizeof(struct ifinfomsg));
	const uint32_t fd = (uint32_t)net;

	((struct ifinfomsg *)NLMSG_DATA(h))->ifi_index = (int)if_nametoindex(interface);
	attribute(&r, h, IFLA_NET_NS_FD, &fd, sizeof(fd));
	return net < 0 ? errno : talk(NETLINK_ROUTE, &r, 1);
}

/* give-received INTERFACE SOCKET: to a network that the host hands in. */
static int give_received(char **a)
{
	return give(a[0], receive_file(a[1]));
}

/* receive-socket SOCKET: is there one? */
static int receive_socket(char **a)
{
	return receive_file(a[0]) < 0 ? ENOENT : 0;
}

/* hand-socket SOCKET FAMILY TYPE: of the network of who hands it in. */
static int hand_socket(char **a)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {};
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct iovec data = { (char *)"x", 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), handed = socket(atoi(a[1]), atoi(a[2]), 0);
	char answer;

	strncpy(address.sun_path, a[0], sizeof(address.sun_path) - 1);
	if (handed < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return errno;
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &handed, sizeof(int));
	if (sendmsg(fd, &message, 0) < 0)
		return errno;
	return read(fd, &answer, 1) < 0 ? errno : 0;
}

static struct nlmsghdr *begin_nft(struct request *r, int type, int flags, int family)
{
	struct nlmsghdr *h = begin(r, type, flags, sizeof(struct nfgenmsg));
	struct nfgenmsg *m = NLMSG_DATA(h);

	m->nfgen_family = (uint8_t)family;
	m->res_id = type == NFNL_MSG_BATCH_BEGIN || type == NFNL_MSG_BATCH_END ?
		    htons(NFNL_SUBSYS_NFTABLES) : 0;
	return h;
}

#define NFT(message) (NFNL_SUBSYS_NFTABLES << 8 | (message))

/* A chain that lets nothing in. */
static void add_chain(struct request *r)
{
	struct nlmsghdr *h = begin_nft(r, NFT(NFT_MSG_NEWCHAIN), NLM_F_CREATE | NLM_F_ACK,
				       NFPROTO_INET);
	struct nlattr *hook;
	size_t before;

	text(r, h, NFTA_CHAIN_TABLE, "wall");
	text(r, h, NFTA_CHAIN_NAME, "input");
	text(r, h, NFTA_CHAIN_TYPE, "filter");
	before = h->nlmsg_len;
	hook = attribute(r, h, NFTA_CHAIN_HOOK | NLA_F_NESTED, NULL, 0);
	number(r, h, NFTA_HOOK_HOOKNUM, NF_INET_LOCAL_IN);
	number(r, h, NFTA_HOOK_PRIORITY, 0);
	hook->nla_len = (uint16_t)(h->nlmsg_len - before);
	number(r, h, NFTA_CHAIN_POLICY, NF_DROP);
}

/* wall up|down: one table of nftables, and in it one chain that lets nothing in. */
static int change_wall(char **a)
{
	const int up = !strcmp(a[0], "up");
	struct request r = {};
	struct nlmsghdr *h;

	begin_nft(&r, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC);
	h = begin_nft(&r, NFT(up ? NFT_MSG_NEWTABLE : NFT_MSG_DELTABLE),
		      NLM_F_ACK | (up ? NLM_F_CREATE : 0), NFPROTO_INET);
	text(&r, h, NFTA_TABLE_NAME, "wall");
	if (up)
		add_chain(&r);
	begin_nft(&r, NFNL_MSG_BATCH_END, 0, AF_UNSPEC);
	return talk(NETLINK_NETFILTER, &r, up ? 2 : 1);
}

/* Of its own: init is started anew. */
static int boot_again(char **a)
{
	return reboot(RB_AUTOBOOT) < 0 ? errno : 0;
}

const struct intrusion network_intrusions[] = {
	{ "links-of", 1, see_links },
	{ "give-received", 2, give_received },
	{ "receive-socket", 1, receive_socket },
	{ "hand-socket", 3, hand_socket },
	{ "wall", 1, change_wall },
	{ "reboot", 0, boot_again },
	{}
};
