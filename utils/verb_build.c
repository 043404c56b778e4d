/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver build: a guest with a tree of its own.  The daemon makes it; here what it
 * is made of becomes the daemon's words (build_method.c), classic options become
 * settings, and the progress is shown.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build_method.h"
#include "clone.h"
#include "progress.h"
#include "verbs.h"

/* --- Linux-VServer's options -------------------------------------------------------------- */

static bool is_address(const char *word)
{
	struct in6_addr address;

	return inet_pton(AF_INET, word, &address) == 1 || inet_pton(AF_INET6, word, &address) == 1;
}

/* Of "255.255.255.0"; what is no mask stays as it is, for the daemon to refuse. */
static void mask_to_prefix(const char *mask, char *ret, size_t size)
{
	struct in_addr address;
	uint32_t rest;

	snprintf(ret, size, "%s", mask);
	if (inet_pton(AF_INET, mask, &address) != 1)
		return;
	rest = ~ntohl(address.s_addr);
	if (!(rest & (rest + 1)))
		snprintf(ret, size, "%d", 32 - __builtin_popcount(rest));
}

/* "[NAME=][DEV:]ADDRESS[/PREFIX|/MASK]" as the setting has it; free(). */
static char *address_of(const char *interface)
{
	const char *equals = strchr(interface, '='), *dev = NULL;
	char *copy = strdup(equals ? equals + 1 : interface), *address = copy, *slash, *colon;
	char prefix[64] = "", *ret = NULL;

	if (!copy)
		return NULL;
	slash = strchr(copy, '/');
	if (slash) {
		*slash = '\0';
		mask_to_prefix(slash + 1, prefix, sizeof(prefix));
	}
	colon = strchr(copy, ':');
	if (colon && !is_address(copy)) {
		*colon = '\0';
		dev = copy;
		address = colon + 1;
	}
	if (asprintf(&ret, "%s%s%s%s%s", address, slash ? "/" : "", prefix, dev ? " dev " : "",
		     dev ? dev : "") < 0)
		ret = NULL;
	free(copy);
	return ret;
}

static const struct classic {
	const char *option, *setting;
	char *(*value)(const char *given);	/* free() */
} classics[] = {
	{ "context", "xid", strdup },
	{ "interface", "address", address_of },
};

/* Those of @given's option, behind the others. */
static int add_classic(const struct given *given, sd_json_variant **settings)
{
	int r = 0;

	for (size_t i = 0; i < sizeof(classics) / sizeof(*classics); i++) {
		char *value;

		if (strcmp(classics[i].option, given->name) != 0)
			continue;
		value = classics[i].value(given->value);
		r = !value ? -1 : sd_json_variant_append_arraybo(
			settings, SD_JSON_BUILD_PAIR_STRING("key", classics[i].setting),
			SD_JSON_BUILD_PAIR_STRING("value", value));
		free(value);
	}
	return r < 0 ? fail_memory() : EXIT_DONE;
}

static int read_settings(const struct cli *cli, sd_json_variant **ret)
{
	int r = settings_json(cli, ret);

	for (size_t i = 0; i < cli->n_options && !r; i++)
		r = add_classic(&cli->options[i], ret);
	return r;
}

/* --- the verb --------------------------------------------------------------------------- */

static int build(const struct cli *cli, const struct build_source *source,
		 sd_json_variant *settings)
{
	struct call call = {
		.verb = "build",
		.name = cli->args[0],
		.method = "Build",
		.parameters = sd_json_variant_ref(source->parameters),
		.progress = progress_show,
		.cli = cli,
	};
	int r = EXIT_DONE;

	if (sd_json_variant_set_field_string(&call.parameters, "name", call.name) < 0 ||
	    sd_json_variant_set_field(&call.parameters, "settings", settings) < 0)
		r = fail_memory();
	if (!r)
		r = call_run(&call, 1);
	progress_clear(cli);
	if (!r)
		cli_say(cli, "%s: built %s", call.name, source->words);
	call_free(&call);
	return r;
}

static int run(const struct cli *cli)
{
	sd_json_variant *settings = NULL;
	struct build_source source;
	int r;

	if (cli_has(cli, "force"))
		return fail_usage("build: --force is refused: a guest that is there is not "
				  "overwritten; delete it first: vserver delete %s", cli->args[0]);
	r = build_source_read(cli, &source);
	if (!r)
		r = read_settings(cli, &settings);
	if (!r && source.guest)
		r = clone_guest(cli, source.guest, cli->args[0], settings);
	else if (!r)
		r = build(cli, &source, settings);
	if (r < 0) {	/* of a method help was asked for */
		help_verb(cli->verb);
		r = EXIT_DONE;
	}
	sd_json_variant_unref(settings);
	build_source_free(&source);
	return r;
}

const struct verb verb_build = {
	.name = "build",
	.arguments = "NAME --from FILE|-m METHOD [SETTING=VALUE]... [-- OPTIONS]",
	.summary = "make a guest with a tree of its own",
	.details =
		"\n"
		"An archive holds a whole root filesystem, as mmdebstrap, debootstrap or\n"
		"'tar -C ROOT -c .' make it, compressed or not.  The guest's file is then\n"
		"/etc/vserver/guests/NAME.conf.  Nothing is left of a build that fails or is\n"
		"interrupted.\n"
		"\n"
		"Methods, as Linux-VServer has them, and their options, behind '--':\n"
		"  debootstrap -d SUITE [-m MIRROR] [-- --include=PACKAGE,... --variant=VARIANT]\n"
		"              Debian, by mmdebstrap\n"
		"  template    -t FILE: an archive, as --from\n"
		"  clone       --source GUEST: as 'vserver clone', with these settings; or\n"
		"              --source DIRECTORY, written with a slash: a copy of it\n"
		"  rsync       --source DIRECTORY: the same, of this host only\n"
		"  skeleton    an empty tree",
	.options = (const struct option_row[]){
		{ "from", 0, "FILE", "archive with the guest's root filesystem" },
		{ "method", 'm', "METHOD", "how else its tree is made" },
		{ "context", 0, "NUMBER", "classic: the setting xid" },
		{ "interface", 0, "[NAME=][DEV:]ADDRESS[/MASK]", "classic: the setting address" },
		{ "force", 0, NULL, "classic, and refused: no guest is overwritten" },
		{ NULL },
	},
	.min = 1, .max = 1, .wants = "NAME",
	.settings = true,
	.rest = true,
	.run = run,
};
