/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Trees of guests: made from an archive, removed.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdbool.h>
#include <stddef.h>

typedef void (*image_progress_t)(unsigned int percent, void *userdata);

/**
 * image_build() - unpack an archive into GUESTS_DIR/NAME/root.
 * @from: absolute path of a tar archive, compressed or not.
 * @progress: told each time another tenth of the file has been read.
 * @ret_reason: on failure one sentence without a final dot, or NULL; free().
 *
 * On failure nothing is left.  Return: 0; -EEXIST there is such a tree;
 * -EBADMSG not an archive, or cut off; -ENOEXEC no init in it; any errno.
 */
int image_build(const char *name, const char *from, image_progress_t progress,
		void *userdata, char **ret_reason);
bool image_exists(const char *name);
/** image_check_mounts() - 0; -EBUSY something is mounted in GUESTS_DIR/NAME. */
int image_check_mounts(const char *name, char **ret_reason);
/**
 * image_hide() - take GUESTS_DIR/NAME away, whole, under a name that no guest
 * has.  Return: 0 also where there is none; -EBUSY as above.
 */
int image_hide(const char *name, char **ret_reason);
/**
 * image_leftovers() - what was hidden, or is of builds that were cut off, of a
 * guest or (NULL) of all, and then of their snapshots; names in GUESTS_DIR, strv.  No
 * build of it may be under way.
 */
int image_leftovers(const char *name, char ***ret);
/** image_prepare() - make GUESTS_DIR, for root only. */
int image_prepare(void);

#endif
