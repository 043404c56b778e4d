/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_SHARE_H
#define VS_SHARE_H

struct bpf_local_storage_map;
struct sock;

/* The socket has the name that it is about to be bound to, and is locked; RCU. */
void vs_share_udp(struct sock *sk, unsigned short port, struct bpf_local_storage_map *marks);

#endif /* VS_SHARE_H */
