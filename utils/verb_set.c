/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver set: change settings of a guest, all of them or none.
 */
#include <stdio.h>

#include "cli.h"
#include "client.h"
#include "verbs.h"

/* What was in force already, and has no effect from now on; or will have one. */
static void warn(const struct call *call)
{
	sd_json_variant *warnings = sd_json_variant_by_key(call->reply, "warnings");

	for (size_t i = 0; i < sd_json_variant_elements(warnings); i++) {
		sd_json_variant *one = sd_json_variant_by_index(warnings, i);

		fail("%s of '%s' %s: %s; %s", field_string(one, "key"), call->name,
		     field_true(one, "later") ? "counts from the next start" : "is not kept",
		     field_string(one, "reason"), field_string(one, "remedy"));
	}
}

static int run(const struct cli *cli)
{
	struct call call = { .verb = "set", .name = cli->args[0], .method = "Set" };
	sd_json_variant *settings = NULL;
	int r;

	if (!cli->n_settings)
		return fail_usage("set: SETTING=VALUE is missing; usage: vserver set %s",
				  cli->verb->arguments);
	r = settings_json(cli, &settings);
	if (!r && sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", call.name),
				 SD_JSON_BUILD_PAIR_VARIANT("settings", settings),
				 SD_JSON_BUILD_PAIR_CONDITION(cli_has(cli, "runtime"), "runtime",
							      SD_JSON_BUILD_BOOLEAN(true))) < 0)
		r = fail_memory();
	if (!r)
		r = call_run(&call, 1);
	for (size_t i = 0; i < cli->n_settings && !r; i++)
		cli_say(cli, "%s: %s = %s", call.name, cli->settings[i].name,
			cli->settings[i].value);
	if (!r && !cli_has(cli, "quiet"))
		warn(&call);
	call_free(&call);
	sd_json_variant_unref(settings);
	return r;
}

const struct verb verb_set = {
	.name = "set",
	.alias = "limit",
	.arguments = "NAME [--SETTING VALUE | SETTING=VALUE]... [--runtime]",
	.summary = "change settings of a guest",
	.details =
		"\n"
		"They hold at once if the guest runs, and for later starts: they are kept in\n"
		"/etc/vserver/guests/NAME.conf.d/50-set.conf.  All are changed, or none.",
	.options = (const struct option_row[]){
		{ "runtime", 0, NULL, "until the guest's next start only" },
		{ NULL },
	},
	.min = 1, .max = 1, .wants = "NAME",
	.settings = true,
	.run = run,
};
