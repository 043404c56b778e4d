// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * An image found by what people call it: a link's target, or a directory of
 * the store whose digest begins so.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "fail.h"
#include "scope.h"
#include "store.h"

#define PREFIX	"sha256-"
#define DIGITS	64
#define BEGINNING 8	/* digits that may be given for all */

bool store_is_digest(const char *entry)
{
	return !strncmp(entry, PREFIX, strlen(PREFIX)) &&
	       strspn(entry + strlen(PREFIX), "0123456789abcdef") == DIGITS &&
	       strlen(entry) == strlen(PREFIX) + DIGITS;
}

static int find_link(int images, const char *name, char **ret)
{
	char target[128];
	ssize_t size = readlinkat(images, name, target, sizeof(target) - 1);
	struct stat st;

	if (size < 0)
		return -ENOENT;
	target[size] = '\0';
	if (!store_is_digest(target) || fstatat(images, target, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISDIR(st.st_mode))
		return -ENOENT;
	*ret = strdup(target);
	return *ret ? 0 : -ENOMEM;
}

static int find_digits(int images, const char *digits, char **ret, char **ret_reason)
{
	int copy = openat(images, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *dir = copy < 0 ? NULL : fdopendir(copy);
	_cleanup_free_ char *found = NULL;
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		if (!store_is_digest(entry->d_name) ||
		    strncmp(entry->d_name + strlen(PREFIX), digits, strlen(digits)) != 0)
			continue;
		if (found)
			return fail(ret_reason, -ENOTUNIQ, "more than one image begins with "
				    "%s; give more digits", digits);
		found = strdup(entry->d_name);
		if (!found)
			return -ENOMEM;
	}
	*ret = TAKE_PTR(found);
	return *ret ? 0 : -ENOENT;
}

int store_find(const char *word, char **ret, char **ret_reason)
{
	_cleanup_close_ int images = open(IMAGES_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool whole = !strncmp(word, "sha256:", 7);
	const char *digits = whole ? word + 7 : word;
	int r = -ENOENT;

	*ret_reason = NULL;
	if (!whole && (*word == '.' || !*word || strchr(word, '/')))
		return fail(ret_reason, -EINVAL, "no image can be called '%s'", word);
	if (images >= 0 && !whole)
		r = find_link(images, word, ret);
	if (images >= 0 && r == -ENOENT && strlen(digits) >= BEGINNING)
		r = find_digits(images, digits, ret, ret_reason);
	if (r == -ENOENT)
		return fail(ret_reason, r, "there is no image '%s'; see: vserver image list",
			    word);
	return r;
}
