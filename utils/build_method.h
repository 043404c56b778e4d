/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver build: what a guest's tree is to be made of.
 */
#ifndef BUILD_METHOD_H
#define BUILD_METHOD_H

#include "cli.h"
#include "client.h"

/** struct build_source - an archive, a directory, Debian or nothing; or a guest. */
struct build_source {
	sd_json_variant *parameters;	/* of Build: those about the tree */
	char *words;			/* "from a.tar", for people */
	const char *guest;		/* in place of both: it is cloned; NULL: none */
};

/** build_source_read() - by --from, or a method and what follows "--".
 * Returns as cli_read(); build_source_free() in any case. */
int build_source_read(const struct cli *cli, struct build_source *ret);
void build_source_free(struct build_source *source);

#endif
