/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Guests that are a layer over an image.
 */
#ifndef LAYER_H
#define LAYER_H

#include "config.h"

/** struct layer - what a guest's tree is made of.  Free with layer_clear(). */
struct layer {
	char *image;		/* "sha256-HEX"; NULL: its tree is its own */
	char *lower, *layer;	/* as in struct vs_layers; no @layer: it is to be made */
	struct vs_layers paths;
};

/**
 * layer_create() - GUESTS_DIR/NAME with an empty layer over an image, which it
 * pins.  On failure nothing is left.
 * @image: as the setting has it.
 * Return: 0; -EEXIST there is one; -ENOENT there is no such image; any errno.
 */
int layer_create(const char *name, const char *image, char **ret_reason);
/**
 * layer_find() - what a guest's tree is made of, whatever its kind.
 * Return: 0; -ENOENT its image is gone, -ESTALE it is another than the one that
 * its layer is over, -ENOTDIR it has a tree of its own and an image; any errno.
 */
int layer_find(const struct config *config, struct layer *ret, char **ret_reason);
/** layer_paths() - for vs_layers_mount() and struct vs_space; NULL: a tree of its
 * own.  Borrowed. */
const struct vs_layers *layer_paths(struct layer *layer);
void layer_clear(struct layer *layer);
/**
 * layer_open_tree() - the tree of a guest that is stopped, whatever its kind.
 * @read_only: nothing is written; then one that is not made yet is its image.
 *
 * To be closed before the guest starts.  Return: a descriptor; any errno.
 */
int layer_open_tree(struct vs *vs, const struct config *config, bool read_only,
		    char **ret_reason);
/**
 * layer_prepare_mounts() - the layers over directories of the host that a guest has
 * mounted, made where they are missing and told to its mounts:
 * GUESTS_DIR/NAME/mounts/%PATH%OF%TARGET.
 */
int layer_prepare_mounts(struct config *config, char **ret_reason);
/** layer_image() - "sha256-HEX" that a guest's layer is over; NULL: it has none; free(). */
char *layer_image(const char *name);

/**
 * layer_make_empty() - upper and work below @layer, a descriptor of an empty
 * directory; upper's top looks as that of @lower.
 */
int layer_make_empty(int layer, int lower);
/** layer_write() - that, and what else is in @layer itself, is on the disk. */
int layer_write(int layer);

#define _cleanup_layer_ __attribute__((cleanup(layer_clear)))

#endif
