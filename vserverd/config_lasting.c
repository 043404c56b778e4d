// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a guest's files say, taken as it stands: for a guest that is to be like it,
 * and for the question whether it may be deleted, which is asked of a guest with a
 * wrong file, too.
 */
#include <errno.h>
#include <string.h>

#include "config.h"
#include "config_entry.h"
#include "config_path.h"
#include "scope.h"

/* @runtime: also what was set until the next start.  What is wrong is passed over. */
static int read_lines(const char *name, bool runtime, struct entries *entries)
{
	_cleanup_strv_free_ char **paths = NULL;
	FILE *nobody = fopen("/dev/null", "we");
	int r = nobody ? config_layers(name, &paths) : -errno;

	for (size_t i = 0; !r && paths[i]; i++) {
		if (!runtime && !strncmp(paths[i], CONFIG_RUNTIME_DIR, strlen(CONFIG_RUNTIME_DIR)))
			continue;
		r = config_file_read(paths[i], entries, nobody);
		r = r == -ENOENT ? 0 : r;
	}
	if (nobody)
		fclose(nobody);
	return r;
}

static bool is_among(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

int config_lasting(const char *name, const char *const *except, char ***ret_keys,
		   char ***ret_values, size_t *ret_n)
{
	_cleanup_strv_free_ char **keys = NULL, **values = NULL;
	struct entries entries = { 0 };
	int r = read_lines(name, false, &entries);
	size_t n = 0;

	keys = calloc(entries.n + 1, sizeof(char *));
	values = calloc(entries.n + 1, sizeof(char *));
	if (!r && (!keys || !values))
		r = -ENOMEM;
	for (size_t i = 0; i < entries.n && !r; i++) {
		const struct entry *entry = &entries.entry[i];

		if (is_among(except, entry->setting->name))
			continue;
		keys[n] = strdup(entry->setting->name);
		values[n] = strdup(entry->value);
		if (!keys[n] || !values[n])
			r = -ENOMEM;
		n++;
	}
	entries_clear(&entries);
	if (r < 0)
		return r;
	*ret_keys = TAKE_PTR(keys);
	*ret_values = TAKE_PTR(values);
	*ret_n = n;
	return 0;
}

char *config_protected(const char *name)
{
	struct entries entries = { 0 };
	const struct entry *entry;
	char *path = NULL;

	if (read_lines(name, true, &entries) < 0) {	/* nobody knows */
		entries_clear(&entries);
		return config_file(name, &path) < 0 ? NULL : path;
	}
	entry = entry_find(&entries, "protect");
	if (entry && config_is_true(entry->value))
		path = strdup(entry->path);
	entries_clear(&entries);
	return path;
}
