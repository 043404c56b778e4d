// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The lines of a guest's files that give its addresses, changed by one.  A file
 * that has any takes the place of all in the files before it, so that a change is
 * the whole list anew, in 50-set.conf; and "none" is written where that is empty,
 * or those of the files before would count.
 */
#include <errno.h>
#include <string.h>

#include "config_address.h"
#include "config_file.h"
#include "config_path.h"
#include "scope.h"

#define KEY	"address"
#define NONE	"none"

static void strv_clear(char ***strv)
{
	for (char **s = *strv; s && *s; s++)
		free(*s);
	free(*strv);
	*strv = NULL;
}

static size_t length(char *const *strv)
{
	size_t n = 0;

	while (strv && strv[n])
		n++;
	return n;
}

static int push(char ***strv, const char *line)
{
	size_t n = length(*strv);
	char **grown = reallocarray(*strv, n + 2, sizeof(char *));

	if (!grown)
		return -ENOMEM;
	*strv = grown;
	grown[n] = strdup(line);
	grown[n + 1] = NULL;
	return grown[n] ? 0 : -ENOMEM;
}

static int copy(char *const *from, char ***ret)
{
	int r = 0;

	for (size_t i = 0; from && from[i] && !r; i++)
		r = push(ret, from[i]);
	return r;
}

/* --- reading ------------------------------------------------------------------- */

/* What is wrong in them, the guest's configuration has told. */
static int read_files(char *const *paths, bool runtime, FILE *errors, char ***ret)
{
	static const char below_run[] = CONFIG_RUNTIME_DIR "/";
	struct entries entries = { 0 };
	int r = 0;

	for (size_t i = 0; paths[i] && !r; i++) {
		if (!strncmp(paths[i], below_run, strlen(below_run)) != runtime)
			continue;
		r = config_file_read(paths[i], &entries, errors);
		if (r == -ENOENT)
			r = 0;
	}
	for (size_t i = 0; i < entries.n && !r; i++)
		if (!strcmp(entries.entry[i].setting->name, KEY))
			r = push(ret, entries.entry[i].value);
	entries_clear(&entries);
	return r;
}

int config_address_lines(const char *name, struct address_lines *ret)
{
	_cleanup_strv_free_ char **paths = NULL;
	_cleanup_free_ char *text = NULL;
	struct address_lines lines = { 0 };
	FILE *errors;
	size_t size;
	int r;

	r = config_layers(name, &paths);
	if (r < 0)
		return r;
	errors = open_memstream(&text, &size);
	if (!errors)
		return -ENOMEM;
	r = read_files(paths, false, errors, &lines.lasting);
	if (!r)
		r = read_files(paths, true, errors, &lines.runtime);
	fclose(errors);
	if (r < 0) {
		address_lines_clear(&lines);
		return r;
	}
	*ret = lines;
	return 0;
}

char *const *address_lines_in_force(const struct address_lines *lines)
{
	return lines->runtime ? lines->runtime : lines->lasting;
}

/* --- changing ------------------------------------------------------------------ */

static bool is_for(const char *line, const struct vs_address *address)
{
	struct address_config config;
	bool same;

	if (config_parse_address(line, &config) < 0)
		return false;
	same = config_same_address(&config.address, address);
	free(config.dev);
	return same;
}

bool address_lines_have(char *const *lines, const struct vs_address *address)
{
	for (size_t i = 0; lines && lines[i]; i++)
		if (is_for(lines[i], address))
			return true;
	return false;
}

static int add(char ***lines, const char *line)
{
	if (*lines && !strcmp(**lines, NONE))
		strv_clear(lines);
	return push(lines, line);
}

static int drop(char ***lines, const struct vs_address *address)
{
	size_t kept = 0;

	for (size_t i = 0; *lines && (*lines)[i]; i++) {
		if (is_for((*lines)[i], address))
			free((*lines)[i]);
		else
			(*lines)[kept++] = (*lines)[i];
	}
	if (*lines)
		(*lines)[kept] = NULL;
	return kept ? 0 : push(lines, NONE);
}

/* What is until the next start begins with what lasts. */
static int begin(struct address_lines *lines, bool runtime)
{
	return runtime && !lines->runtime ? copy(lines->lasting, &lines->runtime) : 0;
}

int address_lines_add(struct address_lines *lines, const char *line, bool runtime)
{
	struct address_config config;
	int r;

	r = config_parse_address(line, &config);
	if (!r)
		free(config.dev);
	if (!r)
		r = begin(lines, runtime);
	if (!r && !runtime && !address_lines_have(lines->lasting, &config.address))
		r = add(&lines->lasting, line);
	if (!r && (runtime || lines->runtime) &&
	    !address_lines_have(lines->runtime, &config.address))
		r = add(&lines->runtime, line);
	return r;
}

int address_lines_remove(struct address_lines *lines, const struct vs_address *address,
			 bool runtime)
{
	int r = begin(lines, runtime);

	if (!r && !runtime)
		r = drop(&lines->lasting, address);
	if (!r && (runtime || lines->runtime))
		r = drop(&lines->runtime, address);
	return r;
}

/* --- writing ------------------------------------------------------------------- */

static const char **keys_for(size_t n)
{
	const char **keys = calloc(n + 1, sizeof(char *));

	for (size_t i = 0; keys && i < n; i++)
		keys[i] = KEY;
	return keys;
}

static int write_lines(const char *name, char *const *lines, bool runtime)
{
	size_t n = length(lines);
	_cleanup_free_ const char **keys = keys_for(n);

	if (!keys)
		return -ENOMEM;
	return n ? config_set(name, keys, (const char *const *)lines, n, runtime) : 0;
}

int address_lines_write(const char *name, const struct address_lines *lines, bool runtime)
{
	int r = write_lines(name, lines->runtime, true);

	return r < 0 || runtime ? r : write_lines(name, lines->lasting, false);
}

int address_lines_preview(const char *name, const struct address_lines *lines,
			  struct config **ret, char **ret_errors)
{
	char *const *in_force = address_lines_in_force(lines);
	size_t n = length(in_force);
	_cleanup_free_ const char **keys = keys_for(n);

	if (!keys)
		return -ENOMEM;
	return config_preview(name, keys, (const char *const *)in_force, n, ret, ret_errors);
}

void address_lines_clear(struct address_lines *lines)
{
	strv_clear(&lines->lasting);
	strv_clear(&lines->runtime);
}
