/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's user namespace; between userns.c, space.c, root.c, exec.c and
 * check.c.  @first: what the guest's id 0 is on the host; 0: it is the host's.
 */
#ifndef VS_USERNS_H
#define VS_USERNS_H

#include "vserver.h"

/* vs_child_clone(), into a user namespace of its own where @first is not 0.
 * The maps are not written yet.  Return: as there. */
pid_t vs_userns_clone(uint64_t flags, int cgroup, uint32_t first);
/* Write the maps of the namespace that @pid is in. */
int vs_userns_map(struct vs *vs, pid_t pid, uint32_t first);
/* A descriptor of the namespace that @pid is in. */
int vs_userns_open(struct vs *vs, pid_t pid);
/* @first of the namespace that the guest's init is in. */
int vs_userns_first(struct vs *vs, pid_t pid, uint32_t *ret);
/* Map the ids of a mount that is nowhere yet, and of those below it, so that
 * its files belong to the namespace.  0; -EINVAL a file system cannot. */
int vs_userns_map_mount(int mount, int userns);
/* Can that be done to the file system that @path is on?  Changes nothing. */
int vs_userns_probe(struct vs *vs, const char *path);

#endif /* VS_USERNS_H */
