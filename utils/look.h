/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A look at what runs, and what two of them say was used in between.
 */
#ifndef LOOK_H
#define LOOK_H

#include "bucket.h"
#include "process.h"
#include "target.h"

/** struct share - of a context. */
struct share {
	uint32_t xid;
	struct bucket bucket;
};

/** struct look - the processes at a moment, and the contexts. */
struct look {
	uint64_t ns;
	struct process *processes;
	size_t n;
	struct share *shares;		/* in the order of numbers */
	size_t n_shares;
};

/** struct row - one line: a process, or the sum of a context's. */
struct row {
	uint32_t xid;
	const struct bucket *bucket;	/* NULL: it has none */
	uint64_t held_ns;		/* on hold between two looks */
	const struct process *process;
	uint64_t cpu_ns;		/* used between two looks */
	uint64_t memory_bytes;
	size_t n;
};

/** look_take() - now, at @xid's processes or with VS_XID_ALL at every context.
 * An exit status, and has told of a failure; look_free() in any case. */
int look_take(struct target *target, uint32_t xid, struct look *ret);
void look_free(struct look *look);
/** look_rows() - what uses most first; @rows has room for each process of @now.
 * @sums: one a context.  Returns how many. */
size_t look_rows(const struct look *before, const struct look *now, bool sums,
		 struct row *rows);

#endif
