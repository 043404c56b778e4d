/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Aligned columns for people: as wide as they need to be, never wider than
 * the terminal, coloured only where that is wanted.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum column_flags {
	COLUMN_RIGHT	= 1 << 0,	/* numbers */
	COLUMN_ELASTIC	= 1 << 1,	/* is shortened where room is short */
	COLUMN_STATE	= 1 << 2,	/* coloured by what its words mean */
};

struct column {
	const char *head;	/* NULL ends the columns */
	unsigned int flags;
};

struct table;

/** table_new() - NULL: no memory.  @columns is borrowed. */
struct table *table_new(const struct column *columns);
/** table_add() - the next cell, row by row; takes @text over (NULL: "-"). */
void table_add(struct table *table, char *text);
/** table_addf() - the same, formatted. */
void table_addf(struct table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/** table_print() - to stdout, indented, with the heads if @legend.
 * false: no memory, here or in an earlier table_add(). */
bool table_print(const struct table *table, int indent, bool legend);
void table_free(struct table *table);

/** colour() - the escape sequence for a state ("running"), or "". */
const char *colour(const char *state);
const char *colour_off(void);
/** terminal_columns() - width of stdout; 0: no limit. */
int terminal_columns(void);
/** terminal_lines() - its height, likewise. */
int terminal_lines(void);

#endif
