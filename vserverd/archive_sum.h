/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The sum of an export: what it ends with, and what an import compares.
 */
#ifndef ARCHIVE_SUM_H
#define ARCHIVE_SUM_H

#include <nettle/sha2.h>
#include <stddef.h>

struct archive_entry;

#define ARCHIVE_SUM_DIGITS (2 * SHA256_DIGEST_SIZE)

/** struct archive_sum - of the entries so far: SHA-256 over what each is and
 * holds.  How the archive is written has no part in it. */
struct archive_sum {
	struct sha256_ctx context;
};

void archive_sum_begin(struct archive_sum *sum);
/** archive_sum_entry() - its name, kind, owner, mode, links and size. */
void archive_sum_entry(struct archive_sum *sum, struct archive_entry *entry);
/** archive_sum_data() - what of it is no hole, in whatever pieces. */
void archive_sum_data(struct archive_sum *sum, const void *data, size_t size);
/** archive_sum_end() - hexadecimal, with a zero byte behind it. */
void archive_sum_end(struct archive_sum *sum, char text[static ARCHIVE_SUM_DIGITS + 1]);

#endif
