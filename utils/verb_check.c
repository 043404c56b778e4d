/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver check: is this machine fit, and what to do where it is not.  The
 * daemon is asked; where it does not run, which is itself a finding, the
 * library is.
 */
#include <stdio.h>
#include <string.h>

#include <vserver.h>

#include "check_ports.h"
#include "cli.h"
#include "client.h"
#include "table.h"
#include "verbs.h"

static int append(sd_json_variant **features, const struct vs_feature *feature)
{
	return sd_json_variant_append_arraybo(
		features, SD_JSON_BUILD_PAIR_STRING("name", feature->name),
		SD_JSON_BUILD_PAIR_BOOLEAN("ok", feature->ok),
		SD_JSON_BUILD_PAIR_BOOLEAN("required", feature->required),
		SD_JSON_BUILD_PAIR_STRING("found", feature->found ? feature->found : ""),
		SD_JSON_BUILD_PAIR_STRING("without", feature->without ? feature->without : ""),
		SD_JSON_BUILD_PAIR_STRING("remedy", feature->remedy ? feature->remedy : ""));
}

static int ask_library(sd_json_variant **ret)
{
	struct vs_feature vserverd = {
		.name = "vserverd",
		.required = true,
		.found = (char *)"does not answer",
		.without = (char *)"no guest can be made, started or changed",
		.remedy = (char *)"start it: systemctl start vserverd",
	};
	struct vs_feature *features = NULL;
	sd_json_variant *array = NULL;
	struct vs *vs = NULL;
	size_t n = 0;
	int r;

	r = vs_new(&vs);
	if (r < 0)
		return fail_memory();
	r = vs_check(vs, &features, &n);
	if (r < 0) {
		r = fail("cannot check this machine: %s", vs_reason(vs));
		goto out;
	}
	for (size_t i = 0; i < n && r >= 0; i++)
		r = append(&array, &features[i]);
	if (r >= 0)
		r = append(&array, &vserverd);
	if (r < 0) {
		sd_json_variant_unref(array);
		r = fail_memory();
		goto out;
	}
	*ret = array;
	r = EXIT_DONE;
out:
	vs_features_free(features, n);
	vs_close(vs);
	return r;
}

static int ask_daemon(sd_json_variant **ret)
{
	struct call call = { .verb = "check this machine", .method = "Check" };
	sd_json_variant *features;
	int r = call_run(&call, 1);

	if (!r) {
		features = sd_json_variant_by_key(call.reply, "features");
		*ret = sd_json_variant_ref(features);
	}
	call_free(&call);
	return r;
}

static const struct column columns[] = {
	{ "FEATURE" },
	{ "STATE", COLUMN_STATE },
	{ "FOUND", COLUMN_ELASTIC },
	{ NULL },
};

/* What is missing in words, below the table: these lines are not cut. */
static void print_remedies(sd_json_variant *features)
{
	bool first = true;

	for (size_t i = 0; i < sd_json_variant_elements(features); i++) {
		sd_json_variant *feature = sd_json_variant_by_index(features, i);
		const char *without = field_string(feature, "without");
		const char *remedy = field_string(feature, "remedy");

		if (field_true(feature, "ok"))
			continue;
		printf("%s%s: %s%s%s\n", first ? "\n" : "", field_string(feature, "name"),
		       without ? without : "", without && *without && remedy && *remedy ? "; " : "",
		       remedy ? remedy : "");
		first = false;
	}
}

static int print(sd_json_variant *features, bool legend)
{
	struct table *table = table_new(columns);
	bool ok;

	for (size_t i = 0; table && i < sd_json_variant_elements(features); i++) {
		sd_json_variant *feature = sd_json_variant_by_index(features, i);
		const char *found = field_string(feature, "found");

		table_addf(table, "%s", field_string(feature, "name"));
		table_addf(table, "%s", field_true(feature, "ok") ? "ok" : "missing");
		table_addf(table, "%s", found ? found : "");
	}
	ok = table && table_print(table, 0, legend);
	table_free(table);
	if (!ok)
		return fail_memory();
	print_remedies(features);
	return EXIT_DONE;
}

static bool fit(sd_json_variant *features)
{
	for (size_t i = 0; i < sd_json_variant_elements(features); i++) {
		sd_json_variant *feature = sd_json_variant_by_index(features, i);

		if (field_true(feature, "required") && !field_true(feature, "ok"))
			return false;
	}
	return true;
}

static int run(const struct cli *cli)
{
	sd_json_variant *features = NULL;
	int r;

	if (cli_has(cli, "ports"))
		return check_ports(cli);
	r = client_reachable() ? ask_daemon(&features) : ask_library(&features);
	if (r)
		return r;
	if (cli_has(cli, "json"))
		r = print_json(features);
	else if (!cli_has(cli, "quiet"))
		r = print(features, !cli_has(cli, "no-legend"));
	if (!r && !fit(features))
		r = EXIT_FAILED;
	sd_json_variant_unref(features);
	return r;
}

const struct verb verb_check = {
	.name = "check",
	.arguments = "[--ports] [--json | --no-legend]",
	.summary = "is this machine fit, is enforcement whole",
	.details =
		"\n"
		"Names each feature that is needed, what stops working without it and what to\n"
		"do about it.  Exit status 1 where one is missing that enforcement needs.\n"
		"JSON is an array of the objects that Varlink calls Feature.\n"
		"With --ports: programs of the host that listen on every address, on which\n"
		"contexts' addresses they are heard, or whose port they keep, and how each is\n"
		"bound to one address.",
	.options = (const struct option_row[]){
		{ "ports", 0, NULL, "who on the host listens on every address" },
		{ "json", 0, NULL, "print JSON" },
		{ "no-legend", 0, NULL, "leave out the heads of the columns" },
		{ NULL },
	},
	.run = run,
};
