// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Identical files of guests share blocks: those of one size are read, and those
 * of one digest are handed to the kernel (FIDEDUPERANGE), which holds both still,
 * compares them, and shares what is the same.  So a guest that writes meanwhile,
 * and two files that only seem to be alike, change nothing.  Neither file's
 * owner, mode or times are touched, and who writes to one later writes to a
 * block of its own.
 *
 * Files that begin with the same block are taken to share the others.
 */
#include "unify.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "config.h"
#include "fail.h"
#include "scope.h"

#define CHUNK	(16ULL << 20)	/* of one call: what btrfs takes at most */

struct unification {
	int guests;
	bool dry_run;
	struct same_list list;
	struct unified result;
};

/* --- can it be done at all ------------------------------------------------------------- */

static int check_filesystem(int guests, char **ret_reason)
{
	_cleanup_close_ int a = openat(guests, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	_cleanup_close_ int b = openat(guests, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char block[4096] = "";

	if (a < 0 || b < 0 || write(a, block, sizeof(block)) < 0)
		return -errno;
	if (ioctl(b, FICLONE, a) == 0)
		return 0;
	return fail(ret_reason, -EOPNOTSUPP, "the file system of " GUESTS_DIR " cannot share "
		    "blocks between files");
}

/* --- what is the same --------------------------------------------------------------------- */

/* Where a file begins, if that block is another's, too; 0: it is not, or nobody knows. */
static uint64_t first_block(int fd)
{
	struct {
		struct fiemap map;
		struct fiemap_extent extent[1];
	} ask = {
		.map = { .fm_length = FIEMAP_MAX_OFFSET, .fm_extent_count = 1 },
	};

	if (ioctl(fd, FS_IOC_FIEMAP, &ask.map) < 0 || !ask.map.fm_mapped_extents ||
	    !(ask.extent[0].fe_flags & FIEMAP_EXTENT_SHARED))
		return 0;
	return ask.extent[0].fe_physical;
}

/* Up to the size that was seen: it may grow for ever. */
static int read_digest(int fd, uint64_t size, uint8_t digest[32])
{
	static uint8_t buffer[1 << 18];
	struct sha256_ctx context;
	ssize_t n = 0;

	sha256_init(&context);
	for (; size; size -= (uint64_t)n) {
		n = read(fd, buffer, size < sizeof(buffer) ? (size_t)size : sizeof(buffer));
		if (n <= 0)
			break;
		sha256_update(&context, (size_t)n, buffer);
	}
	if (n < 0)
		return -errno;
	sha256_digest(&context, 32, digest);
	return 0;
}

static void read_file(const struct unification *u, struct same *file)
{
	_cleanup_close_ int fd = same_list_open(u->guests, file);

	if (fd < 0)
		return;
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	file->block = first_block(fd);
	file->read = read_digest(fd, file->size, file->digest) == 0;
	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}

/* --- made one -------------------------------------------------------------------------------- */

/* How much; 0: it is not the same (any more). */
static uint64_t share_range(int from, int to, uint64_t at, uint64_t length)
{
	struct {
		struct file_dedupe_range range;
		struct file_dedupe_range_info info[1];
	} ask = {
		.range = { .src_offset = at, .src_length = length, .dest_count = 1 },
		.info[0] = { .dest_fd = to, .dest_offset = at },
	};

	if (ioctl(from, FIDEDUPERANGE, &ask.range) < 0 ||
	    ask.info[0].status != FILE_DEDUPE_RANGE_SAME)
		return 0;
	return ask.info[0].bytes_deduped;
}

static uint64_t share(const struct unification *u, const struct same *one, const struct same *two)
{
	_cleanup_close_ int from = same_list_open(u->guests, one);
	_cleanup_close_ int to = same_list_open(u->guests, two);
	uint64_t at = 0, n;

	if (from < 0 || to < 0)
		return 0;
	for (; at < one->size; at += n) {
		n = share_range(from, to, at, one->size - at < CHUNK ? one->size - at : CHUNK);
		if (!n)
			break;
	}
	return at;
}

/* Equal ones beside each other, and first of them one that shares its blocks. */
static int compare(const void *a, const void *b)
{
	const struct same *one = a, *two = b;
	int r = memcmp(one->digest, two->digest, sizeof(one->digest));

	if (one->read != two->read)
		return one->read ? -1 : 1;
	if (r)
		return r;
	return one->block == two->block ? 0 : one->block > two->block ? -1 : 1;
}

static void unify_one(struct unification *u, const struct same *first, const struct same *file)
{
	uint64_t bytes;

	if (file->block && file->block == first->block)
		return;
	bytes = u->dry_run ? file->size : share(u, first, file);
	u->result.files += bytes != 0;
	u->result.bytes += bytes;
}

/* Those of one size. */
static void unify_size(struct unification *u, struct same *files, size_t n)
{
	const struct same *first = files;

	for (size_t i = 0; i < n; i++)
		read_file(u, &files[i]);
	qsort(files, n, sizeof(*files), compare);
	for (size_t i = 1; i < n && files[i].read; i++) {
		if (memcmp(files[i].digest, first->digest, sizeof(first->digest)))
			first = &files[i];
		else
			unify_one(u, first, &files[i]);
	}
}

static int collect(struct unification *u, char *const *guests)
{
	static const char *const parts[] = { "root", "layer/upper" };
	int r = 0;

	for (; !r && *guests; guests++)
		for (size_t i = 0; !r && i < sizeof(parts) / sizeof(*parts); i++) {
			_cleanup_free_ char *path = NULL;

			if (asprintf(&path, "%s/%s", *guests, parts[i]) < 0) {
				path = NULL;
				return -ENOMEM;
			}
			r = same_list_add(&u->list, u->guests, path);
		}
	same_list_sort(&u->list);
	return r;
}

int unify(char *const *guests, bool dry_run, void (*percent)(unsigned int, void *),
	  void *userdata, struct unified *ret, char **ret_reason)
{
	_cleanup_close_ int dir = open(GUESTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct unification u = { .guests = dir, .dry_run = dry_run };
	unsigned int told = 0;
	int r = dir < 0 ? -errno : check_filesystem(dir, ret_reason);

	if (!r)
		r = collect(&u, guests);
	for (size_t first = 0, end; !r && first < u.list.n; first = end) {
		for (end = first; end < u.list.n && u.list.file[end].size ==
							    u.list.file[first].size; end++)
			;
		unify_size(&u, u.list.file + first, end - first);
		if (end * 99 / u.list.n != told)
			percent(told = (unsigned int)(end * 99 / u.list.n), userdata);
	}
	same_list_clear(&u.list);
	*ret = u.result;
	return r;
}
