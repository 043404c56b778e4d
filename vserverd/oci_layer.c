// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A layer over those below it.  What it takes away it says by names that begin
 * with ".wh.": that is done first, of what the lower layers have made and of
 * nothing else; then the layer is unpacked.  So the order in which it has its
 * entries does not matter.
 *
 *	DIR/.wh.NAME		there is no NAME any more
 *	DIR/.wh..wh..opq	nothing of what was in DIR is there any more
 *
 * Its digest has been checked, so it is whole, even if it has no end mark, as those
 * that "umoci insert" makes have none.
 *
 * What a layer adds to a directory of a lower one that has a default ACL, without
 * having the directory itself, gets an ACL from there.
 *
 * The layer is not trusted: names are looked up beneath the root and through no
 * link, and a whiteout whose name leads elsewhere is refused, as unpack.c refuses
 * others.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "fail.h"
#include "oci.h"
#include "scope.h"
#include "tree.h"
#include "unpack.h"
#include "xattr.h"

#define WHITEOUT ".wh."
#define OPAQUE	 ".wh..wh..opq"

static int open_beneath(int root, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	int fd = (int)syscall(SYS_openat2, root, *path ? path : ".", &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* "usr/bin/" as "usr" and "bin"; @path is cut. */
static const char *split(char *path, const char **ret_parent)
{
	char *end = path + strlen(path), *slash;

	while (end > path && end[-1] == '/')
		*--end = '\0';
	slash = strrchr(path, '/');
	*ret_parent = slash ? path : "";
	if (!slash)
		return path;
	*slash = '\0';
	return slash + 1;
}

static bool is_whiteout(const char *name)
{
	return !strncmp(name, WHITEOUT, strlen(WHITEOUT));
}

/* --- what it takes away ------------------------------------------------------------- */

static int remove_any(int dir, const char *name)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (S_ISDIR(st.st_mode))
		return tree_remove(dir, name);
	return unlinkat(dir, name, 0) < 0 ? -errno : 0;
}

static int remove_content(int dir)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	int r = 0;

	if (!stream)
		return -errno;
	while (!r && (entry = readdir(stream)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			r = remove_any(dir, entry->d_name);
	return r;
}

static int take_away(int dir, const char *name, const char *path, char **ret_reason)
{
	const char *what = name + strlen(WHITEOUT);
	int r;

	if (!*what || !strcmp(what, ".") || !strcmp(what, ".."))
		return fail(ret_reason, -EPERM, "its whiteout '%s' leads outside of the tree", path);
	r = strcmp(name, OPAQUE) ? remove_any(dir, what) : remove_content(dir);
	return r < 0 ? fail(ret_reason, r, "removing what its whiteout '%s' names: %s", path,
			    strerror(-r)) : 0;
}

/* A directory that the layer has too has its attributes from there alone. */
static int clear_attributes(int dir, const char *name)
{
	_cleanup_strv_free_ char **names = NULL;
	_cleanup_close_ int fd = open_beneath(dir, name);
	int r = fd < 0 ? fd : xattr_names(fd, &names);

	for (char **one = names; one && *one && !r; one++)
		r = xattr_remove(fd, *one);
	return r;
}

/* What a directory cannot take the place of, nor be replaced by as it is. */
static int make_room(int dir, const char *name, mode_t type)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (S_ISDIR(st.st_mode) && type == AE_IFDIR)
		return clear_attributes(dir, name);
	/* A device is not unpacked, and what was there is not there either. */
	if (S_ISDIR(st.st_mode) || type == AE_IFDIR || type == AE_IFCHR || type == AE_IFBLK)
		return remove_any(dir, name);
	return 0;
}

static int prepare(struct archive_entry *entry, void *userdata, char **ret_reason)
{
	const int *root = userdata;
	const char *whole = archive_entry_pathname(entry), *parent, *name;
	_cleanup_free_ char *path = strdup(whole);
	_cleanup_close_ int dir = -1;
	int r;

	if (!path)
		return -ENOMEM;
	name = split(path, &parent);
	dir = open_beneath(*root, parent);
	if (dir == -ELOOP && is_whiteout(name))
		return fail(ret_reason, -EPERM, "its whiteout '%s' leads through a link", whole);
	if (dir == -ENOENT || dir == -ENOTDIR || dir == -ELOOP)
		return 0;	/* there is nothing; or it is refused when it is unpacked */
	if (dir < 0)
		return fail(ret_reason, dir, "looking for '%s': %s", whole, strerror(-dir));
	if (is_whiteout(name))
		return take_away(dir, name, whole, ret_reason);
	r = !strcmp(name, ".") || !*name ? clear_attributes(dir, ".") :
					   make_room(dir, name, archive_entry_filetype(entry));
	return r < 0 ? fail(ret_reason, r, "replacing '%s': %s", whole, strerror(-r)) : 0;
}

/* --- what it brings -------------------------------------------------------------------- */

static int take(struct archive_entry *entry, void *userdata, char **ret_reason)
{
	_cleanup_free_ char *path = strdup(archive_entry_pathname(entry));
	const char *parent;

	if (!path)
		return -ENOMEM;
	return !is_whiteout(split(path, &parent));
}

/* A layer that changes nothing is an archive without entries, which unpack() takes
 * for none. */
static bool is_empty(int fd)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	bool empty;

	if (!archive)
		return false;
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_format_tar(archive);
	empty = archive_read_open_fd(archive, fd, 4096) == ARCHIVE_OK &&
		archive_read_next_header(archive, &entry) == ARCHIVE_EOF;
	archive_read_free(archive);
	return lseek(fd, 0, SEEK_SET) == 0 && empty;
}

int oci_layer_unpack(int archive, int root, const struct unpack_progress *progress,
		     char **ret_reason)
{
	const struct unpack_progress first = {
		.entry = prepare, .entry_userdata = &root, .whole = true,
	};
	struct unpack_progress second = *progress;
	int r;

	if (is_empty(archive))
		return 0;
	r = unpack(archive, root, &first, ret_reason);
	if (r < 0)
		return r;
	if (lseek(archive, 0, SEEK_SET) < 0)
		return -errno;
	second.entry = take;
	second.entry_userdata = NULL;
	second.whole = true;
	return unpack(archive, root, &second, ret_reason);
}
