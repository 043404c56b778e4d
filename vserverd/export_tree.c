// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The files of a guest, into an archive.  The tree is the guest's, which may
 * have prepared it: every entry is found below its directory without following
 * a link or entering a mount, is looked at before it is opened, and only regular
 * files and directories ever are.  A file is written with the size that it had
 * when it was looked at; what is missing of it by then is zeros.
 *
 * Of a file with several names the first one has the data.  Those are kept in
 * mind, no others.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <search.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include "archive_sum.h"
#include "export.h"
#include "fail.h"
#include "scope.h"
#include "unpack_judge.h"

#define DEPTH_MAX	1000		/* what an import takes */
#define FILES_MAX	(3 * DEPTH_MAX)
#define CHUNK		(1U << 20)

/* A file that has more names than one. */
struct seen {
	dev_t dev;
	ino_t ino;
	char path[];
};

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

static int refuse(const struct walk *w, int error, const char *what)
{
	const char *path = w->path + strlen(EXPORT_ROOT);

	if (*w->ret_reason)
		return error;		/* told where it was seen */
	return fail(w->ret_reason, error, "its %s: %s", *path ? path : "/",
		    what ? what : strerror(-error));
}

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

	for (; size && !r; size -= size < CHUNK ? size : CHUNK)
		r = put(w, w->zeros, size < CHUNK ? size : CHUNK);
	return r;
}

static int put_range(struct walk *w, int fd, uint64_t offset, uint64_t size)
{
	int r = 0;

	while (size && !r) {
		size_t want = size < CHUNK ? size : CHUNK;
		ssize_t n = pread(fd, w->buffer, want, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refuse(w, -errno, NULL);
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
	return judge_attributes(entry);
}

static int put_header(struct walk *w, struct archive_entry *entry)
{
	archive_sum_entry(w->sum, entry);
	return archive_write_header(w->out, entry) < ARCHIVE_WARN ? refuse_output(w) : 0;
}

/* @fd: for reading, of a file or a directory; of others a path. */
static int put_entry(struct walk *w, int fd, const struct stat *st)
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
	return r < 0 ? refuse(w, r, NULL) : 0;
}

static int open_entry(int dir, const char *name)
{
	struct open_how how = {
		.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV,
	};
	int fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* Of what was looked at, and is neither a link nor a pipe nor a device. */
static int reopen(int path, int flags)
{
	char link[32];
	int fd;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", path);
	fd = open(link, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags);
	return fd < 0 ? -errno : fd;
}

static int put_file(struct walk *w, int path, const struct stat *st)
{
	_cleanup_close_ int fd = -1;

	if ((uint64_t)st->st_size > w->file_max)
		return refuse(w, -EFBIG, "it is larger than its file system; make it smaller");
	fd = reopen(path, 0);
	return fd < 0 ? refuse(w, fd, NULL) : put_entry(w, fd, st);
}

/* --- directories ------------------------------------------------------------------- */

static int put_directory(struct walk *w, int path, const struct stat *st, unsigned int depth);

static int put_one(struct walk *w, int dir, const char *name, unsigned int depth)
{
	_cleanup_close_ int path = open_entry(dir, name);
	struct stat st;

	if (path == -ENOENT)
		return 0;	/* gone since */
	if (path < 0)
		return refuse(w, path, path == -EXDEV ? "something is mounted there" : NULL);
	if (fstat(path, &st) < 0)
		return refuse(w, -errno, NULL);
	if (S_ISDIR(st.st_mode))
		return put_directory(w, path, &st, depth + 1);
	if (S_ISREG(st.st_mode))
		return put_file(w, path, &st);
	return S_ISLNK(st.st_mode) || S_ISFIFO(st.st_mode) ? put_entry(w, path, &st) : 0;
}

static int put_entries(struct walk *w, int fd, unsigned int depth)
{
	_cleanup_closedir_ DIR *stream = fdopendir(fd);
	size_t before = w->length;
	const struct dirent *entry;
	int r = 0;

	if (!stream) {
		r = -errno;
		close(fd);
		return refuse(w, r, NULL);
	}
	while (!r && (errno = 0, entry = readdir(stream))) {
		size_t length = strlen(entry->d_name);

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (before + 1 + length >= sizeof(EXPORT_ROOT) + PATH_MAX - 1)
			return refuse(w, -ENAMETOOLONG, "a path in it is too long");
		w->path[before] = '/';
		memcpy(w->path + before + 1, entry->d_name, length + 1);
		w->length = before + 1 + length;
		r = put_one(w, dirfd(stream), entry->d_name, depth);
		w->length = before;
		w->path[before] = '\0';
	}
	return !r && errno ? refuse(w, -errno, NULL) : r;
}

static int put_directory(struct walk *w, int path, const struct stat *st, unsigned int depth)
{
	int fd = depth > DEPTH_MAX ? -ELOOP : reopen(path, O_DIRECTORY), r;

	if (fd < 0)
		return refuse(w, fd, depth > DEPTH_MAX ? "directories are nested too deep" : NULL);
	r = put_entry(w, fd, st);
	if (r < 0) {
		close(fd);
		return r;
	}
	return put_entries(w, fd, depth);
}

static void raise_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= FILES_MAX)
		return;
	limit.rlim_cur = limit.rlim_max < FILES_MAX ? limit.rlim_max : FILES_MAX;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static int begin(struct walk *w, int tree)
{
	struct statvfs fs;

	raise_files();
	if (fstatvfs(tree, &fs) < 0)
		return -errno;
	w->file_max = (uint64_t)fs.f_blocks * fs.f_frsize;
	w->disk = archive_read_disk_new();
	w->buffer = malloc(CHUNK);
	w->zeros = calloc(1, CHUNK);
	if (!w->disk || !w->buffer || !w->zeros)
		return -ENOMEM;
	archive_read_disk_set_behavior(w->disk, ARCHIVE_READDISK_NO_FFLAGS);
	w->length = strlen(EXPORT_ROOT);
	memcpy(w->path, EXPORT_ROOT, w->length + 1);
	return 0;
}

int export_tree(struct archive *out, int tree, struct archive_sum *sum, char **ret_reason)
{
	struct walk w = { .out = out, .sum = sum, .ret_reason = ret_reason };
	struct stat st;
	int r;

	*ret_reason = NULL;
	r = fstat(tree, &st) < 0 ? -errno : begin(&w, tree);
	if (!r)
		r = put_directory(&w, tree, &st, 0);
	tdestroy(w.seen, free);
	archive_read_free(w.disk);
	free(w.buffer);
	free(w.zeros);
	return r;
}
