// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest is a tree and a file of settings, and no rename makes or removes both.
 * So that what a crash or a loss of power leaves is a whole guest or none, a
 * note beside the trees says from before the tree is there until its file is
 * that it is being made: .NAME.new.  An end needs no note, for the tree then has
 * a name that no guest has.
 */
#include "making.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "config.h"
#include "config_path.h"
#include "fail.h"
#include "image.h"
#include "rename.h"
#include "scope.h"

#define NOTE		GUESTS_DIR "/.%s" NOTE_END
#define NOTE_END	".new"

static int sync_guests(void)
{
	_cleanup_close_ int fd = open(GUESTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int making_begin(const char *name, char **ret_reason)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -1;
	int r = image_prepare();

	/* What a crash leaves would be taken for what was being made. */
	if (!r && image_exists(name))
		return fail(ret_reason, -EEXIST, GUESTS_DIR "/%s is there already", name);
	if (!r && asprintf(&path, NOTE, name) < 0) {
		path = NULL;
		r = -ENOMEM;
	}
	if (!r)
		fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (!r)
		r = fd < 0 ? -errno : sync_guests();
	return r < 0 ? fail(ret_reason, r, "making " GUESTS_DIR "/.%s" NOTE_END ": %s", name,
			    strerror(-r)) : 0;
}

void making_end(const char *name)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, NOTE, name) < 0)
		path = NULL;
	else if (unlink(path) == 0)
		sync_guests();	/* or it might come back, and say it of a later one */
}

/* --- after a crash --------------------------------------------------------------------- */

static bool has_file(const char *name)
{
	_cleanup_free_ char *path = NULL;

	return config_file(name, &path) < 0 || access(path, F_OK) == 0 || errno != ENOENT;
}

/* Of a note, ".NAME.new"; NULL: it is none. */
static char *noted(const char *entry)
{
	size_t length = strlen(entry), n = strlen(NOTE_END);

	if (*entry != '.' || length < n + 2 || strcmp(entry + length - n, NOTE_END) != 0)
		return NULL;
	return strndup(entry + 1, length - n - 1);
}

/* Of a directory that goes, ".~NAME.XXXXXX". */
static char *going(const char *entry)
{
	const char *end = strrchr(entry, '.');

	if (strncmp(entry, ".~", 2) != 0 || end < entry + 3 || strlen(end) != strlen(".XXXXXX"))
		return NULL;
	return strndup(entry + 2, (size_t)(end - entry) - 2);
}

/* A tree without a file is none, if it was being made, and not being renamed since. */
static int drop_tree(const char *name, char **ret_reason)
{
	int r = has_file(name) || rename_is_half_done(name) ? 0 : image_hide(name, ret_reason);

	if (!r)
		making_end(name);
	return r;
}

/* A file whose tree is hidden belongs to a guest that was being deleted. */
static int drop_file(const char *name, char **ret_reason)
{
	int r = image_exists(name) || !has_file(name) ? 0 : config_delete(name);

	return r < 0 ? fail(ret_reason, r, "removing the settings of %s: %s", name,
			    strerror(-r)) : 0;
}

static int settle(char *(*name_of)(const char *entry),
		  int (*drop)(const char *name, char **ret_reason), char **ret_reason)
{
	_cleanup_closedir_ DIR *dir = opendir(GUESTS_DIR);
	const struct dirent *entry;
	int r = 0;

	while (dir && !r && (entry = readdir(dir))) {
		_cleanup_free_ char *name = name_of(entry->d_name);

		if (name && vs_name_valid(name))
			r = drop(name, ret_reason);
	}
	return r;
}

int making_settle(char **ret_reason)
{
	int r;

	*ret_reason = NULL;
	r = settle(going, drop_file, ret_reason);
	return r < 0 ? r : settle(noted, drop_tree, ret_reason);
}
