/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A tree laid over another; between layer.c, root.c and mount.c.
 */
#ifndef VS_LAYER_H
#define VS_LAYER_H

#include "vserver.h"

/**
 * vs_layers_map() - vs_layers_mount() for a user namespace.
 * @userns: whose files these are to be; -1: the host's.
 * @first: the host's id of its id 0.
 *
 * With a namespace the caller has mounts of its own, which propagate nowhere:
 * the layers are attached there for a moment.
 */
int vs_layers_map(struct vs *vs, const struct vs_layers *layers, bool read_only, int userns,
		  uint32_t first);

#endif /* VS_LAYER_H */
