/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver unify: identical files of guests share blocks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "human.h"
#include "progress.h"
#include "verbs.h"

static int tell(const struct cli *cli, sd_json_variant *reply)
{
	bool dry = cli_has(cli, "dry-run");
	uint64_t files, bytes;
	char *size;

	if (!field_number(reply, "files", &files) || !field_number(reply, "bytes", &bytes))
		return fail("cannot unify: vserverd did not say what it saved");
	size = human_size(bytes);
	if (!size)
		return fail_memory();
	cli_say(cli, "%llu file%s %s blocks with another: %s %s", (unsigned long long)files,
		files == 1 ? "" : "s", dry ? "could share" : files == 1 ? "now shares" : "now share",
		size, dry ? "would be saved" : "saved");
	free(size);
	return EXIT_DONE;
}

static int run(const struct cli *cli)
{
	struct call call = {
		.verb = "unify", .method = "Unify", .progress = progress_show, .cli = cli,
	};
	sd_json_variant *names = NULL;
	int r = 0;

	for (size_t i = 0; i < cli->n_args && r >= 0; i++)
		r = sd_json_variant_append_arrayb(&names, SD_JSON_BUILD_STRING(cli->args[i]));
	if (r >= 0)
		r = sd_json_buildo(&call.parameters,
				   SD_JSON_BUILD_PAIR_CONDITION(names != NULL, "names",
								SD_JSON_BUILD_VARIANT(names)),
				   SD_JSON_BUILD_PAIR_CONDITION(cli_has(cli, "dry-run"), "dryRun",
								SD_JSON_BUILD_BOOLEAN(true)));
	r = r < 0 ? fail_memory() : call_run(&call, 1);
	progress_clear(cli);
	if (!r)
		r = cli_has(cli, "json") ? print_json(call.reply) : tell(cli, call.reply);
	call_free(&call);
	sd_json_variant_unref(names);
	return r;
}

const struct verb verb_unify = {
	.name = "unify",
	.arguments = "[GUEST]... [--dry-run]",
	.summary = "let identical files of guests share blocks",
	.details =
		"\n"
		"Of all guests, or of those named, on btrfs and xfs.  They may run: the kernel\n"
		"holds two files still, compares them, and shares what is the same; what is\n"
		"written to one later is its own.  What is in images and snapshots is not\n"
		"looked at.",
	.options = (const struct option_row[]){
		{ "dry-run", 0, NULL, "say what would be saved, and change nothing" },
		{ "json", 0, NULL, "print JSON" },
		{ NULL },
	},
	.max = 1000,
	.run = run,
};
