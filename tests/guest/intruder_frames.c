// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Frames as root of a network makes them: whole, with whatever names of a sender
 * it likes, past its own kernel's routes and tables.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "intruder.h"

struct frame {
	uint8_t bytes[256];
	size_t n;
};

static void add(struct frame *f, const void *bytes, size_t n)
{
	memcpy(f->bytes + f->n, bytes, n);
	f->n += n;
}

static void add_mac(struct frame *f, const char *text)
{
	unsigned int m[6] = {};
	uint8_t mac[6];

	sscanf(text, "%x:%x:%x:%x:%x:%x", &m[0], &m[1], &m[2], &m[3], &m[4], &m[5]);
	for (int i = 0; i < 6; i++)
		mac[i] = (uint8_t)m[i];
	add(f, mac, sizeof(mac));
}

static void begin(struct frame *f, const char *to, const char *from, uint16_t type)
{
	const uint16_t kind = htons(type);

	f->n = 0;
	add_mac(f, to);
	add_mac(f, from);
	add(f, &kind, sizeof(kind));
}

static int send_frame(const struct frame *f)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET, .sll_halen = 6,
		.sll_ifindex = (int)if_nametoindex("eth0"),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || sendto(fd, f->bytes, f->n, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		return errno;
	close(fd);
	return 0;
}

static uint32_t sum(const void *data, size_t n, uint32_t from)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < n; i += 2)
		from += (uint32_t)(bytes[i] << 8 | (i + 1 < n ? bytes[i + 1] : 0));
	return from;
}

static uint16_t fold(uint32_t value)
{
	while (value >> 16)
		value = (value & 0xffff) + (value >> 16);
	return htons((uint16_t)~value);
}

/* udp4 FROM_MAC TO_MAC FROM TO FROM_PORT TO_PORT */
static int send_udp4(char **a)
{
	struct udphdr udp = { .source = htons((uint16_t)atoi(a[4])),
			      .dest = htons((uint16_t)atoi(a[5])), .len = htons(9) };
	struct iphdr ip = { .version = 4, .ihl = 5, .tot_len = htons(29), .ttl = 64,
			    .protocol = IPPROTO_UDP };
	struct frame f;

	inet_pton(AF_INET, a[2], &ip.saddr);
	inet_pton(AF_INET, a[3], &ip.daddr);
	ip.check = fold(sum(&ip, sizeof(ip), 0));
	begin(&f, a[1], a[0], ETH_P_IP);
	add(&f, &ip, sizeof(ip));
	add(&f, &udp, sizeof(udp));
	add(&f, "?", 1);
	return send_frame(&f);
}

/* icmp4 FROM_MAC TO_MAC FROM TO TYPE: of ICMP. */
static int send_icmp4(char **a)
{
	struct iphdr ip = { .version = 4, .ihl = 5, .tot_len = htons(28), .ttl = 64,
			    .protocol = IPPROTO_ICMP };
	uint8_t icmp[8] = { (uint8_t)atoi(a[4]), 1 };
	struct frame f;

	inet_pton(AF_INET, a[2], &ip.saddr);
	inet_pton(AF_INET, a[3], &ip.daddr);
	ip.check = fold(sum(&ip, sizeof(ip), 0));
	begin(&f, a[1], a[0], ETH_P_IP);
	add(&f, &ip, sizeof(ip));
	add(&f, icmp, sizeof(icmp));
	return send_frame(&f);
}

static struct ip6_hdr header6(const char *from, const char *to, uint8_t next, size_t n)
{
	struct ip6_hdr ip = { .ip6_plen = htons((uint16_t)n), .ip6_nxt = next, .ip6_hlim = 255 };

	ip.ip6_vfc = 0x60;
	inet_pton(AF_INET6, from, &ip.ip6_src);
	inet_pton(AF_INET6, to, &ip.ip6_dst);
	return ip;
}

static uint16_t checksum6(const struct ip6_hdr *ip, uint8_t next, const void *data, size_t n)
{
	return fold(sum(data, n, sum(&ip->ip6_src, 32, next + (uint32_t)n)));
}

/* udp6 FROM_MAC TO_MAC FROM TO FROM_PORT TO_PORT */
static int send_udp6(char **a)
{
	struct udphdr udp = { .source = htons((uint16_t)atoi(a[4])),
			      .dest = htons((uint16_t)atoi(a[5])), .len = htons(8) };
	struct ip6_hdr ip = header6(a[2], a[3], IPPROTO_UDP, sizeof(udp));
	struct frame f;

	udp.check = checksum6(&ip, IPPROTO_UDP, &udp, sizeof(udp));
	begin(&f, a[1], a[0], ETH_P_IPV6);
	add(&f, &ip, sizeof(ip));
	add(&f, &udp, sizeof(udp));
	return send_frame(&f);
}

/* arp FROM_MAC SENDER_MAC SENDER TARGET request|reply */
static int send_arp(char **a)
{
	static const uint8_t head[] = { 0, ARPHRD_ETHER, 8, 0, 6, 4, 0 };
	uint8_t operation = strcmp(a[4], "reply") ? ARPOP_REQUEST : ARPOP_REPLY;
	struct in_addr sender, target;
	struct frame f;

	inet_pton(AF_INET, a[2], &sender);
	inet_pton(AF_INET, a[3], &target);
	begin(&f, "ff:ff:ff:ff:ff:ff", a[0], ETH_P_ARP);
	add(&f, head, sizeof(head));
	add(&f, &operation, 1);
	add_mac(&f, a[1]);
	add(&f, &sender, sizeof(sender));
	add_mac(&f, "0:0:0:0:0:0");
	add(&f, &target, sizeof(target));
	return send_frame(&f);
}

/* nd FROM_MAC FROM TYPE TARGET OPTION OPTION_MAC HOPS: to all nodes; HOPS: so many
 * headers for nobody come before it. */
static int send_nd(char **a)
{
	struct icmp6_hdr icmp = { .icmp6_type = (uint8_t)atoi(a[2]) };
	const int headers = atoi(a[6]);
	struct frame f, body = {};
	struct in6_addr target;
	uint8_t option[2] = { (uint8_t)atoi(a[4]), 1 };
	struct ip6_hdr ip;

	inet_pton(AF_INET6, a[3], &target);
	add(&body, &icmp, sizeof(icmp));
	add(&body, &target, sizeof(target));
	add(&body, option, sizeof(option));
	add_mac(&body, a[5]);
	ip = header6(a[1], "ff02::1", headers ? IPPROTO_DSTOPTS : IPPROTO_ICMPV6,
		     body.n + (size_t)headers * 8);
	icmp.icmp6_cksum = checksum6(&ip, IPPROTO_ICMPV6, body.bytes, body.n);
	memcpy(body.bytes, &icmp, sizeof(icmp));
	begin(&f, "33:33:0:0:0:1", a[0], ETH_P_IPV6);
	add(&f, &ip, sizeof(ip));
	for (int i = headers; i > 0; i--) {
		const uint8_t padding[8] = { i > 1 ? IPPROTO_DSTOPTS : IPPROTO_ICMPV6, 0, 1, 4 };

		add(&f, padding, sizeof(padding));
	}
	add(&f, body.bytes, body.n);
	return send_frame(&f);
}

/* kind FROM_MAC TYPE: of a protocol that is neither. */
static int send_kind(char **a)
{
	struct frame f;

	begin(&f, "ff:ff:ff:ff:ff:ff", a[0], (uint16_t)strtoul(a[1], NULL, 16));
	f.n = 60;
	return send_frame(&f);
}

const struct intrusion frame_intrusions[] = {
	{ "udp4", 6, send_udp4 },
	{ "icmp4", 5, send_icmp4 },
	{ "udp6", 6, send_udp6 },
	{ "arp", 5, send_arp },
	{ "nd", 7, send_nd },
	{ "kind", 2, send_kind },
	{}
};
