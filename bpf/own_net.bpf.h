/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Sockets of a context with a network namespace of its own (VS_FLAG_NETWORK): the
 * namespace is the wall, and what follows are the doors in it.  Which hook asks is
 * socket.bpf.c's.
 */
#ifndef VS_OWN_NET_BPF_H
#define VS_OWN_NET_BPF_H

#include "address.bpf.h"

#define AF_UNIX		1	/* macros: not in BTF */
#define AF_NETLINK	16
#define AF_PACKET	17

/*
 * In a network namespace of one's own: what is that namespace's.  vsock, CAN over
 * a bus of the host's, Bluetooth and others are the machine's; AF_XDP is a large
 * part of the kernel that no guest asks for.  Packet and raw sockets want
 * CAP_NET_RAW there.
 */
static __always_inline int may_make_own(int family)
{
	switch (family) {
	case AF_UNIX:
	case AF_INET:
	case AF_INET6:
	case AF_NETLINK:
	case AF_PACKET:
		return 0;
	}
	return -EAFNOSUPPORT;
}

/* With a network of its own a context uses the sockets that it made there: another
 * one is a way into the network that it is of. */
static __always_inline int may_use_own(struct sock *sk, u32 xid)
{
	struct vs_sock *s;

	if (sk->__sk_common.skc_family == AF_UNIX)
		return 0;
	s = sk->sk_bpf_storage ? bpf_sk_storage_get(&sockets, sk, NULL, 0) : NULL;
	return vs_verdict_by(VS_RULE_SOCKET, s && s->xid == xid);
}

#endif /* VS_OWN_NET_BPF_H */
