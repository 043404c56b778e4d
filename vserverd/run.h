/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A run (vserver run), between launch.c, run.c and run_arguments.c.
 */
#ifndef RUN_H
#define RUN_H

#include <vserver.h>

#include "config_entry.h"
#include "layer.h"
#include "run_slot.h"

#define EXIT_FAILED	1
#define EXIT_USAGE	2

struct run {
	struct vs *vs;
	struct entries entries;
	bool throw_away;	/* --rm */
	const char *root;	/* directory, with a slash in its name, or image */
	char **argv;
	struct run_slot slot;
	struct config *config;
	uint32_t xid;
	struct layer layer;	/* of one on an image */
};

/** run_main() - from a command line, [--rm] [--SETTING VALUE]... -- IMAGE|DIRECTORY
 * COMMAND..., to an exit status. */
int run_main(int argc, char **argv);
/** run_tell() - one line, "vserver: ...".  @status. */
int run_tell(int status, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** run_read_arguments() - what is asked for, each thing checked by itself.
 * -1; or an exit status after telling what is wrong. */
int run_read_arguments(struct run *run, int argc, char **argv);
/** run_check_root() - is there something to run it in?  0; or an exit status. */
int run_check_root(struct run *run);
/** run_check_place() - may that directory be run, as to where it lies (run_place.c)?
 * 0, and its real path, free(); -EACCES no: others get there; any errno. */
int run_check_place(const char *directory, char **ret);

#endif
