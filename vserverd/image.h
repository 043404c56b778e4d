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
/**
 * image_delete() - remove GUESTS_DIR/NAME.  Follows no link, enters no mount.
 * Return: 0 also where there is none; -EBUSY something is mounted in it.
 */
int image_delete(const char *name, char **ret_reason);
bool image_exists(const char *name);
/** image_sweep() - remove what builds of a guest (NULL: of all; none is under
 * way) left that were cut off. */
void image_sweep(const char *name);

#endif
