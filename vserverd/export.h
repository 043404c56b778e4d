/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest as one archive, and a tree made of such a one.
 *
 *	vserver/guest.conf	its settings, as vserver.conf(5) has them
 *	vserver/export.json	what it is an export of
 *	root/...		its files, with the ids that they have in it
 *	gone/...		among them, where it has only what has changed since
 *				a snapshot: of these there is none any more
 *	vserver/sha256		the sum of all that stands before (archive_sum.h)
 *
 * It is tar in the form of POSIX (pax), compressed or not; in this order.
 */
#ifndef EXPORT_H
#define EXPORT_H

#include <stdbool.h>
#include <stdio.h>
#include <stddef.h>

#include "unpack.h"

#define EXPORT_CONF	"vserver/guest.conf"
#define EXPORT_JSON	"vserver/export.json"
#define EXPORT_SUM	"vserver/sha256"
#define EXPORT_ROOT	"root"
#define EXPORT_GONE	"gone"
#define EXPORT_CHUNK	(1U << 20)	/* of data at a time */
#define EXPORT_VERSION	1
/* More than either ever has. */
#define EXPORT_CONF_MAX	(64 * 1024)
#define EXPORT_JSON_MAX	(1024 * 1024)

struct archive;
struct archive_sum;

/** struct export_job - what is written.  Strings are borrowed. */
struct export_job {
	const char *name;
	const char *snapshot;	/* of the guest; NULL: itself, as it is */
	const char *since;	/* what has changed since this one only; NULL: all */
	const char *compress;	/* "zstd", "gzip", "none" */
	const char *conf;	/* the texts of the two files */
	const char *json;
};

/** export_compresses() - is this a word for "compress"? */
bool export_compresses(const char *word);

/**
 * export_write() - a guest that does not run, or a snapshot, as an archive.
 * @out: a file or a pipe, blocking or not.
 * @ret_reason: on failure one sentence without a final dot, or NULL; free().
 *
 * For a worker: raises the limit of open files, ignores SIGPIPE.
 * Return: 0; -EBUSY something is mounted in its tree; -ENOENT there is no such
 * snapshot; any errno.
 */
int export_write(const struct export_job *job, int out, char **ret_reason);

/** export_tree() - what is below the directory @tree, into @out (export_tree.c).
 * @since: the directory that it was; of files only what is not the same then, and
 *	what is gone.  -1: all.
 * Follows no link, opens neither pipes nor devices, enters no mount. */
int export_tree(struct archive *out, int tree, int since, struct archive_sum *sum,
		char **ret_reason);

/** struct import - what an archive had beside the tree.  import_clear(). */
struct import {
	char *conf;		/* what guest.conf says: anything */
	char *json;
	bool has_gone;
};

/**
 * import_read() - unpack an export's tree into an empty directory (import.c).
 * @archive: a file or a pipe.
 * @gone: takes the paths of what there is no more, a zero byte behind each; NULL:
 *	an archive that has such is refused.
 *
 * As unpack(), and -EBADMSG also where it is no export, or its sum is another.
 */
int import_read(int archive, int root, FILE *gone, const struct unpack_progress *progress,
		struct import *ret, char **ret_reason);
void import_clear(struct import *import);

#endif
