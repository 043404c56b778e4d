/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Entries of archives without the attributes that no archive may bring.
 */
#ifndef ATTRIBUTE_FILTER_H
#define ATTRIBUTE_FILTER_H

struct archive_entry;

/** attribute_filter() - takes from @entry those that are not xattr_is_kept(), and
 * makes ACLs of those that are ACLs; 0, or -ENOMEM. */
int attribute_filter(struct archive_entry *entry);

#endif
