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
 * Of TCP that listen and of UDP: who would have, without the hook sk_lookup, what
 * comes to @number at the port, protocol and interface that @lookup has; and
 * who is bound to that very address.  NULL: nobody.  RCU is held.
 */
struct sock *vs_find(const struct bpf_sk_lookup_kern *lookup, u128 number);
struct sock *vs_find_bound(const struct bpf_sk_lookup_kern *lookup, u128 number);
/* Is anybody, who is not connected?  Costs less than to find out who. */
bool vs_is_bound(const struct bpf_sk_lookup_kern *lookup, u128 number);

#endif /* VS_FIND_H */
