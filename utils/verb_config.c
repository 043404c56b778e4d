/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver config show: each setting in force, and where it comes from.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "client.h"
#include "table.h"
#include "verbs.h"

static const struct column columns[] = {
	{ "SETTING" },
	{ "VALUE" },
	{ "SOURCE", COLUMN_ELASTIC },
	{ NULL },
};

static int print(sd_json_variant *settings, bool legend)
{
	struct table *table = table_new(columns);
	bool ok;

	for (size_t i = 0; table && i < sd_json_variant_elements(settings); i++) {
		sd_json_variant *setting = sd_json_variant_by_index(settings, i);
		const char *source = field_string(setting, "source");

		table_addf(table, "%s", field_string(setting, "key"));
		table_addf(table, "%s", field_string(setting, "value"));
		table_addf(table, "%s", source ? source : "-");
	}
	ok = table && table_print(table, 0, legend);
	table_free(table);
	return ok ? EXIT_DONE : fail_memory();
}

static int run(const struct cli *cli)
{
	sd_json_variant *guest = NULL, *settings;
	int r;

	if (strcmp(cli->args[0], "show"))
		return fail_usage("config: no '%s'; usage: vserver config %s", cli->args[0],
				  cli->verb->arguments);
	r = call_guest("show the configuration of", cli->args[1], &guest);
	if (r)
		return r;
	settings = sd_json_variant_by_key(guest, "settings");
	if (cli_has(cli, "json"))
		r = print_json(settings);
	else if (!cli_has(cli, "quiet"))
		r = print(settings, !cli_has(cli, "no-legend"));
	sd_json_variant_unref(guest);
	return r;
}

const struct verb verb_config = {
	.name = "config",
	.arguments = "show NAME [--json | --no-legend]",
	.summary = "show each setting of a guest and where it comes from",
	.details = "\nJSON is an array of the objects that Varlink calls Setting.",
	.options = (const struct option_row[]){
		{ "json", 0, NULL, "print JSON" },
		{ "no-legend", 0, NULL, "leave out the heads of the columns" },
		{ NULL },
	},
	.min = 2, .max = 2, .wants = "'show NAME'",
	.run = run,
};
