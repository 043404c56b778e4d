/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Extended attributes of whatever a descriptor is of, one of O_PATH too, so
 * that no name is looked at twice and no link is followed.  ACLs are among
 * them.
 */
#ifndef XATTR_H
#define XATTR_H

#include <stdbool.h>
#include <stddef.h>

/** xattr_is_label() - the host's mark on a file (SELinux, IMA, ...): not the
 * tree's, and left out of it. */
bool xattr_is_label(const char *name);
/** xattr_is_kept() - does an image have it: attributes of users, ACLs and file
 * capabilities.  Others are the host's; those that overlayfs keeps for itself lead
 * it astray in a lower layer. */
bool xattr_is_kept(const char *name);
/** xattr_names() - but for labels, sorted; strv.  None where there can be none. */
int xattr_names(int fd, char ***ret);
/** xattr_get() - @ret: free(). */
int xattr_get(int fd, const char *name, void **ret, size_t *ret_size);
int xattr_set(int fd, const char *name, const void *value, size_t size);
int xattr_remove(int fd, const char *name);

#endif
