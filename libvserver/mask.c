// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What tells about the host or changes it, in a guest's /proc and /sys: hidden
 * below something empty, or read-only.  All of it is found from the mount that it is
 * in, which is the kernel's, never by way of the guest's tree.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "private.h"
#include "root.h"

/* Not every kernel has each. */
static const char *const masked[] = {
	"proc/acpi", "proc/asound", "proc/dynamic_debug", "proc/kcore", "proc/key-users",
	"proc/keys", "proc/kmsg", "proc/kpagecgroup", "proc/kpagecount", "proc/kpageflags",
	"proc/latency_stats", "proc/sched_debug", "proc/scsi", "proc/slabinfo",
	"proc/sysrq-trigger", "proc/timer_list", "proc/vmallocinfo",
	"sys/devices/virtual/powercap", "sys/firmware", "sys/kernel/debug",
	"sys/kernel/tracing", NULL
};
static const char *const read_only[] = {
	"proc/bus", "proc/fs", "proc/irq", "proc/sys", NULL
};

/* The two mounts, and what lies over what is masked: an empty directory (-1: none is
 * mounted yet), and /dev/null, which has the attributes of /dev. */
struct masks {
	int proc, sys;
	int directory, file;
};

/* @path: as above. */
static int open_in(const struct masks *masks, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS,
	};
	const char *below = strchr(path, '/') + 1;
	int mnt = *path == 'p' ? masks->proc : masks->sys;
	int fd = (int)syscall(SYS_openat2, mnt, below, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* Lay @source (a descriptor of a mount, whose attributes a copy has, too) over @target. */
static int bind_over(int source, int target, uint64_t attributes)
{
	struct mount_attr attr = { .attr_set = attributes };
	_cleanup_close_ int copy = -1;

	copy = open_tree(source, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH);
	if (copy < 0 ||
	    (attributes && mount_setattr(copy, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0) ||
	    move_mount(copy, "", target, "",
		       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return -errno;
	return 0;
}

/* One file system for all, copied from where the first is: not before that, which
 * older kernels (6.12) refuse. */
static int mask_directory(struct vs_root *root, struct masks *masks, int target, const char *path)
{
	static const char *const empty[] = { "size", "0", "nr_inodes", "1", "mode", "555", NULL };
	int mnt;

	if (masks->directory >= 0)
		return bind_over(masks->directory, target, 0);
	mnt = vs_root_new(root, "tmpfs", empty, VS_HARMLESS | MOUNT_ATTR_RDONLY, path);
	if (mnt < 0)
		return mnt;
	masks->directory = mnt;
	return move_mount(mnt, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0 ?
	       -errno : 0;
}

static int mask(struct vs_root *root, struct masks *masks, const char *path)
{
	_cleanup_close_ int target = open_in(masks, path);
	struct stat st;
	int r;

	if (target == -ENOENT)
		return 0;
	if (target < 0 || fstat(target, &st) < 0)
		return vs_fail_errno(root->vs, target < 0 ? target : -errno, "masking /%s", path);
	r = S_ISDIR(st.st_mode) ? mask_directory(root, masks, target, path) :
				  bind_over(masks->file, target, 0);
	return r < 0 ? vs_fail_errno(root->vs, r, "masking /%s", path) : 0;
}

static int protect(struct vs_root *root, const struct masks *masks, const char *path)
{
	_cleanup_close_ int target = open_in(masks, path);
	int r;

	if (target == -ENOENT)
		return 0;
	r = target < 0 ? target : bind_over(target, target, VS_HARMLESS | MOUNT_ATTR_RDONLY);
	return r < 0 ? vs_fail_errno(root->vs, r, "making /%s read-only", path) : 0;
}

int vs_root_mask(struct vs_root *root, int proc, int sys)
{
	_cleanup_close_ int dev = vs_root_directory(root, "dev"), directory = -1, file = -1;
	struct masks masks = { .proc = proc, .sys = sys, .directory = -1 };
	int r = 0;

	if (dev < 0)
		return dev;
	masks.file = file = openat(dev, "null", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (file < 0)
		return vs_fail_errno(root->vs, -errno, "opening /dev/null");
	for (const char *const *path = masked; !r && *path; path++)
		r = mask(root, &masks, *path);
	directory = masks.directory;
	for (const char *const *path = read_only; !r && *path; path++)
		r = protect(root, &masks, *path);
	return r;
}
