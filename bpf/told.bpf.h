/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a socket of a context is told of itself and its peers: names are the ones
 * that were asked for, the private loopback is 127.0.0.0/8 and ::1.
 */
#ifndef VS_TOLD_BPF_H
#define VS_TOLD_BPF_H

#include "address.bpf.h"

/* What the hooks return; BIND also waives CAP_NET_BIND_SERVICE. */
#define REFUSE		0
#define ALLOW		1
#define ALLOW_BIND	3

/* The mark of a socket with a nid, or NULL: the host's. */
static __always_inline struct vs_sock *mark_of(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s;

	if (!ctx->sk)
		return NULL;
	s = bpf_sk_storage_get(&sockets, ctx->sk, NULL, 0);
	return s && s->nid ? s : NULL;
}

static __always_inline int show4(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);

	if (s)
		ctx->user_ip4 = shown4(s->nid, ctx->user_ip4);
	return ALLOW;
}

SEC("cgroup/recvmsg4")
int vs_recvmsg4(struct bpf_sock_addr *ctx)
{
	return show4(ctx);
}

SEC("cgroup/getpeername4")
int vs_getpeername4(struct bpf_sock_addr *ctx)
{
	return show4(ctx);
}

/* Neither connected nor bound to a name: what was asked for is the wildcard. */
static __always_inline bool is_wildcard(struct bpf_sock_addr *ctx, struct vs_sock *s)
{
	u32 state = ctx->sk->state;

	return !(s->flags & VS_SOCK_NAMED) &&
	       (state == BPF_TCP_CLOSE || state == BPF_TCP_LISTEN);
}

SEC("cgroup/getsockname4")
int vs_getsockname4(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);

	if (s)
		ctx->user_ip4 = is_wildcard(ctx, s) ? 0 : shown4(s->nid, ctx->user_ip4);
	return ALLOW;
}

static __always_inline void show6(struct bpf_sock_addr *ctx, u32 nid)
{
	struct ip6 ip;

	COPY6(ip.word, ctx->user_ip6);
	if (!is_mapped(&ip))
		return;
	ip.word[3] = shown4(nid, ip.word[3]);
	if (ip.word[3] == LOOPBACK4_FOR6) {
		ip.word[2] = 0;
		ip.word[3] = bpf_htonl(1);
	}
	COPY6(ctx->user_ip6, ip.word);
}

static __always_inline int show_peer6(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);

	if (s)
		show6(ctx, s->nid);
	return ALLOW;
}

SEC("cgroup/recvmsg6")
int vs_recvmsg6(struct bpf_sock_addr *ctx)
{
	return show_peer6(ctx);
}

SEC("cgroup/getpeername6")
int vs_getpeername6(struct bpf_sock_addr *ctx)
{
	return show_peer6(ctx);
}

SEC("cgroup/getsockname6")
int vs_getsockname6(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);
	struct ip6 any = {};

	if (!s)
		return ALLOW;
	if (is_wildcard(ctx, s))
		COPY6(ctx->user_ip6, any.word);
	else
		show6(ctx, s->nid);
	return ALLOW;
}

#endif /* VS_TOLD_BPF_H */
