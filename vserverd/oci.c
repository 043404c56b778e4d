// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * OCI image layouts: from the index to the manifest to the layers, every blob
 * opened by its digest and checked by it.  What is in a layer is known to
 * oci_layer.c, what is in the JSON to oci_json.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "fail.h"
#include "oci.h"
#include "scope.h"
#include "unpack.h"

#define TEXT_MAX (4 * 1024 * 1024)	/* of JSON, a file */
#define INDEX_DEPTH 4			/* indexes of indexes */

static int open_in(int layout, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	_cleanup_close_ int fd = (int)syscall(SYS_openat2, layout, path, &how, sizeof(how));
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? TAKE_FD(fd) : -EBADMSG;
}

bool oci_is_layout(int dir)
{
	_cleanup_close_ int mark = open_in(dir, "oci-layout"), index = open_in(dir, "index.json");

	return mark >= 0 && index >= 0;
}

/* --- blobs ----------------------------------------------------------------------- */

static int open_blob(int layout, const struct oci_blob *blob, char **ret_reason)
{
	char path[sizeof("blobs/sha256/") + DIGEST_DIGITS], hex[DIGEST_DIGITS + 1];
	_cleanup_close_ int fd = -1;
	struct stat st;
	int r;

	snprintf(path, sizeof(path), "blobs/sha256/%s", blob->hex);
	fd = open_in(layout, path);
	if (fd < 0)
		return fail(ret_reason, fd == -ENOENT ? -EBADMSG : fd, "its blob %s: %s", path,
			    fd == -ENOENT ? "it is missing" : strerror(-fd));
	if (fstat(fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_size != blob->size)
		return fail(ret_reason, -EBADMSG, "its blob %s has %llu bytes, not %llu: it is "
			    "damaged or cut off", path, (unsigned long long)st.st_size,
			    (unsigned long long)blob->size);
	r = digest_file(fd, NULL, NULL, hex);
	if (r < 0)
		return fail(ret_reason, r, "reading its blob %s: %s", path, strerror(-r));
	if (strcmp(hex, blob->hex) != 0)
		return fail(ret_reason, -EBADMSG, "its blob %s is damaged: its digest is %s", path,
			    hex);
	return TAKE_FD(fd);
}

static int read_text(int fd, const char *what, char **ret, char **ret_reason)
{
	_cleanup_free_ char *text = NULL;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size > TEXT_MAX)
		return fail(ret_reason, -EBADMSG, "its %s is larger than %d MiB", what,
			    TEXT_MAX >> 20);
	text = calloc(1, (size_t)st.st_size + 1);
	if (!text)
		return -ENOMEM;
	n = pread(fd, text, (size_t)st.st_size, 0);
	if (n < 0)
		return -errno;
	if (n != st.st_size || strlen(text) != (size_t)n)
		return fail(ret_reason, -EBADMSG, "its %s is not JSON", what);
	*ret = TAKE_PTR(text);
	return 0;
}

static int read_blob(int layout, const struct oci_blob *blob, const char *what, char **ret,
		     char **ret_reason)
{
	_cleanup_close_ int fd = open_blob(layout, blob, ret_reason);

	return fd < 0 ? fd : read_text(fd, what, ret, ret_reason);
}

/* --- from the index to the layers --------------------------------------------------- */

static int find_manifest(int layout, const char *tag, char **ret, char **ret_reason)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_close_ int fd = open_in(layout, "index.json");
	struct oci_blob blob;
	int r = fd < 0 ? fail(ret_reason, fd, "its index.json: %s", strerror(-fd)) :
			 read_text(fd, "index", &text, ret_reason);

	for (int depth = 0; !r; depth++) {
		_cleanup_free_ char *index = TAKE_PTR(text);

		r = oci_choose(index, depth ? NULL : tag, &blob, ret_reason);
		if (!r)
			r = read_blob(layout, &blob, blob.is_index ? "index" : "manifest", &text,
				      ret_reason);
		if (!r && !blob.is_index) {
			*ret = TAKE_PTR(text);
			return 0;
		}
		if (!r && depth == INDEX_DEPTH)
			r = fail(ret_reason, -EBADMSG, "its index leads to others, too many");
	}
	return r;
}

static int find_layers(int layout, const char *tag, struct oci_blob **ret, size_t *ret_n,
		       char **ret_reason)
{
	_cleanup_free_ char *manifest = NULL, *text = NULL;
	struct oci_blob config;
	int r = find_manifest(layout, tag, &manifest, ret_reason);

	if (!r)
		r = oci_layers(manifest, &config, ret, ret_n, ret_reason);
	if (r < 0)
		return r;
	r = read_blob(layout, &config, "configuration", &text, ret_reason);
	if (!r)
		r = oci_check_config(text, ret_reason);
	if (r < 0)
		free(*ret);
	return r;
}

/* --- layers ------------------------------------------------------------------------- */

/* One layer's part of all. */
struct part {
	const struct unpack_progress *progress;
	uint64_t before, size, all;
};

static void tell(unsigned int percent, void *userdata)
{
	const struct part *part = userdata;
	uint64_t done = part->before + part->size / 100 * percent;

	if (part->progress->call && part->all)
		part->progress->call((unsigned int)((double)done * 100 / (double)part->all),
				     part->progress->userdata);
}

static int unpack_layers(int layout, const struct oci_blob *layers, size_t n, int root,
			 const struct unpack_progress *progress, char **ret_reason)
{
	struct part part = { .progress = progress };
	int r = 0;

	for (size_t i = 0; i < n; i++)
		part.all += layers[i].size;
	for (size_t i = 0; i < n && !r; i++) {
		const struct unpack_progress told = { .call = tell, .userdata = &part };
		_cleanup_close_ int fd = open_blob(layout, &layers[i], ret_reason);
		_cleanup_free_ char *reason = NULL;

		if (fd < 0)
			return fd;
		part.size = layers[i].size;
		r = oci_layer_unpack(fd, root, &told, &reason);
		if (r < 0)
			return fail(ret_reason, r, "its layer %zu: %s", i + 1,
				    reason ? reason : strerror(-r));
		part.before += part.size;
	}
	return r;
}

int oci_unpack(int layout, const char *tag, int root, const struct unpack_progress *progress,
	       char **ret_reason)
{
	_cleanup_free_ struct oci_blob *layers = NULL;
	size_t n = 0;
	int r = find_layers(layout, tag, &layers, &n, ret_reason);

	if (r < 0) {
		layers = NULL;
		return r;
	}
	return unpack_layers(layout, layers, n, root, progress, ret_reason);
}
