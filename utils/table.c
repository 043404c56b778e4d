/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Aligned columns for people.  Widths are counted in characters (UTF-8), not
 * bytes; what does not fit on the terminal is cut, first in elastic columns,
 * and the cut is shown by an ellipsis.  Scripts read --json.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "table.h"

#define GAP 2			/* between columns */
#define LEAST 8			/* an elastic column is not cut below */

struct table {
	const struct column *columns;
	size_t n_columns;
	char **cells;
	size_t n_cells;
	bool failed;
};

/* Bytes that continue a character have the form 10xxxxxx. */
static int width_of(const char *text)
{
	int width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

/* The bytes that the first @width characters of @text take. */
static int bytes_of(const char *text, int width)
{
	const char *p = text;

	while (*p && (((unsigned char)*p & 0xc0) == 0x80 || width-- > 0))
		p++;
	return (int)(p - text);
}

int terminal_columns(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

int terminal_lines(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_row;
}

static bool wants_colour(void)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb");
}

const char *colour(const char *state)
{
	static const struct {
		const char *state, *escape;
	} colours[] = {
		{ "running", "\033[32m" },  { "ok", "\033[32m" },
		{ "starting", "\033[33m" }, { "stopping", "\033[33m" },
		{ "failed", "\033[31m" },   { "missing", "\033[31m" },
	};

	for (size_t i = 0; wants_colour() && i < sizeof(colours) / sizeof(*colours); i++)
		if (!strcmp(colours[i].state, state))
			return colours[i].escape;
	return "";
}

const char *colour_off(void)
{
	return wants_colour() ? "\033[0m" : "";
}

struct table *table_new(const struct column *columns)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table)
		return NULL;
	table->columns = columns;
	while (columns[table->n_columns].head)
		table->n_columns++;
	return table;
}

void table_add(struct table *table, char *text)
{
	char **cells = reallocarray(table->cells, table->n_cells + 1, sizeof(*cells));

	if (!text)
		text = strdup("-");
	if (cells)
		table->cells = cells;
	if (!cells || !text) {
		free(text);
		table->failed = true;
		return;
	}
	cells[table->n_cells++] = text;
}

void table_addf(struct table *table, const char *format, ...)
{
	char *text = NULL;
	va_list ap;
	int r;

	va_start(ap, format);
	r = vasprintf(&text, format, ap);
	va_end(ap);
	if (r < 0)
		table->failed = true;
	else
		table_add(table, text);
}

/* Columns as wide as their widest cell; then what is too much is taken from
 * the elastic ones. */
static void measure(const struct table *table, int indent, bool legend, int *widths)
{
	int room = terminal_columns(), total = indent;

	for (size_t c = 0; c < table->n_columns; c++) {
		widths[c] = legend ? width_of(table->columns[c].head) : 0;
		for (size_t i = c; i < table->n_cells; i += table->n_columns)
			if (width_of(table->cells[i]) > widths[c])
				widths[c] = width_of(table->cells[i]);
		total += widths[c] + (c ? GAP : 0);
	}

	for (size_t c = table->n_columns; room && total > room && c-- > 0;) {
		int least = widths[c] < LEAST ? widths[c] : LEAST;
		int take = total - room;

		if (!(table->columns[c].flags & COLUMN_ELASTIC))
			continue;
		if (take > widths[c] - least)
			take = widths[c] - least;
		widths[c] -= take;
		total -= take;
	}
}

static void print_cell(const struct column *column, const char *text, int width, bool last)
{
	bool cut = width_of(text) > width;
	int shown = cut ? width - 1 : width_of(text);
	int pad = width - shown - cut;
	const char *paint = column->flags & COLUMN_STATE ? colour(text) : "";

	printf("%*s%s%.*s%s%s", column->flags & COLUMN_RIGHT ? pad : 0, "", paint,
	       bytes_of(text, shown), text, cut ? "…" : "", *paint ? colour_off() : "");
	if (!last && !(column->flags & COLUMN_RIGHT))
		printf("%*s", pad, "");
}

static void print_row(const struct table *table, char *const *cells, int indent,
		      const int *widths)
{
	int room = terminal_columns(), used = indent;

	printf("%*s", indent, "");
	for (size_t c = 0; c < table->n_columns; c++) {
		const struct column *column = &table->columns[c];
		int width = widths[c];

		/* Even the rigid columns end where the terminal does. */
		if (c)
			used += GAP;
		if (room && used + width > room)
			width = room - used;
		if (width <= 0 && widths[c] > 0)
			break;
		if (c)
			printf("%*s", GAP, "");
		print_cell(column, cells ? cells[c] : column->head, width,
			   c + 1 == table->n_columns);
		used += width;
	}
	putchar('\n');
}

bool table_print(const struct table *table, int indent, bool legend)
{
	int *widths = calloc(table->n_columns, sizeof(*widths));

	if (!widths || table->failed) {
		free(widths);
		return false;
	}
	measure(table, indent, legend, widths);
	if (legend)
		print_row(table, NULL, indent, widths);
	for (size_t i = 0; i + table->n_columns <= table->n_cells; i += table->n_columns)
		print_row(table, table->cells + i, indent, widths);
	free(widths);
	return true;
}

void table_free(struct table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->n_cells; i++)
		free(table->cells[i]);
	free(table->cells);
	free(table);
}
