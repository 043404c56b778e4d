/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver list: all guests, one a line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "client.h"
#include "human.h"
#include "table.h"
#include "verbs.h"

static const struct column columns[] = {
	{ "NAME" },
	{ "STATE", COLUMN_STATE },
	{ "XID" },
	{ "CPU" },
	{ "MEMORY" },
	{ "TASKS", COLUMN_RIGHT },
	{ "ADDRESS", COLUMN_ELASTIC },
	{ "UP" },
	{ NULL },
};

/* "12.1 of 25%": what is used has the unit of what is allowed. */
static char *cpu(sd_json_variant *guest)
{
	const char *limit = guest_setting(guest, "cpu");
	char *used, *ret = NULL;
	uint64_t share;

	if (!field_number(guest, "cpuShare", &share))
		return NULL;
	used = human_share(share);
	if (!used || !limit || !strchr(limit, '%'))
		return used;
	if (asprintf(&ret, "%.*s of %s%s", (int)strcspn(used, "%"), used, limit,
		     guest_has_each(guest) ? " each" : "") < 0)
		ret = NULL;
	free(used);
	return ret;
}

static char *memory(sd_json_variant *guest)
{
	const char *limit = guest_setting(guest, "memory");
	uint64_t bytes;

	if (!field_number(guest, "memoryBytes", &bytes))
		return NULL;
	if (!limit || !strcmp(limit, "infinity"))
		return human_size(bytes);
	return human_size_of(bytes, limit);
}

static void add_addresses(struct table *table, sd_json_variant *guest)
{
	sd_json_variant *addresses = sd_json_variant_by_key(guest, "addresses");
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return table_add(table, NULL);
	for (size_t i = 0; i < sd_json_variant_elements(addresses); i++)
		fprintf(out, "%s%s", i ? " " : "",
			sd_json_variant_string(sd_json_variant_by_index(addresses, i)));
	if (fclose(out) != 0 || (text && !*text)) {
		free(text);
		text = NULL;
	}
	table_add(table, text);
}

static void add_number(struct table *table, sd_json_variant *guest, const char *field)
{
	uint64_t value;

	if (field_number(guest, field, &value))
		table_addf(table, "%ju", (uintmax_t)value);
	else
		table_add(table, NULL);
}

static void add_guest(struct table *table, sd_json_variant *guest)
{
	const char *state = field_string(guest, "state");
	uint64_t seconds;

	table_addf(table, "%s", field_string(guest, "name"));
	table_addf(table, "%s", state ? state : "-");
	add_number(table, guest, "xid");
	table_add(table, cpu(guest));
	table_add(table, memory(guest));
	add_number(table, guest, "tasks");
	add_addresses(table, guest);
	table_add(table, field_number(guest, "uptimeSeconds", &seconds) ? human_uptime(seconds)
									 : NULL);
}

static int print(sd_json_variant *guests, bool legend)
{
	struct table *table = table_new(columns);
	bool ok = table;

	for (size_t i = 0; table && i < sd_json_variant_elements(guests); i++)
		add_guest(table, sd_json_variant_by_index(guests, i));
	ok = table && table_print(table, 0, legend);
	table_free(table);
	return ok ? EXIT_DONE : fail_memory();
}

static void print_names(sd_json_variant *guests)
{
	for (size_t i = 0; i < sd_json_variant_elements(guests); i++)
		puts(field_string(sd_json_variant_by_index(guests, i), "name"));
}

static bool lacks_share(sd_json_variant *guests)
{
	for (size_t i = 0; i < sd_json_variant_elements(guests); i++)
		if (guest_lacks_share(sd_json_variant_by_index(guests, i)))
			return true;
	return false;
}

static int run(const struct cli *cli)
{
	sd_json_variant *guests = NULL;
	bool names = cli_has(cli, "quiet");
	int r = call_guests("list guests", &guests);

	if (!r && !names && lacks_share(guests)) {
		sd_json_variant_unref(guests);
		guests = NULL;
		wait_for_share();
		r = call_guests("list guests", &guests);
	}
	if (!r && cli_has(cli, "json"))
		r = print_json(guests);
	else if (!r && names)
		print_names(guests);
	else if (!r)
		r = print(guests, !cli_has(cli, "no-legend"));
	sd_json_variant_unref(guests);
	return r;
}

const struct verb verb_list = {
	.name = "list",
	.arguments = "[--json | --no-legend | --quiet]",
	.summary = "show all guests",
	.details =
		"\n"
		"CPU is what was used since somebody last looked, if that was within 10 seconds,\n"
		"and otherwise over half a second from now.  With --quiet: names only.\n"
		"JSON is an array of the objects that Varlink calls Guest.",
	.options = (const struct option_row[]){
		{ "json", 0, NULL, "print JSON" },
		{ "no-legend", 0, NULL, "leave out the heads of the columns" },
		{ NULL },
	},
	.run = run,
};
