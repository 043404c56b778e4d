// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Guests that are a layer over an image:
 *
 *	GUESTS_DIR/NAME/image		a link to the image, which it pins
 *	GUESTS_DIR/NAME/layer/upper	what the guest has written
 *	GUESTS_DIR/NAME/layer/work	the kernel's
 *	GUESTS_DIR/NAME/layer/name	what the image was called when this was made
 *	GUESTS_DIR/NAME/root		empty; the guest's tree covers it
 *
 * What is on the disk says which kind a guest is of.  A layer is good over the
 * image that it was made over, and no other: a name that is given to a newer one
 * meanwhile changes no guest that is there, and a setting that names another
 * image than the guest was made from is refused.
 *
 * Where a guest's tree is opened to be looked at, both kinds look the same.
 */
#include "layer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "directory.h"
#include "fail.h"
#include "scope.h"
#include "store.h"

#define PIN	"../../images/"
#define TEXT_MAX	128

/* --- making one ------------------------------------------------------------------------ */

/* What overlayfs has written belongs to another layer. */
static bool is_copied(const char *attribute)
{
	return strncmp(attribute, "trusted.overlay.", strlen("trusted.overlay.")) != 0;
}

static int copy_attributes(int from, int to)
{
	char names[4096], value[4096];
	ssize_t size = flistxattr(from, names, sizeof(names));

	if (size < 0)
		return errno == EOPNOTSUPP ? 0 : -errno;
	for (const char *name = names; name < names + size; name += strlen(name) + 1) {
		ssize_t length = is_copied(name) ? fgetxattr(from, name, value, sizeof(value)) : -1;

		if (!is_copied(name))
			continue;
		if (length < 0 || fsetxattr(to, name, value, (size_t)length, 0) < 0)
			return -errno;
	}
	return 0;
}

/* The top of the tree is the layer's: it is to look as the image's does. */
static int copy_top(int image, int upper)
{
	struct stat st;

	if (fstat(image, &st) < 0 || fchown(upper, st.st_uid, st.st_gid) < 0 ||
	    fchmod(upper, st.st_mode & 07777) < 0)
		return -errno;
	return copy_attributes(image, upper);
}

static int write_name(int layer, const char *image)
{
	_cleanup_close_ int fd = openat(layer, "name", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	return fd < 0 || dprintf(fd, "%s\n", image) < 0 || fsync(fd) < 0 ? -errno : 0;
}

static int open_directory(int dir, const char *path)
{
	int fd = openat(dir, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

int layer_make_empty(int layer, int lower)
{
	_cleanup_close_ int upper = -1;

	if (mkdirat(layer, "upper", 0755) < 0 || mkdirat(layer, "work", 0700) < 0)
		return -errno;
	upper = open_directory(layer, "upper");
	return upper < 0 ? upper : copy_top(lower, upper);
}

/* Not all file systems write with a directory what is in those within: btrfs does not. */
int layer_write(int layer)
{
	_cleanup_close_ int upper = open_directory(layer, "upper");

	if (upper < 0)
		return upper;
	return fsync(upper) < 0 || fsync(layer) < 0 ? -errno : 0;
}

/* The pin comes first: an image that is there afterwards stays. */
static int pin(int dir, const char *digest, const char *image, char **ret_reason)
{
	_cleanup_free_ char *target = NULL, *root = NULL;
	int fd;

	if (asprintf(&target, PIN "%s", digest) < 0 ||
	    asprintf(&root, IMAGES_DIR "/%s/root", digest) < 0)
		return -ENOMEM;
	if (symlinkat(target, dir, "image") < 0)
		return fail(ret_reason, -errno, "pinning its image: %s", strerror(errno));
	fd = open_directory(AT_FDCWD, root);
	return fd >= 0 ? fd : fail(ret_reason, fd, "the image '%s' cannot be opened: %s: %s", image,
				   root, strerror(-fd));
}

static int fill(const char *directory, void *userdata, char **ret_reason)
{
	_cleanup_close_ int dir = open_directory(AT_FDCWD, directory), lower = -1, layer = -1;
	_cleanup_free_ char *digest = NULL;
	const char *image = userdata;
	int r = dir < 0 ? dir : store_find(image, &digest, ret_reason);

	if (r < 0)
		return r;
	lower = pin(dir, digest, image, ret_reason);
	if (lower < 0)
		return lower;
	if (mkdirat(dir, "root", 0755) < 0 || mkdirat(dir, "layer", 0700) < 0)
		r = -errno;
	if (!r)
		r = layer = open_directory(dir, "layer");
	if (r >= 0)
		r = layer_make_empty(layer, lower);
	if (!r)
		r = write_name(layer, image);
	if (!r)
		r = layer_write(layer);
	if (!r && fsync(dir) < 0)
		r = -errno;
	return r < 0 ? fail(ret_reason, r, "making its layer: %s", strerror(-r)) : 0;
}

int layer_create(const char *name, const char *image, char **ret_reason)
{
	return directory_make(name, fill, (void *)image, ret_reason);
}

/* --- finding it ------------------------------------------------------------------------ */

/* 0 and NULL: there is none. */
static int read_pin(const char *name, char **ret)
{
	_cleanup_free_ char *path = NULL;
	char target[TEXT_MAX];
	ssize_t size;

	*ret = NULL;
	if (asprintf(&path, GUESTS_DIR "/%s/image", name) < 0)
		return -ENOMEM;
	size = readlink(path, target, sizeof(target) - 1);
	if (size < 0)
		return errno == ENOENT ? 0 : -errno;
	target[size] = '\0';
	if (strncmp(target, PIN, strlen(PIN)) != 0 || !store_is_digest(target + strlen(PIN)))
		return -EBADMSG;
	*ret = strdup(target + strlen(PIN));
	return *ret ? 0 : -ENOMEM;
}

char *layer_image(const char *name)
{
	char *image = NULL;

	return read_pin(name, &image) < 0 ? NULL : image;
}

/* Is it what the image was called when the layer was made? */
static bool is_first_name(const char *name, const char *image)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -1;
	char text[TEXT_MAX];
	ssize_t size;

	if (asprintf(&path, GUESTS_DIR "/%s/layer/name", name) < 0) {
		path = NULL;
		return false;
	}
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	size = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (size <= 0)
		return false;
	text[size] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return !strcmp(text, image);
}

static int check_image(const struct config *config, const char *pinned, char **ret_reason)
{
	_cleanup_free_ char *found = NULL;
	int r;

	if (!config->image || is_first_name(config->name, config->image))
		return 0;
	r = store_find(config->image, &found, ret_reason);
	if (r < 0 || !strcmp(found, pinned))
		return r;
	return fail(ret_reason, -ESTALE, "its layer is over another image than '%s'; set "
		    "image = sha256:%.12s, or make another guest", config->image,
		    strchr(pinned, '-') + 1);
}

/* Without a link in it, whatever the administrator has made of the store. */
static char *real_path(const char *directory, const char *first, const char *second)
{
	_cleanup_free_ char *real = realpath(directory, NULL);
	char *path;

	return real && asprintf(&path, "%s/%s/%s", real, first, second) >= 0 ? path : NULL;
}

static int find_over(const struct config *config, const char *image, struct layer *ret,
		     char **ret_reason)
{
	ret->lower = real_path(IMAGES_DIR, image, "root");
	if (!ret->lower || access(ret->lower, F_OK) < 0)
		return fail(ret_reason, -ENOENT, "its image is gone: " IMAGES_DIR "/%s/root: %s; "
			    "import it again", image, strerror(errno));
	return check_image(config, image, ret_reason);
}

int layer_find(const struct config *config, struct layer *ret, char **ret_reason)
{
	_cleanup_free_ char *directory = NULL;
	int r;

	*ret_reason = NULL;
	if (asprintf(&directory, GUESTS_DIR "/%s", config->name) < 0) {
		directory = NULL;
		return -ENOMEM;
	}
	r = read_pin(config->name, &ret->image);
	if (r < 0)
		return fail(ret_reason, r, "%s/image: %s", directory, r == -EBADMSG ?
			    "it is no link to an image" : strerror(-r));
	if (ret->image) {
		ret->layer = real_path(GUESTS_DIR, config->name, "layer");
		return ret->layer ? find_over(config, ret->image, ret, ret_reason) :
		       fail(ret_reason, -errno, "%s: %s", directory, strerror(errno));
	}
	if (!config->image)
		return 0;
	if (access(directory, F_OK) == 0)
		return fail(ret_reason, -ENOTDIR, "its tree in %s is its own, not a layer over "
			    "the image '%s'; leave out image, or delete the guest", directory,
			    config->image);
	r = store_find(config->image, &ret->image, ret_reason);
	return r < 0 ? r : find_over(config, ret->image, ret, ret_reason);
}

const struct vs_layers *layer_paths(struct layer *layer)
{
	layer->paths = (struct vs_layers){ .lower = layer->lower, .layer = layer->layer };
	return layer->layer ? &layer->paths : NULL;
}

void layer_clear(struct layer *layer)
{
	free(layer->image);
	free(layer->lower);
	free(layer->layer);
}

int layer_open_tree(struct vs *vs, const struct config *config, bool read_only,
		    char **ret_reason)
{
	_cleanup_layer_ struct layer layer = { 0 };
	const char *path = config->root;
	int fd = layer_find(config, &layer, ret_reason);

	if (fd < 0)
		return fd;
	if (layer.layer) {
		fd = vs_layers_mount(vs, layer_paths(&layer), read_only);
		return fd < 0 ? fail(ret_reason, fd, "%s", vs_reason(vs)) : fd;
	}
	if (read_only && layer.lower)
		path = layer.lower;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? fail(ret_reason, -errno, "%s: %s", path, strerror(errno)) : fd;
}
