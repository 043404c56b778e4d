/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_OVERLAP_H
#define VS_OVERLAP_H

#include <linux/types.h>

struct bpf_local_storage_map;
struct sock;

/* What stands between a socket and a port that it wants. */
enum vs_overlap {
	VS_OVERLAP_NONE,	/* nothing */
	VS_OVERLAP_FINE,	/* a wildcard of the host and a context's own name */
	VS_OVERLAP_REFUSE,	/* what the kernel refuses, and is to refuse */
};

/**
 * vs_overlap() - may @sk, which has the name that it is to be bound to, and @other,
 * which has the port, both have it?  Under RCU and what keeps @other where it is;
 * @other may be one that waits for its time to end.
 */
enum vs_overlap vs_overlap(const struct sock *sk, const struct sock *other,
			   struct bpf_local_storage_map *marks);

/* Is it bound to no address, of whichever families? */
bool vs_is_wildcard(const struct sock *sk);

#endif /* VS_OVERLAP_H */
