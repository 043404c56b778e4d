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
 *	IMAGES_DIR/sha256-HEX/image.json	what list shows: when and from what it
 *					was made, how large it is
 *	IMAGES_DIR/NAME			a link to sha256-HEX
 *	IMAGES_DIR/.NAME.XXXXXX		one that is being made, or is going
 *
 * A guest that is made from one has a link to it in GUESTS_DIR/NAME/image, and
 * while it has, the image cannot be removed.  Whoever makes such a link opens the
 * tree afterwards: one that is being removed has another name before its users are
 * counted for the last time.
 *
 * Only root gets into IMAGES_DIR.  Root of the host can still change an image: that
 * is found by store_verify(), and not prevented.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAGES_DIR	"/var/lib/vserver/images"

/* of that, with the zero byte */
#define STORE_DIGEST_SIZE 72

/** store_progress_t - told each time that it is further on. */
typedef void (*store_progress_t)(unsigned int percent, void *userdata);

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

/* --- store.c: an image in the making --- */

/** struct unfinished - directories that are open, and where it is meanwhile. */
struct unfinished {
	int images;		/* IMAGES_DIR */
	int directory;		/* IMAGES_DIR/.NAME.XXXXXX */
	int root;		/* the tree, empty */
	char *path;		/* of the directory */
};
/** store_open() - IMAGES_DIR, made where it is not there, for root only. */
int store_open(void);
/** store_lock() - wait until nobody else names, removes or takes an image; a
 * descriptor, to be closed; or a negative errno. */
int store_lock(void);
/** store_begin() - store_drop() in any case. */
int store_begin(const char *name, struct unfinished *ret, char **ret_reason);
/**
 * store_finish() - the tree is whole: it gets its digest and its name.
 * @source: from what it was made, in words
 * @replace: the name may be another image's
 *
 * An image that is there already stays as it is, and gets the name.
 * Return: 0; -EEXIST the name is another image's; any errno; with a reason.
 */
int store_finish(struct unfinished *making, const char *name, const char *source, bool replace,
		 char **ret_reason);
/** store_drop() - what was not finished is removed. */
void store_drop(struct unfinished *making);
/**
 * store_leftovers() - what is there of images that were cut off while they were
 * made or removed, of a name or (NULL) of all; names in IMAGES_DIR, strv.
 */
int store_leftovers(const char *name, char ***ret);
int store_sweep(char *const *leftovers, char **ret_reason);
/** store_settle() - images that were being removed, and that a guest has taken before
 * that was known, get their names again; those of images that are gone go.  When the
 * daemon starts. */
int store_settle(void);

/* --- store_import.c, store_debian.c: whole imports, for workers --- */

/** struct store_source - what an image, or a guest's tree, is made from.
 * @from: an absolute path: a tar archive, a directory, an OCI layout; NULL: Debian
 * @tag: of an image in an OCI layout; NULL: there is one
 * @suite: of Debian; @include, @mirrors: strv, may be NULL; @variant: NULL: mmdebstrap's
 */
struct store_source {
	char *from, *tag;
	char *suite, *variant;
	char **include, **mirrors;
};
/** store_source_copy() - store_source_clear() in any case; -ENOMEM.  store_source.c */
int store_source_copy(const struct store_source *source, struct store_source *ret);
void store_source_clear(struct store_source *source);
/** store_import() - as store_finish(); with the reasons of the kinds of source. */
int store_import(const char *name, const struct store_source *source, bool replace,
		 store_progress_t progress, void *userdata, char **ret_reason);
/** store_debian_check() - words that mmdebstrap might take for something else. */
int store_debian_check(const struct store_source *source, char **ret_reason);
/** store_debian() - mmdebstrap, into the tree. */
int store_debian(const struct unfinished *making, const struct store_source *source,
		 store_progress_t progress, void *userdata, char **ret_reason);

/* --- store_use.c: who uses which --- */

/** struct store_use - a guest, or a snapshot of one, of which @digest is the image. */
struct store_use {
	char digest[STORE_DIGEST_SIZE];
	char *guest;
	char *snapshot;		/* NULL: the guest itself */
};
struct store_uses {
	struct store_use *uses;
	size_t n;
};
/** store_uses_read() - @hidden: also guests that are being made or removed. */
int store_uses_read(bool hidden, struct store_uses *ret);
void store_uses_clear(struct store_uses *uses);
/** store_names() - of an image, sorted; strv. */
int store_names(int images, const char *digest, char ***ret);
/**
 * store_remove() - the name @word; with the last of its names, or where @word is a
 * digest, the image.
 * @ret_kept: it has other names, and is kept.
 * Return: 0; -EBUSY it is used; as store_find(); any errno; with a reason.
 */
int store_remove(const char *word, bool *ret_kept, char **ret_reason);

/* --- store_verify.c --- */

/**
 * store_verify() - is the tree what its manifest says, and that what its name says?
 * @bytes: that there are, for the progress.
 * @ret_reason: of -EUCLEAN the first differences, a line each, "PATH\tWHAT".
 * Return: 0; -EUCLEAN it is another; any errno; with a reason.
 */
int store_verify(const char *digest, uint64_t bytes, store_progress_t progress, void *userdata,
		 char **ret_reason);

#define _cleanup_unfinished_ __attribute__((cleanup(store_drop)))
#define _cleanup_uses_ __attribute__((cleanup(store_uses_clear)))

#endif
