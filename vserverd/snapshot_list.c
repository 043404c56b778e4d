// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What is known of snapshots, as each one's file has it: a word and a number
 * a line.  One without a file that can be read is listed all the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include <vserver.h>

#include "config.h"
#include "scope.h"
#include "snapshot.h"

#define INFO "info"

int snapshot_write_info(int dir, const struct snapshot *snap)
{
	_cleanup_close_ int fd = openat(dir, INFO, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 ||
	    dprintf(fd, "created %" PRIu64 "\npause %" PRIu64 "\nscheduled %d\nshared %d\n"
		    "entries %" PRIu64 "\nbytes %" PRIu64 "\n", snap->created, snap->pause_ns,
		    snap->scheduled, snap->shared, snap->entries, snap->bytes) < 0)
		return -errno;
	return 0;
}

static void take_line(const char *line, struct snapshot *snap)
{
	char word[16];
	uint64_t number;

	if (sscanf(line, "%15s %" SCNu64, word, &number) != 2)
		return;
	if (!strcmp(word, "created"))
		snap->created = number;
	else if (!strcmp(word, "pause"))
		snap->pause_ns = number;
	else if (!strcmp(word, "scheduled"))
		snap->scheduled = number != 0;
	else if (!strcmp(word, "shared"))
		snap->shared = number != 0;
	else if (!strcmp(word, "entries"))
		snap->entries = number;
	else if (!strcmp(word, "bytes"))
		snap->bytes = number;
}

static void take_info(int dir, struct snapshot *snap)
{
	int fd = openat(dir, INFO, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	_cleanup_fclose_ FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	while (file && getline(&line, &size, file) > 0)
		take_line(line, snap);
}

int snapshot_read(const char *guest, const char *name, struct snapshot *ret)
{
	struct snapshot snap = { 0 };
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int dir = -1;

	if (!vs_name_valid(guest) || !vs_name_valid(name))
		return -ENOENT;
	if (asprintf(&path, GUESTS_DIR "/%s/snapshots/%s", guest, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return -errno;
	take_info(dir, &snap);
	snap.name = strdup(name);
	if (!snap.name)
		return -ENOMEM;
	*ret = snap;
	return 0;
}

void snapshot_clear(struct snapshot *snap)
{
	free(snap->name);
	*snap = (struct snapshot){ 0 };
}

void snapshots_free(struct snapshot *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		snapshot_clear(&list[i]);
	free(list);
}

static int compare(const void *a, const void *b)
{
	const struct snapshot *one = a, *two = b;

	if (one->created != two->created)
		return one->created < two->created ? -1 : 1;
	return strcmp(one->name, two->name);
}

int snapshot_list(const char *guest, struct snapshot **ret, size_t *ret_n)
{
	_cleanup_closedir_ DIR *dir = NULL;
	_cleanup_free_ char *path = NULL;
	struct snapshot *list = NULL, *grown;
	const struct dirent *entry;
	size_t n = 0;

	if (asprintf(&path, GUESTS_DIR "/%s/snapshots", guest) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	dir = opendir(path);
	if (!dir && errno != ENOENT)
		return -errno;
	while (dir && (entry = readdir(dir))) {
		struct snapshot snap;

		if (snapshot_read(guest, entry->d_name, &snap) < 0)
			continue;
		grown = reallocarray(list, n + 1, sizeof(*list));
		if (!grown) {
			snapshot_clear(&snap);
			snapshots_free(list, n);
			return -ENOMEM;
		}
		list = grown;
		list[n++] = snap;
	}
	if (n)
		qsort(list, n, sizeof(*list), compare);
	*ret = list;
	*ret_n = n;
	return 0;
}
