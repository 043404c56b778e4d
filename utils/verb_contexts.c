/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver contexts: what is in the module's table, whoever made it: guests'
 * contexts and those of chcontext and chbind.  The library is asked, not the
 * daemon.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vserver.h>

#include "cli.h"
#include "client.h"
#include "table.h"
#include "verbs.h"

static const struct column columns[] = {
	{ "XID", COLUMN_RIGHT },
	{ "NAME" },
	{ "TASKS", COLUMN_RIGHT },
	{ "REFUSED", COLUMN_RIGHT },
	{ "ADDRESS", COLUMN_ELASTIC },
	{ NULL },
};

static int addresses_json(const struct vs_context *context, sd_json_variant **ret)
{
	sd_json_variant *array = NULL;
	int r = sd_json_variant_new_array(&array, NULL, 0);

	for (size_t i = 0; i < context->n_addresses && r >= 0; i++) {
		char text[VS_ADDRESS_TEXT];

		vs_address_format(&context->addresses[i], text);
		r = sd_json_variant_append_arrayb(&array, SD_JSON_BUILD_STRING(text));
	}
	*ret = array;
	return r;
}

static int flags_json(const struct vs_context *context, sd_json_variant **ret)
{
	sd_json_variant *array = NULL;
	int r = sd_json_variant_new_array(&array, NULL, 0);

	for (int i = 0; i < 64 && r >= 0; i++) {
		const char *name = vs_flags_name(context->flags & 1ULL << i);

		if (name)
			r = sd_json_variant_append_arrayb(&array, SD_JSON_BUILD_STRING(name));
	}
	*ret = array;
	return r;
}

/* {"signal": 3}: families of which there was any. */
static int refused_json(const struct vs_context *context, sd_json_variant **ret)
{
	sd_json_variant *object = NULL;
	int r = sd_json_variant_new_object(&object, NULL, 0);

	for (int rule = 0; rule <= VS_RULE_MAX && r >= 0; rule++)
		if (context->refused[rule])
			r = sd_json_variant_set_field_unsigned(
				&object, vs_rule_name((enum vs_rule)rule), context->refused[rule]);
	*ret = object;
	return r;
}

static int print_contexts_json(const struct vs_context *contexts, size_t n)
{
	sd_json_variant *array = NULL;
	int r = sd_json_variant_new_array(&array, NULL, 0);

	for (size_t i = 0; i < n && r >= 0; i++) {
		sd_json_variant *addresses = NULL, *flags = NULL, *refusals = NULL;

		r = addresses_json(&contexts[i], &addresses);
		if (r >= 0)
			r = flags_json(&contexts[i], &flags);
		if (r >= 0)
			r = refused_json(&contexts[i], &refusals);
		if (r >= 0)
			r = sd_json_variant_append_arraybo(
				&array, SD_JSON_BUILD_PAIR_UNSIGNED("xid", contexts[i].xid),
				SD_JSON_BUILD_PAIR_STRING("name", contexts[i].name),
				SD_JSON_BUILD_PAIR_UNSIGNED("tasks", contexts[i].tasks),
				SD_JSON_BUILD_PAIR_UNSIGNED("ceiling", contexts[i].ceiling),
				SD_JSON_BUILD_PAIR_VARIANT("flags", flags),
				SD_JSON_BUILD_PAIR_VARIANT("refused", refusals),
				SD_JSON_BUILD_PAIR_VARIANT("addresses", addresses));
		sd_json_variant_unref(addresses);
		sd_json_variant_unref(flags);
		sd_json_variant_unref(refusals);
	}
	r = r < 0 ? fail_memory() : print_json(array);
	sd_json_variant_unref(array);
	return r;
}

static uint64_t refused(const struct vs_context *context)
{
	uint64_t n = 0;

	for (int rule = 0; rule <= VS_RULE_MAX; rule++)
		n += context->refused[rule];
	return n;
}

static void add_context(struct table *table, const struct vs_context *context)
{
	char text[VS_ADDRESSES_MAX * (VS_ADDRESS_TEXT + 1)] = "";

	for (size_t i = 0; i < context->n_addresses; i++) {
		if (i)
			strcat(text, " ");
		vs_address_format(&context->addresses[i], text + strlen(text));
	}
	table_addf(table, "%u", context->xid);
	table_addf(table, "%s", context->name);
	table_addf(table, "%u", context->tasks);
	table_addf(table, "%ju", (uintmax_t)refused(context));
	table_addf(table, "%s", *text ? text : "-");
}

static int print(const struct vs_context *contexts, size_t n, bool legend)
{
	struct table *table = table_new(columns);
	bool ok;

	for (size_t i = 0; table && i < n; i++)
		add_context(table, &contexts[i]);
	ok = table && table_print(table, 0, legend);
	table_free(table);
	return ok ? EXIT_DONE : fail_memory();
}

static void print_numbers(const struct vs_context *contexts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		printf("%u\n", contexts[i].xid);
}

static int run(const struct cli *cli)
{
	struct vs_context *contexts = NULL;
	struct vs *vs = NULL;
	size_t n = 0;
	int r;

	r = vs_open(&vs);
	if (r < 0)
		return fail("cannot list contexts: %s", open_error(r));
	r = vs_context_list(vs, &contexts, &n);
	if (r < 0)
		r = fail("cannot list contexts: %s", vs_reason(vs));
	else if (cli_has(cli, "json"))
		r = print_contexts_json(contexts, n);
	else if (cli_has(cli, "quiet"))
		print_numbers(contexts, n);
	else
		r = print(contexts, n, !cli_has(cli, "no-legend"));
	free(contexts);
	vs_close(vs);
	return r;
}

const struct verb verb_contexts = {
	.name = "contexts",
	.arguments = "[--json | --no-legend | --quiet]",
	.summary = "show the kernel's table of contexts, guests' and others",
	.details = "\nWith --quiet: numbers only.",
	.options = (const struct option_row[]){
		{ "json", 0, NULL, "print JSON" },
		{ "no-legend", 0, NULL, "leave out the heads of the columns" },
		{ NULL },
	},
	.run = run,
};
