// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a context is told when it lists interfaces, addresses, neighbours, routes
 * and sockets by netlink: its own.  The kernel answers with all that there is, a
 * buffer of many messages at a time, which waits in the socket's queue until it
 * is read; there, before it is, we take out what is not the context's.
 *
 * Shown are the loopback interface with 127.0.0.1 and ::1, interfaces that have an
 * address of the context's, these addresses, neighbours and routes of these
 * interfaces, and of TCP and UDP the sockets that have such an address.
 *
 * For that a context's netlink socket has operations of its own, which are the
 * kernel's but for receiving, and hold the module.
 *
 * This is for programs that go by what they see, and keeps no secret: an answer
 * about one thing that was asked for by name is given, so are events; and who has
 * one task wait for an answer that another asks for gets it as it is.  ioctl() and
 * /proc/net tell of the whole machine.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/inet_diag.h>
#include <linux/inetdevice.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/rtnetlink.h>
#include <linux/spinlock.h>
#include <net/addrconf.h>
#include <net/netlink.h>
#include <net/sock.h>

#include "context.h"
#include "mark.h"
#include "steer.h"

/**
 * struct view - what is shown to whom.
 * @set: its addresses; NULL: none.
 * @private: the first 24 bits of its private loopback.
 * @index: of the interface that was looked at last; 0: none.
 * @shown: is that one shown?
 */
struct view {
	const struct vs_addresses *set;
	u32 private;
	int index;
	bool shown;
};

static bool is_own(const struct view *view, u128 number)
{
	return view->set && vs_addresses_have(view->set, number);
}

static bool is_loopback(u128 number)
{
	return number == vs_number4(htonl(INADDR_LOOPBACK)) || number == 1;
}

/* --- interfaces -------------------------------------------------------------------- */

static bool has_own(const struct view *view, const struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	struct inet6_dev *in6_dev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifp;
	const struct in_ifaddr *ifa;

	if (in_dev)
		in_dev_for_each_ifa_rcu(ifa, in_dev)
			if (is_own(view, vs_number4(ifa->ifa_local)))
				return true;
	if (in6_dev)
		list_for_each_entry_rcu(ifp, &in6_dev->addr_list, if_list)
			if (is_own(view, vs_number6(&ifp->addr)))
				return true;
	return false;
}

static bool is_shown_device(struct view *view, int index)
{
	const struct net_device *dev;

	if (view->index == index && index)
		return view->shown;
	dev = dev_get_by_index_rcu(&init_net, index);
	view->index = index;
	view->shown = dev && (dev->flags & IFF_LOOPBACK || has_own(view, dev));
	return view->shown;
}

/* --- messages ------------------------------------------------------------------------ */

static bool is_shown_link(struct view *view, const struct nlmsghdr *h)
{
	const struct ifinfomsg *link = nlmsg_data(h);

	return nlmsg_len(h) >= (int)sizeof(*link) && is_shown_device(view, link->ifi_index);
}

static bool is_shown_neighbour(struct view *view, const struct nlmsghdr *h)
{
	const struct ndmsg *neighbour = nlmsg_data(h);

	return nlmsg_len(h) >= (int)sizeof(*neighbour) &&
	       is_shown_device(view, neighbour->ndm_ifindex);
}

static bool is_shown_address(const struct view *view, const struct nlmsghdr *h)
{
	const struct nlattr *attr;
	u128 number;

	if (nlmsg_len(h) < (int)sizeof(struct ifaddrmsg))
		return false;
	attr = nlmsg_find_attr(h, sizeof(struct ifaddrmsg), IFA_LOCAL) ?:
	       nlmsg_find_attr(h, sizeof(struct ifaddrmsg), IFA_ADDRESS);
	if (attr && nla_len(attr) == sizeof(__be32))
		number = vs_number4(nla_get_in_addr(attr));
	else if (attr && nla_len(attr) == sizeof(struct in6_addr))
		number = vs_number6(nla_data(attr));
	else
		return false;
	return is_own(view, number) || is_loopback(number);
}

/* One without an interface, or with several, is no interface's. */
static bool is_shown_route(struct view *view, const struct nlmsghdr *h)
{
	const struct nlattr *attr;

	if (nlmsg_len(h) < (int)sizeof(struct rtmsg))
		return false;
	attr = nlmsg_find_attr(h, sizeof(struct rtmsg), RTA_OIF);
	return !attr || nla_len(attr) != sizeof(u32) ||
	       is_shown_device(view, (int)nla_get_u32(attr));
}

/* Of other families (Unix sockets) whose they are is not said. */
static bool is_shown_socket(const struct view *view, const struct nlmsghdr *h)
{
	const struct inet_diag_msg *diag = nlmsg_data(h);
	struct in6_addr ip6;
	u128 number;

	if (nlmsg_len(h) < (int)sizeof(*diag))
		return true;
	if (diag->idiag_family == AF_INET) {
		number = vs_number4(diag->id.idiag_src[0]);
	} else if (diag->idiag_family == AF_INET6) {
		memcpy(&ip6, diag->id.idiag_src, sizeof(ip6));
		number = vs_number6(&ip6);
	} else {
		return true;
	}
	return is_own(view, number) ||
	       (vs_number_is4(number) && (u32)number >> 8 == view->private);
}

static bool is_shown(struct view *view, int protocol, const struct nlmsghdr *h)
{
	if (h->nlmsg_type < NLMSG_MIN_TYPE)
		return true;
	if (protocol == NETLINK_SOCK_DIAG)
		return is_shown_socket(view, h);
	switch (h->nlmsg_type) {
	case RTM_NEWLINK:
		return is_shown_link(view, h);
	case RTM_NEWADDR:
		return is_shown_address(view, h);
	case RTM_NEWNEIGH:
		return is_shown_neighbour(view, h);
	case RTM_NEWROUTE:
		return is_shown_route(view, h);
	}
	return true;
}

/* --- buffers -------------------------------------------------------------------------- */

/* A part of a list, from the kernel, and nobody else has it in his hands. */
static bool is_list(const struct sk_buff *skb)
{
	return !NETLINK_CB(skb).portid && skb->len >= NLMSG_HDRLEN &&
	       nlmsg_hdr(skb)->nlmsg_flags & NLM_F_MULTI && !skb_shared(skb) &&
	       !skb_cloned(skb) && !skb_is_nonlinear(skb) && !skb_has_frag_list(skb);
}

/*
 * What is shown moves to the front.  An empty buffer would be read as the end of
 * the file: if nothing is shown the first message stays, as one that says nothing.
 */
static void edit(struct view *view, int protocol, struct sk_buff *skb)
{
	struct nlmsghdr *h = nlmsg_hdr(skb), *next;
	u8 *to = skb->data;
	int rest = skb->len;

	for (; nlmsg_ok(h, rest); h = next) {
		int size = min_t(int, rest, NLMSG_ALIGN(h->nlmsg_len));

		next = nlmsg_next(h, &rest);
		if (!is_shown(view, protocol, h))
			continue;
		if (to != (u8 *)h)
			memmove(to, h, size);
		to += size;
	}
	h = nlmsg_hdr(skb);
	if (to == skb->data && nlmsg_ok(h, skb->len)) {
		h->nlmsg_type = NLMSG_NOOP;
		memset(nlmsg_data(h), 0, nlmsg_len(h));
		to += min_t(u32, skb->len, NLMSG_ALIGN(h->nlmsg_len));
	}
	skb_trim(skb, to - skb->data);
}

/* What waits to be read.  The lock keeps others from reading meanwhile. */
static void filter(struct sock *sk, u32 nid)
{
	struct view view = { .private = INADDR_LOOPBACK >> 8 | (nid & 0xffff) };
	const struct vs_context *ctx = vs_context_read(nid);
	struct sk_buff *skb;

	view.set = ctx ? rcu_dereference(ctx->addresses) : NULL;
	guard(spinlock_irqsave)(&sk->sk_receive_queue.lock);
	skb_queue_walk(&sk->sk_receive_queue, skb)
		if (is_list(skb))
			edit(&view, sk->sk_protocol, skb);
}

/* --- new sockets ------------------------------------------------------------------- */

static const struct proto_ops *kernels;
static struct proto_ops ours;
static DEFINE_SPINLOCK(lock);

static int receive(struct socket *sock, struct msghdr *msg, size_t size, int flags)
{
	struct bpf_local_storage_map *marks = vs_marks_kept();
	const struct vs_mark *mark;

	scoped_guard(rcu) {
		mark = marks ? vs_mark_of(sock->sk, marks) : NULL;
		if (mark && mark->nid)
			filter(sock->sk, mark->nid);
	}
	return kernels->recvmsg(sock, msg, size, flags);
}

static void fill(const struct proto_ops *ops)
{
	guard(spinlock)(&lock);
	if (kernels)
		return;
	ours = *ops;
	ours.recvmsg = receive;
	ours.owner = THIS_MODULE;
	/* Who sees it sees what was filled in before. */
	smp_store_release(&kernels, ops);
}

__bpf_kfunc_start_defs();

/*
 * A new netlink socket of a context with addresses lists what is said above.  For
 * lsm/socket_post_create, where nobody else has the socket yet.  0; -ENOMEM the
 * module or the map is about to go.
 */
__bpf_kfunc int vs_socket_listings(struct socket *sock, void *sockets__map)
{
	struct sock *sk = sock->sk;

	if (!sk || sk->sk_family != AF_NETLINK || !net_eq(sock_net(sk), &init_net) ||
	    (sk->sk_protocol != NETLINK_ROUTE && sk->sk_protocol != NETLINK_SOCK_DIAG))
		return 0;
	if (!vs_marks_keep(sockets__map) || !try_module_get(THIS_MODULE))
		return -ENOMEM;
	/* Pairs with the release in fill(). */
	if (!smp_load_acquire(&kernels))
		fill(sock->ops);
	/* The socket lets go of the owner of what it has. */
	module_put(sock->ops->owner);
	WRITE_ONCE(sock->ops, &ours);
	return 0;
}

__bpf_kfunc_end_defs();
