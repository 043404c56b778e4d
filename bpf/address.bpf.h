/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Which address stands for which: the one place that knows what a context's
 * own addresses and its private loopback are, and what a name that its tasks
 * use becomes.  It decides about addresses; sockets are net.bpf.c's.
 *
 * The private loopback of context N is 127.(N>>8).(N&255).0/24.  127.a.b.c
 * stands for its address c, so that a resolver on 127.0.0.53 and a server on
 * 127.0.0.1 stay apart.  ::1 is c = 254, IPv4-mapped: it is an address that
 * the kernel keeps off every wire, which no IPv6 address but ::1 is.
 *
 * All addresses are in network order.
 */
#ifndef VS_ADDRESS_BPF_H
#define VS_ADDRESS_BPF_H

#include <bpf/bpf_endian.h>
#include "common.bpf.h"

extern u32 vs_address4(u32 nid) __ksym;
extern int vs_address6(u32 nid, void *address, u32 address__sz) __ksym;
extern bool vs_address_own(u32 nid, const void *address, u32 address__sz) __ksym;
extern u32 vs_address_source4(u32 nid, u32 to) __ksym;
extern int vs_address_source6(u32 nid, const void *to, u32 to__sz, void *from,
			      u32 from__sz) __ksym;

/*
 * Whose sockets are.  Key: socket, value: struct vs_sock.  Pinned, shared by
 * socket.bpf.c, which writes it, and net.bpf.c; cloned to accepted sockets.
 */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct vs_sock);
} sockets SEC(".maps");

#define AF_INET		2
#define AF_INET6	10

/*
 * An IPv6 address, word by word: the kernel rewrites each access to the
 * context of a program, and knows them by this form only (no parentheses).
 */
#define COPY6(to, from) do { \
	to[0] = from[0]; \
	to[1] = from[1]; \
	to[2] = from[2]; \
	to[3] = from[3]; \
} while (0)

#define LOOPBACK4	bpf_htonl(0x7f000001)	/* 127.0.0.1 */
#define LOOPBACK4_FOR6	bpf_htonl(0x7f0000fe)	/* 127.0.0.254: ::1 */
#define MAPPED		bpf_htonl(0xffff)

struct ip6 {
	u32 word[4];
};

static __always_inline bool is_loopback4(u32 ip)
{
	return (ip & bpf_htonl(0xff000000)) == bpf_htonl(0x7f000000);
}

static __always_inline bool is_any6(const struct ip6 *ip)
{
	return !(ip->word[0] | ip->word[1] | ip->word[2] | ip->word[3]);
}

static __always_inline bool is_loopback6(const struct ip6 *ip)
{
	return !(ip->word[0] | ip->word[1] | ip->word[2]) && ip->word[3] == bpf_htonl(1);
}

static __always_inline bool is_mapped(const struct ip6 *ip)
{
	return !(ip->word[0] | ip->word[1]) && ip->word[2] == MAPPED;
}

static __always_inline bool is_same6(const struct ip6 *a, const struct ip6 *b)
{
	return a->word[0] == b->word[0] && a->word[1] == b->word[1] &&
	       a->word[2] == b->word[2] && a->word[3] == b->word[3];
}

static __always_inline void map4(struct ip6 *ip, u32 ip4)
{
	ip->word[0] = 0;
	ip->word[1] = 0;
	ip->word[2] = MAPPED;
	ip->word[3] = ip4;
}

/* 127.a.b.c as the context means it. */
static __always_inline u32 private4(u32 nid, u32 ip)
{
	return bpf_htonl(0x7f000000 | (nid & 0xffff) << 8) | (ip & bpf_htonl(0xff));
}

static __always_inline bool is_private4(u32 nid, u32 ip)
{
	return (ip & bpf_htonl(0xffffff00)) == private4(nid, 0);
}

/* What the context's tasks see: the other way round. */
static __always_inline u32 shown4(u32 nid, u32 ip)
{
	if (is_private4(nid, ip) && ip != vs_address4(nid))
		return bpf_htonl(0x7f000000) | (ip & bpf_htonl(0xff));
	return ip;
}

/* The first of its IPv6 addresses; false: it has none. */
static __always_inline bool own6(u32 nid, struct ip6 *ret)
{
	return !vs_address6(nid, ret, sizeof(*ret));
}

/* Is it among its addresses?  The first is looked at first: most have no other. */
static __always_inline bool is_own4(u32 nid, u32 ip)
{
	return ip == vs_address4(nid) || vs_address_own(nid, &ip, sizeof(ip));
}

/*
 * What a context that names @ip gets, whose first is @mine.  The wildcard is its first address, or the
 * private loopback if it has none.  0: not its own.
 */
static __always_inline u32 named4_beside(u32 nid, u32 mine, u32 ip)
{
	if (!ip)
		return mine ?: private4(nid, LOOPBACK4);
	if (ip == mine || (mine && vs_address_own(nid, &ip, sizeof(ip))))
		return ip;
	return is_loopback4(ip) ? private4(nid, ip) : 0;
}

static __always_inline u32 named4(u32 nid, u32 ip)
{
	return named4_beside(nid, vs_address4(nid), ip);
}

/*
 * The same for IPv6.  A wildcard that takes both families becomes the first IPv4
 * address if there is one: one socket has one address.  False: not its own.
 */
static __always_inline bool named6(u32 nid, struct ip6 *ip, bool v6only)
{
	struct ip6 mine;
	bool have = own6(nid, &mine);
	u32 ip4;

	if (is_mapped(ip)) {
		ip4 = named4(nid, ip->word[3]);
		if (!ip4)
			return false;
		map4(ip, ip4);
		return true;
	}
	if (is_any6(ip)) {
		ip4 = v6only ? 0 : vs_address4(nid);
		if (ip4)
			map4(ip, ip4);
		else if (have)
			*ip = mine;
		else
			map4(ip, private4(nid, LOOPBACK4_FOR6));
		return true;
	}
	if (is_loopback6(ip)) {
		map4(ip, private4(nid, LOOPBACK4_FOR6));
		return true;
	}
	return have && (is_same6(ip, &mine) || vs_address_own(nid, ip, sizeof(*ip)));
}

#endif /* VS_ADDRESS_BPF_H */
