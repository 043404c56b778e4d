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
#include "address.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define AF_INET		2
#define AF_INET6	10

/* What the hooks return; BIND also waives CAP_NET_BIND_SERVICE. */
#define REFUSE		0
#define ALLOW		1
#define ALLOW_BIND	3

static __always_inline int refuse(int errno)
{
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

static __always_inline void get6(struct bpf_sock_addr *ctx, struct ip6 *ip)
{
	ip->word[0] = ctx->user_ip6[0];
	ip->word[1] = ctx->user_ip6[1];
	ip->word[2] = ctx->user_ip6[2];
	ip->word[3] = ctx->user_ip6[3];
}

static __always_inline void set6(struct bpf_sock_addr *ctx, const struct ip6 *ip)
{
	ctx->user_ip6[0] = ip->word[0];
	ctx->user_ip6[1] = ip->word[1];
	ctx->user_ip6[2] = ip->word[2];
	ctx->user_ip6[3] = ip->word[3];
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
		return refuse(EADDRNOTAVAIL);
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
	get6(ctx, &ip);
	any = is_any6(&ip) || (is_mapped(&ip) && !ip.word[3]);
	if (!named6(s->nid, &ip, s->flags & VS_SOCK_V6ONLY))
		return refuse(EADDRNOTAVAIL);
	note_name(s, any);
	set6(ctx, &ip);
	return ALLOW_BIND;
}

/* --- where a connection or a datagram goes ------------------------------------- */

enum owner { NOBODY, SELF, OTHER };

/* Who would take what is sent to @ip and the port that @ctx names? */
static __always_inline enum owner owner4(struct bpf_sock_addr *ctx, u32 nid, u32 ip)
{
	struct bpf_sock_tuple tuple = {};
	enum owner owner = OTHER;
	struct bpf_sock *sk;
	struct vs_sock *s;

	tuple.ipv4.saddr = ip;
	tuple.ipv4.daddr = ip;
	tuple.ipv4.dport = ctx->user_port;
	if (ctx->type == SOCK_STREAM)
		sk = bpf_sk_lookup_tcp(ctx, &tuple, sizeof(tuple.ipv4),
				       BPF_F_CURRENT_NETNS, 0);
	else
		sk = bpf_sk_lookup_udp(ctx, &tuple, sizeof(tuple.ipv4),
				       BPF_F_CURRENT_NETNS, 0);
	if (!sk)
		return NOBODY;
	s = bpf_sk_storage_get(&sockets, sk, NULL, 0);
	if (s && s->nid == nid)
		owner = SELF;
	bpf_sk_release(sk);
	return owner;
}

/*
 * The private loopback is met by the context's own sockets only: a wildcard
 * service of the host would answer there too.  Where nobody is on the loopback
 * but the context listens on its address, which is what became of its
 * wildcards, that one is meant.
 */
static __always_inline int loopback4(struct bpf_sock_addr *ctx, u32 nid, u32 *ip)
{
	u32 lo = private4(nid, *ip), mine = vs_address4(nid);
	enum owner owner = owner4(ctx, nid, lo);

	*ip = lo;
	if (owner == SELF)
		return 0;
	if (mine && owner4(ctx, nid, mine) == SELF) {
		*ip = mine;
		return 0;
	}
	return owner == OTHER ? ECONNREFUSED : 0;
}

/* What the context means by @ip as a destination.  0 or an errno. */
static __always_inline int destination4(struct bpf_sock_addr *ctx, u32 nid, u32 *ip)
{
	u32 mine = vs_address4(nid);

	if (!*ip)
		*ip = LOOPBACK4;
	if (*ip != mine && is_loopback4(*ip))
		return loopback4(ctx, nid, ip);
	return mine ? 0 : ENETUNREACH;
}

static __always_inline u32 source4(u32 nid, u32 destination)
{
	return is_private4(nid, destination) ? destination : vs_address4(nid);
}

/* --- connect ------------------------------------------------------------------- */

/*
 * Give an unbound socket its source.  A bound one keeps what it has, which is
 * the context's own by bind or by vs_socket_source(); a source of the other
 * family or of nobody means that the destination is out of reach.
 */
static __always_inline int bind4(struct bpf_sock_addr *ctx, u32 nid, u32 ip)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in sin = { .sin_family = AF_INET };
	int err;

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

	__builtin_memcpy(&sin6.sin6_addr, ip, sizeof(*ip));
	if (!bpf_bind(ctx, (struct sockaddr *)&sin6, sizeof(sin6)))
		return 0;
	bound.word[0] = ctx->sk->src_ip6[0];
	bound.word[1] = ctx->sk->src_ip6[1];
	bound.word[2] = ctx->sk->src_ip6[2];
	bound.word[3] = ctx->sk->src_ip6[3];
	return is_same6(&bound, ip) ? 0 : ENETUNREACH;
}

static __always_inline int connect4(struct bpf_sock_addr *ctx, u32 nid, u32 *ip)
{
	int err = destination4(ctx, nid, ip);

	return err ?: bind4(ctx, nid, source4(nid, *ip));
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
	err = connect4(ctx, s->nid, &ip);
	if (err)
		return refuse(err);
	ctx->user_ip4 = ip;
	return ALLOW;
}

SEC("cgroup/connect6")
int vs_connect6(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);
	struct ip6 ip, mine;
	u32 ip4;
	int err;

	if (!s)
		return ALLOW;
	get6(ctx, &ip);
	if (is_mapped(&ip) || is_any6(&ip) || is_loopback6(&ip)) {
		ip4 = is_mapped(&ip) ? ip.word[3] : LOOPBACK4_FOR6;
		err = connect4(ctx, s->nid, &ip4);
		map4(&ip, ip4);
	} else {
		err = own6(s->nid, &mine) ? bind6(ctx, &mine) : ENETUNREACH;
	}
	if (err)
		return refuse(err);
	set6(ctx, &ip);
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
		return refuse(err);
	source = ctx->msg_src_ip4 ?: source4(s->nid, ip);
	if (named4(s->nid, source) != source)
		return refuse(EADDRNOTAVAIL);
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
	get6(ctx, &ip);
	if (is_any6(&ip) || is_loopback6(&ip) || !own6(s->nid, &mine))
		return refuse(ENETUNREACH);
	source.word[0] = ctx->msg_src_ip6[0];
	source.word[1] = ctx->msg_src_ip6[1];
	source.word[2] = ctx->msg_src_ip6[2];
	source.word[3] = ctx->msg_src_ip6[3];
	if (is_any6(&source)) {
		ctx->msg_src_ip6[0] = mine.word[0];
		ctx->msg_src_ip6[1] = mine.word[1];
		ctx->msg_src_ip6[2] = mine.word[2];
		ctx->msg_src_ip6[3] = mine.word[3];
		return ALLOW;
	}
	return is_same6(&source, &mine) ? ALLOW : refuse(EADDRNOTAVAIL);
}

/* --- what it is told ------------------------------------------------------------------- */

SEC("cgroup/recvmsg4")
int vs_recvmsg4(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);

	if (s)
		ctx->user_ip4 = shown4(s->nid, ctx->user_ip4);
	return ALLOW;
}

SEC("cgroup/getpeername4")
int vs_getpeername4(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);

	if (s)
		ctx->user_ip4 = shown4(s->nid, ctx->user_ip4);
	return ALLOW;
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
	get6(ctx, &ip);
	if (is_mapped(&ip))
		ctx->user_ip6[3] = shown4(s->nid, ip.word[3]);
	return ALLOW;
}

static __always_inline void show6(struct bpf_sock_addr *ctx, u32 nid)
{
	struct ip6 ip;

	get6(ctx, &ip);
	if (!is_mapped(&ip))
		return;
	ip.word[3] = shown4(nid, ip.word[3]);
	if (ip.word[3] == LOOPBACK4_FOR6) {
		ip.word[2] = 0;
		ip.word[3] = bpf_htonl(1);
	}
	set6(ctx, &ip);
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
		set6(ctx, &any);
	else
		show6(ctx, s->nid);
	return ALLOW;
}
