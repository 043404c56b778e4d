/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver start, stop, restart: the life of guests, several at a time.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "client.h"
#include "verbs.h"

static void say_started(const struct call *call, const struct cli *cli)
{
	cli_say(cli, "%s: %s%s", call->name, cli->verb == &verb_restart ? "restarted" : "started",
		cli_has(cli, "wait") ? ", ready" : "");
}

static void say_stopped(const struct call *call, const struct cli *cli)
{
	cli_say(cli, "%s: stopped", call->name);
}

static int prepare(const struct cli *cli, struct call *call, const char *name)
{
	bool stop = cli->verb == &verb_stop;

	*call = (struct call){
		.verb = cli->verb->name,
		.name = name,
		.method = stop ? "Stop" : cli->verb == &verb_start ? "Start" : "Restart",
		.done = stop ? say_stopped : say_started,
		.cli = cli,
	};
	if (sd_json_buildo(&call->parameters, SD_JSON_BUILD_PAIR_STRING("name", name),
			   SD_JSON_BUILD_PAIR_CONDITION(cli_has(cli, "wait"), "wait",
							SD_JSON_BUILD_BOOLEAN(true))) < 0)
		return fail_memory();
	return EXIT_DONE;
}

static int run(const struct cli *cli)
{
	struct call *calls = calloc(cli->n_args, sizeof(*calls));
	int r = calls ? EXIT_DONE : fail_memory();

	for (size_t i = 0; i < cli->n_args && !r; i++)
		r = prepare(cli, &calls[i], cli->args[i]);
	if (!r)
		r = call_run(calls, cli->n_args);
	for (size_t i = 0; calls && i < cli->n_args; i++)
		call_free(&calls[i]);
	free(calls);
	return r;
}

static const struct option_row wait_option[] = {
	{ "wait", 'w', NULL, "answer when the guest has booted, not when it boots" },
	{ NULL },
};

const struct verb verb_start = {
	.name = "start",
	.arguments = "NAME... [--wait]",
	.summary = "start guests",
	.details = "\nSeveral are started at a time; each that fails is told on its own line.",
	.options = wait_option,
	.min = 1, .max = SIZE_MAX, .wants = "NAME",
	.run = run,
};

const struct verb verb_stop = {
	.name = "stop",
	.arguments = "NAME...",
	.summary = "stop guests",
	.details =
		"\n"
		"The guest's init is asked to shut down; what has not ended in time is killed.\n"
		"Answers when nothing of the guest runs any more.",
	.min = 1, .max = SIZE_MAX, .wants = "NAME",
	.run = run,
};

const struct verb verb_restart = {
	.name = "restart",
	.arguments = "NAME... [--wait]",
	.summary = "stop guests and start them",
	.options = wait_option,
	.min = 1, .max = SIZE_MAX, .wants = "NAME",
	.run = run,
};
