// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A /proc and a /dev/pts for a bare context: the host's processes stay in their
 * PID namespace, but a mount of its own hides all that may not be traced, which
 * is everything of other contexts; and terminals of others, which belong to user
 * ids, are not there.  A guest's are root.c's and device.c's.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#include "private.h"

/*
 * MS_SLAVE, not private: what the host unmounts must not live on in here.
 */
static int leave_mounts(struct vs *vs)
{
	struct mount_attr attr = { .propagation = MS_SLAVE };

	if (unshare(CLONE_NEWNS) < 0)
		return vs_fail_errno(vs, -errno, "making a mount namespace");
	if (mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &attr, sizeof(attr)) < 0)
		return vs_fail_errno(vs, -errno, "making mounts private");
	return 0;
}

/* Mount @type over @path; @options are pairs, ended by NULL. */
static int mount_over(struct vs *vs, const char *type, const char *const *options,
		      unsigned int attributes, const char *path)
{
	_cleanup_close_ int context = -1, mnt = -1;

	context = fsopen(type, FSOPEN_CLOEXEC);
	if (context < 0)
		return vs_fail_errno(vs, -errno, "making a private %s", path);
	for (; *options; options += 2)
		if (fsconfig(context, FSCONFIG_SET_STRING, options[0], options[1], 0) < 0)
			return vs_fail_errno(vs, -errno, "making a private %s", path);
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return vs_fail_errno(vs, -errno, "making a private %s", path);
	mnt = fsmount(context, FSMOUNT_CLOEXEC, attributes);
	if (mnt < 0 || move_mount(mnt, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return vs_fail_errno(vs, -errno, "mounting a private %s", path);
	return 0;
}

int vs_space_private_proc(struct vs *vs)
{
	static const char *const hide[] = { "hidepid", "ptraceable", NULL };
	static const char *const pts[] = { "ptmxmode", "0666", "mode", "0620", "gid", "5",
					  "max", "1024", NULL };
	const unsigned int plain = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
	int r;

	r = leave_mounts(vs);
	if (!r)
		r = mount_over(vs, "proc", hide, plain | MOUNT_ATTR_NODEV, "/proc");
	if (!r && access("/dev/pts", F_OK) == 0)
		r = mount_over(vs, "devpts", pts, plain, "/dev/pts");
	return r;
}
