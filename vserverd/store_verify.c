// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Is an image what its name says: the manifest by its digest, the tree by the
 * manifest.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "digest.h"
#include "fail.h"
#include "manifest.h"
#include "scope.h"
#include "store.h"

#define DIFFERENCES_MAX	10
#define TEXT_MAX	900	/* of all of them: they are a worker's reason */

struct telling {
	store_progress_t call;
	void *userdata;
	uint64_t done, all;
	unsigned int told;
};

static void tell(uint64_t bytes, void *userdata)
{
	struct telling *telling = userdata;
	unsigned int percent;

	telling->done += bytes;
	if (!telling->call || !telling->all)
		return;
	percent = (unsigned int)((double)telling->done * 100 / (double)telling->all);
	if (percent <= telling->told || percent > 100)
		return;
	telling->told = percent;
	telling->call(percent, telling->userdata);
}

struct found {
	FILE *out;
	size_t n;
};

/* A line each; a name of a file may hold anything. */
static int add(const char *path, const char *what, void *userdata)
{
	struct found *found = userdata;

	if (found->n++ == DIFFERENCES_MAX || ftell(found->out) > TEXT_MAX / 2)
		return 1;
	for (size_t i = 0; path[i] && i < TEXT_MAX / 4; i++)
		fputc((unsigned char)path[i] < ' ' ? '?' : path[i], found->out);
	fprintf(found->out, "\t%.200s\n", what);
	return 0;
}

static int open_image(const char *digest, int *ret_root, FILE **ret_manifest)
{
	_cleanup_close_ int images = store_open(), root = -1;
	_cleanup_free_ char *tree = NULL, *manifest = NULL;
	int fd;

	if (images < 0)
		return images;
	if (asprintf(&tree, "%s/root", digest) < 0 ||
	    asprintf(&manifest, "%s/manifest", digest) < 0)
		return -ENOMEM;
	root = openat(images, tree, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (root < 0)
		return -errno;
	fd = openat(images, manifest, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	*ret_manifest = fdopen(fd, "r");
	if (!*ret_manifest) {
		close(fd);
		return -ENOMEM;
	}
	*ret_root = TAKE_FD(root);
	return 0;
}

/* A file without a name. */
static FILE *open_scratch(void)
{
	int fd = open(IMAGES_DIR, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w+");

	if (!file && fd >= 0)
		close(fd);
	return file;
}

static int compare(FILE *was, FILE *now, char **ret_reason)
{
	_cleanup_free_ char *text = NULL;
	struct found found = {};
	size_t size = 0;
	int r;

	found.out = open_memstream(&text, &size);
	if (!found.out)
		return -ENOMEM;
	r = manifest_compare(was, now, add, &found);
	if (fclose(found.out) != 0)
		return -ENOMEM;
	if (r < 0)
		return fail(ret_reason, r, "comparing its manifest: %s", strerror(-r));
	if (!found.n)
		return 0;
	*ret_reason = TAKE_PTR(text);
	return -EUCLEAN;
}

int store_verify(const char *digest, uint64_t bytes, store_progress_t progress, void *userdata,
		 char **ret_reason)
{
	struct telling telling = { .call = progress, .userdata = userdata, .all = bytes };
	const struct manifest_progress told = { .call = tell, .userdata = &telling };
	_cleanup_fclose_ FILE *was = NULL, *now = NULL;
	_cleanup_close_ int root = -1;
	char hex[DIGEST_DIGITS + 1];
	struct manifest_sums sums;
	int r;

	*ret_reason = NULL;
	r = open_image(digest, &root, &was);
	if (!r)
		r = digest_file(fileno(was), NULL, NULL, hex);
	if (r < 0)
		return fail(ret_reason, r, "opening " IMAGES_DIR "/%s: %s", digest, strerror(-r));
	if (strcmp(hex, strchr(digest, '-') + 1) != 0)
		return fail(ret_reason, -EUCLEAN, "manifest\tit is not the one that the image is "
			    "named by\n");
	now = open_scratch();
	if (!now)
		return -errno;
	r = manifest_write(root, now, &told, &sums, ret_reason);
	if (r < 0)
		return r;
	rewind(now);
	return compare(was, now, ret_reason);
}
