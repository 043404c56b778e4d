/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a packet of a guest's is: of which family, how much of it there is on the
 * wire, and whether it is counted at all.  The context's data begin at the header
 * of IP, in both directions.
 */
#ifndef VS_TRAFFIC_PACKET_BPF_H
#define VS_TRAFFIC_PACKET_BPF_H

#define BPF_NO_KFUNC_PROTOTYPES
#include "vmlinux.h"
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "vs_traffic.h"

/* Not in BTF. */
#define ETH_P_IP	0x0800
#define LOOPBACK_IFINDEX 1	/* in every network namespace */
#define NEXTHDR_HOP	0

/* RFC 2675.  Segments of IPv6 that have more than 64 KiB have it, until they are cut. */
struct jumbo {
	u8 nexthdr, length;
	u8 option, option_length;
	u32 payload;
};
#define OPTION_JUMBO	0xc2

/* A packet: bytes on the wire, and how many packets it is there. */
struct packet {
	u32 family;
	u32 bytes, packets;
};

/* NULL: there is none. */
static __always_inline struct jumbo *jumbo_of(struct ipv6hdr *ip, void *end)
{
	struct jumbo *jumbo = (void *)(ip + 1);

	return ip->nexthdr == NEXTHDR_HOP && (void *)(jumbo + 1) <= end &&
	       jumbo->option == OPTION_JUMBO ? jumbo : NULL;
}

/*
 * Of IP and what is above it, in a segment that is cut later or was joined.  *@all
 * its bytes, become less where some are not on the wire.
 */
static __always_inline u32 header_bytes(void *data, void *end, u32 family, u32 *all)
{
	u8 protocol, *transport;
	u32 bytes;

	if (family == VS_TRAFFIC_IP4) {
		struct iphdr *ip = data;

		if ((void *)(ip + 1) > end)
			return 0;
		protocol = ip->protocol;
		bytes = (*(u8 *)ip & 15) * 4;
	} else {
		struct ipv6hdr *ip = data;
		struct jumbo *jumbo;

		if ((void *)(ip + 1) > end)
			return 0;
		protocol = ip->nexthdr;
		bytes = sizeof(*ip);
		jumbo = jumbo_of(ip, end);
		if (jumbo) {
			protocol = jumbo->nexthdr;
			data += sizeof(*jumbo);
			*all -= sizeof(*jumbo);
		}
	}
	if (protocol == IPPROTO_UDP)
		return bytes + sizeof(struct udphdr);
	transport = data + bytes;
	if (protocol != IPPROTO_TCP || (void *)(transport + sizeof(struct tcphdr)) > end)
		return 0;
	return bytes + (transport[12] >> 4) * 4;
}

static __always_inline bool is_loopback(void *data, void *end, u32 family)
{
	struct ipv6hdr *ip6 = data;
	struct iphdr *ip4 = data;
	u32 *to6 = ip6->daddr.in6_u.u6_addr32;

	if (family == VS_TRAFFIC_IP4)
		return (void *)(ip4 + 1) <= end && (bpf_ntohl(ip4->daddr) >> 24) == 127;
	return (void *)(ip6 + 1) <= end && !to6[0] && !to6[1] && !to6[2] &&
	       to6[3] == bpf_htonl(1);
}

/* False: it is one that is not counted. */
static __always_inline bool read_packet(struct __sk_buff *skb, struct packet *ret)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	u32 size = skb->gso_size, header;

	ret->family = skb->protocol == bpf_htons(ETH_P_IP) ? VS_TRAFFIC_IP4 : VS_TRAFFIC_IP6;
	if (skb->ifindex == LOOPBACK_IFINDEX && is_loopback(data, end, ret->family))
		return false;
	ret->bytes = skb->len;
	ret->packets = 1;
	if (!size)
		return true;
	header = header_bytes(data, end, ret->family, &ret->bytes);
	if (ret->bytes > header)
		ret->packets = (ret->bytes - header + size - 1) / size;
	if (ret->packets > 1)
		ret->bytes += (ret->packets - 1) * header;
	return true;
}

#endif /* VS_TRAFFIC_PACKET_BPF_H */
