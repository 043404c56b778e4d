// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Snapshots taken, brought back and removed.  One is made below a name of its
 * own and gets its real name as the last step, and loses it as the first step
 * of its end.  Back it comes as a copy, which changes places with what the guest
 * has in one step; what the guest had is then swept up.
 *
 * The guest's directory is locked meanwhile, against a start, a reboot and a
 * change of its settings.
 */
#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "config.h"
#include "directory.h"
#include "fail.h"
#include "guest_copy.h"
#include "image.h"
#include "lock.h"
#include "scope.h"
#include "state.h"
#include "tree.h"

#define SNAPSHOTS "snapshots"

static int open_directory(int dir, const char *name)
{
	int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* The guest's directory, locked, and that of its snapshots. */
struct place {
	int guest;
	int snapshots;
};

static void leave(struct place *place)
{
	scope_close(&place->snapshots);
	scope_close(&place->guest);
}
#define _cleanup_place_ __attribute__((cleanup(leave)))

static int enter(const char *guest, struct place *ret, char **ret_reason)
{
	struct place place = { .guest = guest_lock(guest), .snapshots = -1 };

	if (place.guest < 0)
		return fail(ret_reason, place.guest, "opening " GUESTS_DIR "/%s: %s", guest,
			    strerror(-place.guest));
	if (mkdirat(place.guest, SNAPSHOTS, 0700) < 0 && errno != EEXIST)
		place.snapshots = -errno;
	else
		place.snapshots = open_directory(place.guest, SNAPSHOTS);
	if (place.snapshots < 0) {
		close(place.guest);
		return fail(ret_reason, place.snapshots, "opening its snapshots: %s",
			    strerror(-place.snapshots));
	}
	*ret = place;
	return 0;
}

/* .SNAP.XXXXXX; free() *@ret, which is a name in the directory of snapshots. */
static int make_temporary(const char *guest, const char *snap, char **ret, char **ret_reason)
{
	_cleanup_free_ char *path = NULL;

	if (asprintf(&path, GUESTS_DIR "/%s/" SNAPSHOTS "/.%s.XXXXXX", guest, snap) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (!mkdtemp(path))
		return fail(ret_reason, -errno, "making %s: %s", path, strerror(errno));
	*ret = strdup(strrchr(path, '/') + 1);
	return *ret ? 0 : -ENOMEM;
}

/* --- taken ---------------------------------------------------------------------------- */

static int fill(const char *guest, const struct place *place, const char *temporary,
		const struct snapshot *snap, snapshot_progress_t progress, void *userdata,
		char **ret_reason)
{
	_cleanup_close_ int dir = open_directory(place->snapshots, temporary);
	struct snapshot made = *snap;
	struct copy_stats stats = { 0 };
	int r = dir < 0 ? dir : snapshot_keep_config(guest, dir, ret_reason);

	if (r < 0)
		return r;
	made.created = (uint64_t)time(NULL);
	r = guest_copy_frozen(guest, place->guest, dir, "../../", progress, userdata, &stats,
			      &made.pause_ns, ret_reason);
	if (r < 0)
		return r;
	made.entries = stats.entries;
	made.bytes = stats.bytes;
	made.shared = stats.shared;
	r = snapshot_write_info(dir, &made);
	if (!r && syncfs(dir) < 0)
		r = -errno;
	return r < 0 ? fail(ret_reason, r, "writing it: %s", strerror(-r)) : 0;
}

static int give_name(int snapshots, const char *temporary, const char *name, char **ret_reason)
{
	if (renameat2(snapshots, temporary, snapshots, name, RENAME_NOREPLACE) < 0)
		return fail(ret_reason, -errno, "naming it %s: %s", name, strerror(errno));
	if (fsync(snapshots) < 0)
		return fail(ret_reason, -errno, "writing its snapshots: %s", strerror(errno));
	return 0;
}

int snapshot_take(const char *guest, const struct snapshot *snap, snapshot_progress_t progress,
		  void *userdata, char **ret_reason)
{
	_cleanup_free_ char *temporary = NULL;
	_cleanup_place_ struct place place = { -1, -1 };
	int r = enter(guest, &place, ret_reason);

	if (r < 0)
		return r;
	if (faccessat(place.snapshots, snap->name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return -EEXIST;
	r = make_temporary(guest, snap->name, &temporary, ret_reason);
	if (r < 0)
		return r;
	r = fill(guest, &place, temporary, snap, progress, userdata, ret_reason);
	if (!r)
		r = give_name(place.snapshots, temporary, snap->name, ret_reason);
	if (r < 0)
		tree_remove(place.snapshots, temporary);
	return r;
}

/* --- brought back ------------------------------------------------------------------------ */

/* Layers belong to the image on which they were made. */
static int check_image(const struct place *place, int dir, char **ret_reason)
{
	char now[256] = "", then[256] = "";
	const char *a, *b;

	if (strcmp(guest_part(place->guest), guest_part(dir)))
		return fail(ret_reason, -EINVAL, "it is of a guest %s image; build a guest from "
			    "it instead", !strcmp(guest_part(dir), "layer") ? "with an" :
								   "without an");
	if (readlinkat(place->guest, "image", now, sizeof(now) - 1) < 0 ||
	    readlinkat(dir, "image", then, sizeof(then) - 1) < 0)
		return 0;
	a = strrchr(now, '/');
	b = strrchr(then, '/');
	if (a && b && !strcmp(a, b))
		return 0;
	return fail(ret_reason, -EINVAL, "it is of the image %s, and the guest is of %s now",
		    b ? b + 1 : then, a ? a + 1 : now);
}

/* A directory that comes to another is changed by that, for xfs. */
static int exchange(const struct place *place, int dir, const char *part, char **ret_reason)
{
	_cleanup_close_ int top = open_directory(dir, part);
	struct stat st;

	if (top < 0 || fstat(top, &st) < 0 ||
	    renameat2(dir, part, place->guest, part, RENAME_EXCHANGE) < 0)
		return fail(ret_reason, -errno, "putting it in place: %s", strerror(errno));
	futimens(top, (const struct timespec[]){ st.st_atim, st.st_mtim });
	if (syncfs(place->guest) < 0)
		return fail(ret_reason, -errno, "writing it: %s", strerror(errno));
	return 0;
}

static int bring_back(const char *guest, const struct place *place, int from,
		      const char *temporary, snapshot_progress_t progress, void *userdata,
		      char **ret_reason)
{
	_cleanup_close_ int dir = open_directory(place->snapshots, temporary);
	struct copy_stats stats;
	int r = dir < 0 ? dir : guest_copy(from, dir, "", progress, userdata, &stats, ret_reason);

	if (!r && syncfs(dir) < 0)
		r = fail(ret_reason, -errno, "writing it: %s", strerror(errno));
	if (!r)
		r = image_check_mounts(guest, ret_reason);
	return r < 0 ? r : exchange(place, dir, guest_part(dir), ret_reason);
}

int snapshot_rollback(const char *guest, const char *snap, bool config,
		      snapshot_progress_t progress, void *userdata, char **ret_reason)
{
	_cleanup_free_ char *temporary = NULL;
	_cleanup_place_ struct place place = { -1, -1 };
	_cleanup_close_ int from = -1;
	int r = enter(guest, &place, ret_reason);

	if (!r)
		r = state_check_down(guest, ret_reason);
	if (r < 0)
		return r;
	from = open_directory(place.snapshots, snap);
	if (from < 0)
		return from;
	r = check_image(&place, from, ret_reason);
	if (!r)
		r = make_temporary(guest, snap, &temporary, ret_reason);
	if (r < 0)
		return r;
	r = bring_back(guest, &place, from, temporary, progress, userdata, ret_reason);
	tree_remove(place.snapshots, temporary);
	return !r && config ? snapshot_restore_config(guest, from, ret_reason) : r;
}

/* --- removed ------------------------------------------------------------------------------ */

int snapshot_remove(const char *guest, const char *snap, char **ret_reason)
{
	_cleanup_free_ char *temporary = NULL;
	_cleanup_place_ struct place place = { -1, -1 };
	int r = enter(guest, &place, ret_reason);

	if (r < 0)
		return r;
	if (faccessat(place.snapshots, snap, F_OK, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	r = make_temporary(guest, snap, &temporary, ret_reason);
	if (r < 0)
		return r;
	if (renameat(place.snapshots, snap, place.snapshots, temporary) < 0) {
		r = fail(ret_reason, -errno, "renaming it: %s", strerror(errno));
		unlinkat(place.snapshots, temporary, AT_REMOVEDIR);
		return r;
	}
	fsync(place.snapshots);
	r = tree_remove(place.snapshots, temporary);
	return r < 0 ? fail(ret_reason, r, "removing it: %s", strerror(-r)) : 0;
}

/* --- what was not finished --------------------------------------------------------------- */

static int add(char ***names, size_t *n, const char *guest, const char *entry)
{
	char **grown = reallocarray(*names, *n + 2, sizeof(char *));

	if (!grown)
		return -ENOMEM;
	*names = grown;
	grown[*n + 1] = NULL;
	if (asprintf(&grown[*n], "%s/" SNAPSHOTS "/%s", guest, entry) < 0) {
		grown[*n] = NULL;
		return -ENOMEM;
	}
	++*n;
	return 0;
}

static int add_leftovers(const char *guest, char ***names, size_t *n)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	int r = 0;

	if (asprintf(&path, GUESTS_DIR "/%s/" SNAPSHOTS, guest) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	dir = opendir(path);
	while (!r && dir && (entry = readdir(dir)))
		if (*entry->d_name == '.' && strcmp(entry->d_name, ".") &&
		    strcmp(entry->d_name, ".."))
			r = add(names, n, guest, entry->d_name);
	return r;
}

int snapshot_leftovers(char ***names, size_t *n)
{
	_cleanup_closedir_ DIR *dir = opendir(GUESTS_DIR);
	const struct dirent *entry;
	int r = 0;

	while (!r && dir && (entry = readdir(dir)))
		if (*entry->d_name != '.')
			r = add_leftovers(entry->d_name, names, n);
	return r;
}

int snapshot_sweep(const char *guest)
{
	_cleanup_strv_free_ char **names = NULL;
	_cleanup_free_ char *reason = NULL;
	size_t n = 0;
	int r = add_leftovers(guest, &names, &n);

	return r < 0 || !n ? r : directory_sweep(names, &reason);
}
