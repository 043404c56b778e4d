// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Trees of guests.  One gets its name when it is whole (image_build.c), and loses
 * it as the first step of its end, so that a tree which is there is whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "directory.h"
#include "fail.h"
#include "image.h"
#include "mounted.h"
#include "scope.h"
#include "snapshot.h"
#include "tree.h"

int image_prepare(void)
{
	_cleanup_close_ int fd = directory_open_guests();

	return fd < 0 ? fd : 0;
}

bool image_exists(const char *name)
{
	_cleanup_free_ char *path = NULL;
	struct stat st;

	return asprintf(&path, GUESTS_DIR "/%s", name) >= 0 && lstat(path, &st) == 0 &&
	       S_ISDIR(st.st_mode);
}

/* --- the end of a tree ---------------------------------------------------------- */

/* Field 5 of a line of mountinfo; names of guests have nothing to be escaped. */
static bool is_mounted_in(const char *line, const char *path)
{
	size_t length = strlen(path);

	for (int field = 1; line && field < 5; field++) {
		line = strchr(line, ' ');
		line = line ? line + 1 : NULL;
	}
	return line && !strncmp(line, path, length) && strchr("/ ", line[length]);
}

int image_check_mounts(const char *name, char **ret_reason)
{
	_cleanup_fclose_ FILE *mounts = fopen("/proc/self/mountinfo", "re");
	_cleanup_free_ char *path = NULL, *real = NULL, *line = NULL;
	size_t size = 0;
	int r = mounted_check(name, ret_reason);

	if (r < 0)
		return r;
	*ret_reason = NULL;
	if (!mounts)
		return -errno;
	if (asprintf(&path, GUESTS_DIR "/%s", name) < 0)
		return -ENOMEM;
	real = realpath(path, NULL);
	if (!real)
		return errno == ENOENT ? 0 : -errno;
	while (getline(&line, &size, mounts) > 0)
		if (is_mounted_in(line, real))
			return fail(ret_reason, -EBUSY, "something is mounted in %s", path);
	return 0;
}

int image_hide(const char *name, char **ret_reason)
{
	_cleanup_close_ int guests = open(GUESTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_free_ char *hidden = NULL;
	int r;

	*ret_reason = NULL;
	if (guests < 0)
		return errno == ENOENT ? 0 : -errno;
	if (faccessat(guests, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	r = image_check_mounts(name, ret_reason);
	if (r < 0)
		return r;
	if (asprintf(&hidden, DIRECTORY_GOES, name) < 0) {
		hidden = NULL;
		return -ENOMEM;
	}
	/* A rename takes the place of an empty directory. */
	if (!mkdtemp(hidden))
		return fail(ret_reason, -errno, "making %s: %s", hidden, strerror(errno));
	if (renameat(guests, name, AT_FDCWD, hidden) < 0) {
		r = fail(ret_reason, -errno, "renaming " GUESTS_DIR "/%s: %s", name,
			 strerror(errno));
		rmdir(hidden);
		return r;
	}
	if (fsync(guests) < 0)
		return fail(ret_reason, -errno, "writing " GUESTS_DIR ": %s", strerror(errno));
	return 0;
}

int image_leftovers(const char *name, char ***ret)
{
	_cleanup_strv_free_ char **names = NULL;
	int r = directory_leftovers(GUESTS_DIR, name, &names);
	size_t n = 0;

	while (names && names[n])
		n++;
	if (!r && !name)
		r = snapshot_leftovers(&names, &n);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(names);
	return 0;
}
