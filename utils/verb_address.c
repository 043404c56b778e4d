/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver address: a guest's addresses, shown, and one more or less of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "client.h"
#include "table.h"
#include "verbs.h"

static const struct column columns[] = {
	{ "ADDRESS" },
	{ "INTERFACE" },
	{ "USED" },
	{ "SOURCE", COLUMN_ELASTIC },
	{ NULL },
};

static void add_row(struct table *table, sd_json_variant *address)
{
	const char *dev = field_string(address, "dev"), *source = field_string(address, "source");
	uint64_t prefix;

	if (field_number(address, "prefix", &prefix))
		table_addf(table, "%s/%u", field_string(address, "address"), (unsigned int)prefix);
	else
		table_addf(table, "%s", field_string(address, "address"));
	table_addf(table, "%s", dev ? dev : "-");
	table_addf(table, "%s", field_true(address, "used") ? "yes" : "no");
	table_addf(table, "%s", source ? source : "-");
}

static int print(sd_json_variant *addresses, bool legend)
{
	struct table *table = table_new(columns);
	bool ok;

	for (size_t i = 0; table && i < sd_json_variant_elements(addresses); i++)
		add_row(table, sd_json_variant_by_index(addresses, i));
	ok = table && table_print(table, 0, legend);
	table_free(table);
	return ok ? EXIT_DONE : fail_memory();
}

static int show(const struct cli *cli)
{
	struct call call = {
		.verb = "show the addresses of", .name = cli->args[0], .method = "Addresses",
	};
	sd_json_variant *addresses;
	int r = EXIT_DONE;

	if (sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", call.name)) < 0)
		r = fail_memory();
	if (!r)
		r = call_run(&call, 1);
	addresses = sd_json_variant_by_key(call.reply, "addresses");
	if (!r && cli_has(cli, "json"))
		r = print_json(addresses);
	else if (!r && !cli_has(cli, "quiet"))
		r = print(addresses, !cli_has(cli, "no-legend"));
	call_free(&call);
	return r;
}

/* "192.0.2.7/24 dev eth0", in one word or in three; free(). */
static char *join(char *const *words)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (size_t i = 0; words[i]; i++)
		fprintf(out, "%s%s", i ? " " : "", words[i]);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static int change(const struct cli *cli, bool add)
{
	struct call call = {
		.verb = add ? "add an address to" : "remove an address from",
		.name = cli->args[1],
		.method = add ? "AddAddress" : "RemoveAddress",
	};
	char *address = join(cli->args + 2);
	int r = EXIT_DONE;

	if (!address ||
	    sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", call.name),
			   SD_JSON_BUILD_PAIR_STRING("address", address),
			   SD_JSON_BUILD_PAIR_CONDITION(cli_has(cli, "runtime"), "runtime",
							SD_JSON_BUILD_BOOLEAN(true))) < 0)
		r = fail_memory();
	if (!r)
		r = call_run(&call, 1);
	if (!r)
		cli_say(cli, "%s: %s %s", call.name, address, add ? "added" : "removed");
	call_free(&call);
	free(address);
	return r;
}

static int run(const struct cli *cli)
{
	bool add = !strcmp(cli->args[0], "add");

	if (cli->n_args == 1)
		return show(cli);
	if (!add && strcmp(cli->args[0], "remove"))
		return fail_usage("address: no '%s'; there are add and remove", cli->args[0]);
	if (cli->n_args < 3)
		return fail_usage("address: ADDRESS is missing; usage: vserver address %s NAME "
				  "ADDRESS", cli->args[0]);
	return change(cli, add);
}

const struct verb verb_address = {
	.name = "address",
	.arguments = "NAME | add|remove NAME ADDRESS[/PREFIX dev INTERFACE]",
	.summary = "show and change the addresses of a guest",
	.details =
		"\n"
		"A change holds at once if the guest runs, and for later starts: it is kept in\n"
		"/etc/vserver/guests/NAME.conf.d/50-set.conf.  The guest's sockets on an address\n"
		"that is removed are ended: connections, and what listens there.  To remove one,\n"
		"the address alone is enough.\n"
		"JSON is an array of the objects that Varlink calls Address.",
	.options = (const struct option_row[]){
		{ "runtime", 0, NULL, "until the guest's next start only" },
		{ "json", 0, NULL, "print JSON" },
		{ "no-legend", 0, NULL, "leave out the heads of the columns" },
		{ NULL },
	},
	.min = 1, .max = 6, .wants = "NAME",
	.run = run,
};
