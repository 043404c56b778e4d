/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The lines of a guest's files that give its addresses, changed by one.
 */
#ifndef CONFIG_ADDRESS_H
#define CONFIG_ADDRESS_H

#include "config.h"

/** struct address_lines - its lines, those of the lasting files and those until
 * the next start, which take their place; strv, NULL: no line. */
struct address_lines {
	char **lasting;
	char **runtime;
};

/** config_address_lines() - as they are now; address_lines_clear(). */
int config_address_lines(const char *name, struct address_lines *ret);
/** address_lines_have() - is it one of those? */
bool address_lines_have(char *const *lines, const struct vs_address *address);
/** address_lines_add(), address_lines_remove() - one more with @line, or without
 * @address; that there is none is a line too.  Until the next start where @runtime,
 * else in both.  0; -ENOMEM. */
int address_lines_add(struct address_lines *lines, const char *line, bool runtime);
int address_lines_remove(struct address_lines *lines, const struct vs_address *address,
			 bool runtime);
/** address_lines_write() - into 50-set.conf, that of /run first. */
int address_lines_write(const char *name, const struct address_lines *lines, bool runtime);
/** address_lines_in_force() - the ones that count. */
char *const *address_lines_in_force(const struct address_lines *lines);
/** address_lines_preview() - config_preview() with those. */
int address_lines_preview(const char *name, const struct address_lines *lines,
			  struct config **ret, char **ret_errors);
void address_lines_clear(struct address_lines *lines);

#endif
