/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Guests that get another name.
 */
#ifndef RENAME_H
#define RENAME_H

#include <stdbool.h>

/** rename_guest() - a stopped guest, with all that is kept by its name.  What a
 * crash leaves is completed by rename_complete().
 * Return: 0; -EEXIST there is one called @to; any errno. */
int rename_guest(const char *name, const char *to, char **ret_reason);
/** rename_complete() - those that were cut off; when the daemon starts. */
void rename_complete(void);
/** rename_is_half_done() - was it cut off, and not completed since? */
bool rename_is_half_done(const char *name);

#endif
