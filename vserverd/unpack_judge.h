/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What an entry of an archive may be, and how much an archive may hold.
 */
#ifndef UNPACK_JUDGE_H
#define UNPACK_JUDGE_H

#include <stdint.h>

struct archive_entry;

/** struct judge - what an archive has had so far, and what it may have. */
struct judge {
	uint64_t entries, entries_max;
	uint64_t bytes, bytes_max;	/* on the disk */
	uint64_t file_max;		/* size of one file, with its holes */
	uint64_t sizes;			/* of all; whoever reads them is to come to an end */
};

/** judge_begin() - by what is free on the file system of @dir; 0 or -errno. */
int judge_begin(struct judge *judge, int dir);
/**
 * judge_entry() - whether an entry is unpacked.  Extended attributes that no
 * archive may bring are taken out of it.
 *
 * Return: 1 it is; 0 it is left out, being what a guest has no use of; -EPERM it
 * leads outside; -EFBIG, -ENOSPC, -EDQUOT too much; -ENAMETOOLONG; -EBADMSG it has
 * no name; each with a reason.
 */
int judge_entry(struct judge *judge, struct archive_entry *entry, char **ret_reason);

#endif
