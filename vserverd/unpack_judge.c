// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What an entry of an archive may be, and how much an archive may hold.
 *
 * A name or a link that leads outside is refused, never mended.  How much there
 * is to be written is refused before it is written, by what the archive says of
 * itself: its data has to fit into what is free, less a reserve for who else
 * writes there, and holes are free but no file is larger than its file system.
 * What would be a device of the host is left out, and so is what is no file at
 * all.  Of extended attributes there remain those of users and the capabilities
 * of a file; trusted.* is the host's, and what an overlay makes of it.
 *
 * A hard link has no data of its own.
 *
 * Set-user-ID bits are kept: a tree stands in a directory that is root's alone,
 * and in a guest they are that guest's.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/statvfs.h>

#include "attribute_filter.h"
#include "fail.h"
#include "unpack_judge.h"

#define ENTRIES_MAX	4000000		/* a guest of a million files is a large one */
#define SIZES_MAX	4
#define INODES_RESERVED	1024
#define BLOCK		4096U		/* a file takes whole ones, a directory one */
#define RESERVE		(16U << 20)	/* and a hundredth of the file system */
#define DEPTH_MAX	1000		/* as deep as trees are copied */

int judge_begin(struct judge *judge, int dir)
{
	struct statvfs fs;
	uint64_t free_bytes, reserve;

	if (fstatvfs(dir, &fs) < 0)
		return -errno;
	*judge = (struct judge){ .entries_max = ENTRIES_MAX };
	judge->file_max = (uint64_t)fs.f_blocks * fs.f_frsize;
	free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	reserve = RESERVE + judge->file_max / 100;
	judge->bytes_max = free_bytes > reserve ? free_bytes - reserve : 0;
	/* btrfs has no number of them. */
	if (fs.f_files && fs.f_favail < ENTRIES_MAX + INODES_RESERVED)
		judge->entries_max = fs.f_favail > INODES_RESERVED ?
				     fs.f_favail - INODES_RESERVED : 0;
	return 0;
}

/* --- names ---------------------------------------------------------------------- */

static bool leads_outside(const char *path)
{
	if (*path == '/')
		return true;
	for (const char *p = path; *p;) {
		size_t length = strcspn(p, "/");

		if (length == 2 && p[0] == '.' && p[1] == '.')
			return true;
		p += length;
		p += strspn(p, "/");
	}
	return false;
}

static int check_length(const char *path, char **ret_reason)
{
	unsigned int depth = 0;

	if (strlen(path) >= PATH_MAX)
		return fail(ret_reason, -ENAMETOOLONG, "an entry has a path of %zu bytes, and %d "
			    "are possible: '%.60s...'", strlen(path), PATH_MAX - 1, path);
	for (const char *p = path; *p; depth++) {
		size_t length = strcspn(p, "/");

		if (length > NAME_MAX)
			return fail(ret_reason, -ENAMETOOLONG, "an entry has a name of %zu bytes, "
				    "and %d are possible: '%.60s...'", length, NAME_MAX, p);
		p += length;
		p += strspn(p, "/");
	}
	if (depth > DEPTH_MAX)
		return fail(ret_reason, -ENAMETOOLONG, "an entry is %u directories deep, and %d "
			    "are possible: '%.60s...'", depth, DEPTH_MAX, path);
	return 0;
}

static int check_names(struct archive_entry *entry, char **ret_reason)
{
	const char *path = archive_entry_pathname(entry);
	const char *hardlink = archive_entry_hardlink(entry);

	if (!path || !*path)
		return fail(ret_reason, -EBADMSG, "an entry has no name, or one that is not UTF-8");
	if (leads_outside(path))
		return fail(ret_reason, -EPERM, "its entry '%.200s' leads outside of the tree", path);
	if (hardlink && leads_outside(hardlink))
		return fail(ret_reason, -EPERM, "its entry '%.200s' is a link to '%.200s', outside of the "
			    "tree", path, hardlink);
	return check_length(path, ret_reason);
}

/* --- how much --------------------------------------------------------------------- */

/* What of a file is no hole. */
static uint64_t data_of(struct archive_entry *entry, uint64_t enough)
{
	la_int64_t offset, length;
	uint64_t sum = 0;

	if (archive_entry_sparse_reset(entry) <= 0)
		return (uint64_t)archive_entry_size(entry);
	while (sum <= enough && archive_entry_sparse_next(entry, &offset, &length) == ARCHIVE_OK)
		sum += length > 0 ? (uint64_t)length : 0;
	return sum;
}

static int check_file(struct judge *judge, struct archive_entry *entry, char **ret_reason)
{
	la_int64_t size = archive_entry_size(entry);
	uint64_t data;

	if (size < 0 || (uint64_t)size > judge->file_max)
		return fail(ret_reason, -EFBIG, "its file '%.200s' has %lld bytes, and the whole file "
			    "system of the guests has %llu", archive_entry_pathname(entry),
			    (long long)size, (unsigned long long)judge->file_max);
	judge->sizes += (uint64_t)size;
	if (judge->sizes / SIZES_MAX > judge->file_max)
		return fail(ret_reason, -EFBIG, "its files have more than %d times the bytes, holes "
			    "among them, that the file system of the guests has", SIZES_MAX);
	data = data_of(entry, judge->bytes_max);
	if (data > judge->bytes_max - judge->bytes)
		return fail(ret_reason, -ENOSPC, "its files need more than the %llu MB that may be "
			    "used of what is free; '%.200s' would not fit",
			    (unsigned long long)(judge->bytes_max >> 20),
			    archive_entry_pathname(entry));
	data = (data + BLOCK - 1) / BLOCK * BLOCK;
	judge->bytes += data > judge->bytes_max - judge->bytes ?
			judge->bytes_max - judge->bytes : data;
	return 0;
}

/* What it needs beside its data: a block of its own, attributes. */
static uint64_t beside(struct archive_entry *entry)
{
	mode_t type = archive_entry_filetype(entry);
	uint64_t sum = type == AE_IFDIR || type == AE_IFLNK ? BLOCK : 0;
	const char *name;
	const void *value;
	size_t size;

	archive_entry_xattr_reset(entry);
	while (archive_entry_xattr_next(entry, &name, &value, &size) == ARCHIVE_OK)
		sum += size;
	return sum;
}

static int check_amount(struct judge *judge, struct archive_entry *entry, char **ret_reason)
{
	uint64_t needs = beside(entry);

	if (++judge->entries > judge->entries_max)
		return fail(ret_reason, -ENOSPC, "it has more than %llu entries, which are all "
			    "that %s", (unsigned long long)judge->entries_max,
			    judge->entries_max < ENTRIES_MAX ? "the file system has inodes for" :
			    "are taken");
	if (needs > judge->bytes_max - judge->bytes)
		return fail(ret_reason, -ENOSPC, "its links and attributes need more than may be "
			    "used of what is free; '%.200s' would not fit",
			    archive_entry_pathname(entry));
	judge->bytes += needs;
	return archive_entry_filetype(entry) == AE_IFREG ? check_file(judge, entry, ret_reason) : 0;
}

/* --- the whole entry --------------------------------------------------------------- */

/*
 * A hard link is another name and nothing more.  Where one has data, libarchive
 * gives what it leads to mode, owner and ACL of the entry, by its name: if that
 * is a symbolic link, a file anywhere.
 */
static void bare_link(struct archive_entry *entry)
{
	if (!archive_entry_hardlink(entry))
		return;
	archive_entry_unset_size(entry);
	archive_entry_sparse_clear(entry);
	archive_entry_xattr_clear(entry);
	archive_entry_acl_clear(entry);
}

int judge_entry(struct judge *judge, struct archive_entry *entry, char **ret_reason)
{
	mode_t type = archive_entry_filetype(entry);
	int r;

	r = check_names(entry, ret_reason);
	if (!r)
		bare_link(entry);
	if (!r)
		r = attribute_filter(entry);
	if (!r)
		r = check_amount(judge, entry, ret_reason);
	if (r < 0)
		return r;
	return archive_entry_hardlink(entry) || type == AE_IFREG || type == AE_IFDIR ||
	       type == AE_IFLNK || type == AE_IFIFO;
}
