// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The files of a guest that is down, mounted for repair.  They are what the guest
 * made of them: so nothing in them runs, gives rights, is a device, or leads
 * elsewhere by a symbolic link.  While they are there, the guest does not start.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "config.h"
#include "fail.h"
#include "guest_copy.h"
#include "layer.h"
#include "lock.h"
#include "mounted.h"
#include "scope.h"

#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000U
#endif

#define HARMLESS (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | \
		  MOUNT_ATTR_NOSYMFOLLOW)

/* --- what is mounted ------------------------------------------------------------------ */

/* Its layer over its image. */
static int open_layers(const char *name, bool read_only, char **ret_reason)
{
	_cleanup_free_ char *errors = NULL;
	struct config *config = NULL;
	struct vs *vs = NULL;
	int r = config_read(name, &config, &errors);

	if (r < 0)
		return fail(ret_reason, r, "reading its configuration: %.*s",
			    errors ? (int)strcspn(errors, "\n") : 99,
			    errors ? errors : strerror(-r));
	r = vs_new(&vs);
	if (!r)
		r = layer_open_tree(vs, config, read_only, ret_reason);
	vs_close(vs);
	config_free(config);
	return r;
}

/* A mount that is nowhere yet. */
static int open_files(const char *name, int guest, bool read_only, char **ret_reason)
{
	_cleanup_close_ int root = -1;
	int tree;

	if (!strcmp(guest_part(guest), "layer"))
		return open_layers(name, read_only, ret_reason);
	root = openat(guest, "root", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	tree = root < 0 ? -1 : open_tree(root, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
					       AT_EMPTY_PATH);
	return tree < 0 ? fail(ret_reason, -errno, "opening its tree: %s", strerror(errno)) : tree;
}

static int make_harmless(int tree, bool read_only)
{
	struct mount_attr attr = {
		.attr_set = HARMLESS | (read_only ? MOUNT_ATTR_RDONLY : 0),
	};

	return mount_setattr(tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0 ? -errno : 0;
}

/* The number of the mount that @fd is in; 0: the kernel does not say. */
static uint64_t mount_id(int fd)
{
	struct statx st;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID_UNIQUE, &st) < 0 ||
	    !(st.stx_mask & STATX_MNT_ID_UNIQUE))
		return 0;
	return st.stx_mnt_id;
}

/* --- what is written down --------------------------------------------------------------- */

static int make_private(const char *path)
{
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

static int write_record(const char *name, uint64_t id, const char *directory)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_fclose_ FILE *file = NULL;
	int r = make_private(MOUNTED_DIR);

	if (r < 0)
		return r;
	if (asprintf(&path, MOUNTED_DIR "/%s", name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	file = fopen(path, "we");
	if (!file || fprintf(file, "%llu %s\n", (unsigned long long)id, directory) < 0 ||
	    fflush(file) != 0)
		return -errno;
	return 0;
}

static void remove_record(const char *name)
{
	_cleanup_free_ char *record = NULL, *own = NULL;

	if (asprintf(&record, MOUNTED_DIR "/%s", name) >= 0)
		unlink(record);
	if (asprintf(&own, MOUNTS_DIR "/%s", name) >= 0)
		rmdir(own);	/* if it was there */
}

/* --- done and undone ----------------------------------------------------------------------- */

static int make_own(const char *name, char **ret)
{
	char *path;
	int r = make_private(MOUNTS_DIR);

	if (r < 0)
		return r;
	if (asprintf(&path, MOUNTS_DIR "/%s", name) < 0)
		return -ENOMEM;
	*ret = path;
	return make_private(path);
}

/* Written down before it is there: a number of nothing is harmless. */
static int put(const char *name, int tree, const char *directory, bool read_only)
{
	_cleanup_close_ int target = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
	uint64_t id = mount_id(tree);
	int r = target < 0 ? -errno : make_harmless(tree, read_only);

	if (!r && !id)
		r = -EOPNOTSUPP;
	if (!r)
		r = write_record(name, id, directory);
	if (!r && move_mount(tree, "", target, "",
			     MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		r = -errno;
	return r;
}

int mount_guest(const char *name, const char *directory, bool read_only, char **ret_reason)
{
	_cleanup_close_ int guest = guest_lock(name), tree = -1;
	_cleanup_free_ char *own = NULL;
	int r;

	*ret_reason = NULL;
	if (guest < 0)
		return fail(ret_reason, guest, GUESTS_DIR "/%s: %s", name, strerror(-guest));
	r = mounted_check(name, ret_reason);
	if (r < 0)
		return r;
	if (directory && (*directory != '/' || strchr(directory, '\n')))
		return fail(ret_reason, -EINVAL, "%s is no absolute path", directory);
	tree = open_files(name, guest, read_only, ret_reason);
	if (tree < 0)
		return tree;
	r = directory ? 0 : make_own(name, &own);
	if (!r)
		r = put(name, tree, directory ? directory : own, read_only);
	if (r < 0) {
		fail(ret_reason, r, "%s: %s", directory ? directory : MOUNTS_DIR, strerror(-r));
		remove_record(name);
	}
	return r;
}

int mount_undo(const char *name, char **ret_reason)
{
	_cleanup_free_ char *directory = NULL;
	int r = mounted_find(name, &directory);

	*ret_reason = NULL;
	if (r == -ENOENT) {
		remove_record(name);
		return fail(ret_reason, r, "it is not mounted");
	}
	if (r < 0)
		return fail(ret_reason, r, MOUNTED_DIR "/%s: %s", name, strerror(-r));
	if (umount2(directory, UMOUNT_NOFOLLOW) < 0)
		return fail(ret_reason, -errno, "%s: %s", directory, errno == EBUSY ?
			    "a process has something open in it, or something is mounted there" :
			    strerror(errno));
	remove_record(name);
	return 0;
}
