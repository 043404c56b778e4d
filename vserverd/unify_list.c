// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The files of guests that may be the same as another: found without following
 * anything, and without opening any.  The guests run; so what was found is looked
 * at again before it is opened.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "copy.h"
#include "scope.h"
#include "unify.h"

#define SIZE_MIN	4096	/* what is less has no block of its own */

static int open_below(int dir, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)flags | O_PATH | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	int fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

static int push(struct same_list *list, const struct stat *st, const char *path)
{
	struct same *grown;

	if (list->n == list->room) {
		list->room = list->room ? 2 * list->room : 1024;
		grown = reallocarray(list->file, list->room, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		list->file = grown;
	}
	list->file[list->n] = (struct same){
		.size = (uint64_t)st->st_size, .inode = st->st_ino, .device = st->st_dev,
		.path = strdup(path),
	};
	return list->file[list->n].path ? (list->n++, 0) : -ENOMEM;
}

/* Holes share nothing, and a guest may have made them as large as it likes. */
static bool is_worth(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_size >= SIZE_MIN &&
	       (uint64_t)st->st_blocks * 512 >= (uint64_t)st->st_size / 2;
}

static int walk(struct same_list *list, int guests, char path[PATH_MAX]);

static int look(struct same_list *list, int guests, int dir, const char *name,
		char path[PATH_MAX])
{
	size_t length = strlen(path);
	struct stat st;
	int r = 0;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    length + strlen(name) + 2 > PATH_MAX)
		return 0;
	path[length] = '/';
	strcpy(path + length + 1, name);
	if (S_ISDIR(st.st_mode))
		r = walk(list, guests, path);
	else if (is_worth(&st))
		r = push(list, &st, path);
	path[length] = '\0';
	return r;
}

/* What cannot be opened is left alone. */
static int walk(struct same_list *list, int guests, char path[PATH_MAX])
{
	_cleanup_close_ int below = open_below(guests, path, O_DIRECTORY);
	int fd = below < 0 ? -1 : copy_reopen(below, O_RDONLY | O_DIRECTORY);
	_cleanup_closedir_ DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int r = 0;

	while (!r && stream && (entry = readdir(stream)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			r = look(list, guests, dirfd(stream), entry->d_name, path);
	return r;
}

int same_list_add(struct same_list *list, int guests, const char *path)
{
	char buffer[PATH_MAX];

	snprintf(buffer, sizeof(buffer), "%s", path);
	return walk(list, guests, buffer);
}

static int compare(const void *a, const void *b)
{
	const struct same *one = a, *two = b;

	if (one->size != two->size)
		return one->size < two->size ? 1 : -1;	/* the largest first */
	if (one->inode != two->inode)
		return one->inode < two->inode ? -1 : 1;
	return strcmp(one->path, two->path);
}

/* Of the names of one file one is enough. */
static bool is_alone(const struct same_list *list, size_t i)
{
	return (i == 0 || list->file[i - 1].size != list->file[i].size) &&
	       (i + 1 == list->n || list->file[i + 1].size != list->file[i].size);
}

static bool is_again(const struct same_list *list, size_t i)
{
	return i && list->file[i - 1].inode == list->file[i].inode &&
	       list->file[i - 1].device == list->file[i].device;
}

static void keep(struct same_list *list, bool (*drop)(const struct same_list *list, size_t i))
{
	struct same *kept = calloc(list->n ? list->n : 1, sizeof(*kept));
	size_t n = 0;

	if (!kept)
		return;		/* more work, and the same result */
	for (size_t i = 0; i < list->n; i++) {
		if (drop(list, i))
			free(list->file[i].path);
		else
			kept[n++] = list->file[i];
	}
	free(list->file);
	list->file = kept;
	list->n = list->room = n;
}

void same_list_sort(struct same_list *list)
{
	if (list->n)
		qsort(list->file, list->n, sizeof(*list->file), compare);
	keep(list, is_again);
	keep(list, is_alone);
}

int same_list_open(int guests, const struct same *file)
{
	_cleanup_close_ int path = open_below(guests, file->path, 0);
	struct stat st;

	if (path < 0)
		return path;
	if (fstat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || st.st_ino != file->inode || st.st_dev != file->device ||
	    (uint64_t)st.st_size != file->size)
		return -ESTALE;
	return copy_reopen(path, O_RDONLY);
}

void same_list_clear(struct same_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->file[i].path);
	free(list->file);
	*list = (struct same_list){ 0 };
}
