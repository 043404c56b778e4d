// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * FRAMES: who a guest with a network of its own says that it is.
 *
 * What it does.  One program for each such guest, on the host's end of its veth,
 * where the guest can reach neither program nor interface.  It sees each frame
 * of the guest's before the host's stack does, and drops, counted by reason,
 * one that names as its own what is not the guest's: the sender's MAC; the
 * source of IPv4 and IPv6; the sender of ARP; of neighbour discovery the target
 * of an answer, and link-layer addresses; and one of a kind that is not known.
 * Besides its addresses a guest is the link-local one that its MAC makes (EUI-64),
 * and nobody, where it asks whether an address of its own is free.  And it is
 * no router and hands out no addresses: router advertisements, redirects and
 * answers of DHCP are dropped.
 *
 * When it is good.  Addresses are asked of the table, packet by packet: what a
 * context loses it cannot send from any more, and one that has ended sends
 * nothing.  It is attached without a link: it lives as long as the interface,
 * which is not up before, and no pin that is lost takes it off.
 *
 * What it cannot stop.  What is inside of a packet that has a good source, a
 * tunnel's above all.  Where a packet goes: that is the host's routes' and
 * firewall's.  A fragment after the first is known by its source only.
 *
 * If a look-up fails.  A header that cannot be read, or more of them than anybody
 * has use for: dropped.
 */
#include <bpf/bpf_endian.h>
#include "common.bpf.h"
#include "guard.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define FRAGMENT_OFFSET	0x1fff
#define DHCP_SERVER	67
#define DHCP6_SERVER	547

extern bool vs_address_own(u32 nid, const void *address, u32 address__sz) __ksym;

/* Set before it is loaded. */
const volatile __u32 guest;
const volatile __u8 guest_mac[ETH_ALEN];

/* Key: enum vs_drop, value: frames.  Read by user space. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, VS_DROPS);
	__type(key, u32);
	__type(value, u64);
} dropped SEC(".maps");

static __always_inline int drop(u32 reason)
{
	u64 *n = bpf_map_lookup_elem(&dropped, &reason);

	if (n)
		__sync_fetch_and_add(n, 1);
	return TCX_DROP;
}

/* --- identity --------------------------------------------------------------- */

static __always_inline bool is_own_mac(const u8 *mac)
{
	return mac[0] == guest_mac[0] && mac[1] == guest_mac[1] && mac[2] == guest_mac[2] &&
	       mac[3] == guest_mac[3] && mac[4] == guest_mac[4] && mac[5] == guest_mac[5];
}

static __always_inline bool is_own4(u32 ip)
{
	return vs_address_own(guest, &ip, sizeof(ip));
}

/* fe80::, then the MAC with a bit turned and ff:fe in the middle. */
static __always_inline bool is_own_link_local(const u8 *ip)
{
	return ip[0] == 0xfe && ip[1] == 0x80 &&
	       !(ip[2] | ip[3] | ip[4] | ip[5] | ip[6] | ip[7]) &&
	       ip[8] == (guest_mac[0] ^ 2) && ip[9] == guest_mac[1] && ip[10] == guest_mac[2] &&
	       ip[11] == 0xff && ip[12] == 0xfe &&
	       ip[13] == guest_mac[3] && ip[14] == guest_mac[4] && ip[15] == guest_mac[5];
}

/* One of IPv4 in the form of IPv6 is none of the wire's. */
static __always_inline bool is_own6(const struct in6_addr *ip)
{
	const u32 *word = ip->in6_u.u6_addr32;

	if (is_own_link_local(ip->in6_u.u6_addr8))
		return true;
	if (!word[0] && !word[1] && word[2] == bpf_htonl(0xffff))
		return false;
	return vs_address_own(guest, ip, sizeof(*ip));
}

static __always_inline bool is_any(const struct in6_addr *ip)
{
	const u32 *word = ip->in6_u.u6_addr32;

	return !(word[0] | word[1] | word[2] | word[3]);
}

/* --- ARP, IPv4 ----------------------------------------------------------------- */

static __always_inline int check_arp(struct __sk_buff *skb)
{
	struct arp_frame arp;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &arp, sizeof(arp)) ||
	    arp.hardware != bpf_htons(ARPHRD_ETHER) || arp.protocol != bpf_htons(ETH_P_IP) ||
	    arp.hardware_len != ETH_ALEN || arp.protocol_len != sizeof(u32) ||
	    !is_own_mac(arp.sender_mac))
		return drop(VS_DROP_ARP);
	if (arp.operation != bpf_htons(ARPOP_REQUEST) && arp.operation != bpf_htons(ARPOP_REPLY))
		return drop(VS_DROP_ARP);
	/* "Is this free?" has no sender. */
	if (!arp.sender && arp.operation == bpf_htons(ARPOP_REQUEST) && is_own4(arp.target))
		return TCX_NEXT;
	return is_own4(arp.sender) ? TCX_NEXT : drop(VS_DROP_ARP);
}

static __always_inline bool is_from_port(struct __sk_buff *skb, u32 at, u16 port)
{
	u16 source;

	return bpf_skb_load_bytes(skb, at, &source, sizeof(source)) ||
	       source == bpf_htons(port);
}

static __always_inline int check_ip4(struct __sk_buff *skb)
{
	struct iphdr ip;
	u32 at;
	u8 type;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &ip, sizeof(ip)) || ip.version != 4 || ip.ihl < 5 ||
	    !is_own4(ip.saddr))
		return drop(VS_DROP_IPV4);
	at = ETH_HLEN + ip.ihl * 4;
	if (ip.frag_off & bpf_htons(FRAGMENT_OFFSET))
		return TCX_NEXT;
	if (ip.protocol == IPPROTO_UDP && is_from_port(skb, at, DHCP_SERVER))
		return drop(VS_DROP_IPV4);
	if (ip.protocol == IPPROTO_ICMP &&
	    (bpf_skb_load_bytes(skb, at, &type, sizeof(type)) || type == ICMP_REDIRECT))
		return drop(VS_DROP_IPV4);
	return TCX_NEXT;
}

/* --- IPv6 ----------------------------------------------------------------------- */

/* From @at on, to the end of the frame: every link-layer address is the guest's. */
static __always_inline bool are_options_own(struct __sk_buff *skb, u32 at)
{
	struct nd_option option;
	int i;

	for (i = 0; i < ND_OPTIONS_MAX; i++) {
		if (at + sizeof(option) > skb->len)
			return true;
		if (bpf_skb_load_bytes(skb, at, &option, sizeof(option)) || !option.len)
			return false;
		if ((option.type == ND_SOURCE_MAC || option.type == ND_TARGET_MAC) &&
		    (option.len != 1 || !is_own_mac(option.mac)))
			return false;
		at += option.len * 8;
	}
	return false;
}

/* @anonymous: it has no source. */
static __always_inline int check_icmp6(struct __sk_buff *skb, u32 at, bool anonymous)
{
	struct nd_message nd;
	bool own;
	u8 type;

	if (bpf_skb_load_bytes(skb, at, &type, sizeof(type)))
		return drop(VS_DROP_ND);
	switch (type) {
	case ND_ROUTER_ADVERT:
	case ND_REDIRECT:
		return drop(VS_DROP_ND);
	case ND_ROUTER_SOLICIT:
		return are_options_own(skb, at + 8) ? TCX_NEXT : drop(VS_DROP_ND);
	case ND_SOLICIT:
	case ND_ADVERT:
		break;
	case MLD_REPORT:
	case MLD_DONE:
	case MLD2_REPORT:
		return TCX_NEXT;
	default:
		return anonymous ? drop(VS_DROP_IPV6) : TCX_NEXT;
	}
	if (bpf_skb_load_bytes(skb, at, &nd, sizeof(nd)))
		return drop(VS_DROP_ND);
	own = is_own6(&nd.target);
	if ((type == ND_ADVERT || anonymous) && !own)
		return drop(VS_DROP_ND);
	return are_options_own(skb, at + sizeof(nd)) ? TCX_NEXT : drop(VS_DROP_ND);
}

/* The first header that is none of IPv6's own; -1: there are too many, or there
 * is one that cannot be read.  A fragment after the first has none. */
static __always_inline int upper_of(struct __sk_buff *skb, int next, u32 *at)
{
	struct ext_header ext;
	int i;

	for (i = 0; i < EXT_HEADERS_MAX; i++) {
		if (next != NEXT_HOP && next != NEXT_ROUTING && next != NEXT_FRAGMENT &&
		    next != NEXT_AUTH && next != NEXT_DEST)
			return next;
		if (bpf_skb_load_bytes(skb, *at, &ext, sizeof(ext)))
			return -1;
		if (next == NEXT_FRAGMENT && ext.fragment & bpf_htons(0xfff8))
			return NEXT_NONE;
		if (next == NEXT_FRAGMENT)
			*at += 8;
		else
			*at += next == NEXT_AUTH ? (ext.len + 2) * 4 : (ext.len + 1) * 8;
		next = ext.next;
	}
	return -1;
}

static __always_inline int check_ip6(struct __sk_buff *skb)
{
	u32 at = ETH_HLEN + sizeof(struct ipv6hdr);
	struct ipv6hdr ip;
	bool anonymous;
	int upper;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &ip, sizeof(ip)) || ip.version != 6)
		return drop(VS_DROP_IPV6);
	anonymous = is_any(&ip.saddr);
	if (!anonymous && !is_own6(&ip.saddr))
		return drop(VS_DROP_IPV6);
	upper = upper_of(skb, ip.nexthdr, &at);
	if (upper == IPPROTO_ICMPV6)
		return check_icmp6(skb, at, anonymous);
	if (upper < 0 || anonymous ||
	    (upper == IPPROTO_UDP && is_from_port(skb, at, DHCP6_SERVER)))
		return drop(VS_DROP_IPV6);
	return TCX_NEXT;
}

SEC("tcx/ingress")
int vs_guard(struct __sk_buff *skb)
{
	struct frame frame;

	if (bpf_skb_load_bytes(skb, 0, &frame, sizeof(frame)) || !is_own_mac(frame.from))
		return drop(VS_DROP_MAC);
	if (skb->vlan_present)
		return drop(VS_DROP_OTHER);
	switch (frame.kind) {
	case bpf_htons(ETH_P_ARP):
		return check_arp(skb);
	case bpf_htons(ETH_P_IP):
		return check_ip4(skb);
	case bpf_htons(ETH_P_IPV6):
		return check_ip6(skb);
	}
	return drop(VS_DROP_OTHER);
}
