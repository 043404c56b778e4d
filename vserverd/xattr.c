// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Extended attributes by descriptor.  A descriptor of O_PATH takes no call but
 * by its name in /proc, which leads to what it is of, a symbolic link too.
 */
#include <errno.h>
#include <string.h>
#include <sys/xattr.h>

#include "scope.h"
#include "xattr.h"

#define PATH_SIZE 32

static const char *path_of(int fd, char path[PATH_SIZE])
{
	snprintf(path, PATH_SIZE, "/proc/self/fd/%d", fd);
	return path;
}

static bool begins(const char *name, const char *const *prefixes)
{
	for (; *prefixes; prefixes++)
		if (!strncmp(name, *prefixes, strlen(*prefixes)))
			return true;
	return false;
}

bool xattr_is_label(const char *name)
{
	static const char *const labels[] = { "security.selinux", "security.SMACK64",
					      "security.apparmor", "security.ima",
					      "security.evm", NULL };

	return begins(name, labels);
}

bool xattr_is_kept(const char *name)
{
	static const char *const kept[] = { "user.", "security.capability",
					    "system.posix_acl_", NULL };
	static const char *const overlay[] = { "user.overlay.", NULL };

	return begins(name, kept) && !begins(name, overlay);
}

/* One after the other, each ended by a zero byte; *@ret_size 0: none. */
static int read_list(int fd, char **ret, size_t *ret_size)
{
	char path[PATH_SIZE];

	path_of(fd, path);
	for (;;) {
		ssize_t size = listxattr(path, NULL, 0);
		char *list;

		if (size == 0 || (size < 0 && errno == ENOTSUP)) {
			*ret = NULL;
			*ret_size = 0;
			return 0;
		}
		list = size < 0 ? NULL : malloc((size_t)size);
		if (!list)
			return -errno;
		size = listxattr(path, list, (size_t)size);
		if (size >= 0) {
			*ret = list;
			*ret_size = (size_t)size;
			return 0;
		}
		free(list);
		if (errno != ERANGE)
			return -errno;
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int xattr_names(int fd, char ***ret)
{
	_cleanup_strv_free_ char **names = NULL;
	_cleanup_free_ char *list = NULL;
	size_t size, n = 0;
	int r = read_list(fd, &list, &size);

	if (r < 0)
		return r;
	names = calloc(size + 1, sizeof(char *));
	if (!names)
		return -ENOMEM;
	for (const char *name = list; name && name < list + size; name += strlen(name) + 1) {
		if (xattr_is_label(name))
			continue;
		names[n] = strdup(name);
		if (!names[n++])
			return -ENOMEM;
	}
	qsort(names, n, sizeof(char *), compare);
	*ret = TAKE_PTR(names);
	return 0;
}

int xattr_get(int fd, const char *name, void **ret, size_t *ret_size)
{
	char path[PATH_SIZE];

	path_of(fd, path);
	for (;;) {
		ssize_t size = getxattr(path, name, NULL, 0);
		void *value = size < 0 ? NULL : malloc((size_t)size + 1);

		if (!value)
			return -errno;
		size = getxattr(path, name, value, (size_t)size);
		if (size >= 0) {
			*ret = value;
			*ret_size = (size_t)size;
			return 0;
		}
		free(value);
		if (errno != ERANGE)
			return -errno;
	}
}

int xattr_set(int fd, const char *name, const void *value, size_t size)
{
	char path[PATH_SIZE];

	return setxattr(path_of(fd, path), name, value, size, 0) < 0 ? -errno : 0;
}

int xattr_remove(int fd, const char *name)
{
	char path[PATH_SIZE];

	return removexattr(path_of(fd, path), name) < 0 ? -errno : 0;
}
