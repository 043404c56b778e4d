/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver import: a guest of an archive that export has written.  The daemon
 * reads it, through the descriptor that it gets from here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"
#include "client.h"
#include "progress.h"
#include "verbs.h"

/* Whoever imports it may want to give them. */
static void say_left_out(const char *name, sd_json_variant *left)
{
	size_t n = left ? sd_json_variant_elements(left) : 0;

	for (size_t i = 0; i < n; i++) {
		sd_json_variant *setting = sd_json_variant_by_index(left, i);

		fprintf(stderr, "vserver: %s: left out: %s = %s\n", name,
			field_string(setting, "key"), field_string(setting, "value"));
	}
	if (n)
		fprintf(stderr, "vserver: %s: that is of the host it comes from; give it with "
			"'vserver set', or import with --trust\n", name);
}

static int import(const struct cli *cli, int fd)
{
	const char *name = cli_value(cli, "name");
	sd_json_variant *settings = NULL;
	struct call call = {
		.verb = "import",
		.name = name ? name : cli->args[0],
		.method = "Import",
		.progress = progress_show,
		.cli = cli,
		.fd = &fd,
	};
	int r;

	r = settings_json(cli, &settings);
	if (!r && sd_json_buildo(&call.parameters,
				 SD_JSON_BUILD_PAIR_CONDITION(name != NULL, "name",
							      SD_JSON_BUILD_STRING(name)),
				 SD_JSON_BUILD_PAIR_UNSIGNED("archive", 0),
				 SD_JSON_BUILD_PAIR_VARIANT("settings", settings),
				 SD_JSON_BUILD_PAIR_BOOLEAN("trust", cli_has(cli, "trust"))) < 0)
		r = fail_memory();
	if (!r)
		r = call_run(&call, 1);
	progress_clear(cli);
	if (!r) {
		name = field_string(call.reply, "name");
		say_left_out(name, sd_json_variant_by_key(call.reply, "leftOut"));
		cli_say(cli, "%s: imported", name);
	}
	call_free(&call);
	sd_json_variant_unref(settings);
	return r;
}

static int run(const struct cli *cli)
{
	const char *path = cli->args[0];
	int fd, r;

	if (!strcmp(path, "-") && isatty(STDIN_FILENO))
		return fail_usage("cannot import: a terminal has no archive; give a FILE");
	if (!strcmp(path, "-"))
		return import(cli, STDIN_FILENO);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail("cannot import '%s': %s", path, strerror(errno));
	r = import(cli, fd);
	close(fd);
	return r;
}

const struct verb verb_import = {
	.name = "import",
	.arguments = "FILE|- [--name NAME] [--trust] [SETTING=VALUE]...",
	.summary = "make a guest from an archive that export has written",
	.details =
		"\n"
		"Settings that give a guest something of its host, as addresses, a context\n"
		"number and capabilities, are left out and told, unless --trust is given; those\n"
		"given here take the place of the archive's.  Nothing is left of an import that\n"
		"fails.",
	.options = (const struct option_row[]){
		{ "name", 0, "NAME", "call it so; otherwise as it was called" },
		{ "trust", 0, NULL, "take every setting that is in the archive" },
		{ NULL },
	},
	.min = 1, .max = 1, .wants = "FILE",
	.settings = true,
	.run = run,
};
