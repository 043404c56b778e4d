/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver clone: a guest made of another.  vserver rename: a guest under another name.
 */
#include <stdio.h>

#include "cli.h"
#include "client.h"
#include "clone.h"
#include "progress.h"
#include "verbs.h"

/* What no two guests can have, for whoever made one to give it its own. */
static void tell_left(const struct cli *cli, const char *from, const char *to,
		      sd_json_variant *left)
{
	for (size_t i = 0; i < sd_json_variant_elements(left); i++)
		cli_say(cli, "%s: has no %s yet, as it is that of %s; see: vserver set", to,
			sd_json_variant_string(sd_json_variant_by_index(left, i)), from);
}

int clone_guest(const struct cli *cli, const char *from, const char *to,
		sd_json_variant *settings)
{
	struct call call = {
		.verb = "clone", .name = from, .method = "Clone",
		.progress = progress_show, .cli = cli,
	};
	int r = EXIT_DONE;

	if (sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", from),
			   SD_JSON_BUILD_PAIR_STRING("to", to),
			   SD_JSON_BUILD_PAIR_VARIANT("settings", settings)) < 0)
		r = fail_memory();
	if (!r)
		r = call_run(&call, 1);
	progress_clear(cli);
	if (!r) {
		cli_say(cli, "%s: cloned from %s", to, from);
		tell_left(cli, from, to, sd_json_variant_by_key(call.reply, "left"));
	}
	call_free(&call);
	return r;
}

static int run_clone(const struct cli *cli)
{
	return clone_guest(cli, cli->args[0], cli->args[1], NULL);
}

const struct verb verb_clone = {
	.name = "clone",
	.arguments = "NAME NEW",
	.summary = "make a guest with the files and settings of another",
	.details =
		"\n"
		"The new guest has the same files and settings, but a number, addresses, a host\n"
		"name and user ids of its own: which of these settings it lacks is said.  Where\n"
		"the file system can, the two share their blocks until one writes.  A guest\n"
		"that runs stands still meanwhile.  Snapshots are not cloned.",
	.min = 2, .max = 2, .wants = "NAME NEW",
	.run = run_clone,
};

static int run_rename(const struct cli *cli)
{
	struct call call = { .verb = "rename", .name = cli->args[0], .method = "Rename" };
	int r = EXIT_DONE;

	if (sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", cli->args[0]),
			   SD_JSON_BUILD_PAIR_STRING("to", cli->args[1])) < 0)
		r = fail_memory();
	if (!r)
		r = call_run(&call, 1);
	if (!r)
		cli_say(cli, "%s: is called %s now", call.name, cli->args[1]);
	call_free(&call);
	return r;
}

const struct verb verb_rename = {
	.name = "rename",
	.arguments = "NAME NEW",
	.summary = "give a stopped guest another name",
	.details =
		"\n"
		"Files, settings, snapshots, user ids and what it has sent and received this\n"
		"month go with it.  Its host name is the new name, too, unless one is set.",
	.min = 2, .max = 2, .wants = "NAME NEW",
	.run = run_rename,
};
