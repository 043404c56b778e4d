/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_MARK_H
#define VS_MARK_H

#include <linux/bpf_local_storage.h>
#include <net/bpf_sk_storage.h>
#include <net/sock.h>

/* What BPF keeps with each socket of a context: struct vs_sock of bpf/vs_bpf.h. */
struct vs_mark {
	u32 nid;
	u32 xid;
	u32 flags;		/* VS_SOCK_* */
	u32 pad;
};

/* NULL: that is no map of marks. */
static inline struct bpf_local_storage_map *vs_marks(struct bpf_map *map)
{
	if (map->map_type != BPF_MAP_TYPE_SK_STORAGE || map->value_size != sizeof(struct vs_mark))
		return NULL;
	return container_of(map, struct bpf_local_storage_map, map);
}

/* Of a full socket, under RCU; NULL: the host's. */
static inline struct vs_mark *vs_mark_of(const struct sock *sk,
					       struct bpf_local_storage_map *marks)
{
	struct bpf_local_storage *storage = rcu_dereference(sk->sk_bpf_storage);
	struct bpf_local_storage_data *data;

	data = storage ? bpf_local_storage_lookup(storage, marks, false) : NULL;
	return data ? (struct vs_mark *)data->data : NULL;
}

/* The map is one of marks, and is kept; false: it is none. */
bool vs_marks_keep(struct bpf_map *map);
/* NULL: none was. */
struct bpf_local_storage_map *vs_marks_kept(void);
void vs_marks_exit(void);

#endif /* VS_MARK_H */
