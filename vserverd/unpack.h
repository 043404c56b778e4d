/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Archives unpacked into a directory.
 */
#ifndef UNPACK_H
#define UNPACK_H

#include <stdbool.h>
#include <stddef.h>

struct archive;
struct archive_entry;

/**
 * struct unpack_progress - @call at each tenth; NULL: nobody asks.
 * @entry: is asked of each entry that does no harm, and may change it: 1 it is
 *	unpacked (unless it is a device or a socket), 0 left out, or an error, with a
 *	reason; NULL: all are unpacked.
 * @whole: it is known not to be cut off; that its end mark is there is not asked.
 */
struct unpack_progress {
	void (*call)(unsigned int percent, void *userdata);
	void *userdata;
	int (*entry)(struct archive_entry *entry, void *userdata, char **ret_reason);
	void *entry_userdata;
	bool whole;
};

/** struct unpack_hooks - of an archive that is more than a tree; each may be NULL.
 * @entry: looks at each before it is judged, may rename it, or read its data
 *         itself from @in.  1 go on; 0 leave it out; a negative errno with a reason.
 * @data: is shown the data of those that are unpacked, as it comes. */
struct unpack_hooks {
	int (*entry)(struct archive *in, struct archive_entry *entry, void *userdata,
		     char **ret_reason);
	void (*data)(const void *data, size_t size, void *userdata);
	void *userdata;
};

/**
 * unpack() - a tar archive, compressed or not, into an empty directory.
 * @archive: a file, read from where it stands, or a pipe.
 * @dir: where to.  Nothing is written outside of it, whatever is in the
 *       archive.  The working directory of the process changes: call it in a
 *       child.
 * @ret_reason: what is wrong with it; free().
 *
 * Owners, modes, times, ACLs, attributes of users, file capabilities and hard
 * links are kept; device nodes, sockets, other attributes and the flags of
 * chattr(1) are left out, and so is the data of a hard link.  Of an entry that comes
 * twice the later one counts.
 *
 * Return: 0; -EBADMSG not an archive or not whole; -EPERM it has names that lead
 * outside; -ENOSPC, -EFBIG it would not fit; any errno of writing.
 */
int unpack(int archive, int dir, const struct unpack_progress *progress, char **ret_reason);
/** unpack_with() - the same, with others looking at it. */
int unpack_with(int archive, int dir, const struct unpack_progress *progress,
		const struct unpack_hooks *hooks, char **ret_reason);
/** unpack_limit() - bound the memory of this process, which is a child that only
 * unpacks: what a compressed archive makes it hold is not ours to say. */
void unpack_limit(void);

#endif
