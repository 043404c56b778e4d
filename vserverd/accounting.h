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
	uint64_t share;		/* hundredths of a percent of one processor,
				 * since it was looked at before, or started */
	uint64_t memory_bytes;
	uint64_t memory_peak_bytes;
	uint64_t tasks;
};

/** accounting_look() - @since_usec: when it started, by CLOCK_REALTIME. */
int accounting_look(struct manager *m, const char *name, const char *cgroup,
		    uint64_t since_usec, struct usage *ret);
void accounting_free(struct manager *m);

#endif
