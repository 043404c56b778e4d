/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's traffic of this month, and what its settings say about it.
 */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include "config.h"

#define TRAFFIC_MONTH	8	/* "2026-11" */

/** struct traffic_account - of a calendar month, in the host's time zone. */
struct traffic_account {
	char month[TRAFFIC_MONTH];
	uint64_t used_bytes;	/* in and out, of both families */
	bool reached;		/* what net-traffic allows, and it has been told */
	char run[64];		/* whose counters have been added last, */
	uint64_t seen_bytes;	/* and what they were then */
};

/** traffic_account() - as it is now, also where @cgroup is NULL: it does not run.
 * 0; or a negative errno: what is kept cannot be read, or its counters. */
int traffic_account(struct vs *vs, const char *name, const char *cgroup,
		    struct traffic_account *ret);
/** traffic_is_over() - has it used what net-traffic allows? */
bool traffic_is_over(const struct config *config, const struct traffic_account *account);
/** traffic_apply() - the rates of its settings, and of this month. */
int traffic_apply(struct vs *vs, const struct config *config, const char *cgroup);
/** traffic_keep() - write down what it has used: its counters are about to go. */
int traffic_keep(struct vs *vs, const char *name, const char *cgroup);
/** traffic_settle() - apply, and write down now and then.
 * @ret_over: what net-traffic allows is used; @ret_told: that is new. */
int traffic_settle(struct vs *vs, const struct config *config, const char *cgroup,
		   bool *ret_over, bool *ret_told);

#endif
