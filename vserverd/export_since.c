// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What has changed in a tree since a snapshot.  A file is the same if all that is
 * said of it is, and it was last touched before the snapshot's copy of it was
 * made: no guest sets that time, which the kernel takes from the host's clock.
 * In two overlays of one image a file that neither has written is one file, with
 * one number and one such time.  A file with several names is always another:
 * which names they are is not in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "export_walk.h"
#include "scope.h"

int since_open(int base, const char *name)
{
	return openat(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int compare(const struct timespec *a, const struct timespec *b)
{
	if (a->tv_sec != b->tv_sec)
		return a->tv_sec < b->tv_sec ? -1 : 1;
	return (a->tv_nsec > b->tv_nsec) - (a->tv_nsec < b->tv_nsec);
}

bool since_same(int base, const char *name, const struct stat *st)
{
	struct stat then;
	int order;

	if (fstatat(base, name, &then, AT_SYMLINK_NOFOLLOW) < 0 || st->st_nlink > 1)
		return false;
	order = compare(&st->st_ctim, &then.st_ctim);
	return then.st_mode == st->st_mode && then.st_uid == st->st_uid &&
	       then.st_gid == st->st_gid && then.st_size == st->st_size &&
	       compare(&then.st_mtim, &st->st_mtim) == 0 &&
	       (order < 0 || (order == 0 && then.st_ino == st->st_ino));
}

static bool is_exported(const struct stat *st)
{
	return S_ISDIR(st->st_mode) || S_ISREG(st->st_mode) || S_ISLNK(st->st_mode) ||
	       S_ISFIFO(st->st_mode);
}

/* Also a directory that is none now, or the other way round. */
static bool is_gone(int fd, int base, const char *name)
{
	struct stat then, now;

	if (fstatat(base, name, &then, AT_SYMLINK_NOFOLLOW) < 0 || !is_exported(&then))
		return false;
	return fstatat(fd, name, &now, AT_SYMLINK_NOFOLLOW) < 0 ||
	       S_ISDIR(now.st_mode) != S_ISDIR(then.st_mode) || !is_exported(&now);
}

int since_gone(struct walk *w, int fd, int base)
{
	int copy = openat(base, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	int r = 0;

	if (!stream)
		return walk_refuse(w, -errno, NULL);
	while (!r && (errno = 0, entry = readdir(stream)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") &&
		    is_gone(fd, base, entry->d_name))
			r = walk_put_gone(w, entry->d_name);
	return !r && errno ? walk_refuse(w, -errno, NULL) : r;
}
