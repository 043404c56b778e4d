/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Forms and numbers of what is in a frame, as far as guard.bpf.c looks: macros of
 * the kernel's, which are not in BTF.  It decides nothing.
 */
#ifndef VS_GUARD_BPF_H
#define VS_GUARD_BPF_H

#define ETH_ALEN		6
#define ETH_HLEN		14
#define ETH_P_IP		0x0800
#define ETH_P_ARP		0x0806
#define ETH_P_IPV6		0x86dd
#define ARPHRD_ETHER		1
#define ARPOP_REQUEST		1
#define ARPOP_REPLY		2

#define ICMP_REDIRECT		5
#define IPPROTO_ICMPV6		58
#define MLD_REPORT		131
#define MLD_DONE		132
#define ND_ROUTER_SOLICIT	133
#define ND_ROUTER_ADVERT	134
#define ND_SOLICIT		135
#define ND_ADVERT		136
#define ND_REDIRECT		137
#define MLD2_REPORT		143
#define ND_SOURCE_MAC		1
#define ND_TARGET_MAC		2

#define NEXT_HOP		0
#define NEXT_ROUTING		43
#define NEXT_FRAGMENT		44
#define NEXT_AUTH		51
#define NEXT_NONE		59
#define NEXT_DEST		60

#define ND_OPTIONS_MAX		8
#define EXT_HEADERS_MAX		8

struct frame {
	u8 to[ETH_ALEN];
	u8 from[ETH_ALEN];
	u16 kind;
};

struct arp_frame {
	u16 hardware;
	u16 protocol;
	u8 hardware_len;
	u8 protocol_len;
	u16 operation;
	u8 sender_mac[ETH_ALEN];
	u32 sender;
	u8 target_mac[ETH_ALEN];
	u32 target;
} __attribute__((packed));

struct nd_message {
	u8 type;
	u8 code;
	u16 checksum;
	u32 reserved;
	struct in6_addr target;
};

struct nd_option {
	u8 type;
	u8 len;			/* of 8 bytes */
	u8 mac[ETH_ALEN];
};

/* Of the headers that IPv6 has for itself; @fragment of one kind only. */
struct ext_header {
	u8 next;
	u8 len;
	u16 fragment;
};

#endif /* VS_GUARD_BPF_H */
