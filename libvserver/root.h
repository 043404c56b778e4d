/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's file system tree, put together by the process that becomes its
 * init; between root.c, device.c and space.c.
 */
#ifndef VS_ROOT_H
#define VS_ROOT_H

#include "vserver.h"

/* A tree on its way to be the root: @tree is a mount of its own. */
struct vs_root {
	struct vs *vs;
	int tree;
};

/**
 * vs_root_change() - make @path the root of the calling process, with /proc,
 * /sys, /dev and the rest in it, and let go of the old one.
 * @console: a terminal that becomes /dev/console; -1: /dev/null does.
 *
 * The caller is the first process of its PID, mount, IPC and cgroup
 * namespaces, and has the host's root still.
 */
int vs_root_change(struct vs *vs, const char *path, int console);

/* A directory below the tree, made if it is missing; no link is followed. */
int vs_root_directory(struct vs_root *root, const char *path);
/* Mount a new file system over a directory of the tree.  @options is "key",
 * "value", ..., NULL. */
int vs_root_mount(struct vs_root *root, const char *type, const char *const *options,
		  unsigned int attributes, const char *path);

/* device.c: /dev. */
int vs_root_devices(struct vs_root *root, int console);

#endif /* VS_ROOT_H */
