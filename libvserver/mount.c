// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a guest has mounted beside its tree: directories and files of the host,
 * temporary file systems, layers over a directory of the host.
 *
 * Each is made while nothing of the guest's has been looked at yet.  No link is
 * followed to what is the host's: a directory that is shared with a guest is also
 * a place where the guest can put a link.  Then each goes to its place, which is
 * found inside the tree, without a link again.
 */
#include "mount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include "layer.h"
#include "private.h"
#include "userns.h"

static unsigned int attributes_of(const struct vs_mount *mount)
{
	return (mount->read_only ? MOUNT_ATTR_RDONLY : 0) |
	       (mount->suid ? 0 : MOUNT_ATTR_NOSUID) | (mount->dev ? 0 : MOUNT_ATTR_NODEV) |
	       (mount->no_exec ? MOUNT_ATTR_NOEXEC : 0);
}

/* --- made ------------------------------------------------------------------------------- */

static int open_source(struct vs_root *root, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
	struct statfs fs;

	if (fd < 0 && errno == ELOOP)
		return vs_fail(root->vs, -ELOOP, "mounting %s: a symbolic link is in it; write "
			       "where it leads to", path);
	if (fd < 0)
		return vs_fail_errno(root->vs, -errno, "mounting %s", path);
	if (fstatfs(fd, &fs) == 0 && fs.f_type != PROC_SUPER_MAGIC)
		return fd;
	close(fd);
	return vs_fail(root->vs, -EXDEV, "mounting %s: it is the kernel's", path);
}

static int make_bind(struct vs_root *root, const struct vs_mount *mount)
{
	_cleanup_close_ int source = open_source(root, mount->source), copy = -1;
	int r = 0;

	if (source < 0)
		return source;
	copy = open_tree(source, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (copy < 0)
		return vs_fail_errno(root->vs, -errno, "mounting %s", mount->source);
	if (mount->idmap && root->userns >= 0)
		r = vs_userns_map_mount(copy, root->userns);
	if (r == -EINVAL)
		return vs_fail(root->vs, -EOPNOTSUPP, "mounting %s: its file system cannot have "
			       "its user ids mapped; leave out idmap", mount->source);
	return r < 0 ? vs_fail_errno(root->vs, r, "mapping the user ids of %s", mount->source) :
		       TAKE_FD(copy);
}

static int make_tmpfs(struct vs_root *root, const struct vs_mount *mount)
{
	char mode[16], size[32];
	const char *options[] = { "mode", mode, "size", size, NULL };

	snprintf(mode, sizeof(mode), "%o", mount->mode);
	snprintf(size, sizeof(size), "%ju", (uintmax_t)mount->size_bytes);
	if (!mount->size_bytes)
		options[2] = NULL;
	return vs_root_new(root, "tmpfs", options, 0, mount->target + 1);
}

static int make_overlay(struct vs_root *root, const struct vs_mount *mount)
{
	const struct vs_layers layers = { .lower = mount->source, .layer = mount->layer };

	return vs_layers_map(root->vs, &layers, false, root->userns, root->first);
}

static int make(struct vs_root *root, const struct vs_mount *mount)
{
	struct mount_attr attr = {
		.attr_set = attributes_of(mount), .propagation = MS_PRIVATE,
	};
	_cleanup_close_ int fd = -1;

	switch (mount->type) {
	case VS_MOUNT_BIND:
		fd = make_bind(root, mount);
		break;
	case VS_MOUNT_TMPFS:
		fd = make_tmpfs(root, mount);
		break;
	case VS_MOUNT_OVERLAY:
		fd = make_overlay(root, mount);
		break;
	}
	if (fd < 0)
		return fd;
	if (mount_setattr(fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return vs_fail_errno(root->vs, -errno, "mounting %s", mount->target);
	return TAKE_FD(fd);
}

int vs_mounts_make(struct vs_root *root, int **ret)
{
	const struct vs_space *space = root->space;
	_cleanup_free_ int *mounts = NULL;

	*ret = NULL;
	if (!space->n_mounts)
		return 0;
	mounts = calloc(space->n_mounts, sizeof(*mounts));
	if (!mounts)
		return vs_fail_errno(root->vs, -ENOMEM, "making mounts");
	for (size_t i = 0; i < space->n_mounts; i++) {
		mounts[i] = make(root, &space->mounts[i]);
		if (mounts[i] < 0)
			return mounts[i];	/* the caller ends, and with it the others */
	}
	*ret = TAKE_PTR(mounts);
	return 0;
}

/* --- and placed -------------------------------------------------------------------------- */

/* Each directory on the way is made if it is missing. */
static int open_directories(struct vs_root *root, const char *path)
{
	_cleanup_free_ char *copy = strdup(path);

	if (!copy)
		return vs_fail_errno(root->vs, -ENOMEM, "/%s", path);
	for (char *slash = strchr(copy, '/'); slash; slash = strchr(slash + 1, '/')) {
		int fd;

		*slash = '\0';
		fd = vs_root_directory(root, copy);
		if (fd < 0)
			return fd;
		close(fd);
		*slash = '/';
	}
	return vs_root_directory(root, path);
}

static int make_file(const struct vs_root *root, int dir, const char *name)
{
	int fd, r;

	setfsgid(root->first);
	setfsuid(root->first);
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	r = fd < 0 && errno != EEXIST ? -errno : 0;
	setfsuid(0);
	setfsgid(0);
	if (fd >= 0)
		close(fd);
	return r;
}

static int open_file(struct vs_root *root, const char *path)
{
	_cleanup_free_ char *above = strdup(path);
	char *slash = above ? strrchr(above, '/') : NULL;
	const char *name = slash ? slash + 1 : path;
	_cleanup_close_ int dir = -1;
	struct stat st;
	int fd, r;

	if (!above)
		return vs_fail_errno(root->vs, -ENOMEM, "/%s", path);
	if (slash)
		*slash = '\0';
	dir = open_directories(root, slash ? above : ".");
	if (dir < 0)
		return dir;
	r = faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) < 0 ? make_file(root, dir, name) : 0;
	if (r < 0)
		return vs_fail_errno(root->vs, r, "making /%s", path);
	fd = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return vs_fail_errno(root->vs, -errno, "opening /%s", path);
	if (S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return vs_fail(root->vs, -EINVAL, "/%s is no file in the guest's tree, which a file is to "
		       "be mounted over; remove it", path);
}

static int place(struct vs_root *root, const struct vs_mount *mount, int fd)
{
	const char *path = mount->target + 1;
	_cleanup_close_ int target = -1;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return vs_fail_errno(root->vs, -errno, "mounting /%s", path);
	target = S_ISDIR(st.st_mode) ? open_directories(root, path) : open_file(root, path);
	if (target < 0)
		return target;
	return move_mount(fd, "", target, "",
			  MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0 ?
	       vs_fail_errno(root->vs, -errno, "mounting /%s", path) : 0;
}

int vs_mounts_place(struct vs_root *root, const int *mounts)
{
	int r = 0;

	for (size_t i = 0; !r && i < root->space->n_mounts; i++)
		r = place(root, &root->space->mounts[i], mounts[i]);
	return r;
}
