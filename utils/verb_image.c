/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver image: images made, and removed.  The daemon reads what they are made
 * from; here its path is made absolute and the progress is shown.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "human.h"
#include "image.h"
#include "verbs.h"

/* --- what is made ---------------------------------------------------------------------- */

/* "base: imported, 3f0a1b2c4d5e, 203M in 9120 entries" */
static int tell(const struct cli *cli, const char *name, const char *done,
		sd_json_variant *image)
{
	uint64_t bytes = 0, entries = 0;
	char *size;

	field_number(image, "sizeBytes", &bytes);
	field_number(image, "entries", &entries);
	size = human_size(bytes);
	if (!size)
		return fail_memory();
	cli_say(cli, "%s: %s, %s, %s in %llu entries", name, done, image_digest(image), size,
		(unsigned long long)entries);
	free(size);
	return EXIT_DONE;
}

static int make(const struct cli *cli, struct call *call, const char *done)
{
	int r = call_run(call, 1);
	sd_json_variant *image = sd_json_variant_by_key(call->reply, "image");

	progress_clear(cli);
	if (!r && cli_has(cli, "json"))
		return print_json(image);
	return r ? r : tell(cli, call->name, done, image);
}

static int import(const struct cli *cli)
{
	struct call call = {
		.verb = "import image", .name = cli->args[1], .method = "ImportImage",
		.progress = progress_show, .cli = cli,
	};
	const char *tag = cli_value(cli, "tag");
	char *path = absolute_path(cli->args[2]);
	int r = EXIT_DONE;

	if (!path)
		return fail("cannot import image '%s': %s: %s", call.name, cli->args[2],
			    strerror(errno));
	if (sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", call.name),
			   SD_JSON_BUILD_PAIR_STRING("from", path),
			   SD_JSON_BUILD_PAIR_CONDITION(tag != NULL, "tag",
							SD_JSON_BUILD_STRING(tag)),
			   SD_JSON_BUILD_PAIR_BOOLEAN("replace", cli_has(cli, "replace"))) < 0)
		r = fail_memory();
	if (!r)
		r = make(cli, &call, "imported");
	call_free(&call);
	free(path);
	return r;
}

static int build(const struct cli *cli)
{
	struct call call = {
		.verb = "build image", .name = cli->args[1], .method = "BuildImage",
		.progress = progress_show, .cli = cli,
	};
	const char *suite = cli_value(cli, "debian"), *variant = cli_value(cli, "variant");
	sd_json_variant *include = NULL, *mirrors = NULL;
	int r = EXIT_DONE;

	if (!suite)
		return fail_usage("image: --debian SUITE is missing; usage: vserver image build "
				  "NAME --debian SUITE");
	if (option_json(cli, "include", true, &include) < 0 ||
	    option_json(cli, "mirror", false, &mirrors) < 0 ||
	    sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", call.name),
			   SD_JSON_BUILD_PAIR_STRING("suite", suite),
			   SD_JSON_BUILD_PAIR_VARIANT("include", include),
			   SD_JSON_BUILD_PAIR_VARIANT("mirrors", mirrors),
			   SD_JSON_BUILD_PAIR_CONDITION(variant != NULL, "variant",
							SD_JSON_BUILD_STRING(variant)),
			   SD_JSON_BUILD_PAIR_BOOLEAN("replace", cli_has(cli, "replace"))) < 0)
		r = fail_memory();
	if (!r)
		r = make(cli, &call, "built");
	call_free(&call);
	sd_json_variant_unref(include);
	sd_json_variant_unref(mirrors);
	return r;
}

static int remove_image(const struct cli *cli)
{
	struct call call = {
		.verb = "remove image", .name = cli->args[1], .method = "RemoveImage",
	};
	int r = EXIT_DONE;

	if (sd_json_buildo(&call.parameters, SD_JSON_BUILD_PAIR_STRING("name", call.name)) < 0)
		r = fail_memory();
	if (!r)
		r = call_run(&call, 1);
	if (!r)
		cli_say(cli, "%s: %s", call.name, field_true(call.reply, "kept") ?
			"removed; the image has other names, and is there still" : "removed");
	call_free(&call);
	return r;
}

/* --- the verb -------------------------------------------------------------------------- */

static const struct command {
	const char *name;
	size_t min, max;	/* words, itself among them */
	const char *usage;
	int (*run)(const struct cli *cli);
} commands[] = {
	{ "import", 3, 3, "import NAME FILE|DIRECTORY", import },
	{ "build", 2, 2, "build NAME --debian SUITE", build },
	{ "list", 1, 1, "list", image_list },
	{ "show", 2, 2, "show NAME", image_show },
	{ "verify", 1, 1000, "verify [NAME...]", image_verify },
	{ "remove", 2, 2, "remove NAME", remove_image },
};

static int run(const struct cli *cli)
{
	struct guess guess = { .word = cli->args[0] };

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		const struct command *command = &commands[i];

		guess_add(&guess, command->name);
		if (strcmp(command->name, cli->args[0]) != 0)
			continue;
		if (cli->n_args < command->min || cli->n_args > command->max)
			return fail_usage("image: too %s; usage: vserver image %s",
					  cli->n_args < command->min ? "little was said" :
					  "much was said", command->usage);
		return command->run(cli);
	}
	if (guess.found)
		return fail_usage("image: no '%s'; did you mean '%s'?", cli->args[0], guess.found);
	return fail_usage("image: no '%s'; there are import, build, list, show, verify and remove",
			  cli->args[0]);
}

const struct verb verb_image = {
	.name = "image",
	.arguments = "import|build|list|show|verify|remove [NAME [FILE|DIR]]",
	.summary = "make, show and remove images, which guests are made from",
	.details =
		"\n"
		"import takes a tar archive, compressed or not, a directory, or an OCI image\n"
		"layout, a directory or an archive of one.  build makes Debian with mmdebstrap.\n"
		"Nothing is left of one that fails or is interrupted.  An image does not change;\n"
		"verify reads all of it and says what has been changed all the same, with exit\n"
		"status 1.  One that guests use is not removed.\n"
		"An image is said by a name, or by the first eight digits of its digest or more.\n"
		"JSON is what Varlink calls Image; of verify an array of names and differences.",
	.options = (const struct option_row[]){
		{ "replace", 0, NULL, "import, build: the name may be another image's" },
		{ "tag", 0, "TAG", "import: of the image, in an OCI layout of several" },
		{ "debian", 0, "SUITE", "build: trixie, for one" },
		{ "include", 0, "PKG,...", "build: packages more" },
		{ "mirror", 0, "MIRROR", "build: an address, or a line as of sources.list" },
		{ "variant", 0, "VARIANT", "build: as mmdebstrap's, minbase for one" },
		{ "json", 0, NULL, "print JSON" },
		{ "no-legend", 0, NULL, "list: leave out the heads of the columns" },
		{ NULL },
	},
	.min = 1, .max = 1000, .wants = "import, build, list, show, verify or remove",
	.run = run,
};
