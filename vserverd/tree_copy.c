// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Directory trees copied by descriptors, so that a link that somebody in the
 * tree swaps for a directory leads nowhere.  A tree that changes meanwhile
 * gives a copy of something in between.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <search.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "fail.h"
#include "scope.h"
#include "tree_copy.h"
#include "xattr.h"

#define DEPTH_MAX 256	/* each level is two descriptors */

/* A file that has several names; the copy has it by the first. */
struct known {
	dev_t dev;
	ino_t ino;
	char path[];
};

struct copy {
	int to;				/* the top */
	struct stat but;
	bool has_but;
	void *known;			/* tsearch(3) */
	const struct tree_copy_progress *progress;
	uint64_t done, all;
	bool counting;			/* nothing is written */
	char path[PATH_MAX];		/* of the entry, below the top */
	char **ret_reason;
};

static int fail_entry(const struct copy *copy, int error, const char *doing)
{
	return fail(copy->ret_reason, error, "%s %s: %s", doing,
		    *copy->path ? copy->path : "it", strerror(-error));
}

static int compare_known(const void *a, const void *b)
{
	const struct known *one = a, *two = b;

	if (one->ino != two->ino)
		return one->ino < two->ino ? -1 : 1;
	return one->dev < two->dev ? -1 : one->dev > two->dev;
}

/* --- content ------------------------------------------------------------------- */

static void tell(struct copy *copy, uint64_t bytes)
{
	copy->done += bytes;
	if (copy->progress->call)
		copy->progress->call(copy->done, copy->all, copy->progress->userdata);
}

static int copy_range(struct copy *copy, int in, int out, off_t at, off_t end)
{
	while (at < end) {
		loff_t from = at, to = at;
		ssize_t n = copy_file_range(in, &from, out, &to, (size_t)(end - at), 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;		/* it has become shorter */
		at += n;
		tell(copy, (uint64_t)n);
	}
	return 0;
}

static int copy_data(struct copy *copy, int in, int out, off_t size)
{
	off_t at = 0;

	if (size == 0)
		return 0;
	if (ioctl(out, FICLONE, in) == 0) {
		tell(copy, (uint64_t)size);
		return 0;
	}
	while (at < size) {
		off_t data = lseek(in, at, SEEK_DATA);
		off_t hole = data < 0 ? data : lseek(in, data, SEEK_HOLE);
		int r;

		if (data < 0 && errno == ENXIO)
			break;		/* a hole up to the end */
		if (hole < 0)
			return -errno;
		tell(copy, (uint64_t)(data - at));
		r = copy_range(copy, in, out, data, hole < size ? hole : size);
		if (r < 0)
			return r;
		at = hole;
	}
	return ftruncate(out, size) < 0 ? -errno : 0;
}

/* --- what else an entry is -------------------------------------------------------- */

static int copy_attributes(int from, int to)
{
	_cleanup_strv_free_ char **names = NULL;
	int r = xattr_names(from, &names);

	for (char **name = names; name && *name && !r; name++) {
		_cleanup_free_ void *value = NULL;
		size_t size;

		if (!xattr_is_kept(*name))
			continue;
		r = xattr_get(from, *name, &value, &size);
		if (!r)
			r = xattr_set(to, *name, value, size);
	}
	return r;
}

/* Both of O_PATH.  In this order: a new owner takes bits of the mode and
 * capabilities away. */
static int copy_metadata(struct copy *copy, int from, int to, const struct stat *st)
{
	const struct timespec times[] = { st->st_atim, st->st_mtim };
	char path[32];
	int r = 0;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", to);
	if (fchownat(to, "", st->st_uid, st->st_gid, AT_EMPTY_PATH) < 0 ||
	    (!S_ISLNK(st->st_mode) && chmod(path, st->st_mode & 07777) < 0))
		r = -errno;
	if (!r)
		r = copy_attributes(from, to);
	if (!r && utimensat(AT_FDCWD, path, times, 0) < 0)
		r = -errno;
	return r < 0 ? fail_entry(copy, r, "copying") : 0;
}

static int open_path(int dir, const char *name, uint64_t flags)
{
	struct open_how how = {
		.flags = O_PATH | O_NOFOLLOW | O_CLOEXEC | flags,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS,
	};
	int fd;

	if (!(flags & O_DIRECTORY))
		how.resolve &= ~(uint64_t)RESOLVE_NO_SYMLINKS;	/* it may be one */
	fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));
	return fd < 0 ? -errno : fd;
}

/* --- entries ------------------------------------------------------------------------ */

/* 1: it was, by an earlier name. */
static int link_known(struct copy *copy, int to, const char *name, const struct stat *st)
{
	size_t size = sizeof(struct known) + strlen(copy->path) + 1;
	struct known *known = malloc(size), **found;

	if (!known)
		return -ENOMEM;
	known->dev = st->st_dev;
	known->ino = st->st_ino;
	strcpy(known->path, copy->path);
	found = tsearch(known, &copy->known, compare_known);
	if (!found || *found != known)
		free(known);
	if (!found)
		return -ENOMEM;
	if (*found == known)
		return 0;
	if (copy->counting)
		return 1;
	return linkat(copy->to, (*found)->path, to, name, 0) < 0 ?
	       fail_entry(copy, -errno, "linking") : 1;
}

static int copy_file(struct copy *copy, int from, int to, const char *name,
		     const struct stat *st)
{
	_cleanup_close_ int in = -1, out = -1;
	char path[32];
	int r;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", from);
	in = open(path, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return fail_entry(copy, -errno, "opening");
	out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (out < 0)
		return fail_entry(copy, -errno, "making");
	r = copy_data(copy, in, out, st->st_size);
	return r < 0 ? fail_entry(copy, r, "copying") : 0;
}

static int copy_link(struct copy *copy, int from, int to, const char *name)
{
	char target[PATH_MAX + 1];
	ssize_t n = readlinkat(from, "", target, sizeof(target) - 1);

	if (n < 0)
		return fail_entry(copy, -errno, "reading the link");
	target[n] = '\0';
	return symlinkat(target, to, name) < 0 ? fail_entry(copy, -errno, "making") : 0;
}

static int make(struct copy *copy, int from, int to, const char *name, const struct stat *st)
{
	if (S_ISREG(st->st_mode))
		return copy_file(copy, from, to, name, st);
	if (S_ISLNK(st->st_mode))
		return copy_link(copy, from, to, name);
	if (S_ISDIR(st->st_mode) ? mkdirat(to, name, 0700) < 0 : mkfifoat(to, name, 0600) < 0)
		return fail_entry(copy, -errno, "making");
	return 0;
}

static int copy_directory(struct copy *copy, int from, int to, unsigned int depth);

static int copy_made(struct copy *copy, int from, int to, const char *name,
		     const struct stat *st, unsigned int depth, bool mounted)
{
	_cleanup_close_ int made = -1;
	int r = copy->counting ? 0 : make(copy, from, to, name, st);

	if (!r && !copy->counting) {
		made = open_path(to, name, S_ISDIR(st->st_mode) ? O_DIRECTORY : 0);
		if (made < 0)
			return fail_entry(copy, made, "opening");
	}
	if (!r && S_ISDIR(st->st_mode) && !mounted)
		r = copy_directory(copy, from, made, depth);
	else if (!r && S_ISREG(st->st_mode) && copy->counting)
		copy->all += (uint64_t)st->st_size;
	return r || copy->counting ? r : copy_metadata(copy, from, made, st);
}

static int copy_entry(struct copy *copy, int from, int to, const char *name,
		      unsigned int depth)
{
	_cleanup_close_ int fd = open_path(from, name, 0);
	bool mounted = fd == -EXDEV;
	struct stat st;

	if (mounted)
		fd = openat(from, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -ENOENT)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_entry(copy, fd < -1 ? fd : -errno, "opening");
	if (copy->has_but && st.st_dev == copy->but.st_dev && st.st_ino == copy->but.st_ino)
		return 0;
	if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode) || S_ISSOCK(st.st_mode) ||
	    (mounted && !S_ISDIR(st.st_mode)))
		return 0;
	if (!S_ISDIR(st.st_mode) && st.st_nlink > 1) {
		int r = link_known(copy, to, name, &st);

		if (r != 0)
			return r < 0 ? r : 0;
	}
	return copy_made(copy, fd, to, name, &st, depth, mounted);
}

static int copy_directory(struct copy *copy, int from, int to, unsigned int depth)
{
	int again = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *stream = again < 0 ? NULL : fdopendir(again);
	size_t length = strlen(copy->path);
	const struct dirent *entry;
	int r = 0;

	if (!stream)
		return fail_entry(copy, -errno, "reading");
	if (depth > DEPTH_MAX)
		return fail(copy->ret_reason, -ELOOP, "it is nested more than %d directories deep",
			    DEPTH_MAX);
	while (!r && (entry = readdir(stream))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (length + strlen(entry->d_name) + 2 > sizeof(copy->path))
			return fail_entry(copy, -ENAMETOOLONG, "entering");
		snprintf(copy->path + length, sizeof(copy->path) - length, "%s%s",
			 length ? "/" : "", entry->d_name);
		r = copy_entry(copy, from, to, entry->d_name, depth + 1);
		if (!r)
			copy->path[length] = '\0';
	}
	return r;
}

int tree_copy(int from, int to, int but, const struct tree_copy_progress *progress,
	      char **ret_reason)
{
	struct copy copy = {
		.to = to, .progress = progress, .counting = true, .ret_reason = ret_reason,
		.has_but = but >= 0,
	};
	struct stat st;
	int r;

	if ((copy.has_but && fstat(but, &copy.but) < 0) || fstat(from, &st) < 0)
		return -errno;
	r = copy_directory(&copy, from, -1, 0);
	tdestroy(copy.known, free);
	copy.known = NULL;
	copy.counting = false;
	if (!r)
		r = copy_directory(&copy, from, to, 0);
	if (!r)
		r = copy_metadata(&copy, from, to, &st);
	tdestroy(copy.known, free);
	return r;
}
