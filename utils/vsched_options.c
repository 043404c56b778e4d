/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The command line of vsched.  What is said of the bucket is handed on: the
 * words for that are vsched_words.c's.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vsched.h"

static void help(void)
{
	puts("vsched --xid CONTEXT [OPTION...]\n"
	     "\n"
	     "Show the token bucket of a context, or change it at once; what is not said stays.\n"
	     "\n"
	     "      --xid N, --ctx N   the context, by its number or its name\n"
	     "      --cpu SHARE        of the processors: 25%, 10ms/1s; infinity: no bucket\n"
	     "      --cpu-bucket TIME  how much unused time it may save up: 500ms\n"
	     "      --cpu-release TIME how much it needs to run again after it was on hold: 10ms\n"
	     "      --cpu-idle SHARE   its part of time that nobody is entitled to: 10%; 0%: none\n"
	     "      --cpu-tokens TIME  what is in the bucket from now on\n"
	     "      --cpu-prio-bias N  -20 to 20: of two that may run, who has less comes first\n"
	     "      --cpu-scope SCOPE  machine, or processor: all that is of each processor\n"
	     "\n"
	     "The same in classic words; TICKS without a unit are so many ticks of the kernel:\n"
	     "      --fill-rate TICKS  gained every interval\n"
	     "      --interval TICKS   and how long that is\n"
	     "      --tokens TICKS     what is in the bucket from now on\n"
	     "      --tokens-min TICKS it runs again at\n"
	     "      --tokens-max TICKS the bucket holds\n"
	     "      --fill-rate2 TICKS of idle time, every interval2; 0: none\n"
	     "      --interval2 TICKS  and how long that is\n"
	     "      --idle-time        it is to have idle time\n"
	     "      --prio-bias N, --priority-bias N\n"
	     "      --cpu-id N, --bucket-id N\n"
	     "                         refused: buckets of one context are alike on all processors\n"
	     "\n"
	     "      --dir DIR          each of these from the file of its name\n"
	     "      --missingok        if there is one\n"
	     "      --force            even if the machine has less than is guaranteed then\n"
	     "      --json             show it as JSON\n"
	     "      --help             this\n"
	     "      --version          the version of VServer\n"
	     "\n"
	     "Exit status: 0 done, 1 failed, 2 usage.");
	exit(0);
}

enum { OPT_BUCKET = 256, OPT_DIR, OPT_MISSINGOK, OPT_FORCE, OPT_JSON, OPT_IGNORED };

static const struct option options[] = {
	{ "xid",	required_argument,	NULL, 'x' },
	{ "ctx",	required_argument,	NULL, 'x' },
	{ "cpu",	required_argument,	NULL, OPT_BUCKET },
	{ "cpu-bucket",	required_argument,	NULL, OPT_BUCKET },
	{ "cpu-release", required_argument,	NULL, OPT_BUCKET },
	{ "cpu-idle",	required_argument,	NULL, OPT_BUCKET },
	{ "cpu-tokens",	required_argument,	NULL, OPT_BUCKET },
	{ "cpu-prio-bias", required_argument,	NULL, OPT_BUCKET },
	{ "cpu-scope",	required_argument,	NULL, OPT_BUCKET },
	{ "fill-rate",	required_argument,	NULL, OPT_BUCKET },
	{ "interval",	required_argument,	NULL, OPT_BUCKET },
	{ "tokens",	required_argument,	NULL, OPT_BUCKET },
	{ "tokens-min",	required_argument,	NULL, OPT_BUCKET },
	{ "tokens-max",	required_argument,	NULL, OPT_BUCKET },
	{ "fill-rate2",	required_argument,	NULL, OPT_BUCKET },
	{ "interval2",	required_argument,	NULL, OPT_BUCKET },
	{ "idle-time",	no_argument,		NULL, OPT_BUCKET },
	{ "prio-bias",	required_argument,	NULL, OPT_BUCKET },
	{ "priority-bias", required_argument,	NULL, OPT_BUCKET },
	{ "cpu-id",	required_argument,	NULL, OPT_BUCKET },
	{ "bucket-id",	required_argument,	NULL, OPT_BUCKET },
	{ "dir",	required_argument,	NULL, OPT_DIR },
	{ "missingok",	no_argument,		NULL, OPT_MISSINGOK },
	{ "force",	no_argument,		NULL, OPT_FORCE },
	{ "json",	no_argument,		NULL, OPT_JSON },
	{ "cpu-mask",	required_argument,	NULL, OPT_IGNORED },
	{ "help",	no_argument,		NULL, 'h' },
	{ "version",	no_argument,		NULL, 'V' },
	{}
};

/* Classic scripts write --fill_rate as well. */
static void straighten(char **argv)
{
	for (; *argv; argv++)
		if (!strncmp(*argv, "--", 2))
			for (char *c = *argv; *c && *c != '='; c++)
				*c = *c == '_' ? '-' : *c;
}

/* What was said of the bucket, in that order. */
struct said {
	const char *word, *value;
};

static void take(const struct said *said, struct change *change)
{
	char *option = NULL;

	if (asprintf(&option, "--%s", said->word) < 0)	/* kept until the end */
		die(EXIT_FAILED, "out of memory");
	change_take(change, said->word, option, said->value);
}

static void check(char *const *words, const struct arguments *args)
{
	if (*words)
		die(EXIT_USAGE, "unexpected '%s'; usage: vsched --xid CONTEXT [OPTION...]", *words);
	if (!args->context || !*args->context)
		die(EXIT_USAGE, "which context? vsched --xid CONTEXT [OPTION...]");
}

void read_arguments(int argc, char **argv, struct arguments *ret)
{
	struct said *said = calloc((size_t)argc, sizeof(*said));
	const char *dir = NULL;
	bool missing_ok = false;
	int c, option, n = 0;

	if (!said)
		die(EXIT_FAILED, "out of memory");
	straighten(argv + 1);
	while ((c = getopt_long(argc, argv, "h", options, &option)) >= 0)
		switch (c) {
		case 'x':
			ret->context = optarg;
			break;
		case OPT_BUCKET:
			said[n++] = (struct said){ options[option].name, optarg };
			break;
		case OPT_DIR:
			dir = optarg;
			break;
		case OPT_MISSINGOK:
			missing_ok = true;
			break;
		case OPT_FORCE:
			ret->force = true;
			break;
		case OPT_JSON:
			ret->json = true;
			break;
		case OPT_IGNORED:
			break;
		case 'h':
			help();
			break;
		case 'V':
			version();
		default:
			exit(EXIT_USAGE);	/* getopt has told */
		}
	check(argv + optind, ret);

	/* An option counts for more than a file. */
	if (dir)
		ret->changes = change_read_dir(&ret->change, dir, missing_ok);
	ret->changes |= n > 0;
	for (int i = 0; i < n; i++)
		take(&said[i], &ret->change);
	free(said);
	if (dir && !ret->changes && !ret->json)
		exit(0);	/* nothing was to be done, or shown */
}
