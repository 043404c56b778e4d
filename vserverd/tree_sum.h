/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Is a tree on one host that on another?
 */
#ifndef TREE_SUM_H
#define TREE_SUM_H

#define TREE_SUM_DIGITS 64

/**
 * tree_sum() - of what is said of the entries of a tree: path, kind, mode, owner,
 * size and time of the last change.  Not of what is in files, which costs more
 * than it tells.
 * @text: hexadecimal.
 *
 * 0; -ELOOP nested too deep; any errno.
 */
int tree_sum(int tree, char text[static TREE_SUM_DIGITS + 1]);

#endif
