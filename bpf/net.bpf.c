// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * ADDRESSES: what a socket of a context binds to, connects to, sends to, and
 * what it is told about itself.
 *
 * What it does.  A wildcard becomes the context's first address, and what comes
 * to its others is steered there (steer.bpf.h); an address that is not its own is
 * "not available"; ports below 1024 need no capability on own addresses.
 * 127.a.b.c and ::1 are the context's private loopback (address.bpf.h), on which
 * it meets its own sockets only.  The source of every connection and datagram is
 * the context's address.  Names that are read back (getsockname, getpeername,
 * recvmsg) are the ones that were asked for (told.bpf.h).
 * Without an address of a family that family is unreachable but for the
 * loopback.
 *
 * When it is good.  No interface, route or rule belongs to a context; packets
 * pay nothing, bind and connect and an unconnected datagram pay a hook.  The
 * programs hang on the root cgroup, and go by the socket's mark (socket.bpf.c)
 * and not by a cgroup, so that moving a process changes nothing.  A socket of
 * the host costs one look-up that finds nothing.
 *
 * What it cannot stop.  One socket has one address: broadcasts and
 * multicasts are not heard.  A wildcard service of the host answers on the
 * contexts' addresses where they do not; chbind it.  Who is the host's and asks
 * for a port gets it, whatever contexts have on their addresses (kmod/share.c).
 *
 * If a look-up fails.  No mark: the host's socket, nothing changes.  A context
 * that is not in the table has no address: loopback only.
 */
#include "destination.bpf.h"
#include "steer.bpf.h"
#include "told.bpf.h"

char LICENSE[] SEC("license") = "GPL";

extern u64 vs_addresses4(u32 nid) __ksym;
extern int vs_socket_move(struct bpf_sock_addr *address, const void *source,
			  u32 source__sz) __ksym;
extern void vs_bind_share(struct bpf_sock_addr *address, void *sockets__map) __ksym;

static __always_inline int refuse(const struct vs_sock *s, int errno)
{
	vs_context_refused(s->nid, VS_RULE_ADDRESS);
	bpf_set_retval(-errno);
	return REFUSE;
}

/* --- bind ------------------------------------------------------------------- */

/* What it was bound to: a name, or the wildcard, and of which families. */
static __always_inline void note_name(struct vs_sock *s, bool any, bool mapped)
{
	s->flags &= VS_SOCK_V6ONLY;
	s->flags |= any ? VS_SOCK_ANY : VS_SOCK_NAMED;
	if (any && mapped)
		s->flags |= VS_SOCK_V4ONLY;
}

SEC("cgroup/bind4")
int vs_bind4(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);
	u32 ip;

	if (!s) {
		if (ctx->user_port && !ctx->user_ip4)
			vs_bind_share(ctx, &sockets);
		return ALLOW;
	}
	ip = named4(s->nid, ctx->user_ip4);
	if (!ip)
		return refuse(s, EADDRNOTAVAIL);
	note_name(s, !ctx->user_ip4, false);
	ctx->user_ip4 = ip;
	vs_bind_share(ctx, &sockets);
	return ALLOW_BIND;
}

SEC("cgroup/bind6")
int vs_bind6(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);
	struct ip6 ip;
	bool any, mapped;

	COPY6(ip.word, ctx->user_ip6);
	mapped = is_mapped(&ip);
	any = is_any6(&ip) || (mapped && !ip.word[3]);
	if (!s) {
		if (ctx->user_port && any)
			vs_bind_share(ctx, &sockets);
		return ALLOW;
	}
	if (!named6(s->nid, &ip, s->flags & VS_SOCK_V6ONLY))
		return refuse(s, EADDRNOTAVAIL);
	note_name(s, any, mapped);
	COPY6(ctx->user_ip6, ip.word);
	vs_bind_share(ctx, &sockets);
	return ALLOW_BIND;
}

/* --- connect ------------------------------------------------------------------- */

/*
 * Give an unbound socket its source, if it is not the one that it has from
 * vs_socket_source(): bpf_bind() asks the routing table.  A bound one keeps
 * what it has, which is the context's own, unless it is of IPv6, which can be of
 * the wrong family, and was not asked for by name.
 */
static __always_inline int bind4(struct bpf_sock_addr *ctx, const struct vs_sock *s, u32 ip)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	u32 bound;
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
	if (err && ctx->family == AF_INET6 && !(s->flags & VS_SOCK_NAMED))
		err = vs_socket_move(ctx, &sin6.sin6_addr, sizeof(sin6.sin6_addr));
	bound = ctx->sk->src_ip4;
	return !err || (bound && named4(s->nid, bound) == bound) ? 0 : EADDRNOTAVAIL;
}

static __always_inline int bind6(struct bpf_sock_addr *ctx, const struct vs_sock *s,
				 const struct ip6 *ip)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6 };
	struct ip6 bound;

	COPY6(bound.word, ctx->sk->src_ip6);
	if (is_same6(&bound, ip))
		return 0;
	__builtin_memcpy(&sin6.sin6_addr, ip, sizeof(*ip));
	if (!bpf_bind(ctx, (struct sockaddr *)&sin6, sizeof(sin6)) ||
	    (!is_mapped(&bound) && vs_address_own(s->nid, &bound, sizeof(bound))))
		return 0;
	return s->flags & VS_SOCK_NAMED || vs_socket_move(ctx, ip, sizeof(*ip)) ? ENETUNREACH : 0;
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
	err = destination4(s->nid, &ip) ?: bind4(ctx, s, source4(s->nid, ip));
	if (err)
		return refuse(s, err);
	ctx->user_ip4 = ip;
	return ALLOW;
}

/* The same, for an address of either family. */
static __always_inline int connect6(struct bpf_sock_addr *ctx, const struct vs_sock *s,
				    struct ip6 *ip)
{
	struct ip6 source;
	bool out_of_reach = is_mapped(ip) && s->flags & VS_SOCK_V6ONLY;
	int err = out_of_reach ? ENETUNREACH : destination6(s->nid, ip);

	if (err)
		return err;
	if (is_mapped(ip))
		return bind4(ctx, s, source4(s->nid, ip->word[3]));
	err = vs_address_source6(s->nid, ip, sizeof(*ip), &source, sizeof(source));
	return err ? ENETUNREACH : bind6(ctx, s, &source);
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
	err = connect6(ctx, s, &ip);
	if (err)
		return refuse(s, err);
	COPY6(ctx->user_ip6, ip.word);
	return ALLOW;
}

/* --- datagrams of sockets that are not connected ----------------------------------- */

/* What the kernel takes for the IPv4 address of a socket that has one of IPv6. */
#define NO_SOURCE4	bpf_htonl(0x7f000006)

/*
 * The source of a datagram whose sender did not say one, as far as can be seen: a
 * socket without a name has its first address.  Who asked is answered from where
 * he asked; one that was bound to the wildcard, and may answer with IP_PKTINFO, is
 * taken at its word; else it is what connect() would choose.
 */
static __always_inline u32 datagram_source4(struct bpf_sock_addr *ctx, struct vs_sock *s,
					    u32 mine, u32 to)
{
	u32 source = ctx->msg_src_ip4;
	struct ip6 peer, *local;

	if (source == NO_SOURCE4)
		source = 0;
	if (source && (s->flags & VS_SOCK_NAMED || source != (mine ?: source)))
		return source;
	map4(&peer, to);
	local = asked_by(ctx, s->nid, &peer);
	if (local && is_mapped(local))
		return local->word[3];
	return source && s->flags & VS_SOCK_ANY ? source : source4(s->nid, to);
}

/* Most have one address, and send to somebody else.  True: that is done. */
static __always_inline bool send_from_only4(struct bpf_sock_addr *ctx, struct vs_sock *s,
					    u64 addresses)
{
	u32 only = addresses, source = ctx->msg_src_ip4;

	if (!only || addresses & VS_SEVERAL4 || !ctx->user_port || !ctx->user_ip4 ||
	    is_loopback4(ctx->user_ip4) || s->flags & VS_SOCK_V6ONLY ||
	    (source && source != only && source != NO_SOURCE4))
		return false;
	ctx->msg_src_ip4 = only;
	return true;
}

SEC("cgroup/sendmsg4")
int vs_sendmsg4(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);
	u32 ip, source, mine;
	u64 addresses;
	int err;

	if (!s)
		return ALLOW;
	addresses = vs_addresses4(s->nid);
	if (send_from_only4(ctx, s, addresses))
		return ALLOW;
	mine = addresses;
	if (ctx->user_port) {
		ip = ctx->user_ip4;
		err = destination4_beside(s->nid, mine, &ip);
		/* IPV6_V6ONLY was taken from it for the sake of ::1 alone. */
		if (!err && s->flags & VS_SOCK_V6ONLY && !is_private4(s->nid, ip))
			err = ENETUNREACH;
		if (err)
			return refuse(s, err);
		source = datagram_source4(ctx, s, mine, ip);
		ctx->user_ip4 = ip;
	} else {	/* connected: only the source is new, and none is the route's */
		source = ctx->msg_src_ip4 ?: ctx->sk->src_ip4;
	}
	if (named4_beside(s->nid, mine, source) != source)
		return refuse(s, EADDRNOTAVAIL);
	ctx->msg_src_ip4 = source;
	return ALLOW;
}

/* A dual wildcard is bound to an IPv4 address, which is no source of IPv6. */
static __always_inline bool datagram_source6(struct bpf_sock_addr *ctx, struct vs_sock *s,
					     const struct ip6 *to, struct ip6 *source)
{
	struct ip6 mine, *local;
	bool first;

	if (!own6(s->nid, &mine))
		return false;
	first = is_same6(source, &mine);
	if (!is_any6(source) && !is_mapped(source) && (!first || s->flags & VS_SOCK_NAMED))
		return true;
	local = asked_by(ctx, s->nid, to);
	if (local && !is_mapped(local)) {
		*source = *local;
		return true;
	}
	if (first && s->flags & VS_SOCK_ANY)
		return true;
	return !vs_address_source6(s->nid, to, sizeof(*to), source, sizeof(*source));
}

SEC("cgroup/sendmsg6")
int vs_sendmsg6(struct bpf_sock_addr *ctx)
{
	struct vs_sock *s = mark_of(ctx);
	struct ip6 ip, source;

	if (!s)
		return ALLOW;
	COPY6(source.word, ctx->msg_src_ip6);
	if (ctx->user_port) {		/* otherwise it is connected, as above */
		COPY6(ip.word, ctx->user_ip6);
		/* Still so: it has a name of IPv6, to which none on a private ::1
		 * could answer, but its wildcards there can. */
		if ((is_any6(&ip) || is_loopback6(&ip)) && !own6(s->nid, &ip))
			return refuse(s, ENETUNREACH);
		if (!datagram_source6(ctx, s, &ip, &source))
			return refuse(s, ENETUNREACH);
		COPY6(ctx->user_ip6, ip.word);
		COPY6(ctx->msg_src_ip6, source.word);
	}
	return vs_address_own(s->nid, &source, sizeof(source)) ? ALLOW :
								 refuse(s, EADDRNOTAVAIL);
}
