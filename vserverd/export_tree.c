// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The files of a guest, into an archive.  The tree is the guest's, which may
 * have prepared it: every entry is found below its directory without following
 * a link or entering a mount, is looked at before it is opened, and only regular
 * files and directories ever are.
 *
 * Where there is an older state of it (export_since.c), of that only what is gone
 * and what is not the same is written, directories always.
 */
#include <archive.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include "export_walk.h"
#include "fail.h"
#include "scope.h"

#define DEPTH_MAX	1000		/* what an import takes */
#define FILES_MAX	(3 * DEPTH_MAX)
#define PATH_TOLD	200		/* of one, by its end */

int walk_refuse(const struct walk *w, int error, const char *what)
{
	const char *path = w->path + strlen(EXPORT_ROOT);
	bool long_one = w->length > PATH_TOLD;

	if (*w->ret_reason)
		return error;		/* told where it was seen */
	if (long_one)
		path = w->path + w->length - PATH_TOLD;
	return fail(w->ret_reason, error, "its %s%s: %s", long_one ? "..." : "",
		    *path ? path : "/",
		    what ? what : strerror(-error));
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
		return walk_refuse(w, -EFBIG, "it is larger than its file system; make it smaller");
	fd = reopen(path, 0);
	return fd < 0 ? walk_refuse(w, fd, NULL) : walk_put_entry(w, fd, st);
}

/* --- directories ------------------------------------------------------------------- */

static int put_directory(struct walk *w, int path, int base, const struct stat *st,
			 unsigned int depth);

static int put_below(struct walk *w, int path, int base, const char *name,
		     const struct stat *st, unsigned int depth)
{
	_cleanup_close_ int below = base < 0 ? -1 : since_open(base, name);

	return put_directory(w, path, below, st, depth);
}

/* @base: the same directory as it was; -1: there was none. */
static int put_one(struct walk *w, int dir, int base, const char *name, unsigned int depth)
{
	_cleanup_close_ int path = open_entry(dir, name);
	struct stat st;

	if (path == -ENOENT)
		return 0;	/* gone since */
	if (path < 0)
		return walk_refuse(w, path, path == -EXDEV ? "something is mounted there" : NULL);
	if (fstat(path, &st) < 0)
		return walk_refuse(w, -errno, NULL);
	if (S_ISDIR(st.st_mode))
		return put_below(w, path, base, name, &st, depth + 1);
	if (base >= 0 && since_same(base, name, &st))
		return 0;
	if (S_ISREG(st.st_mode))
		return put_file(w, path, &st);
	return S_ISLNK(st.st_mode) || S_ISFIFO(st.st_mode) ? walk_put_entry(w, path, &st) : 0;
}

static int put_entries(struct walk *w, int fd, int base, unsigned int depth)
{
	_cleanup_closedir_ DIR *stream = fdopendir(fd);
	size_t before = w->length;
	const struct dirent *entry;
	int r = 0;

	if (!stream) {
		r = -errno;
		close(fd);
		return walk_refuse(w, r, NULL);
	}
	while (!r && (errno = 0, entry = readdir(stream))) {
		size_t length = strlen(entry->d_name);

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (before + 1 + length >= sizeof(EXPORT_ROOT) + PATH_MAX - 1)
			return walk_refuse(w, -ENAMETOOLONG, "a path in it is too long");
		w->path[before] = '/';
		memcpy(w->path + before + 1, entry->d_name, length + 1);
		w->length = before + 1 + length;
		r = put_one(w, dirfd(stream), base, entry->d_name, depth);
		w->length = before;
		w->path[before] = '\0';
	}
	return !r && errno ? walk_refuse(w, -errno, NULL) : r;
}

static int put_directory(struct walk *w, int path, int base, const struct stat *st,
			 unsigned int depth)
{
	int fd = depth > DEPTH_MAX ? -ELOOP : reopen(path, O_DIRECTORY), r;

	if (fd < 0)
		return walk_refuse(w, fd, depth > DEPTH_MAX ? "directories are nested too deep" : NULL);
	r = walk_put_entry(w, fd, st);
	if (!r && base >= 0)
		r = since_gone(w, fd, base);
	if (r < 0) {
		close(fd);
		return r;
	}
	return put_entries(w, fd, base, depth);
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
	w->buffer = malloc(EXPORT_CHUNK);
	w->zeros = calloc(1, EXPORT_CHUNK);
	if (!w->disk || !w->buffer || !w->zeros)
		return -ENOMEM;
	archive_read_disk_set_behavior(w->disk, ARCHIVE_READDISK_NO_FFLAGS);
	w->length = strlen(EXPORT_ROOT);
	memcpy(w->path, EXPORT_ROOT, w->length + 1);
	return 0;
}

int export_tree(struct archive *out, int tree, int since, struct archive_sum *sum,
		char **ret_reason)
{
	struct walk w = { .out = out, .sum = sum, .ret_reason = ret_reason };
	struct stat st;
	int r;

	*ret_reason = NULL;
	r = fstat(tree, &st) < 0 ? -errno : begin(&w, tree);
	if (!r)
		r = put_directory(&w, tree, since, &st, 0);
	walk_forget(&w);
	archive_read_free(w.disk);
	free(w.buffer);
	free(w.zeros);
	return r;
}
