/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Directory trees removed without following anything.
 */
#ifndef TREE_H
#define TREE_H

/**
 * tree_remove() - remove the directory @name of @dir with all that is in it.
 *
 * Works by descriptors, so that a link that somebody in the tree swaps for a
 * directory leads nowhere, and does not cross into another mount.
 * Return: 0 also where it is not there; -EXDEV something is mounted in it;
 * any errno.
 */
int tree_remove(int dir, const char *name);

#endif
