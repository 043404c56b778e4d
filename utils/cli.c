/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Reads a verb's command line by the verb's own tables: its options, and the
 * settings of guests, which come from libvserver's table and from nowhere
 * else.  It knows no verb and no setting by name, and judges no value: that
 * is the daemon's.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vserver.h>

#include "cli.h"

const struct option_row common_options[] = {
	{ "help", 'h', NULL, "show this" },
	{ "quiet", 'q', NULL, "say nothing but errors" },
	{ NULL },
};

/* What getopt_long() wants, made from our tables; index + FIRST is its val. */
#define FIRST 256
struct reader {
	struct option *longs;
	struct option_row *rows;
	size_t n, n_own;	/* the first n_own are options, then settings */
	char shorts[64];
};

static size_t count_rows(const struct option_row *rows)
{
	size_t n = 0;

	while (rows && rows[n].name)
		n++;
	return n;
}

static size_t count_settings(void)
{
	size_t n = 0;

	while (vs_settings()[n].name)
		n++;
	return n;
}

static void reader_add(struct reader *reader, struct option_row row)
{
	size_t used = strlen(reader->shorts);

	reader->rows[reader->n] = row;
	reader->longs[reader->n] = (struct option){
		.name = row.name,
		.has_arg = row.value ? required_argument : no_argument,
		.val = FIRST + (int)reader->n,
	};
	reader->n++;
	if (row.letter && used + 3 < sizeof(reader->shorts)) {
		reader->shorts[used++] = row.letter;
		reader->shorts[used++] = row.value ? ':' : '\0';
		reader->shorts[used] = '\0';
	}
}

static void reader_free(struct reader *reader)
{
	free(reader->longs);
	free(reader->rows);
}

static int reader_make(const struct verb *verb, struct reader *ret)
{
	size_t most = count_rows(common_options) + count_rows(verb->options) + count_settings() + 1;

	/* '+': a command's options are its own; where there are settings, too, they
	 * are so after "--".  ':': errors are told here. */
	*ret = (struct reader){ .shorts = ":" };
	if (verb->command && !verb->settings)
		strcpy(ret->shorts, "+:");
	ret->longs = calloc(most, sizeof(*ret->longs));
	ret->rows = calloc(most, sizeof(*ret->rows));
	if (!ret->longs || !ret->rows) {
		reader_free(ret);
		return fail_memory();
	}

	for (const struct option_row *row = common_options; row->name; row++)
		reader_add(ret, *row);
	for (const struct option_row *row = verb->options; row && row->name; row++)
		reader_add(ret, *row);
	ret->n_own = ret->n;
	for (const struct vs_setting *s = vs_settings(); verb->settings && s->name; s++)
		reader_add(ret, (struct option_row){ s->name, 0, s->value, s->help });
	return 0;
}

static int unknown_option(const struct verb *verb, const struct reader *reader,
			  const char *word)
{
	int length = (int)strcspn(word, "=");
	char *bare = strndup(word, (size_t)length);
	struct guess guess = { 0 };

	if (!bare)
		return fail_memory();
	guess.word = bare + strspn(bare, "-");
	for (size_t i = 0; i < reader->n; i++)
		guess_add(&guess, reader->rows[i].name);
	if (guess.found)
		fail_usage("%s: no option '%s'; did you mean '--%s'?", verb->name, bare,
			   guess.found);
	else
		fail_usage("%s: no option '%s'; see: vserver help %s", verb->name, bare,
			   verb->name);
	free(bare);
	return EXIT_USAGE;
}

/* What getopt_long() returned '?' for: @word is where it stands. */
static int bad_option(const struct verb *verb, const struct reader *reader, const char *word)
{
	char letter[] = { '-', (char)optopt, '\0' };

	if (optopt >= FIRST)
		return fail_usage("%s: option '--%s' takes no value", verb->name,
				  reader->rows[optopt - FIRST].name);
	return unknown_option(verb, reader, optopt ? letter : word);
}

static int unknown_setting(const struct verb *verb, const char *key)
{
	struct guess guess = { .word = key };

	for (const struct vs_setting *s = vs_settings(); s->name; s++)
		guess_add(&guess, s->name);
	if (guess.found)
		return fail_usage("%s: no setting '%s'; did you mean '%s'?", verb->name, key,
				  guess.found);
	return fail_usage("%s: no setting '%s'; see: vserver help %s", verb->name, key,
			  verb->name);
}

/* A letter or a val of getopt_long() to its row. */
static size_t reader_index(const struct reader *reader, int val)
{
	size_t i = 0;

	if (val >= FIRST)
		return (size_t)(val - FIRST);
	while (reader->rows[i].letter != val)
		i++;
	return i;
}

static int read_options(struct cli *cli, const struct reader *reader, int argc, char **argv)
{
	int val;

	optind = 1;
	while ((val = getopt_long(argc, argv, reader->shorts, reader->longs, NULL)) != -1) {
		struct given given = { .value = optarg };
		size_t i;

		if (val == '?')
			return bad_option(cli->verb, reader, argv[optind - 1]);
		if (val == ':')
			return fail_usage("%s: option '%s' wants a value; see: vserver help %s",
					  cli->verb->name, argv[optind - 1], cli->verb->name);
		i = reader_index(reader, val);
		given.name = reader->rows[i].name;
		if (!strcmp(given.name, "help"))
			return -1;
		if (i < reader->n_own)
			cli->options[cli->n_options++] = given;
		else
			cli->settings[cli->n_settings++] = given;
	}
	return 0;
}

/* Words after the first are KEY=VALUE where a verb takes settings. */
static int read_setting(struct cli *cli, char *word)
{
	char *equals = strchr(word, '=');
	const struct vs_setting *setting;

	if (!equals)
		return fail_usage("%s: '%s' is not SETTING=VALUE; see: vserver help %s",
				  cli->verb->name, word, cli->verb->name);
	*equals = '\0';
	setting = vs_setting_find(word);
	if (!setting)
		return unknown_setting(cli->verb, word);
	cli->settings[cli->n_settings++] = (struct given){ setting->name, equals + 1 };
	return 0;
}

static int read_words(struct cli *cli, char **words)
{
	const struct verb *verb = cli->verb;
	int r;

	for (; words != cli->rest; words++) {
		if (verb->command && cli->n_args == 1 && !strcmp(*words, "--"))
			words++;
		if (verb->command && cli->n_args >= 1) {
			while (*words)
				cli->args[cli->n_args++] = *words++;
			break;
		}
		if (verb->settings && cli->n_args >= 1) {
			r = read_setting(cli, *words);
			if (r)
				return r;
			continue;
		}
		if (cli->n_args >= verb->max)
			return fail_usage("%s: unexpected '%s'; usage: vserver %s %s",
					  verb->name, *words, verb->name, verb->arguments);
		cli->args[cli->n_args++] = *words;
	}
	if (cli->n_args < verb->min)
		return fail_usage("%s: %s is missing; usage: vserver %s %s", verb->name,
				  verb->wants, verb->name, verb->arguments);
	return 0;
}

/* The words behind the first "--", before they are put behind all options. */
static size_t count_rest(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--"))
			return (size_t)(argc - i - 1);
	return 0;
}

int cli_read(const struct verb *verb, int argc, char **argv, struct cli *ret)
{
	size_t rest = verb->rest ? count_rest(argc, argv) : 0;
	struct reader reader;
	int r;

	*ret = (struct cli){ .verb = verb };
	r = reader_make(verb, &reader);
	if (r)
		return r;

	/* No word of the command line makes more than one entry. */
	ret->args = calloc((size_t)argc + 1, sizeof(*ret->args));
	ret->options = calloc((size_t)argc + 1, sizeof(*ret->options));
	ret->settings = calloc((size_t)argc + 1, sizeof(*ret->settings));
	if (!ret->args || !ret->options || !ret->settings)
		r = fail_memory();
	if (!r)
		r = read_options(ret, &reader, argc, argv);
	/* Without a word before them they are what the verb wants first. */
	ret->rest = argv + argc - (rest < (size_t)(argc - optind) ? rest : 0);
	if (!r)
		r = read_words(ret, argv + optind);
	reader_free(&reader);
	if (r)
		cli_free(ret);
	return r;
}

void cli_free(struct cli *cli)
{
	free(cli->args);
	free(cli->options);
	free(cli->settings);
	*cli = (struct cli){ 0 };
}

bool cli_has(const struct cli *cli, const char *option)
{
	for (size_t i = 0; i < cli->n_options; i++)
		if (!strcmp(cli->options[i].name, option))
			return true;
	return false;
}

const char *cli_value(const struct cli *cli, const char *option)
{
	const char *value = NULL;

	for (size_t i = 0; i < cli->n_options; i++)
		if (!strcmp(cli->options[i].name, option))
			value = cli->options[i].value;
	return value;
}

void cli_say(const struct cli *cli, const char *format, ...)
{
	va_list ap;

	if (cli_has(cli, "quiet"))
		return;
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	putchar('\n');
}
