/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver rollback: a guest's files become those of a snapshot again.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "progress.h"
#include "verbs.h"

/* A person is asked; a script has said which guest and which snapshot. */
static int confirm(const struct cli *cli)
{
	char answer[16] = "";

	if (cli_has(cli, "yes") || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return EXIT_DONE;
	fprintf(stderr, "Replace the files of '%s' by those of %s? [y/N] ", cli->args[0],
		cli->args[1]);
	if (!fgets(answer, sizeof(answer), stdin) || !strchr("yY", answer[0]))
		return fail("did not roll back '%s'", cli->args[0]);
	return EXIT_DONE;
}

static int run(const struct cli *cli)
{
	struct call call = {
		.verb = "roll back", .name = cli->args[0], .method = "Rollback",
		.progress = progress_show, .cli = cli,
	};
	int r = confirm(cli);

	if (r)
		return r;
	if (sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", call.name),
			   SD_JSON_BUILD_PAIR_STRING("snapshot", cli->args[1]),
			   SD_JSON_BUILD_PAIR_CONDITION(cli_has(cli, "config"), "config",
							SD_JSON_BUILD_BOOLEAN(true))) < 0)
		return fail_memory();
	r = call_run(&call, 1);
	progress_clear(cli);
	if (!r)
		cli_say(cli, "%s: rolled back to %s", call.name, cli->args[1]);
	call_free(&call);
	return r;
}

const struct verb verb_rollback = {
	.name = "rollback",
	.arguments = "NAME SNAP [--config] [--yes]",
	.summary = "bring back a snapshot of a stopped guest",
	.details =
		"\n"
		"The files that it has now are lost, in one step; those of the snapshot stay\n"
		"where they are, too.  Its settings stay as they are, without --config.  On a\n"
		"terminal it asks first.",
	.options = (const struct option_row[]){
		{ "config", 0, NULL, "its settings become those of the snapshot, too" },
		{ "yes", 'y', NULL, "do not ask" },
		{ NULL },
	},
	.min = 2, .max = 2, .wants = "NAME SNAP",
	.run = run,
};
