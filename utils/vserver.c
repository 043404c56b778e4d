/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The command of administrators: the table of its verbs, and main().  Each
 * verb is in a file of its own, and does no more than parse, call, print.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "verbs.h"

const struct verb *const verbs[] = {
	&verb_build, &verb_create, &verb_image, &verb_delete, &verb_export, &verb_import,
	&verb_start, &verb_stop, &verb_restart,
	&verb_list,  &verb_status, &verb_enter,	 &verb_exec,  &verb_run, &verb_set,
	&verb_address, &verb_config, &verb_contexts, &verb_ps, &verb_top, &verb_kill, &verb_wait,
	&verb_clone, &verb_rename, &verb_snapshot, &verb_snapshots, &verb_rollback,
	&verb_mount, &verb_umount, &verb_unify,
	&verb_events, &verb_check, &verb_help, NULL,
};

const struct verb *verb_find(const char *name)
{
	for (const struct verb *const *verb = verbs; *verb; verb++)
		if (!strcmp((*verb)->name, name) ||
		    ((*verb)->alias && !strcmp((*verb)->alias, name)))
			return *verb;
	return NULL;
}

static void guess_add_verb(struct guess *guess, const struct verb *verb)
{
	guess_add(guess, verb->name);
	if (verb->alias)
		guess_add(guess, verb->alias);
}

static int fail_unknown_verb(const char *name)
{
	struct guess guess = { .word = name };

	for (const struct verb *const *verb = verbs; *verb; verb++)
		guess_add_verb(&guess, *verb);
	if (guess.found)
		return fail_usage("no verb '%s'; did you mean '%s'?", name, guess.found);
	return fail_usage("no verb '%s'; see: vserver help", name);
}

static int run_help(const struct cli *cli)
{
	const struct verb *verb;

	if (!cli->n_args) {
		help_verbs();
		return EXIT_DONE;
	}
	verb = verb_find(cli->args[0]);
	if (!verb)
		return fail_unknown_verb(cli->args[0]);
	help_verb(verb);
	return EXIT_DONE;
}

const struct verb verb_help = {
	.name = "help",
	.arguments = "[VERB]",
	.summary = "say what there is, or more of one verb",
	.max = 1,
	.run = run_help,
};

int main(int argc, char **argv)
{
	const struct verb *verb;
	struct cli cli;
	int r;

	if (argc < 2)
		return fail_usage("no verb given; see: vserver help");
	if (!strcmp(argv[1], "--version")) {
		puts("vserver " VS_VERSION);
		return EXIT_DONE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		argv[1] = (char *)"help";

	verb = verb_find(argv[1]);
	if (!verb)
		return fail_unknown_verb(argv[1]);
	r = cli_read(verb, argc - 1, argv + 1, &cli);
	if (r < 0) {
		help_verb(verb);
		return EXIT_DONE;
	}
	if (r > 0)
		return r;
	r = verb->run(&cli);
	cli_free(&cli);
	if (fflush(stdout) != 0 && r == EXIT_DONE)
		r = fail("cannot write the output: %m");
	return r;
}
