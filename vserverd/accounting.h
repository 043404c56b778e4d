/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What guests use.
 */
#ifndef ACCOUNTING_H
#define ACCOUNTING_H

#include "manager.h"

/** struct usage - of one guest. */
struct usage {
	uint64_t cpu_ns;	/* since it started */
	bool share_known;	/* it was looked at shortly before */
	uint64_t share;		/* hundredths of a percent of one processor */
	uint64_t memory_bytes;
	uint64_t memory_peak_bytes;
	uint64_t tasks;
};

/** accounting_look() - now, and the share since the look before this one. */
int accounting_look(struct manager *m, const char *name, const char *cgroup,
		    struct usage *ret);
void accounting_free(struct manager *m);

#endif
