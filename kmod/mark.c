// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The map in which BPF says whose a socket is, for what asks when no program runs.
 * There is one as long as there are contexts; it is kept until another comes or the
 * module goes.
 */
#include <linux/bpf.h>

#include "mark.h"

static struct bpf_map *kept;

bool vs_marks_keep(struct bpf_map *map)
{
	struct bpf_map *old;

	if (READ_ONCE(kept) == map)
		return true;
	if (!vs_marks(map))
		return false;
	bpf_map_inc(map);
	old = xchg(&kept, map);
	if (old)	/* freed after a grace period */
		bpf_map_put(old);
	return true;
}

struct bpf_local_storage_map *vs_marks_kept(void)
{
	struct bpf_map *map = READ_ONCE(kept);

	return map ? vs_marks(map) : NULL;
}

void vs_marks_exit(void)
{
	if (kept)
		bpf_map_put(kept);
}
