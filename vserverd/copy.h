/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Directory trees copied without following anything.
 */
#ifndef COPY_H
#define COPY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

/* As it is, for a copy of a tree that is ours: devices too, of which those with
 * the number 0:0 are an overlay's whiteouts, and extended attributes of every
 * kind, trusted.overlay.* with them.  Without it devices are left out, and of
 * the attributes there are user.*, ACLs and file capabilities. */
#define COPY_WHOLE	1U
/* A tree of anybody's, the host's own root even: sockets are left out, too, and the
 * store of images, the guests, and what is mounted in it: of a directory that
 * something is mounted on only the directory is there. */
#define COPY_FOREIGN	2U

/** struct copy_progress - told after each entry how many have been copied. */
struct copy_progress {
	void (*call)(uint64_t entries, void *userdata);
	void *userdata;
};

/** struct copy_stats - what has been copied. */
struct copy_stats {
	uint64_t entries;	/* of each kind, directories too; not the top one */
	uint64_t bytes;		/* sizes of regular files; of hard links once */
	uint64_t left_out;	/* devices, without COPY_WHOLE; what COPY_FOREIGN says */
	bool shared;		/* the data of each file that has some shares its blocks */
};

/**
 * copy_tree() - make the directory @name in @dir, a copy of the directory @from.
 * @from: opened for reading.
 * @flags: COPY_WHOLE, COPY_FOREIGN, or 0.
 * @progress, @ret_stats: may be NULL.
 * @ret_reason: on failure one sentence without a final dot, or NULL; free().
 *
 * Kept: owners, modes, times, extended attributes as @flags say, ACLs, symbolic
 * and hard links, holes.  Data is shared where the file system can (FICLONE).
 * By descriptors: a link that somebody in the tree swaps for a directory leads
 * nowhere; nothing but regular files and directories is opened.  Raises the
 * process's soft limit of open files: for a worker.  On failure what there is
 * of it is left, @name.links too; the caller removes both or their directory.
 *
 * Return: 0; -EEXIST there is a @name; -EXDEV something is mounted in @from (but for
 * COPY_FOREIGN); -EINVAL @from is what that leaves out;
 * -ELOOP nested too deep; -ETXTBSY a process has a lease on a file; any errno.
 */
int copy_tree(int from, int dir, const char *name, unsigned int flags,
	      const struct copy_progress *progress, struct copy_stats *ret_stats,
	      char **ret_reason);

/** copy_count() - how many entries copy_tree() would find, or -errno. */
int copy_count(int from, uint64_t *ret);

/* copy_file.c: one entry, by descriptors of O_PATH. */
/** copy_data() - of the regular file @from into the empty file @to, open for
 * writing.  *@shared is cleared where blocks cannot be shared. */
int copy_data(int from, int to, const struct stat *st, bool *shared);
/** copy_attributes() - owner, mode, extended attributes, times. */
int copy_attributes(int from, int to, const struct stat *st, unsigned int flags);
/** copy_reopen() - what a descriptor of O_PATH is of, which is no link. */
int copy_reopen(int path, int flags);

#endif
