/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a guest has mounted beside its tree; between mount.c and root.c.
 */
#ifndef VS_MOUNT_H
#define VS_MOUNT_H

#include "root.h"

/* All of them, nowhere yet: nothing of the guest's has been looked at.  An array of
 * descriptors, one each; NULL: there are none.  0 or a negative errno. */
int vs_mounts_make(struct vs_root *root, int **ret);
/* And to their places in the tree. */
int vs_mounts_place(struct vs_root *root, const int *mounts);

#endif /* VS_MOUNT_H */
