/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_STEER_H
#define VS_STEER_H

#include <linux/types.h>

struct bpf_sk_lookup;
struct bpf_sock_addr;
struct socket;

/* A private loopback, of which ::1 is one address, and 127.a.b.c that of its c. */
#define VS_LOOPBACK4(nid, c)	htonl(0x7f000000 | ((nid) & 0xffff) << 8 | (c))
#define VS_LOOPBACK4_FOR6	254

/* kfuncs of socket.c, datagram.c, listing.c, file.c, share.c and
 * steer.c; kfuncs.c says who may call them. */
u32 vs_address4(u32 nid);
u64 vs_addresses4(u32 nid);
int vs_address6(u32 nid, void *address, u32 address__sz);
bool vs_address_own(u32 nid, const void *address, u32 address__sz);
u32 vs_address_source4(u32 nid, u32 to);
int vs_address_source6(u32 nid, const void *to, u32 to__sz, void *from, u32 from__sz);
int vs_socket_source(struct socket *sock, const void *address, u32 address__sz);
int vs_socket_dual(struct socket *sock);
int vs_socket_move(struct bpf_sock_addr *address, const void *source, u32 source__sz);
int vs_socket_datagrams(struct socket *sock, void *sockets__map);
int vs_socket_listings(struct socket *sock, void *sockets__map);
int vs_files_own(u32 nid, u32 own_net, void *sockets__map);
void vs_bind_share(struct bpf_sock_addr *address, void *sockets__map);
void vs_listen_share(struct socket *sock, void *sockets__map);
int vs_steer(struct bpf_sk_lookup *lookup, void *sockets__map, u32 *owner);

#endif /* VS_STEER_H */
