/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What the files that export a tree share (export_tree.c, export_entry.c,
 * export_since.c).
 */
#ifndef EXPORT_WALK_H
#define EXPORT_WALK_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "export.h"

/** struct walk - where it is, and what goes there. */
struct walk {
	struct archive *out, *disk;
	struct archive_sum *sum;
	void *seen;			/* tsearch(3) */
	uint64_t file_max;
	char path[sizeof(EXPORT_ROOT) + PATH_MAX];
	size_t length;
	char *buffer;			/* CHUNK bytes */
	char *zeros;			/* as many */
	char **ret_reason;
};

/** walk_refuse() - for "return walk_refuse(…)": with the path, unless it has been
 * told already; @what NULL: the errno's words. */
int walk_refuse(const struct walk *w, int error, const char *what);

/* export_entry.c */
/** walk_put_entry() - @fd: for reading, of a file or a directory; of others a path. */
int walk_put_entry(struct walk *w, int fd, const struct stat *st);
/** walk_put_gone() - that there is nothing of this name in @path any more. */
int walk_put_gone(struct walk *w, const char *name);
void walk_forget(struct walk *w);

/* export_since.c */
/** since_open() - the directory of that name in @base; -1: there is none. */
int since_open(int base, const char *name);
/** since_same() - an entry is in @base what it is now. */
bool since_same(int base, const char *name, const struct stat *st);
/** since_gone() - tell what @base has and the directory @fd has not. */
int since_gone(struct walk *w, int fd, int base);

#endif
