/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver build: a guest from a tar archive.  The daemon reads the archive;
 * here its path is made absolute and the progress is shown.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "progress.h"
#include "verbs.h"

static int run(const struct cli *cli)
{
	const char *from = cli_value(cli, "from");
	sd_json_variant *settings = NULL;
	struct call call = {
		.verb = "build",
		.name = cli->args[0],
		.method = "Build",
		.progress = progress_show,
		.cli = cli,
	};
	char *path;
	int r;

	if (!from)
		return fail_usage("build: --from is missing; usage: vserver build %s",
				  cli->verb->arguments);
	path = absolute_path(from);
	if (!path)
		return fail("cannot build '%s': %s: %s", call.name, from, strerror(errno));

	r = settings_json(cli, &settings);
	if (!r && sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", call.name),
				 SD_JSON_BUILD_PAIR_STRING("from", path),
				 SD_JSON_BUILD_PAIR_VARIANT("settings", settings)) < 0)
		r = fail_memory();
	if (!r)
		r = call_run(&call, 1);
	progress_clear(cli);
	if (!r)
		cli_say(cli, "%s: built from %s", call.name, path);

	call_free(&call);
	sd_json_variant_unref(settings);
	free(path);
	return r;
}

const struct verb verb_build = {
	.name = "build",
	.arguments = "NAME --from FILE [--SETTING VALUE | SETTING=VALUE]...",
	.summary = "make a guest from a tar archive",
	.details =
		"\n"
		"The archive holds a whole root filesystem, as mmdebstrap, debootstrap or\n"
		"'tar -C ROOT -c .' make it, compressed or not.  The guest's file is then\n"
		"/etc/vserver/guests/NAME.conf.  Nothing is left of a build that fails or is\n"
		"interrupted.",
	.options = (const struct option_row[]){
		{ "from", 0, "FILE", "archive with the guest's root filesystem" },
		{ NULL },
	},
	.min = 1, .max = 1, .wants = "NAME",
	.settings = true,
	.run = run,
};
