/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * How a failure is told: exactly one line on stderr, whatever is in it, and
 * the exit status that belongs to it; and the guess at what was meant.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static void tell(const char *format, va_list ap)
{
	char *line = NULL;

	if (vasprintf(&line, format, ap) < 0) {
		fputs("vserver: out of memory\n", stderr);
		return;
	}

	/* What a daemon or a file name brings must not make a second line,
	 * nor move the cursor; bytes above 127 are UTF-8. */
	for (char *p = line; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 127)
			*p = ' ';
	fprintf(stderr, "vserver: %s\n", line);
	free(line);
}

int fail(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	tell(format, ap);
	va_end(ap);
	return EXIT_FAILED;
}

int fail_usage(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	tell(format, ap);
	va_end(ap);
	return EXIT_USAGE;
}

int fail_memory(void)
{
	return fail("%s", strerror(ENOMEM));
}

const char *open_error(int error)
{
	if (error == -ENOPKG)
		return "vserver.ko is not loaded; load it: modprobe vserver";
	return strerror(-error);
}

#define WORD_MAX 64

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Insertions, deletions, replacements and swaps of neighbours between two
 * words (optimal string alignment). */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];
	size_t n_a = strlen(a), n_b = strlen(b);

	if (n_a > WORD_MAX || n_b > WORD_MAX)
		return WORD_MAX;

	for (size_t j = 0; j <= n_b; j++)
		row[j] = j;
	for (size_t i = 1; i <= n_a; i++) {
		size_t *oldest = before;

		before = above;
		above = row;
		row = oldest;
		row[0] = i;
		for (size_t j = 1; j <= n_b; j++) {
			row[j] = least(above[j] + 1, row[j - 1] + 1);
			row[j] = least(row[j], above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return row[n_b];
}

void guess_add(struct guess *guess, const char *candidate)
{
	/* One slip in a short word, two in a long one; never all of it. */
	size_t length = strlen(guess->word);
	size_t most = length > 5 ? 2 : length > 1 ? 1 : 0;
	size_t d = distance(guess->word, candidate);

	if (d > most || (guess->found && d >= guess->distance))
		return;
	guess->found = candidate;
	guess->distance = d;
}
