// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Archives unpacked with libarchive.  The archive is not trusted: each entry is
 * judged before anything of it is written (unpack_judge.c), no link is followed
 * on the way to where it is written, and flags that would keep even root from
 * removing a file are not set.  Where the tree stands and what it must hold is
 * not known here.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "fail.h"
#include "scope.h"
#include "unpack.h"
#include "unpack_judge.h"

#define BLOCK_SIZE (256 * 1024)
#define TAR_BLOCK 512
#define MEMORY_MAX (1ULL << 30)

#define FLAGS (ARCHIVE_EXTRACT_OWNER | ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME |	\
	       ARCHIVE_EXTRACT_ACL | ARCHIVE_EXTRACT_XATTR | ARCHIVE_EXTRACT_SPARSE |	\
	       ARCHIVE_EXTRACT_SECURE_NODOTDOT | ARCHIVE_EXTRACT_SECURE_SYMLINKS |	\
	       ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS)

/* An archive that is being unpacked. */
struct unpacking {
	struct archive *in, *out;
	const struct unpack_progress *progress;
	const struct unpack_hooks *hooks;	/* NULL: nobody else looks at it */
	struct judge judge;
	struct timespec top;	/* when the tree's own directory was changed; 0: not said */
	off_t size;
	unsigned int tenths;	/* told so far */
	size_t n;		/* entries */
	char **ret_reason;
};

static int fail_reading(const struct unpacking *u)
{
	const char *why = archive_error_string(u->in);

	if (u->n == 0)
		return fail(u->ret_reason, -EBADMSG, "it is not a tar archive%s%s%s",
			    why ? " (" : "", why ? why : "", why ? ")" : "");
	return fail(u->ret_reason, -EBADMSG, "it is damaged or cut off after %zu entries%s%s%s",
		    u->n, why ? " (" : "", why ? why : "", why ? ")" : "");
}

static int fail_writing(const struct unpacking *u, const char *path)
{
	int error = archive_errno(u->out);
	const char *why = archive_error_string(u->out);

	return fail(u->ret_reason, error > 0 ? -error : -EIO, "unpacking %s: %s", path,
		    why ? why : strerror(error));
}

static void tell_progress(struct unpacking *u)
{
	off_t read = archive_filter_bytes(u->in, -1);
	unsigned int tenths;

	if (!u->progress->call || u->size <= 0)
		return;
	tenths = (unsigned int)(read * 10 / u->size);
	if (tenths <= u->tenths || tenths > 10)
		return;
	u->tenths = tenths;
	u->progress->call(tenths * 10, u->progress->userdata);
}

/* What a header announced: holes are between blocks, or at the end. */
static int copy_data(struct unpacking *u, const char *path)
{
	const void *data;
	size_t size;
	la_int64_t offset;
	int r;

	while ((r = archive_read_data_block(u->in, &data, &size, &offset)) == ARCHIVE_OK) {
		if (u->hooks && u->hooks->data)
			u->hooks->data(data, size, u->hooks->userdata);
		if (archive_write_data_block(u->out, data, size, offset) < ARCHIVE_OK)
			return fail_writing(u, path);
		tell_progress(u);
	}
	return r == ARCHIVE_EOF ? 0 : fail_reading(u);
}

/* libarchive sets the times of a directory last if it has made it itself. */
static void note_top(struct unpacking *u, struct archive_entry *entry)
{
	const char *path = archive_entry_pathname(entry);

	if (strcmp(path, ".") && strcmp(path, "./"))
		return;
	u->top.tv_sec = archive_entry_mtime(entry);
	u->top.tv_nsec = archive_entry_mtime_nsec(entry);
}

static int copy_entry(struct unpacking *u, struct archive_entry *entry)
{
	const char *path;
	int r = 1;

	if (u->hooks && u->hooks->entry)
		r = u->hooks->entry(u->in, entry, u->hooks->userdata, u->ret_reason);
	if (r > 0)
		r = judge_entry(&u->judge, entry, u->ret_reason);
	if (r >= 0 && u->progress->entry) {
		int wanted = u->progress->entry(entry, u->progress->entry_userdata,
						u->ret_reason);

		r = wanted <= 0 ? wanted : r;
	}
	if (r <= 0)
		return r;
	path = archive_entry_pathname(entry);
	note_top(u, entry);

	/* A warning is about an attribute that this file system has not. */
	if (archive_write_header(u->out, entry) < ARCHIVE_WARN)
		return fail_writing(u, path);
	r = archive_entry_size(entry) > 0 ? copy_data(u, path) : 0;
	if (!r && archive_write_finish_entry(u->out) < ARCHIVE_WARN)
		r = fail_writing(u, path);
	return r;
}

/* A tar archive ends with blocks of zeros.  libarchive takes the end of the
 * file for the end, too, and does not tell which it was: but what it has read
 * since it looked for a header. */
static bool ended_well(const struct unpacking *u)
{
	return u->progress->whole ||
	       archive_filter_bytes(u->in, 0) - archive_read_header_position(u->in) >= TAR_BLOCK;
}

static int copy(struct unpacking *u)
{
	struct archive_entry *entry;
	int r, copied = 0;

	while ((r = archive_read_next_header(u->in, &entry)) == ARCHIVE_OK || r == ARCHIVE_WARN) {
		u->n++;
		copied = copy_entry(u, entry);
		if (copied < 0)
			return copied;
		tell_progress(u);
	}
	if (r != ARCHIVE_EOF)
		return fail_reading(u);
	if (u->n == 0)
		return fail(u->ret_reason, -EBADMSG, "it is not a tar archive, or an empty one");
	if (!ended_well(u))
		return fail(u->ret_reason, -EBADMSG, "it is cut off after %zu entries: its end "
			    "mark is missing", u->n);
	/* Modes and times of directories are set here. */
	return archive_write_close(u->out) < ARCHIVE_WARN ? fail_writing(u, "directories") : 0;
}

/* Those that libarchive has in itself; others it would run programs for. */
static int support(const struct unpacking *u)
{
	static int (*const filters[])(struct archive *) = {
		archive_read_support_filter_none, archive_read_support_filter_gzip,
		archive_read_support_filter_bzip2, archive_read_support_filter_xz,
		archive_read_support_filter_zstd,
	};

	for (size_t i = 0; i < sizeof(filters) / sizeof(*filters); i++)
		if (filters[i](u->in) != ARCHIVE_OK)
			return fail(u->ret_reason, -EOPNOTSUPP, "this libarchive cannot unpack by "
				    "itself: %s", archive_error_string(u->in));
	archive_read_support_format_tar(u->in);
	return 0;
}

static int set_up(struct unpacking *u, int archive, int dir)
{
	struct stat st;
	int r;

	/* Names are bytes: those of pax are UTF-8, and are to stay so. */
	setlocale(LC_CTYPE, "C.UTF-8");
	r = judge_begin(&u->judge, dir);
	if (r < 0)
		return r;

	if (fstat(archive, &st) < 0)
		return -errno;
	u->size = st.st_size;
	u->in = archive_read_new();
	u->out = archive_write_disk_new();
	if (!u->in || !u->out)
		return -ENOMEM;

	r = support(u);
	if (r < 0)
		return r;
	archive_write_disk_set_options(u->out, FLAGS);
	/* Numbers, not names: the host's names are not the guest's. */
	archive_write_disk_set_group_lookup(u->out, NULL, NULL, NULL);
	archive_write_disk_set_user_lookup(u->out, NULL, NULL, NULL);
	if (archive_read_open_fd(u->in, archive, BLOCK_SIZE) != ARCHIVE_OK)
		return fail_reading(u);
	return 0;
}

int unpack_with(int archive, int dir, const struct unpack_progress *progress,
		const struct unpack_hooks *hooks, char **ret_reason)
{
	struct unpacking u = { .progress = progress, .hooks = hooks, .ret_reason = ret_reason };
	int r;

	*ret_reason = NULL;
	umask(0022);
	if (fchdir(dir) < 0)
		return -errno;
	r = set_up(&u, archive, dir);
	if (!r)
		r = copy(&u);
	if (!r && u.top.tv_sec)
		futimens(dir, (const struct timespec[]){ u.top, u.top });
	archive_read_free(u.in);
	archive_write_free(u.out);
	fail_flatten(*ret_reason);
	return r;
}

int unpack(int archive, int dir, const struct unpack_progress *progress, char **ret_reason)
{
	return unpack_with(archive, dir, progress, NULL, ret_reason);
}

void unpack_limit(void)
{
	const struct rlimit limit = { MEMORY_MAX, MEMORY_MAX };

	setrlimit(RLIMIT_DATA, &limit);
}
