/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver mount, umount: the files of a stopped guest, open for repair.
 */
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "client.h"
#include "verbs.h"

/* The daemon is elsewhere: an absolute path, and none that leads on; free(). */
static char *absolute(const char *path)
{
	return path ? realpath(path, NULL) : NULL;
}

static int run_mount(const struct cli *cli)
{
	struct call call = { .verb = "mount", .name = cli->args[0], .method = "Mount" };
	const char *given = cli->args[1];
	char *directory = absolute(given);
	int r = EXIT_DONE;

	if (given && !directory)
		return fail("cannot mount '%s': %s: %m", call.name, given);
	if (sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", call.name),
			   SD_JSON_BUILD_PAIR_CONDITION(directory != NULL, "directory",
							SD_JSON_BUILD_STRING(directory)),
			   SD_JSON_BUILD_PAIR_CONDITION(cli_has(cli, "read-only"), "readOnly",
							SD_JSON_BUILD_BOOLEAN(true))) < 0)
		r = fail_memory();
	if (!r)
		r = call_run(&call, 1);
	if (!r)
		cli_say(cli, "%s: its files are in %s; vserver umount %s ends that", call.name,
			field_string(call.reply, "directory"), call.name);
	call_free(&call);
	free(directory);
	return r;
}

const struct verb verb_mount = {
	.name = "mount",
	.arguments = "NAME [DIR] [--read-only]",
	.summary = "open the files of a stopped guest for repair",
	.details =
		"\n"
		"They are mounted on DIR, or on a directory that only root can reach and whose\n"
		"name is printed.  Nothing in them runs, gives rights, is a device, or leads\n"
		"elsewhere by a symbolic link.  The guest does not start before vserver\n"
		"umount.  Users of the host who have the numbers of the guest's can do in DIR\n"
		"what those may.",
	.options = (const struct option_row[]){
		{ "read-only", 0, NULL, "nothing can be changed" },
		{ NULL },
	},
	.min = 1, .max = 2, .wants = "NAME",
	.run = run_mount,
};

static int run_umount(const struct cli *cli)
{
	struct call call = { .verb = "unmount", .name = cli->args[0], .method = "Unmount" };
	int r;

	if (sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", call.name)) < 0)
		return fail_memory();
	r = call_run(&call, 1);
	if (!r)
		cli_say(cli, "%s: its files are not mounted any more", call.name);
	call_free(&call);
	return r;
}

const struct verb verb_umount = {
	.name = "umount",
	.arguments = "NAME",
	.summary = "end a vserver mount",
	.min = 1, .max = 1, .wants = "NAME",
	.run = run_umount,
};
