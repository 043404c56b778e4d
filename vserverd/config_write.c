// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Files of a guest's configuration written and removed: its own once, when
 * it is made; 50-set.conf beside it at each change.  Each is written whole or
 * not at all.  Whether values are good, the caller has seen.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "config.h"
#include "config_file.h"
#include "config_path.h"
#include "scope.h"

#define SET_FILE "50-set.conf"

/* mkdir -p: 0 also where it is there. */
static int make_directories(const char *path)
{
	_cleanup_free_ char *copy = strdup(path);

	if (!copy)
		return -ENOMEM;
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0755) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return mkdir(copy, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

static int write_lines(FILE *file, const char *comment, const struct entries *entries)
{
	fprintf(file, "# %s\n", comment);
	for (size_t i = 0; i < entries->n; i++)
		fprintf(file, "%s = %s\n", entries->entry[i].setting->name,
			entries->entry[i].value);
	if (fflush(file) != 0 || ferror(file))
		return -EIO;
	if (fchmod(fileno(file), 0644) < 0 || fsync(fileno(file)) < 0)
		return -errno;
	return 0;
}

static int sync_directory(const char *directory)
{
	_cleanup_close_ int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* @replace: or -EEXIST where there is one. */
static int write_file(const char *directory, const char *name, const char *comment,
		      const struct entries *entries, bool replace)
{
	_cleanup_free_ char *path = NULL, *temporary = NULL;
	_cleanup_fclose_ FILE *file = NULL;
	int fd, r;

	if (asprintf(&path, "%s/%s", directory, name) < 0 ||
	    asprintf(&temporary, "%s/.%s.XXXXXX", directory, name) < 0)
		return -ENOMEM;
	r = make_directories(directory);
	if (r < 0)
		return r;
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	file = fdopen(fd, "w");
	if (!file) {
		r = -errno;
		close(fd);
	}

	if (!r)
		r = write_lines(file, comment, entries);
	if (!r && renameat2(AT_FDCWD, temporary, AT_FDCWD, path,
			    replace ? 0 : RENAME_NOREPLACE) < 0)
		r = -errno;
	if (r < 0) {
		unlink(temporary);
		return r;
	}
	return sync_directory(directory);
}

/* All or none: a key that is not known or a value that no line can hold. */
static int add_pairs(struct entries *entries, const char *const *keys,
		     const char *const *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct vs_setting *setting = vs_setting_find(keys[i]);

		if (!setting || !config_line_fits(keys[i], values[i]))
			return -EINVAL;
		if (entries_add(entries, setting, values[i], "", 0) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* What the file has already; wrong lines in it are an error. */
static int read_present(const char *path, struct entries *entries)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *errors = open_memstream(&text, &size);
	int r;

	if (!errors)
		return -ENOMEM;
	r = config_file_read(path, entries, errors);
	if (fclose(errors) != 0)
		return -ENOMEM;
	if (r == -ENOENT)
		return 0;
	return r == 0 && size > 0 ? -EINVAL : r;
}

/* 50-set.conf without @keys, then with @values for them, if there are any. */
static int change(const char *name, const char *const *keys, const char *const *values,
		  size_t n, bool runtime)
{
	_cleanup_free_ char *directory = NULL, *path = NULL;
	struct entries entries = { 0 };
	size_t before;
	int r;

	r = config_directory(name, runtime, &directory);
	if (r < 0)
		return r;
	if (asprintf(&path, "%s/%s", directory, SET_FILE) < 0)
		return -ENOMEM;

	r = read_present(path, &entries);
	before = entries.n;
	for (size_t i = 0; i < n; i++)
		entries_drop(&entries, vs_setting_find(keys[i]), NULL);
	if (!r && values)
		r = add_pairs(&entries, keys, values, n);
	if (!r && (values || entries.n != before))
		r = write_file(directory, SET_FILE, "Written by vserver set; see vserver.conf(5).",
			       &entries, true);
	entries_clear(&entries);
	return r;
}

int config_set(const char *name, const char *const *keys, const char *const *values,
	       size_t n, bool runtime)
{
	return change(name, keys, values, n, runtime);
}

int config_unset(const char *name, const char *const *keys, size_t n, bool runtime)
{
	return change(name, keys, NULL, n, runtime);
}

int config_create(const char *name, const char *const *keys, const char *const *values, size_t n)
{
	_cleanup_free_ char *file = NULL;
	struct entries entries = { 0 };
	int r;

	if (asprintf(&file, "%s.conf", name) < 0)
		return -ENOMEM;
	r = add_pairs(&entries, keys, values, n);
	if (!r)
		r = write_file(CONFIG_DIR, file, "See vserver.conf(5).", &entries, false);
	entries_clear(&entries);
	return r;
}

static int remove_directory(const char *path)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	const struct dirent *entry;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while ((entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..") &&
		    unlinkat(dirfd(dir), entry->d_name, 0) < 0 && errno != ENOENT)
			return -errno;
	return rmdir(path) < 0 && errno != ENOENT ? -errno : 0;
}

static int remove_beside(const char *name, bool runtime)
{
	_cleanup_free_ char *directory = NULL;
	int r = config_directory(name, runtime, &directory);

	return r < 0 ? r : remove_directory(directory);
}

int config_delete_runtime(const char *name)
{
	return remove_beside(name, true);
}

int config_delete(const char *name)
{
	_cleanup_free_ char *path = NULL;
	int r;

	r = remove_beside(name, true);
	if (!r)
		r = remove_beside(name, false);
	if (!r)
		r = config_file(name, &path);
	if (!r && unlink(path) < 0)
		return errno == ENOENT ? 0 : -errno;
	/* What is removed next is not to be gone before it. */
	return r < 0 ? r : sync_directory(CONFIG_DIR);
}
