// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The lines of which a guest's configuration is made: its file, what is laid over
 * it, what is asked for besides.  Lines are read by config_file.c.
 */
#include <errno.h>
#include <string.h>

#include "config.h"
#include "config_entry.h"
#include "config_path.h"
#include "scope.h"

/* The guest's file, then what lies beside it, then what lies below /run.
 * @new: a guest that has none yet. */
static int read_layers(const char *name, bool new, struct entries *entries, FILE *errors)
{
	_cleanup_strv_free_ char **paths = NULL;
	int r;

	r = config_layers(name, &paths);
	for (size_t i = 0; r == 0 && paths[i]; i++) {
		r = config_file_read(paths[i], entries, errors);
		if (r == -ENOENT && (i > 0 || new))
			r = 0;	/* others may have been removed since */
		if (r < 0 && r != -ENOMEM && r != -ENOENT) {
			fprintf(errors, "%s: %s\n", paths[i], strerror(-r));
			r = 0;
		}
	}
	return r;
}

/* @extra: lines that are not in a file yet, on top of those that are. */
static int read_all(const char *name, bool new, const struct entries *extra,
		    struct config **ret, char **ret_errors)
{
	_cleanup_free_ char *text = NULL;
	struct config *config = NULL;
	struct entries entries = { 0 };
	size_t size;
	FILE *errors;
	int r;

	errors = open_memstream(&text, &size);
	if (!errors)
		return -ENOMEM;
	r = read_layers(name, new, &entries, errors);
	for (size_t i = 0; i < extra->n; i++)
		entries_drop(&entries, extra->entry[i].setting, NULL);
	for (size_t i = 0; i < extra->n && !r; i++)
		r = entries_add(&entries, extra->entry[i].setting, extra->entry[i].value,
				extra->entry[i].path, extra->entry[i].line);
	if (r == 0)
		r = config_make(name, &entries, errors, &config);
	entries_clear(&entries);
	if (fclose(errors) != 0 && r == 0)
		r = -ENOMEM;
	if (r == 0 && size > 0) {
		*ret_errors = TAKE_PTR(text);
		r = -EINVAL;
	}
	if (r < 0) {
		config_free(config);
		return r;
	}
	*ret = config;
	return 0;
}

int config_read(const char *name, struct config **ret, char **ret_errors)
{
	const struct entries none = { 0 };

	if (!vs_name_valid(name))
		return -ENOENT;
	return read_all(name, false, &none, ret, ret_errors);
}

int config_preview(const char *name, const char *const *keys, const char *const *values,
		   size_t n, struct config **ret, char **ret_errors)
{
	struct entries entries = { 0 };
	int r = 0;

	for (size_t i = 0; i < n && !r; i++)
		r = entries_add(&entries, vs_setting_find(keys[i]), values[i], "", 0);
	if (!r)
		r = read_all(name, true, &entries, ret, ret_errors);
	entries_clear(&entries);
	return r;
}
