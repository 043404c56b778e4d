/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver snapshots: those of a guest, shown, and removed.
 */
#include <stdio.h>

#include "cli.h"
#include "client.h"
#include "human.h"
#include "table.h"
#include "verbs.h"

static const struct column columns[] = {
	{ "SNAPSHOT", COLUMN_ELASTIC },
	{ "CREATED" },
	{ "BY" },
	{ "PAUSE", COLUMN_RIGHT },
	{ "FILES", COLUMN_RIGHT },
	{ "SIZE", COLUMN_RIGHT },
	{ "BLOCKS" },
	{ NULL },
};

static void add_row(struct table *table, sd_json_variant *snapshot)
{
	uint64_t number;

	table_addf(table, "%s", field_string(snapshot, "name"));
	table_add(table, human_date(field_string(snapshot, "created")));
	table_addf(table, "%s", field_true(snapshot, "scheduled") ? "schedule" : "hand");
	table_add(table, field_number(snapshot, "pauseNs", &number) ? human_time(number) : NULL);
	table_addf(table, "%llu", field_number(snapshot, "entries", &number) ?
		   (unsigned long long)number : 0ULL);
	table_add(table, field_number(snapshot, "bytes", &number) ? human_size(number) : NULL);
	table_addf(table, "%s", field_true(snapshot, "shared") ? "shared" : "own");
}

static int print(sd_json_variant *snapshots, bool legend)
{
	struct table *table = table_new(columns);
	bool ok;

	for (size_t i = 0; table && i < sd_json_variant_elements(snapshots); i++)
		add_row(table, sd_json_variant_by_index(snapshots, i));
	ok = table && table_print(table, 0, legend);
	table_free(table);
	return ok ? EXIT_DONE : fail_memory();
}

static int show(const struct cli *cli)
{
	struct call call = {
		.verb = "show the snapshots of", .name = cli->args[0], .method = "Snapshots",
	};
	sd_json_variant *snapshots;
	int r = EXIT_DONE;

	if (sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", call.name)) < 0)
		r = fail_memory();
	if (!r)
		r = call_run(&call, 1);
	snapshots = sd_json_variant_by_key(call.reply, "snapshots");
	if (!r && cli_has(cli, "json"))
		r = print_json(snapshots);
	else if (!r && cli_has(cli, "quiet"))
		for (size_t i = 0; i < sd_json_variant_elements(snapshots); i++)
			puts(field_string(sd_json_variant_by_index(snapshots, i), "name"));
	else if (!r)
		r = print(snapshots, !cli_has(cli, "no-legend"));
	call_free(&call);
	return r;
}

static int run(const struct cli *cli)
{
	const char *remove = cli_value(cli, "remove");
	struct call call = {
		.verb = "remove a snapshot of", .name = cli->args[0], .method = "RemoveSnapshot",
	};
	int r;

	if (!remove)
		return show(cli);
	if (sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", call.name),
			   SD_JSON_BUILD_PAIR_STRING("snapshot", remove)) < 0)
		return fail_memory();
	r = call_run(&call, 1);
	if (!r)
		cli_say(cli, "%s: snapshot %s removed", call.name, remove);
	call_free(&call);
	return r;
}

const struct verb verb_snapshots = {
	.name = "snapshots",
	.arguments = "NAME [--remove SNAP]",
	.summary = "show and remove the snapshots of a guest",
	.details =
		"\n"
		"The oldest first; with --quiet their names only.  JSON is an array of the\n"
		"objects that Varlink calls Snapshot.",
	.options = (const struct option_row[]){
		{ "remove", 0, "SNAP", "remove this one" },
		{ "json", 0, NULL, "print JSON" },
		{ "no-legend", 0, NULL, "leave out the heads of the columns" },
		{ NULL },
	},
	.min = 1, .max = 1, .wants = "NAME",
	.run = run,
};
