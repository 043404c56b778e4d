/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's files copied: for snapshots, clones and what goes back to one.
 */
#ifndef GUEST_COPY_H
#define GUEST_COPY_H

#include "copy.h"

/** guest_part() - what of the directory of a guest, or of a snapshot, its files
 * are in: "layer" where it has an image, or else "root". */
const char *guest_part(int dir);

/**
 * guest_copy() - the files of a guest, or of a snapshot, into another directory:
 * "root", or "layer" and the link "image".
 * @from, @to: the directories that have, or are to have, them
 * @up: what leads from @to to where @from is, for that link: "", "../../"
 * @percent: told each time another percentage is done; NULL: not
 *
 * Return: as copy_tree() does.
 */
int guest_copy(int from, int to, const char *up, void (*percent)(unsigned int, void *),
	       void *userdata, struct copy_stats *ret_stats, char **ret_reason);

/** guest_copy_frozen() - the same of the guest @name, which may run: it stands
 * still meanwhile.  @ret_pause_ns: how long; 0: it does not run. */
int guest_copy_frozen(const char *name, int from, int to, const char *up,
		      void (*percent)(unsigned int, void *), void *userdata,
		      struct copy_stats *ret_stats, uint64_t *ret_pause_ns, char **ret_reason);

#endif
