/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The store of images.  An image is immutable and named by the digest of what
 * it holds; names are links to it.
 *
 *	IMAGES_DIR/sha256-HEX/root	its tree
 *	IMAGES_DIR/sha256-HEX/manifest	of each entry what it is, mtree(5), sorted;
 *					HEX is the SHA-256 of it
 *	IMAGES_DIR/NAME			a link to sha256-HEX
 *	IMAGES_DIR/.NAME.XXXXXX		one that is being made, or is going
 *
 * A guest that is made from one has a link to it in GUESTS_DIR/NAME/image, and
 * while it has, the image cannot be removed.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>

#define IMAGES_DIR	"/var/lib/vserver/images"

/** store_is_digest() - "sha256-" and 64 digits: what an image's directory is called. */
bool store_is_digest(const char *entry);

/**
 * store_find() - which image is meant.
 * @word: a name, "sha256:HEX", or the first digits of HEX, eight at least, if
 *	they are those of one image only
 * @ret: "sha256-HEX"; free()
 *
 * 0; -ENOENT there is none, -ENOTUNIQ more than one begins so, -EINVAL no
 * image can be called so; with a reason.
 */
int store_find(const char *word, char **ret, char **ret_reason);

#endif
