// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Attributes taken from entries of archives.  libarchive has no call that takes
 * one: all are, and the good ones are put back.
 */
#include <archive_entry.h>
#include <errno.h>
#include <stdbool.h>

#include "attribute_filter.h"
#include "xattr.h"

static bool has_unwanted(struct archive_entry *entry)
{
	const char *name;
	const void *value;
	size_t size;
	bool found = false;

	archive_entry_xattr_reset(entry);
	while (archive_entry_xattr_next(entry, &name, &value, &size) == 0)
		found |= !xattr_is_kept(name);
	return found;
}

int attribute_filter(struct archive_entry *entry, void *userdata, char **ret_reason)
{
	struct archive_entry *copy;
	const char *name;
	const void *value;
	size_t size;

	if (!has_unwanted(entry))
		return 1;
	copy = archive_entry_clone(entry);
	if (!copy)
		return -ENOMEM;
	archive_entry_xattr_clear(entry);
	archive_entry_xattr_reset(copy);
	while (archive_entry_xattr_next(copy, &name, &value, &size) == 0)
		if (xattr_is_kept(name))
			archive_entry_xattr_add_entry(entry, name, value, size);
	archive_entry_free(copy);
	return 1;
}
