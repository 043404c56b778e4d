/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver snapshot: a copy of a guest's files and settings, kept under a name; and
 * those that the setting snapshots asks for, of all guests.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "client.h"
#include "human.h"
#include "progress.h"
#include "verbs.h"

static void tell(const struct cli *cli, const char *name, sd_json_variant *snapshot)
{
	const char *snap = field_string(snapshot, "name");
	char *pause;
	uint64_t ns;

	if (!snap)
		return;		/* it was not time for one */
	pause = field_number(snapshot, "pauseNs", &ns) ? human_time(ns) : NULL;
	if (pause)
		cli_say(cli, "%s: snapshot %s taken, paused for %s", name, snap, pause);
	else
		cli_say(cli, "%s: snapshot %s taken", name, snap);
	free(pause);
}

static int take(const struct cli *cli, const char *name, const char *snap, bool scheduled)
{
	struct call call = {
		.verb = "snapshot", .name = name, .method = "Snapshot",
		.progress = progress_show, .cli = cli,
	};
	int r;

	if (sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", name),
			   SD_JSON_BUILD_PAIR_CONDITION(snap != NULL, "snapshot",
							SD_JSON_BUILD_STRING(snap)),
			   SD_JSON_BUILD_PAIR_CONDITION(scheduled, "scheduled",
							SD_JSON_BUILD_BOOLEAN(true))) < 0)
		return fail_memory();
	r = call_run(&call, 1);
	progress_clear(cli);
	if (!r && cli_has(cli, "json"))
		r = print_json(sd_json_variant_by_key(call.reply, "snapshot"));
	else if (!r)
		tell(cli, name, sd_json_variant_by_key(call.reply, "snapshot"));
	call_free(&call);
	return r;
}

/* One after the other: each takes the disk for itself. */
static int take_scheduled(const struct cli *cli)
{
	sd_json_variant *guests = NULL;
	int r = call_guests("list guests", &guests), worst = r;

	for (size_t i = 0; !r && i < sd_json_variant_elements(guests); i++) {
		sd_json_variant *guest = sd_json_variant_by_index(guests, i);
		const char *schedule = guest_setting(guest, "snapshots");
		int one;

		if (!schedule || !strcmp(schedule, "none"))
			continue;
		one = take(cli, field_string(guest, "name"), NULL, true);
		worst = one > worst ? one : worst;
	}
	sd_json_variant_unref(guests);
	return worst;
}

static int run(const struct cli *cli)
{
	if (!cli_has(cli, "scheduled")) {
		if (!cli->n_args)
			return fail_usage("snapshot: NAME is missing; usage: vserver snapshot %s",
					  cli->verb->arguments);
		return take(cli, cli->args[0], cli->args[1], false);
	}
	if (cli->n_args)
		return fail_usage("snapshot: with --scheduled goes no name: it is for all guests");
	return take_scheduled(cli);
}

const struct verb verb_snapshot = {
	.name = "snapshot",
	.arguments = "NAME [SNAP] | --scheduled",
	.summary = "keep a copy of a guest's files and settings",
	.details =
		"\n"
		"Its name is SNAP, or the time.  A guest that runs stands still meanwhile, and\n"
		"how long is said; where the file system can, the copy shares the guest's\n"
		"blocks and takes a moment.  vserver-snapshots.timer does it with --scheduled,\n"
		"every hour, for each guest of which the setting snapshots asks for one then,\n"
		"and removes the oldest of these beyond as many as are kept.",
	.options = (const struct option_row[]){
		{ "scheduled", 0, NULL, "of each guest for which it is time" },
		{ "json", 0, NULL, "print JSON" },
		{ NULL },
	},
	.max = 2,
	.run = run,
};
