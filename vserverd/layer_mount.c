// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The layers of a guest over directories of the host.  Each is named by where it
 * is mounted, and is kept as long as the guest is there: a line that is taken out
 * and put back finds what was written.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "fail.h"
#include "layer.h"
#include "scope.h"
#include "tree.h"

#define MAKING	".making"	/* no target is called so */

static int open_directory(int dir, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* GUESTS_DIR/NAME/mounts, made if it is missing. */
static int open_mounts(const char *real)
{
	if (mkdir(real, 0700) < 0 && errno != EEXIST)
		return -errno;
	return open_directory(AT_FDCWD, real);
}

/* Below a name of its own until it is whole. */
static int make(int mounts, const char *name, const char *source)
{
	_cleanup_close_ int lower = open_directory(AT_FDCWD, source), layer = -1;
	int r;

	if (lower < 0)
		return lower;
	r = tree_remove(mounts, MAKING);
	if (!r && mkdirat(mounts, MAKING, 0700) < 0)
		r = -errno;
	if (!r)
		r = layer = open_directory(mounts, MAKING);
	if (r >= 0)
		r = layer_make_empty(layer, lower);
	if (!r)
		r = layer_write(layer);
	if (!r && (renameat2(mounts, MAKING, mounts, name, RENAME_NOREPLACE) < 0 ||
		   fsync(mounts) < 0))
		r = -errno;
	return r;
}

/* "/srv/data" is "%srv%data". */
static char *name_of(const char *target)
{
	char *name = strdup(target);

	for (char *c = name; c && *c; c++)
		if (*c == '/')
			*c = '%';
	return name;
}

static int prepare(const char *real, struct vs_mount *mount, char **ret_reason)
{
	_cleanup_free_ char *name = name_of(mount->target);
	_cleanup_close_ int mounts = name ? open_mounts(real) : -ENOMEM;
	struct stat st;
	int r = mounts < 0 ? mounts : 0;

	if (!r && fstatat(mounts, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		r = errno == ENOENT ? make(mounts, name, mount->source) : -errno;
	if (r < 0)
		return fail(ret_reason, r, "making a layer over %s for %s: %s", mount->source,
			    mount->target, r == -ELOOP ? "a symbolic link is in it; write where "
			    "it leads to" : strerror(-r));
	if (asprintf(&mount->layer, "%s/%s", real, name) < 0) {
		mount->layer = NULL;
		return -ENOMEM;
	}
	return 0;
}

int layer_prepare_mounts(struct config *config, char **ret_reason)
{
	_cleanup_free_ char *guests = realpath(GUESTS_DIR, NULL), *real = NULL;
	int r = 0;

	*ret_reason = NULL;
	if (!guests)
		return -errno;
	if (asprintf(&real, "%s/%s/mounts", guests, config->name) < 0) {
		real = NULL;
		return -ENOMEM;
	}
	for (size_t i = 0; !r && i < config->n_mounts; i++)
		if (config->mounts[i].type == VS_MOUNT_OVERLAY && !config->mounts[i].layer)
			r = prepare(real, &config->mounts[i], ret_reason);
	return r;
}
