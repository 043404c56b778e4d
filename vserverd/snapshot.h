/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Snapshots of guests: a copy of its files and of its settings, under a name.
 *
 *	GUESTS_DIR/NAME/snapshots/SNAP/root	the tree, of a guest that has its own
 *	                          SNAP/layer	or the layer, of one that has an image,
 *	                          SNAP/image	with a link to that
 *	                          SNAP/guest.conf, guest.conf.d/	its settings
 *	                          SNAP/info	what snapshot_read() reads
 *	                          .SNAP.XXXXXX	one that is being made, or is going
 *
 * All of these work in a worker, which may be killed at any moment: a snapshot
 * that has its name is whole.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** struct snapshot - what is known of one. */
struct snapshot {
	char *name;
	uint64_t created;	/* seconds of CLOCK_REALTIME */
	uint64_t pause_ns;	/* how long the guest stood still; 0: it did not run */
	bool scheduled;		/* made by the timer, which removes it again */
	bool shared;		/* its data shares the guest's blocks */
	uint64_t entries, bytes;
};

typedef void (*snapshot_progress_t)(unsigned int percent, void *userdata);

/** snapshot_take() - of @snap only name and scheduled are read.
 * 0; -EEXIST there is one of that name; any errno. */
int snapshot_take(const char *guest, const struct snapshot *snap, snapshot_progress_t progress,
		  void *userdata, char **ret_reason);
/** snapshot_rollback() - the guest's files become those of the snapshot, which
 * stays; those that it has are lost.  @config: its settings, too.  The guest must
 * be down.  What a crash leaves are the files before, or those of the snapshot. */
int snapshot_rollback(const char *guest, const char *snap, bool config,
		      snapshot_progress_t progress, void *userdata, char **ret_reason);
/** snapshot_remove() - 0; -ENOENT there is none. */
int snapshot_remove(const char *guest, const char *snap, char **ret_reason);
/** snapshot_sweep() - what was not finished; nothing of the kind may be under way. */
int snapshot_sweep(const char *guest);
/** snapshot_leftovers() - add what snapshot_sweep() would remove of all guests, as
 * names in GUESTS_DIR, to a strv of *@n. */
int snapshot_leftovers(char ***names, size_t *n);

/* snapshot_list.c */
/** snapshot_read() - 0; -ENOENT there is none; snapshot_clear(). */
int snapshot_read(const char *guest, const char *snap, struct snapshot *ret);
void snapshot_clear(struct snapshot *snap);
/** snapshot_list() - of a guest, the oldest first; snapshots_free(). */
int snapshot_list(const char *guest, struct snapshot **ret, size_t *ret_n);
void snapshots_free(struct snapshot *list, size_t n);
/** snapshot_write_info() - into the directory of one that is being made. */
int snapshot_write_info(int dir, const struct snapshot *snap);

/* snapshot_config.c: settings, kept and brought back */
int snapshot_keep_config(const char *guest, int dir, char **ret_reason);
int snapshot_restore_config(const char *guest, int dir, char **ret_reason);

#endif
