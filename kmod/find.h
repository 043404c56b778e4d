/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_FIND_H
#define VS_FIND_H

#include <linux/types.h>

struct bpf_sk_lookup_kern;
struct sock;

/*
 * Of TCP that listen and of UDP that are not connected: who is bound to that very
 * address, at the port, protocol and interface that @lookup has; of several the
 * one that the kernel would choose without the hook sk_lookup.  NULL: nobody.  RCU
 * is held.
 */
struct sock *vs_find_bound(const struct bpf_sk_lookup_kern *lookup, u128 number);
/* Is anybody?  Costs less than to find out who. */
bool vs_is_bound(const struct bpf_sk_lookup_kern *lookup, u128 number);

#endif /* VS_FIND_H */
