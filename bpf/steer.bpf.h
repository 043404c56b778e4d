/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Packets that come to an address of a context on which none of its sockets is
 * bound by name: its wildcard is to have them (kmod/steer.c finds it), and a
 * datagram is to be answered from where it was sent to.
 *
 * What it costs.  The program is asked about each packet for which the kernel
 * looks for a listener or an unconnected UDP socket, the host's too; packets of
 * connections do not come here.  The host pays a call that finds no context of
 * several addresses, or, where there are some, a search in a sorted array.
 *
 * If a look-up fails.  The packet takes the way that it would take without us:
 * to a socket that is bound to the address by name, or to the host's wildcard.
 * On a private loopback it is nobody's.
 */
#ifndef VS_STEER_BPF_H
#define VS_STEER_BPF_H

#include "address.bpf.h"

extern int vs_steer(struct bpf_sk_lookup *lookup, void *sockets__map, u32 *owner) __ksym;

struct asker {
	u32 nid;
	u16 local_port;
	u16 remote_port;	/* network order */
	struct ip6 remote;	/* IPv4 is IPv4-mapped */
};

/*
 * Which address a peer has asked, where that is not the one that the wildcard is
 * bound to.  Key: struct asker, value: the address, IPv4-mapped or IPv6.  Whoever
 * asks with forged addresses pushes out others, who are then answered from the
 * context's first address, as they are by servers that do not use IP_PKTINFO on
 * any host of several addresses.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct asker);
	__type(value, struct ip6);
} asked SEC(".maps");

static __always_inline void note_asked(struct bpf_sk_lookup *ctx, u32 nid, bool steered)
{
	struct asker key = { .nid = nid, .local_port = ctx->local_port,
			     .remote_port = ctx->remote_port };
	struct ip6 local, *known;

	if (ctx->family == AF_INET) {
		map4(&key.remote, ctx->remote_ip4);
		map4(&local, ctx->local_ip4);
	} else {
		COPY6(key.remote.word, ctx->remote_ip6);
		COPY6(local.word, ctx->local_ip6);
	}
	known = bpf_map_lookup_elem(&asked, &key);
	if (known && !steered)
		bpf_map_delete_elem(&asked, &key);
	else if (steered && !(known && is_same6(known, &local)))
		bpf_map_update_elem(&asked, &key, &local, BPF_ANY);
}

SEC("sk_lookup")
int vs_sk_lookup(struct bpf_sk_lookup *ctx)
{
	u32 owner = 0;
	int r = vs_steer(ctx, &sockets, &owner);

	if (r < 0)
		return SK_DROP;
	if (owner && ctx->protocol == IPPROTO_UDP)
		note_asked(ctx, owner, r);
	return SK_PASS;
}

/* From which address does a wildcard of @nid answer @to?  NULL: it was not asked,
 * or not at another than its first. */
static __always_inline struct ip6 *asked_by(struct bpf_sock_addr *ctx, u32 nid,
					    const struct ip6 *to)
{
	struct asker key = { .nid = nid, .local_port = ctx->sk->src_port,
			     .remote_port = ctx->user_port, .remote = *to };

	return bpf_map_lookup_elem(&asked, &key);
}

#endif /* VS_STEER_BPF_H */
