// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Which files a guest's configuration is in, and which guests have one.  What
 * is in the files is not known here.
 */
#include <errno.h>
#include <string.h>

#include "config.h"
#include "config_path.h"
#include "scope.h"

static bool ends_with_conf(const char *name)
{
	size_t length = strlen(name);

	return length > strlen(".conf") && name[0] != '.' &&
	       !strcmp(name + length - strlen(".conf"), ".conf");
}

static int strv_push(char ***strv, size_t *n, char *item)
{
	char **grown;

	if (!item)
		return -ENOMEM;
	grown = reallocarray(*strv, *n + 2, sizeof(char *));
	if (!grown) {
		free(item);
		return -ENOMEM;
	}
	grown[(*n)++] = item;
	grown[*n] = NULL;
	*strv = grown;
	return 0;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The *.conf of a directory, sorted; none where it is not there. */
static int list(const char *directory, char ***ret, size_t *ret_n)
{
	_cleanup_strv_free_ char **names = NULL;
	_cleanup_closedir_ DIR *dir = opendir(directory);
	const struct dirent *entry;
	size_t n = 0;

	names = calloc(1, sizeof(char *));
	if (!names)
		return -ENOMEM;
	if (!dir && errno != ENOENT && errno != ENOTDIR)
		return -errno;
	while (dir && (entry = readdir(dir)))
		if (ends_with_conf(entry->d_name) &&
		    strv_push(&names, &n, strdup(entry->d_name)) < 0)
			return -ENOMEM;

	qsort(names, n, sizeof(char *), compare);
	*ret = TAKE_PTR(names);
	*ret_n = n;
	return 0;
}

int config_file(const char *name, char **ret)
{
	char *path;

	if (asprintf(&path, CONFIG_DIR "/%s.conf", name) < 0)
		return -ENOMEM;
	*ret = path;
	return 0;
}

int config_directory(const char *name, bool runtime, char **ret)
{
	char *path;

	if (asprintf(&path, "%s/%s.conf.d", runtime ? CONFIG_RUNTIME_DIR : CONFIG_DIR, name) < 0)
		return -ENOMEM;
	*ret = path;
	return 0;
}

int config_layers(const char *name, char ***ret)
{
	_cleanup_strv_free_ char **paths = NULL;
	char *path;
	size_t n = 0;
	int r;

	r = config_file(name, &path);
	if (!r)
		r = strv_push(&paths, &n, path);
	for (int runtime = 0; runtime < 2 && !r; runtime++) {
		_cleanup_strv_free_ char **names = NULL;
		_cleanup_free_ char *directory = NULL;
		size_t n_names = 0;

		r = config_directory(name, runtime, &directory);
		if (!r)
			r = list(directory, &names, &n_names);
		for (size_t i = 0; i < n_names && !r; i++) {
			if (asprintf(&path, "%s/%s", directory, names[i]) < 0)
				path = NULL;
			r = strv_push(&paths, &n, path);
		}
	}
	if (r < 0)
		return r;
	*ret = TAKE_PTR(paths);
	return 0;
}

int config_names(char ***ret)
{
	char **names;
	size_t n, kept = 0;
	int r;

	r = list(CONFIG_DIR, &names, &n);
	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++) {
		names[i][strlen(names[i]) - strlen(".conf")] = '\0';
		if (vs_name_valid(names[i]))
			names[kept++] = names[i];
		else
			free(names[i]);
	}
	names[kept] = NULL;
	*ret = names;
	return 0;
}
