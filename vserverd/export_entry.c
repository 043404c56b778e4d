// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * One entry of a guest's tree, into an archive.  A file is written with the size
 * that it had when it was looked at; what is missing of it by then is zeros.  Of
 * one with several names the first has the data: these are kept in mind, no
 * others.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive_sum.h"
#include "attribute_filter.h"
#include "export_walk.h"
#include "fail.h"

/* A file that has more names than one. */
struct seen {
	dev_t dev;
	ino_t ino;
	char path[];
};

static int refuse_output(const struct walk *w)
{
	int error = archive_errno(w->out);
	const char *why = archive_error_string(w->out);

	return fail(w->ret_reason, error > 0 ? -error : -EIO, "writing the archive: %s",
		    why ? why : strerror(error));
}

/* --- data ------------------------------------------------------------------------- */

static int put(struct walk *w, const void *data, size_t size)
{
	if (archive_write_data(w->out, data, size) < 0)
		return refuse_output(w);
	return 0;
}

/* Of a hole nothing is written: the archive has where it is. */
static int put_hole(struct walk *w, uint64_t size)
{
	int r = 0;

	for (; size && !r; size -= size < EXPORT_CHUNK ? size : EXPORT_CHUNK)
		r = put(w, w->zeros, size < EXPORT_CHUNK ? size : EXPORT_CHUNK);
	return r;
}

static int put_range(struct walk *w, int fd, uint64_t offset, uint64_t size)
{
	int r = 0;

	while (size && !r) {
		size_t want = size < EXPORT_CHUNK ? size : EXPORT_CHUNK;
		ssize_t n = pread(fd, w->buffer, want, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return walk_refuse(w, -errno, NULL);
		if ((size_t)n < want)	/* it has been cut since */
			memset(w->buffer + n, 0, want - (size_t)n);
		archive_sum_data(w->sum, w->buffer, want);
		r = put(w, w->buffer, want);
		offset += want;
		size -= want;
	}
	return r;
}

static int put_data(struct walk *w, int fd, struct archive_entry *entry)
{
	uint64_t size = (uint64_t)archive_entry_size(entry), at = 0;
	la_int64_t offset, length;
	int r = 0;

	if (archive_entry_sparse_reset(entry) <= 0)
		return put_range(w, fd, 0, size);
	while (!r && archive_entry_sparse_next(entry, &offset, &length) == ARCHIVE_OK) {
		r = put_hole(w, (uint64_t)offset - at);
		if (!r)
			r = put_range(w, fd, (uint64_t)offset, (uint64_t)length);
		at = (uint64_t)(offset + length);
	}
	return r ? r : put_hole(w, size - at);
}

/* --- entries ---------------------------------------------------------------------- */

static int compare(const void *left, const void *right)
{
	const struct seen *a = left, *b = right;

	if (a->dev != b->dev)
		return a->dev < b->dev ? -1 : 1;
	return (a->ino > b->ino) - (a->ino < b->ino);
}

/* 1: under that name it is in the archive already; 0: it is not, until now. */
static int find_name(struct walk *w, const struct stat *st, const char **ret)
{
	struct seen *seen = malloc(sizeof(*seen) + w->length + 1), **found;

	if (!seen)
		return -ENOMEM;
	*seen = (struct seen){ .dev = st->st_dev, .ino = st->st_ino };
	memcpy(seen->path, w->path, w->length + 1);
	found = tsearch(seen, &w->seen, compare);
	if (!found || *found != seen)
		free(seen);
	if (!found)
		return -ENOMEM;
	if (*found == seen)
		return 0;
	*ret = (*found)->path;
	return 1;
}

/* What libarchive says is not read is an attribute that is refused: left out. */
static int describe(struct walk *w, int fd, const struct stat *st, struct archive_entry *entry)
{
	char text[PATH_MAX + 1];
	ssize_t n;

	archive_entry_copy_pathname(entry, w->path);
	archive_entry_copy_stat(entry, st);
	if (S_ISLNK(st->st_mode)) {
		n = readlinkat(fd, "", text, sizeof(text) - 1);
		if (n < 0)
			return -errno;
		text[n] = '\0';
		archive_entry_copy_symlink(entry, text);
	} else if (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode)) {
		snprintf(text, sizeof(text), "/proc/self/fd/%d", fd);
		archive_entry_copy_sourcepath(entry, text);
		if (archive_read_disk_entry_from_file(w->disk, entry, fd, st) < ARCHIVE_WARN)
			return archive_errno(w->disk) > 0 ? -archive_errno(w->disk) : -EIO;
	}
	archive_entry_unset_atime(entry);
	archive_entry_unset_ctime(entry);
	archive_entry_unset_birthtime(entry);
	if (!S_ISREG(st->st_mode))
		archive_entry_unset_size(entry);
	return attribute_filter(entry);
}

static int put_header(struct walk *w, struct archive_entry *entry)
{
	archive_sum_entry(w->sum, entry);
	return archive_write_header(w->out, entry) < ARCHIVE_WARN ? refuse_output(w) : 0;
}

int walk_put_entry(struct walk *w, int fd, const struct stat *st)
{
	struct archive_entry *entry = archive_entry_new();
	const char *other = NULL;
	int r;

	if (!entry)
		return -ENOMEM;
	r = describe(w, fd, st, entry);
	if (!r && st->st_nlink > 1 && !S_ISDIR(st->st_mode))
		r = find_name(w, st, &other);
	if (r > 0) {
		archive_entry_copy_hardlink(entry, other);
		archive_entry_unset_size(entry);
		archive_entry_sparse_clear(entry);
		archive_entry_xattr_clear(entry);
		archive_entry_acl_clear(entry);
	}
	if (r >= 0)
		r = put_header(w, entry);
	if (!r && !other && S_ISREG(st->st_mode))
		r = put_data(w, fd, entry);
	archive_entry_free(entry);
	return r < 0 ? walk_refuse(w, r, NULL) : 0;
}

/* An empty file, which stands where the name would. */
int walk_put_gone(struct walk *w, const char *name)
{
	struct archive_entry *entry = archive_entry_new();
	char path[2 * PATH_MAX];
	int r;

	if (!entry)
		return -ENOMEM;
	snprintf(path, sizeof(path), EXPORT_GONE "%s/%s", w->path + strlen(EXPORT_ROOT), name);
	archive_entry_copy_pathname(entry, path);
	archive_entry_set_mode(entry, AE_IFREG | 0600);
	archive_entry_set_size(entry, 0);
	r = put_header(w, entry);
	archive_entry_free(entry);
	return r;
}

void walk_forget(struct walk *w)
{
	tdestroy(w->seen, free);
	w->seen = NULL;
}
