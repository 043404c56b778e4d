/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The methods of vserver build, which have Linux-VServer's names and options: each
 * is a way to what the daemon's Build and Clone do, and is said here in their words.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build_method.h"

static int set_field(struct build_source *source, const char *field, const char *value)
{
	if (sd_json_variant_set_field_string(&source->parameters, field, value) < 0)
		return fail_memory();
	return EXIT_DONE;
}

static int set_words(struct build_source *source, const char *before, const char *what)
{
	if (asprintf(&source->words, "%s%s", before, what) >= 0)
		return EXIT_DONE;
	source->words = NULL;
	return fail_memory();
}

/* An archive or a directory. */
static int set_path(const struct cli *cli, const char *field, const char *path,
		    struct build_source *ret)
{
	char *absolute = absolute_path(path);
	int r;

	if (!absolute)
		return fail("cannot build '%s': %s: %s", cli->args[0], path, strerror(errno));
	r = set_field(ret, field, absolute);
	if (!r)
		r = set_words(ret, "from ", absolute);
	free(absolute);
	return r;
}

/* --- one function a method; @given: its options ---------------------------------------- */

static int missing(const struct cli *given, const char *what)
{
	return fail_usage("build: %s is missing; usage: vserver build %s", what,
			  given->verb->arguments);
}

static int read_debootstrap(const struct cli *cli, const struct cli *given,
			    struct build_source *ret)
{
	const char *suite = cli_value(given, "suite"), *variant = cli_value(given, "variant");
	sd_json_variant *include = NULL, *mirrors = NULL;
	int r;

	if (cli_has(given, "script"))
		return fail_usage("build: mmdebstrap, which does it, has no scripts as debootstrap "
				  "has them; leave -s out");
	if (!suite)
		return missing(given, "-d SUITE");
	r = set_field(ret, "suite", suite);
	if (!r && variant)
		r = set_field(ret, "variant", variant);
	if (!r && (option_json(given, "include", true, &include) < 0 ||
		   option_json(given, "mirror", false, &mirrors) < 0 ||
		   sd_json_variant_set_field(&ret->parameters, "include", include) < 0 ||
		   sd_json_variant_set_field(&ret->parameters, "mirrors", mirrors) < 0))
		r = fail_memory();
	sd_json_variant_unref(include);
	sd_json_variant_unref(mirrors);
	return r ? r : set_words(ret, "from Debian ", suite);
}

static int read_template(const struct cli *cli, const struct cli *given,
			 struct build_source *ret)
{
	const char *file = cli_value(given, "tarball");

	return file ? set_path(cli, "from", file, ret) : missing(given, "-t FILE");
}

static int read_clone(const struct cli *cli, const struct cli *given, struct build_source *ret)
{
	const char *source = cli_value(given, "source");

	if (!source)
		return missing(given, "--source GUEST|DIRECTORY");
	if (strchr(source, '/'))
		return set_path(cli, "directory", source, ret);
	ret->guest = source;
	return EXIT_DONE;
}

/* As rsync tells: a host is what stands before a colon that no slash is before. */
static int read_rsync(const struct cli *cli, const struct cli *given, struct build_source *ret)
{
	const char *source = cli_value(given, "source");

	if (!source)
		return missing(given, "--source DIRECTORY");
	if (source[strcspn(source, ":/")] == ':')
		return fail_usage("build: %s is on another host, and vserverd has no keys to it; "
				  "fetch it first: rsync -aHAX --numeric-ids %s/ DIRECTORY/",
				  source, source);
	return set_path(cli, "directory", source, ret);
}

static int read_skeleton(const struct cli *cli, const struct cli *given,
			 struct build_source *ret)
{
	if (sd_json_variant_set_field_boolean(&ret->parameters, "empty", true) < 0)
		return fail_memory();
	return set_words(ret, "with an empty tree", "");
}

/* --- the methods --------------------------------------------------------------------------- */

static const struct method {
	const char *name;
	struct verb verb;	/* its options are read as a verb's are */
	int (*read)(const struct cli *cli, const struct cli *given, struct build_source *ret);
} methods[] = {
	{ "debootstrap", {
		.name = "build",
		.arguments = "NAME -m debootstrap -- -d SUITE [-m MIRROR] "
			     "[-- [--include=PACKAGE,...] [--variant=VARIANT]]",
		.options = (const struct option_row[]){
			{ "suite", 'd', "SUITE", NULL },
			{ "mirror", 'm', "MIRROR", NULL },
			{ "script", 's', "SCRIPT", NULL },
			{ "include", 0, "PACKAGE,...", NULL },
			{ "variant", 0, "VARIANT", NULL },
			{ NULL },
		} }, read_debootstrap },
	{ "template", {
		.name = "build",
		.arguments = "NAME -m template -- -t FILE",
		.options = (const struct option_row[]){
			{ "tarball", 't', "FILE", NULL },
			{ "distribution", 'd', "DISTRIBUTION", NULL },	/* nothing asks for it */
			{ NULL },
		} }, read_template },
	{ "clone", {
		.name = "build",
		.arguments = "NAME -m clone -- --source GUEST|DIRECTORY",
		.options = (const struct option_row[]){
			{ "source", 0, "GUEST|DIRECTORY", NULL },
			{ NULL },
		} }, read_clone },
	{ "rsync", {
		.name = "build",
		.arguments = "NAME -m rsync -- --source DIRECTORY",
		.options = (const struct option_row[]){
			{ "source", 0, "DIRECTORY", NULL },
			{ NULL },
		} }, read_rsync },
	{ "skeleton", { .name = "build", .arguments = "NAME -m skeleton" }, read_skeleton },
};

static int find_method(const char *name, const struct method **ret)
{
	struct guess guess = { .word = name };

	for (size_t i = 0; i < sizeof(methods) / sizeof(*methods); i++) {
		guess_add(&guess, methods[i].name);
		if (!strcmp(methods[i].name, name)) {
			*ret = &methods[i];
			return EXIT_DONE;
		}
	}
	if (guess.found)
		return fail_usage("build: no method '%s'; did you mean '%s'?", name, guess.found);
	return fail_usage("build: no method '%s'; there are debootstrap, template, clone, rsync and "
			  "skeleton", name);
}

/* What debootstrap itself is told follows one more "--", which says no more here. */
static int read_method(const struct cli *cli, const struct method *method,
		       struct build_source *ret)
{
	char **argv;
	struct cli given;
	size_t n = 0;
	int r;

	while (cli->rest[n])
		n++;
	argv = calloc(n + 2, sizeof(*argv));
	if (!argv)
		return fail_memory();
	argv[0] = (char *)method->verb.name;
	n = 1;
	for (char **word = cli->rest; *word; word++)
		if (strcmp(*word, "--") != 0)
			argv[n++] = *word;
	r = cli_read(&method->verb, (int)n, argv, &given);
	if (!r) {
		r = method->read(cli, &given, ret);
		cli_free(&given);
	}
	free(argv);
	return r;
}

int build_source_read(const struct cli *cli, struct build_source *ret)
{
	const char *from = cli_value(cli, "from"), *name = cli_value(cli, "method");
	const struct method *method = NULL;
	int r;

	*ret = (struct build_source){ 0 };
	if (from && name)
		return fail_usage("build: --from is a method of its own; leave -m out, or write: "
				  "-m template -- -t %s", from);
	if (!name && *cli->rest)
		return fail_usage("build: '%s' behind '--' is an option of a method; give that, "
				  "too: -m METHOD", *cli->rest);
	if (!name && !from)
		return fail_usage("build: --from is missing; usage: vserver build %s",
				  cli->verb->arguments);
	if (from)
		return set_path(cli, "from", from, ret);
	r = find_method(name, &method);
	return r ? r : read_method(cli, method, ret);
}

void build_source_free(struct build_source *source)
{
	sd_json_variant_unref(source->parameters);
	free(source->words);
	*source = (struct build_source){ 0 };
}
