/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * OCI image layouts: a directory with oci-layout, index.json and
 * blobs/sha256/HEX, which comes from anywhere.
 */
#ifndef OCI_H
#define OCI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "digest.h"

/** struct oci_blob - as a descriptor names it. */
struct oci_blob {
	char hex[DIGEST_DIGITS + 1];
	uint64_t size;
	bool is_index;		/* of others, and no manifest */
};

/* --- oci_json.c: text that comes from outside --- */

/**
 * oci_choose() - of an index that which is for linux on amd64, or may be.
 * @tag: the org.opencontainers.image.ref.name that it has to have; NULL: any.
 * Return: 0; -EBADMSG not an index; -ENOENT there is none; -ENOTUNIQ several;
 * with a reason.
 */
int oci_choose(const char *text, const char *tag, struct oci_blob *ret, char **ret_reason);
/** oci_layers() - of a manifest, the lowest first; @ret: free().
 * Return: 0; -EBADMSG not a manifest; -EOPNOTSUPP layers of an unknown kind. */
int oci_layers(const char *text, struct oci_blob *ret_config, struct oci_blob **ret,
	       size_t *ret_n, char **ret_reason);
/** oci_check_config() - 0; -EBADMSG not a configuration; -ENOEXEC it is for
 * another machine. */
int oci_check_config(const char *text, char **ret_reason);

/* --- oci.c --- */

/** oci_is_layout() - does the directory look like one? */
bool oci_is_layout(int dir);
/**
 * oci_unpack() - the image of @layout into the empty directory @root, layer by
 * layer.  Each blob's size and digest are checked before it is used; but who
 * may write into the layout meanwhile is trusted not to.
 * @progress: told percents of all layers.
 *
 * Return: 0; -EBADMSG damaged; -EPERM it leads outside of the tree; as above;
 * any errno of writing; with a reason.
 */
struct unpack_progress;
int oci_unpack(int layout, const char *tag, int root, const struct unpack_progress *progress,
	       char **ret_reason);

/* --- oci_layer.c --- */

/** oci_layer_unpack() - one layer over what @root has from those below it. */
int oci_layer_unpack(int archive, int root, const struct unpack_progress *progress,
		     char **ret_reason);

#endif
