/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver image list, show and verify.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "human.h"
#include "image.h"
#include "table.h"

#define SHORT 12	/* digits of a digest that are shown */

static const struct column columns[] = {
	{ "NAME", COLUMN_ELASTIC }, { "DIGEST" }, { "SIZE", COLUMN_RIGHT },
	{ "ENTRIES", COLUMN_RIGHT }, { "GUESTS", COLUMN_RIGHT }, { "CREATED" }, { NULL },
};

const char *image_digest(sd_json_variant *image)
{
	static char text[SHORT + 1];
	const char *digest = field_string(image, "digest");
	const char *digits = digest ? strchr(digest, ':') : NULL;

	snprintf(text, sizeof(text), "%s", digits ? digits + 1 : "?");
	return text;
}

static size_t elements(sd_json_variant *image, const char *key)
{
	sd_json_variant *array = sd_json_variant_by_key(image, key);

	return array && sd_json_variant_is_array(array) ? sd_json_variant_elements(array) : 0;
}

static const char *element(sd_json_variant *image, const char *key, size_t i)
{
	return sd_json_variant_string(
		sd_json_variant_by_index(sd_json_variant_by_key(image, key), i));
}

static uint64_t number(sd_json_variant *image, const char *key)
{
	uint64_t ret;

	return field_number(image, key, &ret) ? ret : 0;
}

static char *created(sd_json_variant *image)
{
	const char *date = field_string(image, "created");

	return date ? human_date(date) : strdup("-");
}

/* --- list --------------------------------------------------------------------------- */

static void add_row(struct table *table, const char *name, sd_json_variant *image)
{
	table_addf(table, "%s", name);
	table_addf(table, "%s", image_digest(image));
	table_add(table, human_size(number(image, "sizeBytes")));
	table_addf(table, "%llu", (unsigned long long)number(image, "entries"));
	table_addf(table, "%zu", elements(image, "guests"));
	table_add(table, created(image));
}

static void add_rows(struct table *table, sd_json_variant *image)
{
	size_t n = elements(image, "names");

	for (size_t i = 0; i < n; i++)
		add_row(table, element(image, "names", i), image);
	if (!n)
		add_row(table, "-", image);
}

static int print_table(sd_json_variant *images, bool legend)
{
	struct table *table = table_new(columns);
	bool ok;

	for (size_t i = 0; table && i < sd_json_variant_elements(images); i++)
		add_rows(table, sd_json_variant_by_index(images, i));
	ok = table && table_print(table, 0, legend);
	table_free(table);
	return ok ? EXIT_DONE : fail_memory();
}

static int print_names(sd_json_variant *images)
{
	for (size_t i = 0; i < sd_json_variant_elements(images); i++) {
		sd_json_variant *image = sd_json_variant_by_index(images, i);

		for (size_t n = 0; n < elements(image, "names"); n++)
			puts(element(image, "names", n));
	}
	return EXIT_DONE;
}

int image_list(const struct cli *cli)
{
	struct call call = { .verb = "list images", .method = "Images" };
	int r = call_run(&call, 1);
	sd_json_variant *images = sd_json_variant_by_key(call.reply, "images");

	if (!r && cli_has(cli, "json"))
		r = print_json(images);
	else if (!r && cli_has(cli, "quiet"))
		r = print_names(images);
	else if (!r)
		r = print_table(images, !cli_has(cli, "no-legend"));
	call_free(&call);
	return r;
}

/* --- show --------------------------------------------------------------------------- */

static void print_words(const char *title, sd_json_variant *image, const char *key)
{
	size_t n = elements(image, key);

	printf("%-11s", title);
	for (size_t i = 0; i < n; i++)
		printf("%s%s", i ? ", " : "", element(image, key, i));
	puts(n ? "" : "-");
}

static int print_image(sd_json_variant *image)
{
	const char *source = field_string(image, "source");
	char *size = human_size(number(image, "sizeBytes")), *date = created(image);

	if (!size || !date) {
		free(size);
		free(date);
		return fail_memory();
	}
	print_words("Names:", image, "names");
	printf("%-11s%s\n", "Digest:", field_string(image, "digest"));
	printf("%-11s%s in %llu entries\n", "Size:", size,
	       (unsigned long long)number(image, "entries"));
	printf("%-11s%s\n", "Created:", date);
	printf("%-11s%s\n", "From:", source ? source : "-");
	print_words("Guests:", image, "guests");
	print_words("Snapshots:", image, "snapshots");
	free(size);
	free(date);
	return EXIT_DONE;
}

int image_show(const struct cli *cli)
{
	struct call call = {
		.verb = "show image", .name = cli->args[1], .method = "DescribeImage",
	};
	sd_json_variant *image;
	int r = EXIT_DONE;

	if (sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", call.name)) < 0)
		r = fail_memory();
	if (!r)
		r = call_run(&call, 1);
	image = sd_json_variant_by_key(call.reply, "image");
	if (!r && cli_has(cli, "json"))
		r = print_json(image);
	else if (!r && !cli_has(cli, "quiet"))
		r = print_image(image);
	call_free(&call);
	return r;
}

/* --- verify ------------------------------------------------------------------------- */

static int tell(const struct cli *cli, const char *name, sd_json_variant *differences)
{
	size_t n = sd_json_variant_elements(differences);

	if (!n) {
		cli_say(cli, "%s: as it was made", name);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < n && !cli_has(cli, "quiet"); i++) {
		sd_json_variant *one = sd_json_variant_by_index(differences, i);

		printf("%s: %s: %s\n", name, field_string(one, "path"), field_string(one, "what"));
	}
	fflush(stdout);
	return fail("image '%s' is not what it was when it was made: %s has changed; make it anew, "
		    "and the guests that use it", name,
		    field_string(sd_json_variant_by_index(differences, 0), "path"));
}

static int verify(const struct cli *cli, const char *name, sd_json_variant **all)
{
	struct call call = {
		.verb = "verify image", .name = name, .method = "VerifyImage",
		.progress = progress_show, .cli = cli,
	};
	sd_json_variant *differences;
	int r = EXIT_DONE;

	if (sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", name)) < 0)
		r = fail_memory();
	if (!r)
		r = call_run(&call, 1);
	progress_clear(cli);
	differences = sd_json_variant_by_key(call.reply, "differences");
	if (!r && cli_has(cli, "json"))
		r = sd_json_variant_append_arraybo(all, SD_JSON_BUILD_PAIR_STRING("name", name),
			SD_JSON_BUILD_PAIR_VARIANT("differences", differences)) < 0 ? fail_memory() :
		    sd_json_variant_elements(differences) ? EXIT_FAILED : EXIT_DONE;
	else if (!r)
		r = tell(cli, name, differences);
	call_free(&call);
	return r;
}

/* By its first name, or else its digest. */
static int verify_all(const struct cli *cli, sd_json_variant **all)
{
	struct call call = { .verb = "list images", .method = "Images" };
	int worst = call_run(&call, 1);
	sd_json_variant *images = sd_json_variant_by_key(call.reply, "images");

	for (size_t i = 0; images && i < sd_json_variant_elements(images); i++) {
		sd_json_variant *image = sd_json_variant_by_index(images, i);
		int r = verify(cli, elements(image, "names") ? element(image, "names", 0) :
			       field_string(image, "digest"), all);

		worst = r > worst ? r : worst;
	}
	call_free(&call);
	return worst;
}

int image_verify(const struct cli *cli)
{
	sd_json_variant *all = NULL;
	int worst = sd_json_variant_new_array(&all, NULL, 0) < 0 ? fail_memory() : EXIT_DONE;

	for (size_t i = 1; i < cli->n_args; i++) {
		int r = verify(cli, cli->args[i], &all);

		worst = r > worst ? r : worst;
	}
	if (cli->n_args == 1)
		worst = verify_all(cli, &all);
	if (cli_has(cli, "json"))
		print_json(all);
	sd_json_variant_unref(all);
	return worst;
}
