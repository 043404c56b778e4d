// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's root: its tree becomes a mount of its own, gets the kernel's file
 * systems, and takes the place of the host's root.  /dev is device.c's; what is
 * hidden of the kernel's is mask.c's.
 *
 * The tree belongs to a guest that may have prepared it.  So everything in it
 * is found by openat2() inside the tree without following a link, and mounts go
 * from descriptor to descriptor.
 */
#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

#include "layer.h"
#include "mount.h"
#include "private.h"
#include "userns.h"

static int open_below(int dir, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)flags | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS,
	};
	int fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* As the guest's root: the host's has no id in a tree whose ids are mapped. */
static int make_directory(const struct vs_root *root, int parent, const char *name)
{
	int r;

	setfsgid(root->first);
	setfsuid(root->first);
	r = mkdirat(parent, name, 0755) < 0 ? -errno : 0;
	setfsuid(0);
	setfsgid(0);
	return r;
}

int vs_root_directory(struct vs_root *root, const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_close_ int parent = -1;
	_cleanup_free_ char *above = NULL;
	int fd, r;

	fd = open_below(root->tree, path, O_PATH | O_DIRECTORY);
	if (fd == -ENOENT) {
		above = slash ? strndup(path, slash - path) : strdup(".");
		if (!above)
			return vs_fail_errno(root->vs, -ENOMEM, "/%s", path);
		parent = open_below(root->tree, above, O_RDONLY | O_DIRECTORY);
		r = parent < 0 ? 0 : make_directory(root, parent, slash ? slash + 1 : path);
		if (r < 0)
			return vs_fail_errno(root->vs, r, "making /%s", path);
		fd = open_below(root->tree, path, O_PATH | O_DIRECTORY);
	}
	if (fd == -ELOOP)
		return vs_fail(root->vs, fd, "/%s is a symbolic link in the guest's tree; "
			       "make it a directory", path);
	if (fd < 0)
		return vs_fail_errno(root->vs, fd, "opening the directory /%s", path);
	return fd;
}

/* The directory at its top is the guest's root's. */
static int set_owner(const struct vs_root *root, int context)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", root->first);
	return fsconfig(context, FSCONFIG_SET_STRING, "uid", text, 0) < 0 ||
	       fsconfig(context, FSCONFIG_SET_STRING, "gid", text, 0) < 0 ? -errno : 0;
}

int vs_root_new(struct vs_root *root, const char *type, const char *const *options,
		unsigned int attributes, const char *path)
{
	_cleanup_close_ int context = fsopen(type, FSOPEN_CLOEXEC);
	int mnt;

	if (context < 0)
		return vs_fail_errno(root->vs, -errno, "mounting /%s", path);
	for (; options && *options; options += 2)
		if (fsconfig(context, FSCONFIG_SET_STRING, options[0], options[1], 0) < 0)
			return vs_fail_errno(root->vs, -errno, "mounting /%s with %s=%s", path,
					     options[0], options[1]);
	if (!strcmp(type, "tmpfs") && set_owner(root, context) < 0)
		return vs_fail_errno(root->vs, -errno, "giving /%s to the guest", path);
	/* Visible in the mount table; any word will do. */
	fsconfig(context, FSCONFIG_SET_STRING, "source", type, 0);
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return vs_fail_errno(root->vs, -errno, "mounting /%s", path);
	mnt = fsmount(context, FSMOUNT_CLOEXEC, attributes);
	return mnt < 0 ? vs_fail_errno(root->vs, -errno, "mounting /%s", path) : mnt;
}

/* As vs_root_mount(); a descriptor of the mount. */
static int mount_open(struct vs_root *root, const char *type, const char *const *options,
		      unsigned int attributes, const char *path)
{
	_cleanup_close_ int mnt = -1, target = -1;

	target = vs_root_directory(root, path);
	if (target < 0)
		return target;
	mnt = vs_root_new(root, type, options, attributes, path);
	if (mnt < 0)
		return mnt;
	if (move_mount(mnt, "", target, "",
		       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return vs_fail_errno(root->vs, -errno, "mounting /%s", path);
	return TAKE_FD(mnt);
}

int vs_root_mount(struct vs_root *root, const char *type, const char *const *options,
		  unsigned int attributes, const char *path)
{
	_cleanup_close_ int mnt = mount_open(root, type, options, attributes, path);

	return mnt < 0 ? mnt : 0;
}

/* --- the tree --------------------------------------------------------------------- */

/* What is mounted in the tree by others, too. */
static int map_ids(struct vs_root *root, int tree, const char *path)
{
	int r = root->userns < 0 ? 0 : vs_userns_map_mount(tree, root->userns);

	if (r == -EINVAL)
		return vs_fail(root->vs, -EOPNOTSUPP, "the file system of %s, or one that is "
			       "mounted in it, cannot have its user ids mapped; move it to ext4, "
			       "xfs or btrfs, or set user = host", path);
	return r < 0 ? vs_fail_errno(root->vs, r, "mapping the user ids of %s", path) : 0;
}

/* What the host has mounted in the tree is read-only from now on; the tree itself when
 * what is missing in it has been made. */
static int protect_mounts(struct vs_root *root, int tree, const char *path)
{
	struct mount_attr all = { .attr_set = MOUNT_ATTR_RDONLY };
	struct mount_attr top = { .attr_clr = MOUNT_ATTR_RDONLY };
	struct statvfs was;

	if (fstatvfs(tree, &was) < 0 ||
	    mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &all, sizeof(all)) < 0 ||
	    (!(was.f_flag & ST_RDONLY) &&
	     mount_setattr(tree, "", AT_EMPTY_PATH, &top, sizeof(top)) < 0))
		return vs_fail_errno(root->vs, -errno, "making what is mounted in %s read-only",
				     path);
	return 0;
}

/* The guest's directory with what is mounted below it. */
static int copy_tree(struct vs_root *root, int below)
{
	const char *path = root->space->root;
	_cleanup_close_ int tree = open_tree(below, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
					     AT_EMPTY_PATH | AT_RECURSIVE);
	int r;

	if (tree < 0)
		return vs_fail_errno(root->vs, -errno, "copying the mount of %s", path);
	r = map_ids(root, tree, path);
	if (!r && root->space->read_only)
		r = protect_mounts(root, tree, path);
	return r < 0 ? r : TAKE_FD(tree);
}

/*
 * The guest's tree becomes a mount, so that pivot_root() takes it, and nothing in
 * it is a device.  It covers the guest's directory.
 */
static int open_tree_of(struct vs_root *root)
{
	struct mount_attr nodev = { .attr_set = MOUNT_ATTR_NODEV };
	const struct vs_space *space = root->space;
	_cleanup_close_ int below = -1, tree = -1;

	below = open(space->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (below < 0)
		return vs_fail_errno(root->vs, -errno, "opening %s", space->root);
	tree = space->layers ? vs_layers_map(root->vs, space->layers, false, root->userns,
					     root->first) : copy_tree(root, below);
	if (tree < 0)
		return tree;
	if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &nodev, sizeof(nodev)) < 0 ||
	    move_mount(tree, "", below, "",
		       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return vs_fail_errno(root->vs, -errno, "mounting %s as a root", space->root);
	root->tree = TAKE_FD(tree);
	return 0;
}

/* --- /proc, /sys, temporary file systems ----------------------------------------- */

static int mount_all(struct vs_root *root, int console)
{
	static const char *const hide[] = { "hidepid", "ptraceable", NULL };
	static const char *const run[] = { "mode", "755", "size", "20%", NULL };
	static const char *const lock[] = { "mode", "1777", "size", "5m", NULL };
	static const char *const tmp[] = { "mode", "1777", "size", "50%", NULL };
	const unsigned int plain = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
	const struct {
		const char *type;
		const char *const *options;
		unsigned int attributes;
		const char *path;
	} mounts[] = {
		{ "cgroup2", NULL, VS_HARMLESS, "sys/fs/cgroup" },
		{ "tmpfs",   run,  plain,	"run" },
		{ "tmpfs",   lock, VS_HARMLESS, "run/lock" },
		{ "tmpfs",   tmp,  plain,	"tmp" },
	};
	/* What is hidden in these is found from there, wherever the directories that they
	 * are on may go meanwhile. */
	_cleanup_close_ int proc = -1, sys = -1;
	int r = 0;

	proc = mount_open(root, "proc", root->bare ? hide : NULL, VS_HARMLESS, "proc");
	if (proc < 0)
		return proc;
	sys = mount_open(root, "sysfs", NULL, VS_HARMLESS | MOUNT_ATTR_RDONLY, "sys");
	if (sys < 0)
		return sys;
	for (size_t i = 0; !r && i < sizeof(mounts) / sizeof(*mounts); i++)
		/* The host's control groups are not its own. */
		if (!root->bare || strcmp(mounts[i].type, "cgroup2") != 0)
			r = vs_root_mount(root, mounts[i].type, mounts[i].options,
					  mounts[i].attributes, mounts[i].path);
	if (!r)
		r = vs_root_devices(root, console);
	return r ?: vs_root_mask(root, proc, sys);
}

/* --- changing over ------------------------------------------------------------------- */

int vs_root_check(struct vs *vs, const struct vs_root_place *place)
{
	struct stat got;

	if (stat(".", &got) < 0)
		return vs_fail_errno(vs, -errno, "looking at the new root");
	return got.st_dev == place->dev && got.st_ino == place->ino ? 0 :
	       vs_fail(vs, -EXDEV, "the working directory is outside the new root");
}

/* Both roots at one place, then the lower one goes, with all below it. */
static int pivot(struct vs_root *root, struct vs_root_place *ret)
{
	struct stat want;

	if (fchdir(root->tree) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 ||
	    umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return vs_fail_errno(root->vs, -errno, "changing the root");
	if (fstat(root->tree, &want) < 0)
		return vs_fail_errno(root->vs, -errno, "looking at the new root");
	*ret = (struct vs_root_place){ want.st_dev, want.st_ino };
	return vs_root_check(root->vs, ret);
}

static int make_private(struct vs_root *root)
{
	struct mount_attr private = { .propagation = MS_PRIVATE };

	return mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &private, sizeof(private)) < 0 ?
	       vs_fail_errno(root->vs, -errno, "making mounts private") : 0;
}

/* What every program takes for writable, beside /run and /tmp; the rest is the
 * administrator's to mount. */
static int mount_temporary(struct vs_root *root)
{
	static const char *const tmp[] = { "mode", "1777", "size", "50%", NULL };
	int var = open_below(root->tree, "var", O_PATH | O_DIRECTORY);

	if (var < 0)
		return 0;
	close(var);
	return vs_root_mount(root, "tmpfs", tmp, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, "var/tmp");
}

/* What the host makes in the tree is in it by now, and what is mounted there has
 * options of its own. */
static int make_read_only(struct vs_root *root)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };

	return mount_setattr(root->tree, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0 ?
	       vs_fail_errno(root->vs, -errno, "making the root read-only") : 0;
}

int vs_root_change(struct vs_root *root, struct vs_root_place *ret)
{
	mode_t mask_before = umask(0);
	_cleanup_free_ int *mounts = NULL;
	int r = make_private(root);

	root->tree = -1;
	if (!r)
		r = vs_mounts_make(root, &mounts);
	if (!r)
		r = open_tree_of(root);
	if (!r)
		r = mount_all(root, root->space->console);
	if (!r && root->space->read_only)
		r = mount_temporary(root);
	if (!r)
		r = vs_mounts_place(root, mounts);
	if (!r && root->space->read_only)
		r = make_read_only(root);
	if (!r)
		r = pivot(root, ret);
	if (root->tree >= 0)
		close(TAKE_FD(root->tree));
	umask(mask_before);
	return r;
}
