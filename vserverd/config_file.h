/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * One file of a guest's configuration: its lines, each checked by itself.
 */
#ifndef CONFIG_FILE_H
#define CONFIG_FILE_H

#include <stdio.h>

#include <vserver.h>

/** struct entry - a line in force. */
struct entry {
	const struct vs_setting *setting;
	char *value;
	char *path;
	unsigned int line;
};

/** struct entries - the lines in force, in the order they were read. */
struct entries {
	struct entry *entry;
	size_t n;
};

/**
 * config_file_read() - read a file on top of what was read before.
 * @errors: takes a line for everything that is wrong in it.
 *
 * A setting of this file takes the place of those that other files gave, a
 * list's as a whole.  Return: 0 also where the file has errors; -ENOENT;
 * -ENOMEM; any errno of reading.
 */
int config_file_read(const char *path, struct entries *entries, FILE *errors);
int entries_add(struct entries *entries, const struct vs_setting *setting,
		const char *value, const char *path, unsigned int line);
/** entries_drop() - those of @setting, but not those from @except (or NULL). */
void entries_drop(struct entries *entries, const struct vs_setting *setting,
		  const char *except);
void entries_clear(struct entries *entries);

/** CONFIG_LINE_MAX - what the parser takes in one line, with its end. */
#define CONFIG_LINE_MAX 198
/** config_line_fits() - can this be written as a line and be read back? */
bool config_line_fits(const char *key, const char *value);

#endif
