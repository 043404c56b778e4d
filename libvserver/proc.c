// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A /proc for a bare context: the host's processes stay in their PID
 * namespace, but a mount of its own hides all that may not be traced, which
 * is everything of other contexts.  A guest's /proc is root.c's.
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

int vs_space_private_proc(struct vs *vs)
{
	_cleanup_close_ int context = -1, mnt = -1;
	int r;

	r = leave_mounts(vs);
	if (r < 0)
		return r;
	context = fsopen("proc", FSOPEN_CLOEXEC);
	if (context < 0 ||
	    fsconfig(context, FSCONFIG_SET_STRING, "hidepid", "ptraceable", 0) < 0 ||
	    fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return vs_fail_errno(vs, -errno, "making a private /proc");
	mnt = fsmount(context, FSMOUNT_CLOEXEC,
		      MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	if (mnt < 0 || move_mount(mnt, "", AT_FDCWD, "/proc", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return vs_fail_errno(vs, -errno, "mounting a private /proc");
	return 0;
}
