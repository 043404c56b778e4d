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

static bool is_acl(const void *value, size_t size)
{
	uint32_t version;

	if (size < sizeof(version) || (size - sizeof(version)) % sizeof(struct acl_entry))
		return false;
	memcpy(&version, value, sizeof(version));
	return le32toh(version) == ACL_VERSION;
}

static void add_acl(struct archive_entry *entry, int type, const uint8_t *value, size_t size)
{
	for (size_t at = sizeof(uint32_t); at < size; at += sizeof(struct acl_entry)) {
		struct acl_entry one;

		memcpy(&one, value + at, sizeof(one));
		archive_entry_acl_add_entry(entry, type, le16toh(one.permissions) & 7,
					    acl_tag(le16toh(one.tag)), (int)le32toh(one.id), NULL);
	}
}

/* Those that an archive has as text, too, may name users that are not known here:
 * these have numbers, and take the place of all.  @acls: of those that were kept. */
static void keep(struct archive_entry *entry, const char *name, const void *value, size_t size,
		 size_t *acls)
{
	bool access = !strcmp(name, "system.posix_acl_access");

	if (access || !strcmp(name, "system.posix_acl_default")) {
		if (!is_acl(value, size))
			return;
		if (!(*acls)++)
			archive_entry_acl_clear(entry);
		add_acl(entry, access ? ARCHIVE_ENTRY_ACL_TYPE_ACCESS :
				ARCHIVE_ENTRY_ACL_TYPE_DEFAULT, value, size);
	} else if (xattr_is_kept(name)) {
		archive_entry_xattr_add_entry(entry, name, value, size);
	}
}

int attribute_filter(struct archive_entry *entry)
{
	struct archive_entry *copy;
	const char *name;
	const void *value;
	size_t size, acls = 0;

	if (!has_others(entry))
		return 0;
	copy = archive_entry_clone(entry);
	if (!copy)
		return -ENOMEM;
	archive_entry_xattr_clear(entry);
	archive_entry_xattr_reset(copy);
	while (archive_entry_xattr_next(copy, &name, &value, &size) == 0)
		keep(entry, name, value, size, &acls);
	archive_entry_free(copy);
	return 0;
}
