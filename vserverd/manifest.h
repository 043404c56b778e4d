/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Of each entry of a tree what it is: mtree(5), in one order only.
 *
 *	#mtree
 *	. type=dir uid=0 gid=0 mode=0755
 *	./bin type=link uid=0 gid=0 mode=0777 link=usr/bin
 *	./usr type=dir uid=0 gid=0 mode=0755
 *	./usr/ping type=file uid=0 gid=0 mode=0755 size=8 sha256digest=HEX \
 *		xattr.security.capability=BASE64	(in one line)
 *
 * A directory is followed by what is in it, in the order of bytes.  What is
 * not a printing ASCII character, and of those # = \ * ? [, is \ and three octal
 * digits.  Files with more names than one have nlink and an inode, which counts
 * them in this order.  Times are not in it: the same files unpacked twice are the
 * same image.  Nor are labels of the host (xattr.h), and where a file has holes.
 */
#ifndef MANIFEST_H
#define MANIFEST_H

#include <stdint.h>
#include <stdio.h>

/** struct manifest_sums - what was seen. */
struct manifest_sums {
	uint64_t entries;
	uint64_t bytes;		/* of files, each once however many names it has */
};

/** struct manifest_progress - @call with each bytes read; NULL: nobody asks. */
struct manifest_progress {
	void (*call)(uint64_t bytes, void *userdata);
	void *userdata;
};

/**
 * manifest_write() - of the tree at @root, a directory; enters no mount.
 *
 * Return: 0; -ELOOP it is nested too deep; any errno; with a reason.
 */
int manifest_write(int root, FILE *out, const struct manifest_progress *progress,
		   struct manifest_sums *ret, char **ret_reason);

/** manifest_difference_t - of one entry, in words: "./etc/passwd", "mode is 0666,
 * not 0644".  Anything but 0 ends the comparison. */
typedef int (*manifest_difference_t)(const char *path, const char *what, void *userdata);

/**
 * manifest_compare() - what is different in @now.  manifest_compare.c
 * Return: 0; what @call returned; -EBADMSG not a manifest; any errno.
 */
int manifest_compare(FILE *was, FILE *now, manifest_difference_t call, void *userdata);

#endif
