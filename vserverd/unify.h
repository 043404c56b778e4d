/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Identical files of guests share blocks.
 */
#ifndef UNIFY_H
#define UNIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct unified - what came of it. */
struct unified {
	uint64_t files;		/* that share their blocks with another now */
	uint64_t bytes;		/* which that saves */
};

/**
 * unify() - those of these guests; what is in a snapshot or an image is not
 * looked at.  They may run.
 * @guests: strv.
 * @dry_run: look only.
 * Return: 0; -EOPNOTSUPP the file system cannot share blocks; any errno.
 */
int unify(char *const *guests, bool dry_run, void (*percent)(unsigned int, void *),
	  void *userdata, struct unified *ret, char **ret_reason);

/* unify_list.c: the files, by size */
/** struct same - a file that may be the same as another. */
struct same {
	uint64_t size, inode, device;
	char *path;		/* in GUESTS_DIR */
	uint64_t block;		/* where it begins, if it shares that; 0: it does not */
	uint8_t digest[32];
	bool read;		/* digest is known */
};
struct same_list {
	struct same *file;
	size_t n, room;
};
/** same_list_add() - all regular files of a block or more below @path of @guests. */
int same_list_add(struct same_list *list, int guests, const char *path);
/** same_list_sort() - by size, and without those of which there is one of a size. */
void same_list_sort(struct same_list *list);
/** same_list_open() - the file that was found there, if it is there still. */
int same_list_open(int guests, const struct same *file);
void same_list_clear(struct same_list *list);

#endif
