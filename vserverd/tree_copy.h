/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Directory trees copied without following anything.
 */
#ifndef TREE_COPY_H
#define TREE_COPY_H

#include <stdint.h>

/** struct tree_copy_progress - @call with the bytes of files copied so far and
 * those that there are; NULL: nobody asks. */
struct tree_copy_progress {
	void (*call)(uint64_t done, uint64_t all, void *userdata);
	void *userdata;
};

/**
 * tree_copy() - what is in the directory @from, and what it is itself, into the
 * empty directory @to.
 * @but: a directory that is left out with all that is in it; -1: none.
 *
 * Owners, modes, times, attributes (those that xattr_is_kept()), ACLs, hard
 * links and holes are kept; blocks are shared where the file system can.
 * Devices and sockets are left out, and what is mounted in it: of a directory
 * that something is mounted on only the directory is there.
 * Return: 0; -ELOOP it is nested too deep; any errno; with a reason.
 */
int tree_copy(int from, int to, int but, const struct tree_copy_progress *progress,
	      char **ret_reason);

#endif
