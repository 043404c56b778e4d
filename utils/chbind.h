/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * chbind: what its command line says.
 */
#ifndef CHBIND_H
#define CHBIND_H

#include "classic.h"

/** struct arguments - the command line. */
struct arguments {
	struct vs_context ctx;		/* as it is to be */
	uint32_t loopback_nid;		/* what --lback makes its number; 0: not said */
	bool disconnect;
	bool silent;
};

/** read_arguments() - or end; the command is argv[optind]. */
void read_arguments(int argc, char **argv, struct arguments *ret);

#endif
