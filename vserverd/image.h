/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Trees of guests: made, removed.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "store.h"

/** enum tree_kind - how a guest comes by its tree. */
enum tree_kind {
	TREE_LAYER,		/* over an image: layer.h makes it */
	TREE_ARCHIVE,		/* a tar archive, unpacked */
	TREE_DIRECTORY,		/* a directory, copied */
	TREE_DEBIAN,		/* mmdebstrap installs it */
	TREE_EMPTY,		/* nothing is in it */
};

/** struct tree_source - and of what: @from.from is the absolute path of the archive,
 * compressed or not, or of the directory; @from.suite and its like are mmdebstrap's. */
struct tree_source {
	enum tree_kind kind;
	struct store_source from;
};

typedef void (*image_progress_t)(unsigned int percent, void *userdata);

/**
 * image_build() - make GUESTS_DIR/NAME/root.  image_build.c
 * @source: of any kind but a layer.
 * @progress: told each time that it is further on.
 * @ret_reason: on failure one sentence without a final dot, or NULL; free().
 *
 * On failure nothing is left.  Return: 0; -EEXIST there is such a tree;
 * -EBADMSG not an archive, or cut off; -ENOEXEC no init in it; any errno.
 */
int image_build(const char *name, const struct tree_source *source,
		image_progress_t progress, void *userdata, char **ret_reason);
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
