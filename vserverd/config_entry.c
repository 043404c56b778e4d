// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Lines that were read, asked by name, and what is wrong with one.
 */
#include "config_entry.h"

#include <stdarg.h>
#include <string.h>

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
