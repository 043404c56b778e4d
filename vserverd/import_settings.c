// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Which settings of another host's guest are taken.  What a guest is inside,
 * and how much it may use at most, is its own; what it has of the host (its
 * addresses and network, processors by number, a context, files, privileges, a
 * start with it) is for who imports it to give.  So a setting is left out that
 * is not named here, or has a value that is not, and everybody is told.  An
 * image never is taken: the files of the archive are all that the guest has.
 */
#include "import_settings.h"

#include <errno.h>
#include <string.h>

#include "scope.h"

/* By name, or with the one value that is taken. */
static const char *const taken[] = {
	"init", "hostname", "cpu", "cpu-bucket", "cpu-release", "cpu-idle", "cpu-tokens",
	"cpu-scope", "memory", "memory-swap", "tasks", "disk", "net-rate", "net-rate-in",
	"net-traffic", "network=none", "user=private", "seccomp=default", "no-new-privs=yes",
	"root=read-only", NULL
};

static bool is_taken(const struct entry *entry)
{
	for (const char *const *one = taken; *one; one++) {
		size_t n = strcspn(*one, "=");

		if (strlen(entry->setting->name) == n &&
		    !strncmp(*one, entry->setting->name, n) &&
		    (!(*one)[n] || !strcmp(*one + n + 1, entry->value)))
			return true;
	}
	return false;
}

/* What would be so without it is not missed. */
static bool is_missed(const struct entry *entry)
{
	const char *fallback = entry->setting->fallback;

	return *entry->value && (!fallback || strcmp(fallback, entry->value)) &&
	       strcmp(entry->value, "none");
}

static bool is_given(const struct pairs *given, const char *key)
{
	for (size_t i = 0; i < given->n; i++)
		if (!strcmp(given->keys[i], key))
			return true;
	return false;
}

static int add(struct pairs *pairs, const char *key, const char *value)
{
	char **keys = reallocarray(pairs->keys, pairs->n + 1, sizeof(char *)), **values;

	if (!keys)
		return -ENOMEM;
	pairs->keys = keys;
	values = reallocarray(pairs->values, pairs->n + 1, sizeof(char *));
	if (!values)
		return -ENOMEM;
	pairs->values = values;
	keys[pairs->n] = strdup(key);
	values[pairs->n] = strdup(value);
	return keys[pairs->n] && values[pairs->n++] ? 0 : -ENOMEM;
}

static int leave_out(sd_json_variant **left, const struct entry *entry)
{
	return sd_json_variant_append_arraybo(
		left, SD_JSON_BUILD_PAIR_STRING("key", entry->setting->name),
		SD_JSON_BUILD_PAIR_STRING("value", entry->value));
}

static int merge(const struct entries *entries, const struct pairs *given, bool trust,
		 struct pairs *pairs, sd_json_variant **left)
{
	int r = 0;

	for (size_t i = 0; i < entries->n && r >= 0; i++) {
		const struct entry *entry = &entries->entry[i];

		if (is_given(given, entry->setting->name))
			continue;
		if ((trust && strcmp(entry->setting->name, "image")) || is_taken(entry))
			r = add(pairs, entry->setting->name, entry->value);
		else if (is_missed(entry))
			r = leave_out(left, entry);
	}
	for (size_t i = 0; i < given->n && r >= 0; i++)
		r = add(pairs, given->keys[i], given->values[i]);
	return r < 0 ? r : 0;
}

int import_settings(const char *path, const struct pairs *given, bool trust,
		    struct pairs *ret, sd_json_variant **ret_left)
{
	_cleanup_free_ char *text = NULL;
	struct entries entries = { 0 };
	struct pairs pairs = { 0 };
	size_t size;
	FILE *errors = open_memstream(&text, &size);
	int r;

	if (!errors)
		return -ENOMEM;
	*ret_left = NULL;
	r = config_file_read(path, &entries, errors);
	fclose(errors);
	if (!r)
		r = merge(&entries, given, trust, &pairs, ret_left);
	entries_clear(&entries);
	if (r < 0) {
		pairs_clear(&pairs);
		*ret_left = sd_json_variant_unref(*ret_left);
		return r;
	}
	*ret = pairs;
	return 0;
}
