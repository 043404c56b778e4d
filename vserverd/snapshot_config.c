// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The settings of a guest beside the files of its snapshot: its own file and
 * those beside it, as they were.  What was set until the next start is none of
 * them.  Back they come only when that is asked for, a file at a time.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "config_path.h"
#include "copy.h"
#include "fail.h"
#include "scope.h"
#include "snapshot.h"
#include "tree.h"

#define OWN	"guest.conf"
#define BESIDE	"guest.conf.d"

static int open_config(const char *suffix, const char *guest)
{
	_cleanup_free_ char *path = NULL;
	int fd;

	if (asprintf(&path, CONFIG_DIR "/%s%s", guest, suffix) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int copy_file(int from, int dir, const char *name)
{
	_cleanup_close_ int to = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	bool shared = true;
	struct stat st;
	int r;

	if (to < 0 || fstat(from, &st) < 0)
		return -errno;
	r = copy_data(from, to, &st, &shared);
	return !r && (fchmod(to, st.st_mode & 0777) < 0 || fsync(to) < 0) ? -errno : r;
}

int snapshot_keep_config(const char *guest, int dir, char **ret_reason)
{
	_cleanup_close_ int own = open_config(".conf", guest);
	_cleanup_close_ int beside = open_config(".conf.d", guest);
	int r = own == -ENOENT ? 0 : own < 0 ? own : copy_file(own, dir, OWN);

	if (r < 0)
		return fail(ret_reason, r, "copying its settings: %s", strerror(-r));
	if (beside == -ENOENT)
		return 0;
	return beside < 0 ? fail(ret_reason, beside, "copying its settings: %s",
				 strerror(-beside)) :
	       copy_tree(beside, dir, BESIDE, 0, NULL, NULL, ret_reason);
}

/* Over what there is, in one step each; the directory has no step of that kind
 * where there is none of the two. */
static int restore_own(const char *guest, int dir, int configs)
{
	_cleanup_close_ int from = openat(dir, OWN, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_free_ char *name = NULL, *temporary = NULL;
	int r;

	if (from < 0)
		return -errno;
	if (asprintf(&name, "%s.conf", guest) < 0 ||
	    asprintf(&temporary, ".%s.conf.snapshot", guest) < 0)
		return -ENOMEM;
	unlinkat(configs, temporary, 0);
	r = copy_file(from, configs, temporary);
	if (!r && renameat(configs, temporary, configs, name) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(configs, temporary, 0);
	return r;
}

static int restore_beside(const char *guest, int dir, int configs, char **ret_reason)
{
	_cleanup_close_ int from = openat(dir, BESIDE, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
					  O_CLOEXEC);
	_cleanup_free_ char *name = NULL, *temporary = NULL, *links = NULL;
	int r;

	if (from < 0 && errno != ENOENT)
		return -errno;
	if (asprintf(&name, "%s.conf.d", guest) < 0 ||
	    asprintf(&temporary, ".%s.conf.d.snapshot", guest) < 0 ||
	    asprintf(&links, "%s.links", temporary) < 0)
		return -ENOMEM;
	if (from < 0)
		return tree_remove(configs, name);
	r = tree_remove(configs, temporary);
	if (!r)
		r = tree_remove(configs, links);	/* of a copy that was cut off */
	if (!r)
		r = copy_tree(from, configs, temporary, 0, NULL, NULL, ret_reason);
	if (!r && syncfs(configs) < 0)
		r = -errno;
	if (!r && renameat2(configs, temporary, configs, name, RENAME_EXCHANGE) < 0)
		r = errno == ENOENT && renameat(configs, temporary, configs, name) == 0 ?
		    0 : -errno;
	tree_remove(configs, temporary);
	return r;
}

int snapshot_restore_config(const char *guest, int dir, char **ret_reason)
{
	_cleanup_close_ int configs = open(CONFIG_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = configs < 0 ? -errno : restore_own(guest, dir, configs);

	if (!r)
		r = restore_beside(guest, dir, configs, ret_reason);
	if (!r && fsync(configs) < 0)
		r = -errno;
	if (r < 0 && !*ret_reason)
		fail(ret_reason, r, "its files are the snapshot's; its settings are not: %s",
		     strerror(-r));
	return r;
}
