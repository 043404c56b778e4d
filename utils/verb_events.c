/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver events: what happens, as it happens, until somebody ends it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "client.h"
#include "human.h"
#include "verbs.h"

/* "refused signal, 10 times", "ended with status 7", "failed: why" */
static void print_what(sd_json_variant *event, const char *name)
{
	const char *rule = field_string(event, "rule"), *reason = field_string(event, "reason");
	uint64_t number, held;
	char *time;

	fputs(name, stdout);
	if (rule)
		printf(" %s", rule);
	if (field_number(event, "count", &number))
		printf(", %ju times", (uintmax_t)number);
	if (field_number(event, "heldNs", &held) && field_number(event, "holds", &number)) {
		time = human_time(held);
		printf(": %s in all, %ju times", time ? time : "-", (uintmax_t)number);
		free(time);
	}
	if (field_number(event, "status", &number))
		printf(" with status %ju", (uintmax_t)number);
	if (field_number(event, "signal", &number))
		printf(" by signal %ju", (uintmax_t)number);
	if (reason)
		printf(": %s", reason);
}

/* Sun 2026-11-22 10:02:11  web: started */
static void print_event(sd_json_variant *event)
{
	const char *time = field_string(event, "time"), *name = field_string(event, "event");
	const char *guest = field_string(event, "guest"), *context = field_string(event, "context");
	char *date = time ? human_date(time) : NULL;
	uint64_t number;

	printf("%s  ", date ? date : "-");
	free(date);
	if (!name) {
		putchar('\n');
		return;
	}
	if (!strcmp(name, "missed") && field_number(event, "count", &number)) {
		printf("%ju events were missed\n", (uintmax_t)number);
		return;
	}
	if (guest)
		printf("%s: ", guest);
	else if (context)
		printf("context %s: ", context);
	print_what(event, name);
	putchar('\n');
}

static void on_event(const struct call *call, sd_json_variant *reply)
{
	sd_json_variant *event = sd_json_variant_by_key(reply, "event");

	if (!event || sd_json_variant_is_null(event))
		return;		/* the first: the daemon has heard us */
	if (cli_has(call->cli, "json"))
		sd_json_variant_dump(event, SD_JSON_FORMAT_NEWLINE, stdout, NULL);
	else
		print_event(event);
	if (fflush(stdout) != 0)
		exit(EXIT_FAILED);	/* nobody reads */
}

static int run(const struct cli *cli)
{
	struct call call = {
		.verb = "tell events",
		.method = "Subscribe",
		.progress = on_event,
		.cli = cli,
	};
	int r = call_run(&call, 1);

	call_free(&call);
	return r;
}

const struct verb verb_events = {
	.name = "events",
	.arguments = "[--json]",
	.summary = "tell what happens to guests and contexts, as it happens",
	.details =
		"\n"
		"JSON is one object a line, of the type that Varlink calls Event.",
	.options = (const struct option_row[]){
		{ "json", 0, NULL, "print JSON" },
		{ NULL },
	},
	.run = run,
};
