// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A tree laid over another: overlayfs, as a mount that is nowhere yet.  What is
 * below is never written, and may lie below any number of others; what is
 * written comes into the layer.  The mount is asked for by descriptors, so that
 * neither a link nor what is swapped meanwhile leads it elsewhere, and the table
 * of mounts of whoever sees it tells nothing of where the host keeps its trees.
 *
 * An overlay cannot have its user ids mapped, but what it is made of can: the
 * files in the layer keep the ids 0 to 65535 on the disk, as those of a tree
 * of its own do.  A kernel before 6.15 takes for a layer only what is attached
 * among the caller's mounts.  So each mapped mount is laid over its own
 * directory, and taken off again once the overlay has its copies.  Who works in
 * the layer on behalf of the guest (the maker of the overlay) has to be somebody
 * who has an id there: the guest's root, with all of the host's capabilities.
 */
#include "layer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "bpf/vs_bpf.h"
#include "private.h"
#include "userns.h"

/* While it is made. */
struct overlay {
	struct vs *vs;
	const struct vs_layers *layers;
	int userns;		/* -1: nothing is mapped */
	uint32_t first;
	int lower, layer;	/* directories, or the mapped mounts over them */
	int upper, work;	/* in the layer */
	int context;
};

static int open_directory(int dir, const char *path)
{
	struct open_how how = {
		.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* --- the layers -------------------------------------------------------------------- */

/* A mapped copy of the directory's mount, over the directory. */
static int map_over(struct overlay *overlay, int dir, const char *path)
{
	_cleanup_close_ int tree = open_tree(dir, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC |
					     AT_EMPTY_PATH);
	int r;

	if (tree < 0)
		return vs_fail_errno(overlay->vs, -errno, "opening %s", path);
	r = vs_userns_map_mount(tree, overlay->userns);
	if (r == -EINVAL)
		return vs_fail(overlay->vs, -EOPNOTSUPP, "the file system of %s cannot have its "
			       "user ids mapped; move it to ext4, xfs or btrfs, or set "
			       "user = host", path);
	if (r < 0)
		return vs_fail_errno(overlay->vs, r, "mapping the user ids of %s", path);
	if (move_mount(tree, "", dir, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
		return vs_fail_errno(overlay->vs, -errno, "mounting %s", path);
	return TAKE_FD(tree);
}

static int take_directory(struct overlay *overlay, const char *path, int *ret)
{
	int dir = open_directory(AT_FDCWD, path), mapped;

	if (dir < 0)
		return vs_fail_errno(overlay->vs, dir, "opening %s", path);
	if (overlay->userns < 0) {
		*ret = dir;
		return 0;
	}
	mapped = map_over(overlay, dir, path);
	close(dir);
	if (mapped < 0)
		return mapped;
	*ret = mapped;
	return 0;
}

static int take_layers(struct overlay *overlay)
{
	const struct vs_layers *layers = overlay->layers;
	int r = take_directory(overlay, layers->lower, &overlay->lower);

	if (!r)
		r = take_directory(overlay, layers->layer, &overlay->layer);
	if (r < 0)
		return r;
	overlay->upper = open_directory(overlay->layer, "upper");
	if (overlay->upper < 0)
		return vs_fail_errno(overlay->vs, overlay->upper, "opening %s/upper",
				     layers->layer);
	overlay->work = open_directory(overlay->layer, "work");
	return overlay->work >= 0 ? 0 :
	       vs_fail_errno(overlay->vs, overlay->work, "opening %s/work", layers->layer);
}

/* The overlay keeps what it needs of a mapped mount. */
static void take_off(const struct overlay *overlay, int mount)
{
	char path[32];

	if (mount < 0)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", mount);
	if (overlay->userns >= 0)
		umount2(path, MNT_DETACH);
	close(mount);
}

static void drop_layers(struct overlay *overlay)
{
	if (overlay->work >= 0)
		close(overlay->work);
	if (overlay->upper >= 0)
		close(overlay->upper);
	take_off(overlay, overlay->layer);
	take_off(overlay, overlay->lower);
}

/* --- the overlay -------------------------------------------------------------------- */

/* What the kernel says of it, if it does: "overlay: ..." */
static int refused(struct overlay *overlay, const char *key)
{
	int error = -errno;
	char text[256];
	ssize_t n = read(overlay->context, text, sizeof(text) - 1);

	if (n <= 0)
		return vs_fail_errno(overlay->vs, error, "laying %s over %s (%s)",
				     overlay->layers->layer, overlay->layers->lower, key);
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return vs_fail(overlay->vs, error, "laying %s over %s: %s: %s", overlay->layers->layer,
		       overlay->layers->lower, n > 2 && text[1] == ' ' ? text + 2 : text,
		       strerror(-error));
}

static int set(struct overlay *overlay, const char *key, const char *value)
{
	return fsconfig(overlay->context, FSCONFIG_SET_STRING, key, value, 0) < 0 ?
	       refused(overlay, key) : 0;
}

static int set_layer(struct overlay *overlay, const char *key, int dir)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", dir);
	return set(overlay, key, path);
}

/*
 * Renaming a directory of what is below works inside as anywhere.  Without an
 * index no two names of one file of the lower tree stay one once it is written,
 * which is what copies of a layer need: an index holds for one place only.
 */
static int configure(struct overlay *overlay, bool read_only)
{
	static const char *const options[][2] = {
		{ "source", "overlay" }, { "xino", "auto" }, { "index", "off" },
		{ "metacopy", "off" },
	};
	int r = 0;

	for (size_t i = 0; !r && i < sizeof(options) / sizeof(*options); i++)
		r = set(overlay, options[i][0], options[i][1]);
	if (!r)
		r = set(overlay, "redirect_dir", read_only ? "follow" : "on");
	/* Read-only, the layer is one more that is not written. */
	if (!r)
		r = set_layer(overlay, read_only ? "lowerdir+" : "upperdir", overlay->upper);
	if (!r && !read_only)
		r = set_layer(overlay, "workdir", overlay->work);
	return r ?: set_layer(overlay, "lowerdir+", overlay->lower);
}

/* As a user who has an id in the layer, and may do everything; known to the programs
 * that enforce ceilings, which these credentials are not to be measured by. */
static int create(struct overlay *overlay)
{
	int bits = prctl(PR_GET_SECUREBITS), r;

	if (bits < 0 || prctl(PR_SET_SECUREBITS, bits | VS_OVERLAY_SECUREBITS) < 0)
		return vs_fail_errno(overlay->vs, -errno, "keeping the capabilities");
	setfsgid(overlay->first);
	setfsuid(overlay->first);
	r = fsconfig(overlay->context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0 ?
	    refused(overlay, "create") : 0;
	setfsuid(0);
	setfsgid(0);
	if (prctl(PR_SET_SECUREBITS, bits) < 0 && !r)
		r = vs_fail_errno(overlay->vs, -errno, "restoring the securebits");
	return r;
}

static int make(struct overlay *overlay, bool read_only)
{
	int r = take_layers(overlay), mnt;

	if (r < 0)
		return r;
	overlay->context = fsopen("overlay", FSOPEN_CLOEXEC);
	if (overlay->context < 0)
		return vs_fail_errno(overlay->vs, -errno, "opening overlayfs");
	r = configure(overlay, read_only);
	if (!r)
		r = create(overlay);
	if (r < 0)
		return r;
	mnt = fsmount(overlay->context, FSMOUNT_CLOEXEC, read_only ? MOUNT_ATTR_RDONLY : 0);
	return mnt >= 0 ? mnt : refused(overlay, "mount");
}

int vs_layers_map(struct vs *vs, const struct vs_layers *layers, bool read_only, int userns,
		  uint32_t first)
{
	struct overlay overlay = {
		.vs = vs, .layers = layers, .userns = userns, .first = first,
		.lower = -1, .layer = -1, .upper = -1, .work = -1, .context = -1,
	};
	int r = make(&overlay, read_only);

	if (overlay.context >= 0)
		close(overlay.context);
	drop_layers(&overlay);
	return r;
}

int vs_layers_mount(struct vs *vs, const struct vs_layers *layers, bool read_only)
{
	return vs_layers_map(vs, layers, read_only, -1, 0);
}
