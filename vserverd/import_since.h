/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What has changed since a snapshot, made a whole tree again.
 */
#ifndef IMPORT_SINCE_H
#define IMPORT_SINCE_H

/**
 * import_since() - complete a tree.
 * @dir: its root/ has all directories and what has changed; its gone the paths of
 *	what there is no more, a zero byte behind each; new is made in it, and goes.
 * @guest, @snap: what is the same is copied from this snapshot.
 * @sum: tree_sum() of that where the archive was made.
 *
 * 0; -ENOENT there is no such snapshot, -ESTALE it is not the same; any errno;
 * with a reason.
 */
int import_since(int dir, const char *guest, const char *snap, const char *sum,
		 char **ret_reason);

#endif
