/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What goes with a datagram: does it name a source that is not the context's?
 *
 * For UDP the hooks of net.bpf.c see the source, whoever names it.  A ping socket
 * has no such hook, and a source in a control message goes past all others.
 */
#ifndef VS_MESSAGE_BPF_H
#define VS_MESSAGE_BPF_H

#include "address.bpf.h"

#define SOL_IP			0	/* macros: not in BTF */
#define IP_PKTINFO		8
#define SOL_IPV6		41
#define IPV6_2292PKTINFO	2
#define IPV6_PKTINFO		50
#define MSG_BATCH		0x40000

#define CONTROLS_MAX		8

/* None of IPv4 is what the route says, which may be another's; none of IPv6 is what
 * the socket has. */
static __always_inline bool is_source_own(u32 nid, const struct cmsghdr *c, const void *data)
{
	struct in_pktinfo info4;
	struct in6_pktinfo info6;
	struct ip6 ip;

	if (c->cmsg_level == SOL_IP && c->cmsg_type == IP_PKTINFO)
		return !bpf_probe_read_kernel(&info4, sizeof(info4), data) &&
		       named4(nid, info4.ipi_spec_dst.s_addr) == info4.ipi_spec_dst.s_addr;
	if (c->cmsg_level != SOL_IPV6 ||
	    (c->cmsg_type != IPV6_PKTINFO && c->cmsg_type != IPV6_2292PKTINFO))
		return true;
	if (bpf_probe_read_kernel(&info6, sizeof(info6), data))
		return false;
	__builtin_memcpy(&ip, &info6.ipi6_addr, sizeof(ip));
	return is_any6(&ip) || vs_address_own(nid, &ip, sizeof(ip));
}

/*
 * Of a message that is sent: every source that it names is the context's.  Not
 * those with more control messages than anybody has use for, nor the first of
 * several (sendmmsg), after which the kernel does not ask about the others.
 */
static __always_inline bool are_sources_own(u32 nid, struct msghdr *msg)
{
	u64 left = msg->msg_controllen, size;
	const void *at = msg->msg_control;
	struct cmsghdr c;
	int i;

	if (msg->msg_flags & MSG_BATCH)
		return false;
	for (i = 0; i < CONTROLS_MAX; i++) {
		if (left < sizeof(c))
			return true;
		if (bpf_probe_read_kernel(&c, sizeof(c), at) || c.cmsg_len < sizeof(c) ||
		    !is_source_own(nid, &c, at + sizeof(c)))
			return false;
		size = (c.cmsg_len + 7) & ~7ULL;
		if (size >= left)
			return true;
		left -= size;
		at += size;
	}
	return false;
}

#endif /* VS_MESSAGE_BPF_H */
