// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Lines that were read: kept, asked by name, and what is wrong with one.
 */
#include "config_entry.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "scope.h"

int entries_add(struct entries *entries, const struct vs_setting *setting,
		const char *value, const char *path, unsigned int line)
{
	_cleanup_free_ char *value_copy = strdup(value), *path_copy = strdup(path);
	struct entry *grown;

	grown = reallocarray(entries->entry, entries->n + 1, sizeof(*grown));
	if (grown)
		entries->entry = grown;
	if (!grown || !value_copy || !path_copy)
		return -ENOMEM;

	entries->entry[entries->n++] = (struct entry){
		.setting = setting,
		.value = TAKE_PTR(value_copy),
		.path = TAKE_PTR(path_copy),
		.line = line,
	};
	return 0;
}

void entries_drop(struct entries *entries, const struct vs_setting *setting,
		  const char *except)
{
	size_t kept = 0;

	for (size_t i = 0; i < entries->n; i++) {
		struct entry *entry = &entries->entry[i];

		if (entry->setting == setting && (!except || strcmp(entry->path, except))) {
			free(entry->value);
			free(entry->path);
			continue;
		}
		entries->entry[kept++] = *entry;
	}
	entries->n = kept;
}

void entries_clear(struct entries *entries)
{
	for (size_t i = 0; i < entries->n; i++) {
		free(entries->entry[i].value);
		free(entries->entry[i].path);
	}
	free(entries->entry);
	*entries = (struct entries){ 0 };
}

const struct entry *entry_find(const struct entries *entries, const char *name)
{
	for (size_t i = 0; i < entries->n; i++)
		if (!strcmp(entries->entry[i].setting->name, name))
			return &entries->entry[i];
	return NULL;
}

const char *entry_value(const struct entries *entries, const char *name)
{
	const struct entry *entry = entry_find(entries, name);
	const struct vs_setting *setting = vs_setting_find(name);

	if (entry)
		return *entry->value ? entry->value : NULL;
	return setting ? setting->fallback : NULL;
}

void entry_complain(FILE *errors, const struct entry *entry, const char *format, ...)
{
	va_list ap;

	if (entry && entry->line)
		fprintf(errors, "%s:%u: ", entry->path, entry->line);
	va_start(ap, format);
	vfprintf(errors, format, ap);
	va_end(ap);
	fputc('\n', errors);
}
