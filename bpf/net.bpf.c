// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * ADDRESSES: what a socket of a context binds to, connects to, sends to, and
 * what it is told about itself.
 *
 * What it does.  A wildcard becomes the context's address; an address that is
 * not its own is "not available"; ports below 1024 need no capability on own
 * addresses.  127.a.b.c and ::1 are the context's private loopback
 * (address.bpf.h), on which it meets its own sockets only.  The source of
 * every connection and datagram is the context's address.  Names that are read
 * back (getsockname, getpeername, recvmsg) are the ones that were asked for.
 * Without an address of a family that family is unreachable but for the
 * loopback.
 *
 * When it is good.  No interface, route or rule belongs to a context; packets
 * pay nothing, bind and connect and an unconnected datagram pay a hook.  The
 * programs hang on the root cgroup, and go by the socket's mark (socket.bpf.c)
 * and not by a cgroup, so that moving a process changes nothing.  A socket of
 * the host costs one look-up that finds nothing.
 *
 * What it cannot stop.  One socket has one address: a wildcard listener of
 * both families hears IPv4 only where the context has both, and broadcasts and
 * multicasts are not heard.  A wildcard service of the host answers on the
 * contexts' addresses too, and takes the port from them; chbind it.  An
 * unconnected IPv6 datagram cannot go to a private ::1, because the kernel
 * does not let a program turn IPv6 into IPv4 there.  A connected UDP socket
 * that names a source with each datagram (IP_PKTINFO) passes no hook.
 *
 * If a look-up fails.  No mark: the host's socket, nothing changes.  A context
 * that is not in the table has no address: loopback only.
 */
#include "destination.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define AF_INET		2
#define AF_INET6	10

/* What the hooks return; BIND also waives CAP_NET_BIND_SERVICE. */
#define REFUSE		0
#define ALLOW		1
#define ALLOW_BIND	3

static __always_inline int refuse(const struct vs_sock *s, int errno)
{
	vs_context_refused(s->nid, VS_RULE_ADDRESS);
	bpf_set_retval(-errno);
	return REFUSE;
}

/* The mark of a socket with a nid, or NULL: the host's, return at once. */
static __always_inline struct vs_sock *mark_of(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s;

	if (!ctx->sk)
		return NULL;
	s = bpf_sk_storage_get(&sockets, ctx->sk, NULL, 0);
	return s && s->nid ? s : NULL;
}

/* --- bind ------------------------------------------------------------------- */

static __always_inline void note_name(struct vs_sock *s, bool any)
{
	if (any)
		s->flags &= ~VS_SOCK_NAMED;
	else
		s->flags |= VS_SOCK_NAMED;
}

SEC("cgroup/bind4")
int vs_bind4(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);
	u32 ip;

	if (!s)
		return ALLOW;
	ip = named4(s->nid, ctx->user_ip4);
	if (!ip)
		return refuse(s, EADDRNOTAVAIL);
	note_name(s, !ctx->user_ip4);
	ctx->user_ip4 = ip;
	return ALLOW_BIND;
}

SEC("cgroup/bind6")
int vs_bind6(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);
	struct ip6 ip;
	bool any;

	if (!s)
		return ALLOW;
	COPY6(ip.word, ctx->user_ip6);
	any = is_any6(&ip) || (is_mapped(&ip) && !ip.word[3]);
	if (!named6(s->nid, &ip, s->flags & VS_SOCK_V6ONLY))
		return refuse(s, EADDRNOTAVAIL);
	note_name(s, any);
	COPY6(ctx->user_ip6, ip.word);
	return ALLOW_BIND;
}

/* --- connect ------------------------------------------------------------------- */

/*
 * Give an unbound socket its source, if it is not the one that it has from
 * vs_socket_source(): bpf_bind() asks the routing table.  A bound one keeps
 * what it has, which is the context's own; a source of the other family or of
 * nobody means that the destination is out of reach.
 */
static __always_inline int bind4(struct bpf_sock_addr *ctx, u32 nid, u32 ip)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in sin = { .sin_family = AF_INET };
	int err;

	if (ctx->family == AF_INET && ctx->sk->src_ip4 == ip)
		return 0;
	if (ctx->family == AF_INET6) {
		map4((struct ip6 *)&sin6.sin6_addr, ip);
		err = bpf_bind(ctx, (struct sockaddr *)&sin6, sizeof(sin6));
	} else {
		sin.sin_addr.s_addr = ip;
		err = bpf_bind(ctx, (struct sockaddr *)&sin, sizeof(sin));
	}
	if (!err)
		return 0;
	ip = ctx->sk->src_ip4;
	return ip && named4(nid, ip) == ip ? 0 : EADDRNOTAVAIL;
}

static __always_inline int bind6(struct bpf_sock_addr *ctx, const struct ip6 *ip)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	struct ip6 bound;

	COPY6(bound.word, ctx->sk->src_ip6);
	if (is_same6(&bound, ip))
		return 0;
	__builtin_memcpy(&sin6.sin6_addr, ip, sizeof(*ip));
	return bpf_bind(ctx, (struct sockaddr *)&sin6, sizeof(sin6)) ? ENETUNREACH : 0;
}

SEC("cgroup/connect4")
int vs_connect4(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);
	u32 ip;
	int err;

	if (!s)
		return ALLOW;
	ip = ctx->user_ip4;
	err = destination4(ctx, s->nid, &ip) ?: bind4(ctx, s->nid, source4(s->nid, ip));
	if (err)
		return refuse(s, err);
	ctx->user_ip4 = ip;
	return ALLOW;
}

/* The same, for an address of either family. */
static __always_inline int connect6(struct bpf_sock_addr *ctx, u32 nid, struct ip6 *ip)
{
	struct ip6 mine;
	int err = 0;

	if (is_any6(ip) || is_loopback6(ip))
		err = loopback6(ctx, nid, ip);
	else if (is_mapped(ip))
		err = destination4(ctx, nid, &ip->word[3]);
	if (err)
		return err;
	if (is_mapped(ip))
		return bind4(ctx, nid, source4(nid, ip->word[3]));
	return own6(nid, &mine) ? bind6(ctx, &mine) : ENETUNREACH;
}

SEC("cgroup/connect6")
int vs_connect6(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);
	struct ip6 ip;
	int err;

	if (!s)
		return ALLOW;
	COPY6(ip.word, ctx->user_ip6);
	err = connect6(ctx, s->nid, &ip);
	if (err)
		return refuse(s, err);
	COPY6(ctx->user_ip6, ip.word);
	return ALLOW;
}

/* --- datagrams of sockets that are not connected ----------------------------------- */

SEC("cgroup/sendmsg4")
int vs_sendmsg4(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);
	u32 ip, source;
	int err;

	if (!s)
		return ALLOW;
	ip = ctx->user_ip4;
	err = destination4(ctx, s->nid, &ip);
	if (err)
		return refuse(s, err);
	source = ctx->msg_src_ip4 ?: source4(s->nid, ip);
	if (named4(s->nid, source) != source)
		return refuse(s, EADDRNOTAVAIL);
	ctx->user_ip4 = ip;
	ctx->msg_src_ip4 = source;
	return ALLOW;
}

SEC("cgroup/sendmsg6")
int vs_sendmsg6(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);
	struct ip6 ip, source, mine;

	if (!s)
		return ALLOW;
	COPY6(ip.word, ctx->user_ip6);
	if (is_any6(&ip) || is_loopback6(&ip)) {
		if (loopback6(ctx, s->nid, &ip) || is_mapped(&ip))
			return refuse(s, ENETUNREACH);
		COPY6(ctx->user_ip6, ip.word);
	}
	if (!own6(s->nid, &mine))
		return refuse(s, ENETUNREACH);
	COPY6(source.word, ctx->msg_src_ip6);
	if (is_any6(&source))
		COPY6(ctx->msg_src_ip6, mine.word);
	else if (!is_same6(&source, &mine))
		return refuse(s, EADDRNOTAVAIL);
	return ALLOW;
}

/* --- what it is told ------------------------------------------------------------------- */

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

/* Stays IPv4-mapped: an answer to ::1 could not be sent (see above). */
SEC("cgroup/recvmsg6")
int vs_recvmsg6(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);
	struct ip6 ip;

	if (!s)
		return ALLOW;
	COPY6(ip.word, ctx->user_ip6);
	if (is_mapped(&ip))
		ctx->user_ip6[3] = shown4(s->nid, ip.word[3]);
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

SEC("cgroup/getpeername6")
int vs_getpeername6(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);

	if (s)
		show6(ctx, s->nid);
	return ALLOW;
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
