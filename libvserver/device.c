// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's /dev: the classic nodes, a devpts of its own, and its console.
 * The nodes are made here, by the host, and given to the guest's root; the
 * guest's ceiling has no MKNOD and every other mount of it is nodev.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "private.h"
#include "root.h"

static const struct {
	const char *name;
	unsigned int major, minor;
} nodes[] = {
	{ "null", 1, 3 }, { "zero", 1, 5 }, { "full", 1, 7 },
	{ "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 },
};

static const struct {
	const char *name, *target;
} links[] = {
	{ "fd", "/proc/self/fd" }, { "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" }, { "stderr", "/proc/self/fd/2" },
	{ "ptmx", "pts/ptmx" },
};

#define GID_TTY	5

static int give(const struct vs_root *root, int dev, const char *name)
{
	return fchownat(dev, name, root->first, root->first, AT_SYMLINK_NOFOLLOW);
}

static int make_nodes(struct vs_root *root, int dev)
{
	for (size_t i = 0; i < sizeof(nodes) / sizeof(*nodes); i++)
		if (mknodat(dev, nodes[i].name, S_IFCHR | 0666,
			    makedev(nodes[i].major, nodes[i].minor)) < 0 ||
		    give(root, dev, nodes[i].name) < 0)
			return vs_fail_errno(root->vs, -errno, "making /dev/%s", nodes[i].name);
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		if (symlinkat(links[i].target, dev, links[i].name) < 0 ||
		    give(root, dev, links[i].name) < 0)
			return vs_fail_errno(root->vs, -errno, "making /dev/%s", links[i].name);
	return 0;
}

/*
 * The console is a terminal of the host, bound over a file.  A descriptor from
 * before clone() belongs to the host's mounts, of which no part can be bound
 * here: hence its name, looked up in our copy of them, and compared.
 */
static int bind_console(struct vs_root *root, int dev, int console)
{
	_cleanup_close_ int copy = -1, file = -1;
	struct stat want, got;
	char name[64];
	int r;

	r = ttyname_r(console, name, sizeof(name));
	if (r)
		return vs_fail_errno(root->vs, -r, "finding the console");
	copy = open_tree(AT_FDCWD, name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (copy < 0 || fstat(console, &want) < 0 || fstat(copy, &got) < 0)
		return vs_fail_errno(root->vs, -errno, "opening the console %s", name);
	if (want.st_rdev != got.st_rdev || want.st_ino != got.st_ino)
		return vs_fail(root->vs, -EXDEV, "%s is not the console", name);
	if (root->first && fchownat(copy, "", root->first, root->first + GID_TTY,
				    AT_EMPTY_PATH) < 0)
		return vs_fail_errno(root->vs, -errno, "giving the console to the guest");
	file = openat(dev, "console", O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (file < 0 || move_mount(copy, "", file, "",
				   MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return vs_fail_errno(root->vs, -errno, "mounting /dev/console");
	return 0;
}

static int make_console(struct vs_root *root, int dev, int console)
{
	if (console >= 0)
		return bind_console(root, dev, console);
	if (mknodat(dev, "console", S_IFCHR | 0600, makedev(1, 3)) < 0 ||
	    give(root, dev, "console") < 0)
		return vs_fail_errno(root->vs, -errno, "making /dev/console");
	return 0;
}

int vs_root_devices(struct vs_root *root, int console)
{
	static const char *const dev[] = { "mode", "755", "size", "4m", "nr_inodes", "64k", NULL };
	char tty[16];
	const char *const pts[] = { "ptmxmode", "0666", "mode", "0620", "gid", tty, "max", "1024", NULL };
	static const char *const shm[] = { "mode", "1777", "size", "50%", NULL };
	_cleanup_close_ int dir = -1;
	int r;

	snprintf(tty, sizeof(tty), "%u", root->first + GID_TTY);
	r = vs_root_mount(root, "tmpfs", dev, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, "dev");
	if (r < 0)
		return r;
	dir = vs_root_directory(root, "dev");
	if (dir < 0)
		return dir;
	r = make_nodes(root, dir);
	if (!r)
		r = vs_root_mount(root, "devpts", pts,
				  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, "dev/pts");
	if (!r)
		r = vs_root_mount(root, "tmpfs", shm,
				  MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, "dev/shm");
	if (!r)
		r = vs_root_mount(root, "mqueue", NULL, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
				  MOUNT_ATTR_NOEXEC, "dev/mqueue");
	return r ?: make_console(root, dir, console);
}
