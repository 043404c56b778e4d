/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What the verbs of vserver share: what a verb is, its command line once it
 * has been read, and how errors are told.  Neither tables (table.h) nor the
 * daemon (client.h).
 */
#ifndef CLI_H
#define CLI_H

#include <stdbool.h>
#include <stddef.h>

/* Exit statuses of vserver; enter and exec give their command's instead. */
enum exit_status {
	EXIT_DONE		= 0,
	EXIT_FAILED		= 1,
	EXIT_USAGE		= 2,
	EXIT_NOT_RUNNING	= 3,	/* status */
};

/** struct option_row - an option of a verb. */
struct option_row {
	const char *name;	/* "from"; NULL ends a table */
	char letter;		/* 'y'; 0: none */
	const char *value;	/* "FILE", for help; NULL: takes none */
	const char *help;	/* one line, no dot */
};

struct cli;

/** struct verb - one word of the command line and all that is known of it. */
struct verb {
	const char *name;
	const char *alias;	/* classic name; NULL: none */
	const char *arguments;	/* "NAME...", for help */
	const char *summary;	/* one line, no dot */
	const char *details;	/* paragraphs for help, wrapped; NULL: none */
	const struct option_row *options;	/* NULL: none of its own */
	size_t min, max;	/* words that are neither options nor settings */
	const char *wants;	/* what is missing below min: "NAME" */
	bool settings;		/* takes --SETTING VALUE and SETTING=VALUE */
	bool command;		/* what follows the first word is a command */
	bool rest;		/* what follows "--" behind the first word it reads itself */
	int (*run)(const struct cli *cli);	/* returns an exit status */
};

/** struct given - an option or a setting as it was given. */
struct given {
	const char *name;
	const char *value;	/* NULL: it takes none */
};

/** struct cli - a command line that has been read.  Strings are borrowed. */
struct cli {
	const struct verb *verb;
	char **args;		/* the words, ended by NULL */
	size_t n_args;
	char **rest;		/* what the verb reads itself, likewise */
	struct given *options;
	size_t n_options;
	struct given *settings;
	size_t n_settings;
};

/* vserver.c: the table, in the order of help; ended by NULL. */
extern const struct verb *const verbs[];
const struct verb *verb_find(const char *name);

/* cli.c */
/** common_options - what every verb takes. */
extern const struct option_row common_options[];
/** cli_read() - read argv[1..] by @verb's rules; cli_free().
 * Returns 0; EXIT_USAGE after telling what is wrong; -1 help was asked for. */
int cli_read(const struct verb *verb, int argc, char **argv, struct cli *ret);
void cli_free(struct cli *cli);
/** cli_has(), cli_value() - was it given, and its last value (NULL: not). */
bool cli_has(const struct cli *cli, const char *option);
const char *cli_value(const struct cli *cli, const char *option);
/** cli_say() - tell people of a success, on stdout, unless --quiet. */
void cli_say(const struct cli *cli, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* error.c: one line on stderr, "vserver: ...". */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
int fail_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
int fail_memory(void);
/** open_error() - why vs_open() failed, and what to do. */
const char *open_error(int error);

/** struct guess - which of the words that exist was meant by @word.
 * guess_add() each; @found is then the likely one, or NULL. */
struct guess {
	const char *word;
	const char *found;
	size_t distance;
};
void guess_add(struct guess *guess, const char *candidate);

/* help.c */
void help_verbs(void);
void help_verb(const struct verb *verb);

#endif
