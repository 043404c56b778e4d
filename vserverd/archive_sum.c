// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The sum of an export.  tar sums its headers only, and not every compression
 * what it holds: by this a file is known to be damaged before a guest is made
 * of it.  It is no signature: who writes an archive writes its sum.
 */
#include "archive_sum.h"

#include <archive_entry.h>
#include <stdio.h>
#include <string.h>

void archive_sum_begin(struct archive_sum *sum)
{
	sha256_init(&sum->context);
}

/* A directory's name is written with a slash behind it, and read so. */
static void add_text(struct archive_sum *sum, const char *text)
{
	size_t length = text ? strlen(text) : 0;

	while (length > 1 && text[length - 1] == '/')
		length--;
	sha256_update(&sum->context, length, (const uint8_t *)(text ? text : ""));
	sha256_update(&sum->context, 1, (const uint8_t *)"");
}

void archive_sum_entry(struct archive_sum *sum, struct archive_entry *entry)
{
	const char *hardlink = archive_entry_hardlink(entry);
	char text[128] = "";

	add_text(sum, archive_entry_pathname(entry));
	add_text(sum, hardlink);
	if (hardlink)
		return;		/* the rest was said where the file was */
	add_text(sum, archive_entry_symlink(entry));
	snprintf(text, sizeof(text), "%o %lld %lld %lld", archive_entry_mode(entry),
		 (long long)archive_entry_uid(entry), (long long)archive_entry_gid(entry),
		 (long long)(archive_entry_filetype(entry) == AE_IFREG ?
			     archive_entry_size(entry) : 0));
	add_text(sum, text);
}

void archive_sum_data(struct archive_sum *sum, const void *data, size_t size)
{
	sha256_update(&sum->context, size, data);
}

void archive_sum_end(struct archive_sum *sum, char text[static ARCHIVE_SUM_DIGITS + 1])
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_digest(&sum->context, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
}
