/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's file system tree, put together by the process that becomes its
 * init, or that of a bare context, by who goes in first; between root.c,
 * mask.c, device.c, space.c and join.c.
 */
#ifndef VS_ROOT_H
#define VS_ROOT_H

#include <sys/types.h>

#include "vserver.h"

/* A tree on its way to be the root. */
struct vs_root {
	struct vs *vs;
	const struct vs_space *space;
	int tree;		/* a mount of its own */
	int userns;		/* whose files these are to be; -1: the host's */
	uint32_t first;		/* the host's id of its id 0 */
	bool bare;		/* in the host's PID and cgroup namespaces */
};

/* By which a directory is known. */
struct vs_root_place {
	dev_t dev;
	ino_t ino;
};

/**
 * vs_root_change() - make the guest's tree the root of the calling process and of
 * all others in its mount namespace, with /proc, /sys, /dev and the rest in it,
 * and let go of the old one.
 * @root: all but the tree.
 * @ret: which directory is the root now.
 *
 * The caller is in the guest's PID, IPC and cgroup namespaces and in a copy of
 * the host's mounts, with the host's privileges.  Where it is bare, /proc shows
 * what may be traced only, and no control group is to be seen.
 */
int vs_root_change(struct vs_root *root, struct vs_root_place *ret);
/* Is the working directory that one? */
int vs_root_check(struct vs *vs, const struct vs_root_place *place);

/* A directory below the tree, made if it is missing, root's of the guest; no
 * link is followed. */
int vs_root_directory(struct vs_root *root, const char *path);
/* A new file system that is nowhere yet; @path: where it is going to be. */
int vs_root_new(struct vs_root *root, const char *type, const char *const *options,
		unsigned int attributes, const char *path);
/* Mount a new file system over a directory of the tree.  @options is "key",
 * "value", ..., NULL. */
int vs_root_mount(struct vs_root *root, const char *type, const char *const *options,
		  unsigned int attributes, const char *path);

/* What is not to be obeyed where a guest writes: suid, devices, programs. */
#define VS_HARMLESS (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

/* mask.c: what is not a guest's to see or to change in these mounts, /proc and /sys. */
int vs_root_mask(struct vs_root *root, int proc, int sys);
/* device.c: /dev. */
int vs_root_devices(struct vs_root *root, int console);

#endif /* VS_ROOT_H */
