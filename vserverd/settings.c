// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Prints the table of settings as it stands in vserver.conf(5).  Runs while
 * the tree is built, and is not installed.
 */
#include <stdio.h>

#include <vserver.h>

/* A dash is not a hyphen in what people copy. */
static void put(const char *text)
{
	for (const char *c = text; *c; c++)
		if (*c == '-')
			fputs("\\-", stdout);
		else
			putchar(*c);
}

int main(void)
{
	for (const struct vs_setting *s = vs_settings(); s->name; s++) {
		fputs(".TP\n.BR ", stdout);
		put(s->name);
		fputs(" \" = \\fI", stdout);
		put(s->value);
		fputs("\\fR\"\n", stdout);
		put(s->help);
		fputs(".\n", stdout);
		if (s->list)
			fputs("The line may be repeated.\n", stdout);
		if (s->fallback) {
			fputs("Otherwise ", stdout);
			put(s->fallback);
			fputs(".\n", stdout);
		}
		puts(s->live ? "Can change while the guest runs." :
		     "A change counts from the next start.");
	}
	return fflush(stdout) != 0;
}
