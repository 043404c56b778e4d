// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Trees of guests.  One is made below a name of its own and gets its real
 * name as the last step, so that a tree which is there is whole.  What is in
 * an archive is known to unpack.c only.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "image.h"
#include "scope.h"
#include "tree.h"
#include "unpack.h"

/* What the tree of an unfinished build is called: .NAME.XXXXXX */
#define TEMPORARY GUESTS_DIR "/.%s.XXXXXX"

__attribute__((format(printf, 3, 4)))
static int fail(char **ret_reason, int error, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	if (vasprintf(ret_reason, format, ap) < 0)
		*ret_reason = NULL;
	va_end(ap);
	return error;
}

static int open_guests(void)
{
	int fd;

	if (mkdir("/var/lib/vserver", 0755) < 0 && errno != EEXIST)
		return -errno;
	if (mkdir(GUESTS_DIR, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(GUESTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int open_archive(const char *from, char **ret_reason)
{
	struct stat st;
	int fd;

	if (*from != '/')
		return fail(ret_reason, -EINVAL, "%s is not an absolute path", from);
	fd = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fail(ret_reason, -errno, "%s: %s", from, strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return fail(ret_reason, -EINVAL, "%s is not a regular file", from);
	}
	return fd;
}

static int find_init(const char *root, const char *from, char **ret_reason)
{
	_cleanup_free_ char *init = NULL;
	struct vs *vs;
	int r;

	r = vs_new(&vs);
	if (r < 0)
		return r;
	r = vs_space_find_init(vs, root, &init);
	if (r < 0)
		r = fail(ret_reason, r, "%s has no init: a root filesystem with /sbin/init is "
			 "wanted", from);
	vs_close(vs);
	return r;
}

/* The archive into @directory/root. */
static int fill(const char *directory, int archive, const char *from,
		const struct unpack_progress *progress, char **ret_reason)
{
	_cleanup_free_ char *root = NULL, *reason = NULL;
	_cleanup_close_ int fd = -1;
	int r;

	if (asprintf(&root, "%s/root", directory) < 0)
		return -ENOMEM;
	if (mkdir(root, 0755) < 0)
		return fail(ret_reason, -errno, "making %s: %s", root, strerror(errno));
	fd = open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return fail(ret_reason, -errno, "opening %s: %s", root, strerror(errno));

	r = unpack(archive, fd, progress, &reason);
	if (r < 0)
		return fail(ret_reason, r, "%s: %s", from, reason ? reason : strerror(-r));
	r = find_init(root, from, ret_reason);
	if (!r && syncfs(fd) < 0)
		r = fail(ret_reason, -errno, "writing %s: %s", root, strerror(errno));
	return r;
}

int image_build(const char *name, const char *from, image_progress_t progress,
		void *userdata, char **ret_reason)
{
	const struct unpack_progress told = { .call = progress, .userdata = userdata };
	_cleanup_close_ int guests = -1, archive = -1;
	_cleanup_free_ char *temporary = NULL;
	int r;

	*ret_reason = NULL;
	guests = open_guests();
	if (guests < 0)
		return fail(ret_reason, guests, "making " GUESTS_DIR ": %s", strerror(-guests));
	if (faccessat(guests, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return fail(ret_reason, -EEXIST, GUESTS_DIR "/%s is there already", name);
	archive = open_archive(from, ret_reason);
	if (archive < 0)
		return archive;

	if (asprintf(&temporary, TEMPORARY, name) < 0) {
		temporary = NULL;
		return -ENOMEM;
	}
	if (!mkdtemp(temporary))
		return fail(ret_reason, -errno, "making %s: %s", temporary, strerror(errno));

	r = fill(temporary, archive, from, &told, ret_reason);
	if (!r && renameat2(AT_FDCWD, temporary, guests, name, RENAME_NOREPLACE) < 0)
		r = fail(ret_reason, -errno, "naming " GUESTS_DIR "/%s: %s", name, strerror(errno));
	if (r < 0)
		tree_remove(guests, strrchr(temporary, '/') + 1);
	return r;
}

int image_delete(const char *name, char **ret_reason)
{
	_cleanup_close_ int guests = open(GUESTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	*ret_reason = NULL;
	if (guests < 0)
		return errno == ENOENT ? 0 : -errno;
	r = tree_remove(guests, name);
	if (r == -EXDEV)
		return fail(ret_reason, -EBUSY, "something is mounted in " GUESTS_DIR "/%s", name);
	if (r < 0)
		return fail(ret_reason, r, "removing " GUESTS_DIR "/%s: %s", name, strerror(-r));
	return 0;
}

bool image_exists(const char *name)
{
	_cleanup_free_ char *path = NULL;
	struct stat st;

	return asprintf(&path, GUESTS_DIR "/%s", name) >= 0 && lstat(path, &st) == 0 &&
	       S_ISDIR(st.st_mode);
}

void image_sweep(const char *name)
{
	_cleanup_closedir_ DIR *dir = opendir(GUESTS_DIR);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		const char *end = strrchr(entry->d_name, '.');
		size_t length = (size_t)(end - entry->d_name);

		if (entry->d_name[0] != '.' || length < 2 || strlen(end) != strlen(".XXXXXX"))
			continue;
		if (!name || (strlen(name) == length - 1 &&
			      !strncmp(entry->d_name + 1, name, length - 1)))
			tree_remove(dirfd(dir), entry->d_name);
	}
}
