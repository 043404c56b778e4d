// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Guests that get another name.  The new one is first written into the guest's
 * directory, GUESTS_DIR/NAME/renamed; then the files that are called after the
 * guest get their new names, its directory the last, and "renamed" goes.  Each of
 * these steps can be done again, and finds done what was done; so a rename that
 * was cut off is completed when the daemon starts, and until then the guest, which
 * has no settings under either name, does not start.
 *
 * User ids, traffic, snapshots and what else lies in its directory go with that.
 */
#include "rename.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "fail.h"
#include "image.h"
#include "lock.h"
#include "log.h"
#include "scope.h"
#include "state.h"
#include "unit.h"

#define RECORD	"renamed"	/* the new name */
#define WANTS	"/etc/systemd/system/vservers.target.wants"

/* --- what is called after it ------------------------------------------------------------ */

/* 0 also where there is none of the old name. */
static int move(const char *directory, const char *name, const char *to, const char *suffix)
{
	_cleanup_free_ char *old = NULL, *new = NULL;

	if (asprintf(&old, "%s/%s%s", directory, name, suffix) < 0 ||
	    asprintf(&new, "%s/%s%s", directory, to, suffix) < 0)
		return -ENOMEM;
	if (renameat2(AT_FDCWD, old, AT_FDCWD, new, RENAME_NOREPLACE) < 0 && errno != ENOENT)
		return -errno;
	return 0;
}

static int sync_directory(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

static int move_config(const char *name, const char *to)
{
	int r = move(CONFIG_DIR, name, to, ".conf.d");

	if (!r)
		r = move(CONFIG_DIR, name, to, ".conf");
	return r < 0 ? r : sync_directory(CONFIG_DIR);
}

/* Whoever has enabled its unit has enabled that of the new name. */
static int move_wants(const char *name, const char *to)
{
	_cleanup_free_ char *old = NULL, *new = NULL;
	int r = unit_name(name, &old);

	if (!r)
		r = unit_name(to, &new);
	if (!r)
		r = move(WANTS, old, new, "");
	if (r != -EEXIST)
		return r;
	/* One of that name was enabled before, and still is; the old one goes. */
	free(new);
	new = NULL;
	if (asprintf(&new, WANTS "/%s", old) < 0) {
		new = NULL;
		return -ENOMEM;
	}
	return unlink(new) < 0 && errno != ENOENT ? -errno : 0;
}

/* What is known of its last run is not of the new name. */
static int forget_state(const char *name, const char *to)
{
	static const char *const suffixes[] = { "console", "console.1" };
	int r = config_delete_runtime(name);

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		_cleanup_free_ char *path = NULL;

		if (asprintf(&path, STATE_DIR "/%s.%s", name, suffixes[i]) >= 0)
			unlink(path);
	}
	return r < 0 ? r : state_remove(name);
}

static int move_directory(const char *name, const char *to)
{
	int r = move(GUESTS_DIR, name, to, "");

	return r < 0 ? r : sync_directory(GUESTS_DIR);
}

static int complete(const char *name, const char *to, char **ret_reason)
{
	static int (*const steps[])(const char *name, const char *to) = {
		forget_state, move_config, move_wants, move_directory,
	};
	_cleanup_free_ char *record = NULL;

	/* Once the directory has its name, all else has. */
	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps) && strcmp(name, to); i++) {
		int r = steps[i](name, to);

		if (r < 0)
			return fail(ret_reason, r == -EEXIST ? -ENOTEMPTY : r, "%s; it is tried "
				    "again when vserverd starts", strerror(-r));
	}
	if (asprintf(&record, GUESTS_DIR "/%s/" RECORD, to) < 0) {
		record = NULL;
		return -ENOMEM;
	}
	return unlink(record) < 0 && errno != ENOENT ? -errno : 0;
}

/* --- a guest -------------------------------------------------------------------------------- */

/* 0; -EEXIST something is called so. */
static int check_free(const char *to)
{
	static const char *const formats[] = {
		GUESTS_DIR "/%s", CONFIG_DIR "/%s.conf", CONFIG_DIR "/%s.conf.d",
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		_cleanup_free_ char *path = NULL;
		struct stat st;

		if (asprintf(&path, formats[i], to) < 0) {
			path = NULL;
			return -ENOMEM;
		}
		if (lstat(path, &st) == 0)
			return -EEXIST;
		if (errno != ENOENT)
			return -errno;
	}
	return 0;
}

static int write_record(int guest, const char *to)
{
	_cleanup_close_ int fd = openat(guest, RECORD "~", O_WRONLY | O_CREAT | O_TRUNC |
					O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 || dprintf(fd, "%s\n", to) < 0 || fsync(fd) < 0 ||
	    renameat(guest, RECORD "~", guest, RECORD) < 0 || fsync(guest) < 0)
		return -errno;
	return 0;
}

int rename_guest(const char *name, const char *to, char **ret_reason)
{
	_cleanup_close_ int guest = guest_lock(name);
	int r = guest < 0 ? guest : state_check_down(name, ret_reason);

	if (!r)
		r = check_free(to);
	if (!r)
		r = image_check_mounts(name, ret_reason);
	if (!r)
		r = write_record(guest, to);
	return r < 0 ? r : complete(name, to, ret_reason);
}

/* --- those that were cut off --------------------------------------------------------------- */

static bool read_record(int guests, const char *name, char ret[VS_NAME_MAX + 2])
{
	_cleanup_close_ int guest = openat(guests, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
					   O_CLOEXEC);
	_cleanup_close_ int fd = guest < 0 ? -1 : openat(guest, RECORD, O_RDONLY | O_NOFOLLOW |
							 O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : read(fd, ret, VS_NAME_MAX + 1);

	if (size <= 0)
		return false;
	ret[size] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
	return vs_name_valid(ret);
}

bool rename_is_half_done(const char *name)
{
	_cleanup_close_ int guests = open(GUESTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char to[VS_NAME_MAX + 2];

	return guests >= 0 && read_record(guests, name, to);
}

void rename_complete(void)
{
	_cleanup_closedir_ DIR *dir = opendir(GUESTS_DIR);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		_cleanup_free_ char *reason = NULL;
		char to[VS_NAME_MAX + 2];

		if (!vs_name_valid(entry->d_name) || !read_record(dirfd(dir), entry->d_name, to))
			continue;
		if (complete(entry->d_name, to, &reason) < 0)
			log_error("%s: cannot be renamed %s: %s", entry->d_name, to, reason);
		else
			log_info("%s: the renaming of it that was cut off is complete", to);
	}
}
