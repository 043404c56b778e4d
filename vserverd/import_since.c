// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What has changed since a snapshot, made a whole tree again: the snapshot is
 * copied, which costs nothing where the file system shares blocks; what is gone
 * is removed from the copy; and what is then in the copy and not in the tree is
 * moved there.  Paths are an archive's: each is found without following a link.
 */
#include "import_since.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "config.h"
#include "copy.h"
#include "fail.h"
#include "scope.h"
#include "tree.h"
#include "tree_sum.h"

static int open_directory(int dir, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	int fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* --- what is gone ------------------------------------------------------------------ */

static int remove_one(int tree, char *path)
{
	char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	_cleanup_close_ int dir = -1;
	struct stat st;

	if (slash)
		*slash = '\0';
	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return -EINVAL;
	dir = open_directory(tree, slash ? path : ".");
	if (dir < 0)
		return dir;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (S_ISDIR(st.st_mode))
		return tree_remove(dir, name);
	return unlinkat(dir, name, 0) < 0 ? -errno : 0;
}

static int remove_gone(int dir, int tree, char **ret_reason)
{
	int fd = openat(dir, "gone", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_fclose_ FILE *list = fd < 0 ? NULL : fdopen(fd, "r");
	_cleanup_free_ char *path = NULL;
	size_t size = 0;
	int r = 0;

	if (!list)
		return -errno;
	while (!r && getdelim(&path, &size, '\0', list) > 0)
		r = remove_one(tree, path);
	if (r < 0)
		return fail(ret_reason, r, "what it says is gone, '%s', cannot be removed: %s",
			    path, strerror(-r));
	return 0;
}

/* --- what is the same -------------------------------------------------------------- */

static int fill(int from, int to);

static int fill_directory(int from, int to, const char *name)
{
	_cleanup_close_ int below = open_directory(from, name), there = open_directory(to, name);

	if (below < 0 || there < 0)	/* all that are there now are in the archive */
		return below < 0 ? below : there == -ENOENT || there == -ENOTDIR ? 0 : there;
	return fill(below, there);
}

static int fill_one(int from, int to, const char *name)
{
	struct stat st;

	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return fill_directory(from, to, name);
	if (renameat2(from, name, to, name, RENAME_NOREPLACE) < 0 && errno != EEXIST)
		return -errno;
	return 0;
}

/* Its times stay as the archive has them. */
static int fill(int from, int to)
{
	int copy = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	struct stat st;
	int r = 0;

	if (!stream || fstat(to, &st) < 0)
		return -errno;
	while (!r && (errno = 0, entry = readdir(stream)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			r = fill_one(from, to, entry->d_name);
	if (!r && errno)
		r = -errno;
	if (!r && futimens(to, (const struct timespec[]){ st.st_atim, st.st_mtim }) < 0)
		r = -errno;
	return r;
}

/* --- the whole ----------------------------------------------------------------------- */

static int open_snapshot(const char *guest, const char *snap, const char *sum,
			 char **ret_reason)
{
	char found[TREE_SUM_DIGITS + 1];
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -1;
	int r;

	if (asprintf(&path, GUESTS_DIR "/%s/snapshots/%s/root", guest, snap) < 0)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return fail(ret_reason, -errno, "it has what changed since the snapshot '%s' of "
			    "'%s', which is not here: %s", snap, guest, strerror(errno));
	r = tree_sum(fd, found);
	if (!r && strcmp(found, sum))
		r = fail(ret_reason, -ESTALE, "it has what changed since the snapshot '%s' of '%s', "
			 "and that which is here is another", snap, guest);
	return r < 0 ? r : TAKE_FD(fd);
}

int import_since(int dir, const char *guest, const char *snap, const char *sum,
		 char **ret_reason)
{
	_cleanup_close_ int from = open_snapshot(guest, snap, sum, ret_reason);
	_cleanup_close_ int copy = -1, root = -1;
	int r;

	if (from < 0)
		return from;
	r = copy_tree(from, dir, "new", 0, NULL, NULL, ret_reason);
	if (r < 0)
		return r;
	copy = open_directory(dir, "new");
	root = open_directory(dir, "root");
	if (copy < 0 || root < 0)
		return copy < 0 ? copy : root;
	r = remove_gone(dir, copy, ret_reason);
	if (!r)
		r = fill(copy, root);
	return r < 0 ? r : tree_remove(dir, "new");
}
