/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The layer of a run on an image, which goes with it: GUESTS_DIR/.run-N.
 */
#ifndef RUN_LAYER_H
#define RUN_LAYER_H

#include <stdbool.h>

#include "layer.h"

/** run_layer_make() - an empty one, and where it is.
 * @ret_root: the directory that the tree covers; free().
 * Return: as layer_create() and layer_find(). */
int run_layer_make(unsigned int n, const char *image, struct layer *ret, char **ret_root,
		   char **ret_reason);
bool run_layer_is_there(unsigned int n);
/** run_layer_remove() - 0 also where there is none; or a negative errno. */
int run_layer_remove(unsigned int n);
/** run_layer_parse() - is it the layer of a run's, in GUESTS_DIR? */
bool run_layer_parse(const char *entry, unsigned int *ret);

#endif
