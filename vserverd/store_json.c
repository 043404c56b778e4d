// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Images as the interface shows them: what the store's directories say, and the
 * guests that use them.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "scope.h"
#include "store_operation.h"

int problem_image(struct problem *problem, const char *word, int error, const char *reason)
{
	if (error == -ENOENT)
		return problem_set(problem, PROBLEM_NO_SUCH_IMAGE, word, NULL);
	return problem_failed(problem, "", NULL, "%s", reason ? reason : strerror(-error));
}

/* NULL where there is none, or it is not JSON: the image is there all the same. */
static sd_json_variant *read_description(int images, const char *digest)
{
	_cleanup_free_ char *path = NULL, *text = NULL;
	_cleanup_fclose_ FILE *file = NULL;
	sd_json_variant *ret = NULL;
	size_t size = 0;
	int fd;

	if (asprintf(&path, "%s/image.json", digest) < 0) {
		path = NULL;
		return NULL;
	}
	fd = openat(images, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	file = fd < 0 ? NULL : fdopen(fd, "r");
	if (!file || getdelim(&text, &size, '\0', file) <= 0 ||
	    sd_json_parse(text, 0, &ret, NULL, NULL) < 0)
		return NULL;
	if (!sd_json_variant_is_object(ret)) {
		sd_json_variant_unref(ret);
		return NULL;
	}
	return ret;
}

static uint64_t number(sd_json_variant *object, const char *key)
{
	sd_json_variant *v = object ? sd_json_variant_by_key(object, key) : NULL;

	return v && sd_json_variant_is_unsigned(v) ? sd_json_variant_unsigned(v) : 0;
}

static const char *string(sd_json_variant *object, const char *key)
{
	sd_json_variant *v = object ? sd_json_variant_by_key(object, key) : NULL;

	return v && sd_json_variant_is_string(v) ? sd_json_variant_string(v) : NULL;
}

uint64_t image_bytes(const char *digest)
{
	_cleanup_close_ int images = store_open();
	sd_json_variant *description = images < 0 ? NULL : read_description(images, digest);
	uint64_t bytes = number(description, "sizeBytes");

	sd_json_variant_unref(description);
	return bytes;
}

/* --- one -------------------------------------------------------------------------- */

static int add_uses(const struct store_uses *uses, const char *digest, bool snapshots,
		    sd_json_variant **ret)
{
	int r = sd_json_variant_new_array(ret, NULL, 0);

	for (size_t i = 0; i < uses->n && r >= 0; i++) {
		const struct store_use *use = &uses->uses[i];
		_cleanup_free_ char *text = NULL;

		if (strcmp(use->digest, digest) != 0 || snapshots != (use->snapshot != NULL))
			continue;
		if (asprintf(&text, "%s%s%s", use->guest, use->snapshot ? "/" : "",
			     use->snapshot ? use->snapshot : "") < 0)
			return -ENOMEM;
		r = sd_json_variant_append_arrayb(ret, SD_JSON_BUILD_STRING(text));
	}
	return r;
}

static int build(int images, const char *digest, const struct store_uses *uses,
		 sd_json_variant **ret)
{
	sd_json_variant *description = read_description(images, digest);
	sd_json_variant *guests = NULL, *snapshots = NULL;
	_cleanup_strv_free_ char **names = NULL;
	_cleanup_free_ char *words = NULL;
	int r = store_names(images, digest, &names);

	if (!r && asprintf(&words, "sha256:%s", strchr(digest, '-') + 1) < 0) {
		words = NULL;
		r = -ENOMEM;
	}
	if (!r)
		r = add_uses(uses, digest, false, &guests);
	if (r >= 0)
		r = add_uses(uses, digest, true, &snapshots);
	if (r >= 0)
		r = sd_json_buildo(ret, SD_JSON_BUILD_PAIR_STRV("names", names),
			SD_JSON_BUILD_PAIR_STRING("digest", words),
			SD_JSON_BUILD_PAIR_UNSIGNED("sizeBytes", number(description, "sizeBytes")),
			SD_JSON_BUILD_PAIR_UNSIGNED("entries", number(description, "entries")),
			SD_JSON_BUILD_PAIR_CONDITION(string(description, "created") != NULL,
				"created", SD_JSON_BUILD_STRING(string(description, "created"))),
			SD_JSON_BUILD_PAIR_CONDITION(string(description, "source") != NULL,
				"source", SD_JSON_BUILD_STRING(string(description, "source"))),
			SD_JSON_BUILD_PAIR_VARIANT("guests", guests),
			SD_JSON_BUILD_PAIR_VARIANT("snapshots", snapshots));
	sd_json_variant_unref(description);
	sd_json_variant_unref(guests);
	sd_json_variant_unref(snapshots);
	return r < 0 ? r : 0;
}

int image_json(const char *word, sd_json_variant **ret, struct problem *problem)
{
	_cleanup_free_ char *digest = NULL, *reason = NULL;
	_cleanup_uses_ struct store_uses uses = {};
	_cleanup_close_ int images = store_open();
	int r = images < 0 ? images : store_find(word, &digest, &reason);

	if (r < 0)
		return problem_image(problem, word, r, reason);
	r = store_uses_read(false, &uses);
	if (!r)
		r = build(images, digest, &uses, ret);
	return r < 0 ? problem_failed(problem, "reading it", NULL, "%s", strerror(-r)) : 0;
}

/* --- all -------------------------------------------------------------------------- */

static const char *first_name(sd_json_variant *image)
{
	sd_json_variant *names = sd_json_variant_by_key(image, "names");

	return sd_json_variant_elements(names) ?
	       sd_json_variant_string(sd_json_variant_by_index(names, 0)) : NULL;
}

static int compare(const void *a, const void *b)
{
	sd_json_variant *one = *(sd_json_variant *const *)a, *two = *(sd_json_variant *const *)b;
	const char *x = first_name(one), *y = first_name(two);

	if (x && y)
		return strcmp(x, y);
	if (x || y)
		return x ? -1 : 1;
	return strcmp(string(one, "digest"), string(two, "digest"));
}

struct array {
	sd_json_variant **images;
	size_t n;
};

static int collect(int images, const struct store_uses *uses, struct array *array)
{
	int copy = openat(images, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	int r = 0;

	if (!dir)
		return -errno;
	while (!r && (entry = readdir(dir))) {
		sd_json_variant **grown;

		if (!store_is_digest(entry->d_name))
			continue;
		grown = reallocarray(array->images, array->n + 1, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		array->images = grown;
		r = build(images, entry->d_name, uses, &grown[array->n]);
		array->n += !r;
	}
	return r;
}

int images_json(sd_json_variant **ret)
{
	_cleanup_uses_ struct store_uses uses = {};
	_cleanup_close_ int images = store_open();
	struct array array = {};
	int r = images < 0 ? images : store_uses_read(false, &uses);

	if (!r)
		r = collect(images, &uses, &array);
	if (!r && array.n)
		qsort(array.images, array.n, sizeof(*array.images), compare);
	if (!r)
		r = sd_json_variant_new_array(ret, array.images, array.n);
	for (size_t i = 0; i < array.n; i++)
		sd_json_variant_unref(array.images[i]);
	free(array.images);
	return r < 0 ? r : 0;
}
