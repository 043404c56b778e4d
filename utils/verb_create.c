/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver create: a guest from an image, which is one of its settings.
 */
#include "cli.h"
#include "client.h"
#include "verbs.h"

static int run(const struct cli *cli)
{
	sd_json_variant *settings = NULL;
	struct call call = {
		.verb = "create",
		.name = cli->args[0],
		.method = "Create",
		.cli = cli,
	};
	int r;

	r = settings_json(cli, &settings);
	if (!r && sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", call.name),
				 SD_JSON_BUILD_PAIR_VARIANT("settings", settings)) < 0)
		r = fail_memory();
	if (!r)
		r = call_run(&call, 1);
	if (!r)
		cli_say(cli, "%s: created", call.name);

	call_free(&call);
	sd_json_variant_unref(settings);
	return r;
}

const struct verb verb_create = {
	.name = "create",
	.arguments = "NAME --image IMAGE [--SETTING VALUE | SETTING=VALUE]...",
	.summary = "make a guest from an image",
	.details =
		"\n"
		"The guest shares with all others of the image what it does not write, on the\n"
		"disk and in memory; what it writes is its own.  The image cannot be removed\n"
		"while the guest is there.  The guest's file is then\n"
		"/etc/vserver/guests/NAME.conf.",
	.min = 1, .max = 1, .wants = "NAME",
	.settings = true,
	.run = run,
};
