/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Entries of archives without the attributes that an image must not have.
 */
#ifndef ATTRIBUTE_FILTER_H
#define ATTRIBUTE_FILTER_H

struct archive_entry;

/** attribute_filter() - takes from @entry those that are not xattr_is_kept(); for
 * unpack_progress, of which it unpacks every entry: 1, or -ENOMEM. */
int attribute_filter(struct archive_entry *entry, void *userdata, char **ret_reason);

#endif
