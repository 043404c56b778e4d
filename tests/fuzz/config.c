// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's file: every line that is in force is a setting with a value that
 * its type takes, written again it is read as the same, and whatever is said of
 * the others is said with file and line.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "vserverd/config_file.h"

#define PATH_MAX_HERE 64

/* A file in memory, and the path that leads to it. */
static int file_of(const void *data, size_t size, char *ret_path)
{
	int fd = memfd_create("config", MFD_CLOEXEC);

	must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(ret_path, PATH_MAX_HERE, "/proc/self/fd/%d", fd);
	return fd;
}

static void line_again(const struct entry *entry)
{
	struct entries entries = {};
	char path[PATH_MAX_HERE], *line, *said = NULL;
	size_t said_size;
	FILE *errors;
	int fd;

	if (!config_line_fits(entry->setting->name, entry->value))
		return;
	must(asprintf(&line, "%s = %s\n", entry->setting->name, entry->value) > 0);
	fd = file_of(line, strlen(line), path);
	errors = open_memstream(&said, &said_size);
	must(errors && config_file_read(path, &entries, errors) == 0);
	fclose(errors);
	if (entries.n != 1 || strcmp(entries.entry[0].value, entry->value) != 0)
		fprintf(stderr, "written: %sread: %s\n%s", line,
			entries.n ? entries.entry[0].value : "nothing", said);
	must(entries.n == 1 && entries.entry[0].setting == entry->setting &&
	     !strcmp(entries.entry[0].value, entry->value));
	entries_clear(&entries);
	close(fd);
	free(said);
	free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[PATH_MAX_HERE], *said = NULL, *line, *rest;
	struct entries entries = {};
	size_t said_size, i;
	FILE *errors = open_memstream(&said, &said_size);
	int fd = file_of(data, size, path);

	must(errors && config_file_read(path, &entries, errors) == 0);
	fclose(errors);
	for (i = 0; i < entries.n; i++) {
		char *reason, *remedy;

		must(vs_setting_check(entries.entry[i].setting, entries.entry[i].value,
				      &reason, &remedy) == 0);
		must(!strcmp(entries.entry[i].path, path) && entries.entry[i].line);
		line_again(&entries.entry[i]);
	}
	for (rest = said; (line = strsep(&rest, "\n"));)
		must((!*line && !rest) || !strncmp(line, path, strlen(path)));
	entries_clear(&entries);
	free(said);
	close(fd);
	return 0;
}
