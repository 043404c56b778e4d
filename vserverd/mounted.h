/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Guests whose files are open for repair: mounted somewhere on the host.
 */
#ifndef MOUNTED_H
#define MOUNTED_H

#include <stdbool.h>

/** mounted_find() - where a guest is mounted; free().  0; -ENOENT nowhere, also
 * where it was and has been unmounted by other means. */
int mounted_find(const char *name, char **ret_directory);
/** mounted_check() - 0; -EBUSY it is mounted, with a reason. */
int mounted_check(const char *name, char **ret_reason);

/* mount.c, of the daemon; the guest is down */
/** mount_guest() - @directory: absolute; NULL: one of its own below /run, which
 * only root can reach.
 * 0; -EBUSY it is mounted already; any errno. */
int mount_guest(const char *name, const char *directory, bool read_only, char **ret_reason);
/** mount_undo() - 0; -ENOENT it is not mounted; -EBUSY somebody is in there. */
int mount_undo(const char *name, char **ret_reason);

/* What mounted.c reads is written by mount.c: "ID DIRECTORY\n". */
#define MOUNTED_DIR	"/run/vserver/mounted"	/* NAME: a record; 0700 */
#define MOUNTS_DIR	"/run/vserver/mounts"	/* NAME: where it is, if nobody says; 0700 */

#endif
