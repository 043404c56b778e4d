// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * SOCKETS: whose a socket is, which sockets a context may make, and which Unix
 * sockets it may reach.  What addresses they get is net.bpf.c's.
 *
 * What it does.  A socket that a task of a context makes is marked with the
 * task's numbers (socket storage, cloned to accepted sockets).  With a nid it
 * also gets that context's source address at once, without a port, so that
 * UDP's automatic bind and listen() without bind, which pass no other hook,
 * are on its own address too.  A nid may make TCP, UDP, ping, Unix and netlink
 * sockets; other families are "not supported", raw sockets are refused.  Of
 * netlink an xid has the protocols that a guest's userland asks; to the others
 * it is told what a kernel says that does not have them, as it is of AF_ALG.
 * A task cannot be given a socket of another nid, nor bind, connect or listen with
 * one; nor can one with a network namespace of its own with a socket of another
 * context, of whatever kind but Unix.  A context connects to Unix sockets of its own
 * only, and sends datagrams to those and to whatever has a path.
 *
 * When it is good.  The mark is the maker's, not that of whoever holds the
 * descriptor or the cgroup it was made in.  A socket of the host has no mark
 * and costs one look-up.  Sending and receiving, and each packet, cost nothing: a
 * task has no socket by which it could do what it may not (vs_enter in task.bpf.c).
 *
 * What it cannot stop.  Abstract names are one name space: a context
 * sees that a name is taken.  Netlink's lists are cut to what is a context's own
 * (kmod/listing.c); who means to can still learn of the host's interfaces, routes,
 * sockets and devices.
 *
 * If a look-up fails.  No room for the mark: the socket is not made (-ENOMEM).
 * No mark: the host's, so a task with a nid may not use it.
 */
#include "own_net.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define VS_RULE VS_RULE_SOCKET

#define AF_ALG		38
#define IPPROTO_ICMPV6	58	/* a macro: not in BTF */

#define NETLINK_ROUTE		0	/* macros too */
#define NETLINK_SOCK_DIAG	4
#define NETLINK_NFLOG		5
#define NETLINK_XFRM		6
#define NETLINK_NETFILTER	12
#define NETLINK_KOBJECT_UEVENT	15
#define NETLINK_GENERIC		16

extern int vs_socket_source(struct socket *sock, const void *address,
			    u32 address__sz) __ksym;
extern int vs_socket_dual(struct socket *sock) __ksym;
extern int vs_socket_datagrams(struct socket *sock, void *sockets__map) __ksym;
extern int vs_socket_listings(struct socket *sock, void *sockets__map) __ksym;
extern void vs_listen_share(struct socket *sock, void *sockets__map) __ksym;

/* --- making ---------------------------------------------------------------- */

static __always_inline int may_make(int family, int type, int protocol)
{
	switch (family) {
	case AF_UNIX:
	case AF_NETLINK:
		return 0;
	case AF_INET:
	case AF_INET6:
		break;
	default:
		return -EAFNOSUPPORT;
	}
	if (type == SOCK_STREAM && (!protocol || protocol == IPPROTO_TCP))
		return 0;
	if (type != SOCK_DGRAM)
		return -EPERM;
	if (!protocol || protocol == IPPROTO_UDP)
		return 0;
	if (protocol == (family == AF_INET ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		return 0;
	return -EPERM;
}

/*
 * Netlink of a context.  Not the connector, which tells of each fork, exec and
 * exit of the machine and asks for no privilege; not audit, where guests' root
 * would write to the host's log (PAM, sshd and D-Bus go on without, where they
 * do not with -EPERM); nor what no guest needs.  logind does not start without
 * KOBJECT_UEVENT, which tells no more than sysfs does.
 */
static __always_inline int may_make_netlink(int protocol)
{
	switch (protocol) {
	case NETLINK_ROUTE:
	case NETLINK_SOCK_DIAG:
	case NETLINK_NFLOG:
	case NETLINK_XFRM:
	case NETLINK_NETFILTER:
	case NETLINK_KOBJECT_UEVENT:
	case NETLINK_GENERIC:
		return 0;
	}
	return -EPROTONOSUPPORT;
}

/* The address that an unbound socket sends from and receives on. */
static __always_inline int set_source(struct socket *sock, int family, u32 nid)
{
	u32 ip4 = vs_address4(nid);
	struct ip6 ip6;

	if (family == AF_INET) {
		ip4 = ip4 ?: private4(nid, LOOPBACK4);
		return vs_socket_source(sock, &ip4, sizeof(ip4));
	}
	if (!own6(nid, &ip6))
		map4(&ip6, ip4 ?: private4(nid, LOOPBACK4_FOR6));
	return vs_socket_source(sock, &ip6, sizeof(ip6));
}

/*
 * Refuses here what it might have refused in lsm/socket_create, for the sake
 * of the host, which pays for each hook with each socket: who is refused never
 * had the socket in his hands.
 */
SEC("lsm/socket_post_create")
int BPF_PROG(vs_socket_post_create, struct socket *sock, int family, int type,
	     int protocol, int kern, int ret)
{
	struct sock *sk = sock->sk;
	struct vs_sock *s;
	struct vs_task *t;
	int err;

	if (ret || kern)
		return ret;
	t = vs_current();
	if (!t)
		return 0;
	err = t->nid ? may_make(family, type, protocol) : 0;
	if (!err && t->own_net)
		err = may_make_own(family);
	/*
	 * A cipher that is not there is looked for, and its module loaded, by a
	 * thread of the kernel's, where no hook knows for whom.
	 */
	if (!err && t->xid && family == AF_ALG)
		err = -EAFNOSUPPORT;
	if (!err && t->xid && family == AF_NETLINK)
		err = may_make_netlink(protocol);
	if (err) {
		vs_count_refusal(VS_RULE);
		return err;
	}
	if (family != AF_UNIX && family != AF_INET && family != AF_INET6 && !t->own_net &&
	    !(t->nid && family == AF_NETLINK))
		return 0;
	if (!sk)
		return -ENOMEM;
	s = bpf_sk_storage_get(&sockets, sk, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!s)
		return -ENOMEM;
	s->nid = t->nid;
	s->xid = t->xid;
	if (!t->nid || family == AF_UNIX)
		return 0;
	if (family == AF_NETLINK)
		return vs_socket_listings(sock, &sockets) ? -ENOMEM : 0;
	if (set_source(sock, family, t->nid))
		return -EADDRNOTAVAIL;
	return vs_socket_datagrams(sock, &sockets) ? -ENOMEM : 0;
}

/* --- using ----------------------------------------------------------------- */

/*
 * May the running task bind, connect or listen with this socket?  *ret_sock
 * is its mark, NULL where it has no nid.
 */
static __always_inline int may_use(struct socket *sock, struct vs_sock **ret_sock)
{
	struct sock *sk = sock->sk;
	struct vs_sock *s;
	struct vs_task *t;
	u32 nid;

	*ret_sock = NULL;
	if (!sk)
		return 0;
	t = vs_current();
	if (t && t->own_net)
		return may_use_own(sk, t->xid);
	if (sk->__sk_common.skc_family != AF_INET && sk->__sk_common.skc_family != AF_INET6)
		return 0;
	nid = t ? t->nid : 0;
	s = sk->sk_bpf_storage ? bpf_sk_storage_get(&sockets, sk, NULL, 0) : NULL;
	if (s && s->nid)
		*ret_sock = s;
	else
		s = NULL;
	if (!nid)
		return 0;
	return vs_verdict(s && s->nid == nid);
}

/*
 * The private ::1 is an IPv4-mapped address (address.bpf.h), which a socket
 * with IPV6_V6ONLY cannot have; so one that is to have it, or is to hear what
 * comes there, loses the option.  It is bound to that, or to an address of IPv6,
 * and can reach and hear nothing else.  net.bpf.c knows by the flag.
 */
static __always_inline int prepare6(struct socket *sock, struct vs_sock *s,
				    struct sockaddr *address, int addrlen)
{
	struct sock *sk = sock->sk;
	struct sockaddr_in6 sin6;
	struct ip6 ip;

	if (!sk || sk->__sk_common.skc_family != AF_INET6 || addrlen < (int)sizeof(sin6) - 4)
		return 0;
	if (!sk->__sk_common.skc_ipv6only) {
		s->flags &= ~VS_SOCK_V6ONLY;
		return 0;
	}
	s->flags |= VS_SOCK_V6ONLY;
	if (bpf_probe_read_kernel(&sin6, sizeof(sin6) - 4, address))
		return -EPERM;
	__builtin_memcpy(&ip, &sin6.sin6_addr, sizeof(ip));
	if (is_loopback6(&ip) || is_any6(&ip))
		vs_socket_dual(sock);
	return 0;
}

SEC("lsm/socket_bind")
int BPF_PROG(vs_socket_bind, struct socket *sock, struct sockaddr *address, int addrlen,
	     int ret)
{
	struct vs_sock *s;

	if (!ret)
		ret = may_use(sock, &s);
	return ret || !s ? ret : prepare6(sock, s, address, addrlen);
}

SEC("lsm/socket_connect")
int BPF_PROG(vs_socket_connect, struct socket *sock, struct sockaddr *address,
	     int addrlen, int ret)
{
	struct vs_sock *s;

	if (!ret)
		ret = may_use(sock, &s);
	return ret || !s ? ret : prepare6(sock, s, address, addrlen);
}

SEC("lsm/socket_listen")
int BPF_PROG(vs_socket_listen, struct socket *sock, int backlog, int ret)
{
	struct vs_sock *s;

	if (!ret)
		ret = may_use(sock, &s);
	if (!ret)
		vs_listen_share(sock, &sockets);
	return ret;
}

/* --- coming by another's ----------------------------------------------------------- */

/*
 * A task with a nid, or a network of its own, has no socket of the host's or of another
 * context's when it enters (vs_enter), and is given none, by a Unix socket or
 * pidfd_getfd().  Sockets that the
 * kernel made for itself, for a network file system, are not the task's.
 */
SEC("lsm/file_receive")
int BPF_PROG(vs_socket_receive, struct file *file, int ret)
{
	struct vs_task *t = vs_current();
	struct socket *sock;
	struct vs_sock *s;
	struct sock *sk;

	if (ret || !t || !(t->nid || t->own_net))
		return ret;
	sock = bpf_sock_from_file(file);
	sk = sock ? sock->sk : NULL;
	if (!sk)
		return 0;
	barrier_var(sk);	/* else it is read once more, and not known not to be NULL */
	return BPF_CORE_READ_BITFIELD_PROBED(sk, sk_kern_sock) ? 0 : may_use(sock, &s);
}

/* --- Unix sockets --------------------------------------------------------------- */

static __always_inline bool is_own(struct sock *other, u32 xid)
{
	struct vs_sock *s = bpf_sk_storage_get(&sockets, other, NULL, 0);

	return s && s->xid == xid;
}

/*
 * A connection is a conversation, in which the other side goes by user ids:
 * root of a context would be root to the host's D-Bus.  So whether the name is
 * abstract or a path, a context talks to its own.
 */
SEC("lsm/unix_stream_connect")
int BPF_PROG(vs_unix_stream_connect, struct sock *sock, struct sock *other,
	     struct sock *newsk, int ret)
{
	u32 xid;

	if (ret)
		return ret;
	xid = vs_current_xid();
	return vs_verdict(xid == VS_XID_HOST || is_own(other, xid));
}

/*
 * A datagram goes one way: one to a path is the file system's matter (/dev/log,
 * a NOTIFY_SOCKET that a guest is given); one to a socket without a name, that
 * of who made the pair.
 */
SEC("lsm/unix_may_send")
int BPF_PROG(vs_unix_may_send, struct socket *sock, struct socket *other, int ret)
{
	struct sock *sk = other->sk;
	struct unix_sock *u = (struct unix_sock *)sk;
	u32 xid;

	if (ret)
		return ret;
	xid = vs_current_xid();
	if (xid == VS_XID_HOST || !sk || !BPF_CORE_READ(u, addr) ||
	    BPF_CORE_READ(u, path.dentry))
		return 0;
	return vs_verdict(is_own(sk, xid));
}
