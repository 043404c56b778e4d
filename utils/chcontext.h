/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * chcontext: what its command line says.
 */
#ifndef CHCONTEXT_H
#define CHCONTEXT_H

#include "classic.h"

/** struct arguments - the command line.  Strings are borrowed. */
struct arguments {
	struct vs_context ctx;		/* as it is to be, if it is made */
	uint64_t watcher_ceiling;	/* what --cap and --secure make of none */
	struct vs_bucket bucket;	/* size_ns, release_ns 0: not said */
	const char *hostname;
	const char *domainname;
	const char *root;		/* NULL: the host's */
	bool no_seccomp, no_new_privs;
	bool creates;			/* an option was given that a new one wants */
	bool disconnect;
	bool silent;
};

/** read_arguments() - or end; the command is argv[optind]. */
void read_arguments(int argc, char **argv, struct arguments *ret);

/** xid_out_of_range() - no context can be made of that number. */
_Noreturn void xid_out_of_range(uint32_t xid);

#endif
