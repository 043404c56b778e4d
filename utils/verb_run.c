/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver run: a guest for one command.  The work is another program's, which has
 * fewer libraries to find (vserverd/launch.c): here a command line comes that it did not
 * understand, so that what is wrong with it is told as of any verb.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "verbs.h"

#define PROGRAM VS_LIBEXECDIR "/vserver-run"

static int run(const struct cli *cli)
{
	char **argv = calloc(2 * cli->n_settings + cli->n_args + 4, sizeof(*argv));
	size_t n = 0;

	if (!argv)
		return fail_memory();
	argv[n++] = (char *)PROGRAM;
	if (cli_has(cli, "rm"))
		argv[n++] = (char *)"--rm";
	for (size_t i = 0; i < cli->n_settings; i++) {
		if (asprintf(&argv[n++], "--%s", cli->settings[i].name) < 0)
			return fail_memory();
		argv[n++] = (char *)cli->settings[i].value;
	}
	argv[n++] = (char *)"--";
	memcpy(argv + n, cli->args, cli->n_args * sizeof(*argv));
	execv(PROGRAM, argv);
	return fail("cannot run '%s': " PROGRAM ": %s", cli->args[1], strerror(errno));
}

const struct verb verb_run = {
	.name = "run",
	.arguments = "[--rm] IMAGE|DIRECTORY [--SETTING VALUE]... [--] COMMAND...",
	.summary = "run a command in a guest that is there for it alone",
	.details =
		"\n"
		"A directory, written with a slash, holds a root filesystem.  The guest is gone\n"
		"when the command ends, or this program; what was written to the directory stays,\n"
		"what was written on an image does not.\n"
		"The command is root's and the first process of the guest: it gets no signal\n"
		"that it does not handle from inside.  Exit status: the command's; 128 + N where\n"
		"signal N ended it; 127 where it was not found, 126 where it cannot be run.",
	.options = (const struct option_row[]){
		{ "rm", 0, NULL, "keep nothing, which of an image is to be said" },
		{ NULL },
	},
	.min = 2, .max = SIZE_MAX, .wants = "COMMAND",
	.settings = true,
	.command = true,
	.run = run,
};
