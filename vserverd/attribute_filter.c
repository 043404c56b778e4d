// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Attributes taken from entries of archives.  libarchive has no call that takes
 * one: all are, and the good ones are put back.
 *
 * ACLs that are attributes, as in layers of OCI images, libarchive does not restore:
 * they are made what it calls ACLs.
 */
#include <archive_entry.h>
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "attribute_filter.h"
#include "xattr.h"

/* Than those that can stay as they are. */
static bool has_others(struct archive_entry *entry)
{
	const char *name;
	const void *value;
	size_t size;
	bool found = false;

	archive_entry_xattr_reset(entry);
	while (archive_entry_xattr_next(entry, &name, &value, &size) == 0)
		found |= !xattr_is_kept(name) || !strncmp(name, "system.", 7);
	return found;
}

/* As linux/posix_acl_xattr.h has them, little-endian. */
#define ACL_VERSION 2

struct acl_entry {
	uint16_t tag, permissions;
	uint32_t id;
};

static int acl_tag(uint16_t tag)
{
	static const struct {
		uint16_t tag;
		int archive_tag;
	} tags[] = {
		{ 0x01, ARCHIVE_ENTRY_ACL_USER_OBJ },  { 0x02, ARCHIVE_ENTRY_ACL_USER },
		{ 0x04, ARCHIVE_ENTRY_ACL_GROUP_OBJ }, { 0x08, ARCHIVE_ENTRY_ACL_GROUP },
		{ 0x10, ARCHIVE_ENTRY_ACL_MASK },      { 0x20, ARCHIVE_ENTRY_ACL_OTHER },
	};

	for (size_t i = 0; i < sizeof(tags) / sizeof(*tags); i++)
		if (tags[i].tag == tag)
			return tags[i].archive_tag;
	return 0;
}

/* One that is none, or that the entry has already, is left out. */
static void add_acl(struct archive_entry *entry, int type, const uint8_t *value, size_t size)
{
	uint32_t version;

	if (size < sizeof(version) || (size - sizeof(version)) % sizeof(struct acl_entry) ||
	    archive_entry_acl_count(entry, type) > 0)
		return;
	memcpy(&version, value, sizeof(version));
	if (le32toh(version) != ACL_VERSION)
		return;
	for (size_t at = sizeof(version); at < size; at += sizeof(struct acl_entry)) {
		struct acl_entry one;

		memcpy(&one, value + at, sizeof(one));
		archive_entry_acl_add_entry(entry, type, le16toh(one.permissions) & 7,
					    acl_tag(le16toh(one.tag)), (int)le32toh(one.id), NULL);
	}
}

static void keep(struct archive_entry *entry, const char *name, const void *value, size_t size)
{
	if (!strcmp(name, "system.posix_acl_access"))
		add_acl(entry, ARCHIVE_ENTRY_ACL_TYPE_ACCESS, value, size);
	else if (!strcmp(name, "system.posix_acl_default"))
		add_acl(entry, ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, value, size);
	else if (xattr_is_kept(name))
		archive_entry_xattr_add_entry(entry, name, value, size);
}

int attribute_filter(struct archive_entry *entry, void *userdata, char **ret_reason)
{
	struct archive_entry *copy;
	const char *name;
	const void *value;
	size_t size;

	if (!has_others(entry))
		return 1;
	copy = archive_entry_clone(entry);
	if (!copy)
		return -ENOMEM;
	archive_entry_xattr_clear(entry);
	archive_entry_xattr_reset(copy);
	while (archive_entry_xattr_next(copy, &name, &value, &size) == 0)
		keep(entry, name, value, size);
	archive_entry_free(copy);
	return 1;
}
