// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * One file of a guest's configuration, read with inih: every line is checked
 * by itself, and everything that is wrong gets a line that begins with file
 * and line number.  How settings fit together is not known here (config.c).
 */
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <string.h>

#include "config_file.h"
#include "scope.h"
#include "text.h"

/* A file while it is read. */
struct reading {
	FILE *file;
	const char *path;
	unsigned int line;
	struct entries *entries;
	FILE *errors;
	int error;		/* -ENOMEM */
};

static void complain(const struct reading *reading, const char *what, const char *subject,
		     const char *remedy)
{
	fprintf(reading->errors, "%s:%u: ", reading->path, reading->line);
	fprintf(reading->errors, what, subject);
	if (remedy && *remedy)
		fprintf(reading->errors, "; %s", remedy);
	fputc('\n', reading->errors);
}

/* inih does not tell a handler the line: it is counted where it is read.
 * Space in front of a line would make it a continuation of the one above,
 * which no one expects here. */
static char *read_line(char *line, int size, void *stream)
{
	struct reading *reading = stream;
	size_t length, space;

	if (!fgets(line, size, reading->file))
		return NULL;
	reading->line++;

	length = strlen(line);
	if (length + 1 == (size_t)size && line[length - 1] != '\n' && !feof(reading->file)) {
		for (int c = 0; c != EOF && c != '\n';)
			c = fgetc(reading->file);
		complain(reading, "the line is too long", "", "lines have 198 characters at most");
		strcpy(line, "\n");
		return line;
	}
	space = strspn(line, " \t");
	memmove(line, line + space, length - space + 1);
	return line;
}

static const struct entry *find_here(const struct reading *reading,
				     const struct vs_setting *setting)
{
	for (size_t i = 0; i < reading->entries->n; i++) {
		const struct entry *entry = &reading->entries->entry[i];

		if (entry->setting == setting && !strcmp(entry->path, reading->path))
			return entry;
	}
	return NULL;
}

static bool check_value(const struct reading *reading, const struct vs_setting *setting,
			const char *value)
{
	_cleanup_free_ char *reason = NULL, *remedy = NULL, *what = NULL;

	if (vs_setting_check(setting, value, &reason, &remedy) == 0)
		return true;
	if (asprintf(&what, "%s: %s", setting->name, reason ? reason : "not a value for it") < 0)
		what = NULL;
	complain(reading, "%s", what ? what : setting->name, remedy);
	return false;
}

static int on_line(void *user, const char *section, const char *key, const char *value)
{
	struct reading *reading = user;
	const struct vs_setting *setting = vs_setting_find(key);
	const struct entry *before;

	if (!setting) {
		complain(reading, "no setting is called '%s'", key, "see vserver.conf(5)");
		return 1;
	}
	before = find_here(reading, setting);
	if (before && !setting->list) {
		char line[64];

		snprintf(line, sizeof(line), "line %u has it too: keep one of them", before->line);
		complain(reading, "'%s' is set twice", key, line);
		return 1;
	}
	if (!check_value(reading, setting, value))
		return 1;

	if (!before)
		entries_drop(reading->entries, setting, reading->path);
	if (entries_add(reading->entries, setting, value, reading->path, reading->line) < 0)
		reading->error = -ENOMEM;
	return 1;
}

/* Of the lines that it cannot read, inih tells the first; and sections it
 * knows, which are not known here.  So both are found here, all of them. */
static bool is_line(const char *line)
{
	const char *text = line + strspn(line, " \t\r\n");

	if (!*text || *text == '#' || *text == ';')
		return true;
	return *text != '[' && *text != '=' && *text != ':' && strpbrk(text, "=:");
}

static char *read_checked(char *line, int size, void *stream)
{
	struct reading *reading = stream;
	char *text;

	if (!read_line(line, size, stream))
		return NULL;
	/* A byte order mark is inih's to skip. */
	text = line + (reading->line == 1 && !strncmp(line, "\xef\xbb\xbf", 3) ? 3 : 0);
	if (!text_is_utf8(text)) {
		complain(reading, "what is not UTF-8 is in this line%s", "", "write it in UTF-8");
		strcpy(line, "\n");
		return line;
	}
	if (is_line(text))
		return line;

	text[strcspn(text, "\r\n")] = '\0';
	complain(reading, "'%s' is not a setting", text, "lines are written SETTING = VALUE");
	strcpy(line, "\n");
	return line;
}

int config_file_read(const char *path, struct entries *entries, FILE *errors)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	struct reading reading = {
		.file = file,
		.path = path,
		.entries = entries,
		.errors = errors,
	};
	int r;

	if (!file)
		return -errno;
	r = ini_parse_stream(read_checked, &reading, on_line, &reading);
	if (r < 0)
		return -ENOMEM;
	if (ferror(file))
		return -EIO;
	return reading.error;
}

bool config_line_fits(const char *key, const char *value)
{
	size_t length = strlen(value);

	if (strlen(key) + strlen(" = ") + length > CONFIG_LINE_MAX)
		return false;
	if (length && (isspace((unsigned char)value[0]) ||
		       isspace((unsigned char)value[length - 1])))
		return false;
	/* A semicolon after space begins a comment. */
	for (size_t i = 0; i < length; i++)
		if (iscntrl((unsigned char)value[i]) ||
		    (value[i] == ';' && (i == 0 || isspace((unsigned char)value[i - 1]))))
			return false;
	return true;
}
