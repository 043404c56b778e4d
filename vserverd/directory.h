/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The directory of a guest, made whole or not at all.
 */
#ifndef DIRECTORY_H
#define DIRECTORY_H

#include "config.h"

/* What one is called before it is whole, .NAME.XXXXXX, and when it goes,
 * .~NAME.XXXXXX: only of these it is known that a guest was deleted. */
#define DIRECTORY_COMES	GUESTS_DIR "/.%s.XXXXXX"
#define DIRECTORY_GOES	GUESTS_DIR "/.~%s.XXXXXX"

/** directory_fill_t - what is to be in it; 0, or a negative errno and why. */
typedef int (*directory_fill_t)(const char *directory, void *userdata, char **ret_reason);

/** directory_open_guests() - GUESTS_DIR, made if it is missing, for root only; a
 * descriptor. */
int directory_open_guests(void);
/**
 * directory_make() - GUESTS_DIR/NAME, for root only.
 * @fill: is given the name that it has before it is whole.
 * @ret_reason: on failure one sentence without a final dot, or NULL; free().
 *
 * On failure nothing is left.  Return: 0; -EEXIST there is one; any errno.
 */
int directory_make(const char *name, directory_fill_t fill, void *userdata, char **ret_reason);
/**
 * directory_leftovers() - what comes or goes in @directory, that of the guests or of
 * the images, called after @name or (NULL) after anything; names in it, strv.
 */
int directory_leftovers(const char *directory, const char *name, char ***ret);
/** directory_sweep() - remove these of GUESTS_DIR, but none that somebody fills now.
 * Follows no link, enters no mount. */
int directory_sweep(char *const *leftovers, char **ret_reason);

#endif
