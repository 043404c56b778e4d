/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver delete: a stopped guest with its tree and its file.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "verbs.h"

/* Nobody loses a guest by a slip: a person is asked, a script says --yes. */
static int confirm(const struct cli *cli, const char *name)
{
	char answer[16] = "";

	if (cli_has(cli, "yes"))
		return EXIT_DONE;
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return fail_usage("cannot delete '%s': its files are lost with it; say --yes",
				  name);
	fprintf(stderr, "Delete '%s' and all its files? [y/N] ", name);
	if (!fgets(answer, sizeof(answer), stdin) || !strchr("yY", answer[0]))
		return fail("did not delete '%s'", name);
	return EXIT_DONE;
}

static int run(const struct cli *cli)
{
	sd_json_variant *guest = NULL;
	struct call call = { .verb = "delete", .name = cli->args[0], .method = "Delete" };
	int r;

	/* Before asking a person: is there anything to delete? */
	r = call_guest(call.verb, call.name, &guest);
	sd_json_variant_unref(guest);
	if (!r)
		r = confirm(cli, call.name);
	if (r)
		return r;

	if (sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", call.name)) < 0)
		return fail_memory();
	r = call_run(&call, 1);
	if (!r)
		cli_say(cli, "%s: deleted", call.name);
	call_free(&call);
	return r;
}

const struct verb verb_delete = {
	.name = "delete",
	.arguments = "NAME [--yes]",
	.summary = "remove a stopped guest with all its files",
	.details = "\nOn a terminal it asks first; elsewhere it wants --yes.",
	.options = (const struct option_row[]){
		{ "yes", 'y', NULL, "do not ask" },
		{ NULL },
	},
	.min = 1, .max = 1, .wants = "NAME",
	.run = run,
};
