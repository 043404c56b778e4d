/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Archives unpacked into a directory.
 */
#ifndef UNPACK_H
#define UNPACK_H

#include <stdbool.h>

struct archive_entry;

/**
 * struct unpack_progress - @call at each tenth; NULL: nobody asks.
 * @entry: is asked of each entry that is good so far, and may change it: 1 it is
 *	unpacked, 0 left out, or an error, with a reason; NULL: all are unpacked.
 * @whole: it is known not to be cut off; that its end mark is there is not asked.
 */
struct unpack_progress {
	void (*call)(unsigned int percent, void *userdata);
	void *userdata;
	int (*entry)(struct archive_entry *entry, void *userdata, char **ret_reason);
	void *entry_userdata;
	bool whole;
};

/**
 * unpack() - a tar archive, compressed or not, into an empty directory.
 * @archive: a regular file, read from where it stands.
 * @dir: where to.  Nothing is written outside of it, whatever is in the
 *       archive.  The working directory of the process changes: call it in a
 *       child.
 * @ret_reason: what is wrong with it; free().
 *
 * Owners, modes, times, ACLs, attributes and hard links are kept; device
 * nodes are left out.  Return: 0; -EBADMSG not an archive or not whole;
 * -EPERM it has names that lead outside; any errno of writing.
 */
int unpack(int archive, int dir, const struct unpack_progress *progress, char **ret_reason);

#endif
