// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The directory of a guest is made below a name of its own and gets its real
 * name as the last step: one that is there is whole.  What is in it is not
 * known here.
 */
#include "directory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "fail.h"
#include "scope.h"
#include "tree.h"

int directory_open_guests(void)
{
	int fd;

	if (mkdir("/var/lib/vserver", 0755) < 0 && errno != EEXIST)
		return -errno;
	if (mkdir(GUESTS_DIR, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = open(GUESTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* What is set-user-ID in a tree is not for the host's users. */
	if (fchmod(fd, 0700) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	return fd;
}

/* Who fills one may be no child of the daemon's, which sweeps up when it starts. */
static int hold(const char *temporary)
{
	int fd = open(temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd >= 0)
		flock(fd, LOCK_EX | LOCK_NB);
	return fd;
}

static bool is_held(int guests, const char *entry)
{
	_cleanup_close_ int fd = openat(guests, entry, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
					O_CLOEXEC);

	/* Who has the lock of one that goes held it, or waited for it, by its name. */
	return fd >= 0 && entry[1] != '~' && flock(fd, LOCK_EX | LOCK_NB) < 0 &&
	       errno == EWOULDBLOCK;
}

int directory_make(const char *name, directory_fill_t fill, void *userdata, char **ret_reason)
{
	_cleanup_free_ char *temporary = NULL;
	_cleanup_close_ int guests = -1, held = -1;
	int r;

	*ret_reason = NULL;
	guests = directory_open_guests();
	if (guests < 0)
		return fail(ret_reason, guests, "making " GUESTS_DIR ": %s", strerror(-guests));
	if (faccessat(guests, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return fail(ret_reason, -EEXIST, GUESTS_DIR "/%s is there already", name);
	if (asprintf(&temporary, DIRECTORY_COMES, name) < 0) {
		temporary = NULL;
		return -ENOMEM;
	}
	if (!mkdtemp(temporary))
		return fail(ret_reason, -errno, "making %s: %s", temporary, strerror(errno));

	held = hold(temporary);
	r = fill(temporary, userdata, ret_reason);
	if (!r && renameat2(AT_FDCWD, temporary, guests, name, RENAME_NOREPLACE) < 0)
		r = fail(ret_reason, -errno, "naming " GUESTS_DIR "/%s: %s", name, strerror(errno));
	if (!r && fsync(guests) < 0)
		r = fail(ret_reason, -errno, "writing " GUESTS_DIR ": %s", strerror(errno));
	if (r < 0)
		tree_remove(guests, strrchr(temporary, '/') + 1);
	return r;
}

/* --- what was cut off ------------------------------------------------------------------- */

static bool is_leftover(const char *entry, const char *name)
{
	const char *end = strrchr(entry, '.'), *whose = entry + 1 + (entry[1] == '~');

	if (entry[0] != '.' || end <= whose || strlen(end) != strlen(".XXXXXX"))
		return false;
	return !name || (strlen(name) == (size_t)(end - whose) &&
			 !strncmp(whose, name, strlen(name)));
}

int directory_leftovers(const char *directory, const char *name, char ***ret)
{
	_cleanup_closedir_ DIR *dir = opendir(directory);
	_cleanup_strv_free_ char **names = calloc(1, sizeof(char *));
	const struct dirent *entry;
	size_t n = 0;

	if (!names)
		return -ENOMEM;
	while (dir && (entry = readdir(dir))) {
		char **grown;

		if (!is_leftover(entry->d_name, name))
			continue;
		grown = reallocarray(names, n + 2, sizeof(char *));
		if (!grown)
			return -ENOMEM;
		names = grown;
		names[n + 1] = NULL;
		names[n] = strdup(entry->d_name);
		if (!names[n++])
			return -ENOMEM;
	}
	*ret = TAKE_PTR(names);
	return 0;
}

int directory_sweep(char *const *leftovers, char **ret_reason)
{
	_cleanup_close_ int guests = open(GUESTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = 0;

	*ret_reason = NULL;
	if (guests < 0)
		return errno == ENOENT ? 0 : -errno;
	for (; *leftovers; leftovers++) {
		int one = is_held(guests, *leftovers) ? 0 :
			  tree_remove(guests, *leftovers);

		if (one < 0 && !r)
			r = fail(ret_reason, one, "removing " GUESTS_DIR "/%s: %s", *leftovers,
				 one == -EXDEV ? "something is mounted in it" : strerror(-one));
	}
	return r;
}
