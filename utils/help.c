/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Help, made of the tables that are also what reads the command line, so that
 * the two cannot differ.  Shell completion reads what is printed here: two
 * spaces, then the verb or the option.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <vserver.h>

#include "cli.h"

void help_verbs(void)
{
	puts("usage: vserver VERB [OPTION]... [NAME]...\n"
	     "\n"
	     "Virtual private servers on one kernel.\n");
	for (const struct verb *const *verb = verbs; *verb; verb++)
		printf("  %-10s%s\n", (*verb)->name, (*verb)->summary);
	puts("\n"
	     "'vserver help VERB' says more of one; vserver(8) says all, vserver(7) what it is.\n"
	     "Exit status: 0 done, 1 failed, 2 usage, 3 status of a guest that is not running;\n"
	     "exec and enter: the command's own; wait: that of what it waited for.");
}

/* "-y, --yes", "    --from FILE": into @buffer. */
static void label(char letter, const char *name, const char *value, char *buffer, size_t size)
{
	char letters[] = { '-', letter, ',', ' ', '\0' };

	snprintf(buffer, size, "  %s--%s%s%s", letter ? letters : "", name, value ? " " : "",
		 value ? value : "");
}

#define INDENT 30
#define WIDTH 80

/* @help from column INDENT on, as many lines as it needs. */
static void wrap(const char *help)
{
	size_t room = WIDTH - INDENT;

	while (strlen(help) > room) {
		size_t n = room;

		while (n && help[n] != ' ')
			n--;
		if (!n)
			break;
		printf("%.*s\n%*s", (int)n, help, INDENT, "");
		help += n + 1;
	}
	puts(help);
}

static void row(const struct option_row *option)
{
	char text[WIDTH];

	label(option->letter, option->name, option->value, text, sizeof(text));
	if (strlen(text) > INDENT - 2)
		printf("%s\n%*s", text, INDENT, "");
	else
		printf("%-*s", INDENT, text);
	wrap(option->help);
}

void help_verb(const struct verb *verb)
{
	printf("usage: vserver %s%s%s\n\n%c%s.\n", verb->name, *verb->arguments ? " " : "",
	       verb->arguments, toupper((unsigned char)verb->summary[0]), verb->summary + 1);
	if (verb->details)
		printf("%s\n", verb->details);
	if (verb->alias)
		printf("Its classic name is 'vserver %s'.\n", verb->alias);

	puts("\nOptions:");
	for (const struct option_row *o = verb->options; o && o->name; o++)
		row(o);
	for (const struct option_row *o = common_options; o->name; o++)
		row(o);

	if (!verb->settings)
		return;
	puts("\nSettings, each also as SETTING=VALUE; vserver.conf(5) says more:");
	for (const struct vs_setting *s = vs_settings(); s->name; s++)
		row(&(struct option_row){ s->name, 0, s->value, s->help });
}
