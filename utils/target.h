/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The context that NAME means on the command line: of a guest or of chcontext,
 * by name or by number.
 */
#ifndef TARGET_H
#define TARGET_H

#include <vserver.h>

/** struct target - the module, and what is in its table. */
struct target {
	struct vs *vs;
	struct vs_context *contexts;	/* all, in the order of numbers */
	size_t n;
};

/** target_open() - @deed as in "cannot DEED".  Returns an exit status, and has
 * told of a failure; target_close() in any case. */
int target_open(const char *deed, struct target *ret);
void target_close(struct target *target);
/** target_find() - the one that is meant; an exit status as above. */
int target_find(const struct target *target, const char *deed, const char *name,
		const struct vs_context **ret);
/** target_name() - of a number: a context's, "host", or the number itself. */
const char *target_name(const struct target *target, uint32_t xid);

#endif
