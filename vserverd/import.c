// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * An export read: what has to stand where, taken from an archive that anybody
 * may have written.  Nothing but the tree is unpacked; the texts before it are
 * read into memory, as much as one may have; and it is good only with the sum
 * that it ends with.  What the texts say is not known here.
 */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive_sum.h"
#include "export.h"
#include "fail.h"
#include "scope.h"

#define GONE_MAX (256U << 20)	/* four million paths that are not short */

/* What comes next. */
enum place {
	PLACE_CONF,
	PLACE_JSON,
	PLACE_ROOT,	/* what has a name below it, or the sum */
	PLACE_END,
};

struct reading {
	struct import *import;
	FILE *gone;		/* NULL: nobody asks what is gone */
	size_t n_gone;		/* bytes of it */
	struct archive_sum sum;
	enum place place;
};

/* A text of up to @max bytes; a zero byte is in none. */
static int read_text(struct archive *in, struct archive_entry *entry, size_t max, char **ret,
		     char **ret_reason)
{
	const char *path = archive_entry_pathname(entry);
	la_int64_t size = archive_entry_size(entry);
	_cleanup_free_ char *text = NULL;

	if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) ||
	    size < 0 || size > (la_int64_t)max)
		return fail(ret_reason, -EBADMSG, "its %s is no file of up to %zu bytes", path, max);
	text = calloc(1, (size_t)size + 1);
	if (!text)
		return -ENOMEM;
	if (archive_read_data(in, text, (size_t)size) != size)
		return fail(ret_reason, -EBADMSG, "it is damaged or cut off in %s", path);
	if (strlen(text) != (size_t)size)
		return fail(ret_reason, -EBADMSG, "its %s is no text", path);
	*ret = TAKE_PTR(text);
	return 0;
}

static int read_head(struct reading *reading, struct archive *in, struct archive_entry *entry,
		     char **ret_reason)
{
	bool conf = reading->place == PLACE_CONF;
	char **text = conf ? &reading->import->conf : &reading->import->json;
	const char *wanted = conf ? EXPORT_CONF : EXPORT_JSON;
	const char *path = archive_entry_pathname(entry);
	int r;

	if (!path || strcmp(path, wanted))
		return fail(ret_reason, -EBADMSG, "it is no export of a guest: '%s' stands where %s "
			    "should; of a root filesystem alone 'vserver build' makes a guest",
			    path ? path : "", wanted);
	archive_sum_entry(&reading->sum, entry);
	r = read_text(in, entry, conf ? EXPORT_CONF_MAX : EXPORT_JSON_MAX, text, ret_reason);
	if (r < 0)
		return r;
	archive_sum_data(&reading->sum, *text, strlen(*text));
	reading->place++;
	return 0;
}

static int read_sum(struct reading *reading, struct archive *in, struct archive_entry *entry,
		    char **ret_reason)
{
	char sum[ARCHIVE_SUM_DIGITS + 1];
	_cleanup_free_ char *text = NULL;
	int r;

	r = read_text(in, entry, ARCHIVE_SUM_DIGITS + 1, &text, ret_reason);
	if (r < 0)
		return r;
	archive_sum_end(&reading->sum, sum);
	text[strcspn(text, "\n")] = '\0';
	if (strcmp(text, sum))
		return fail(ret_reason, -EBADMSG, "it is damaged: its sum is %s, and what it holds "
			    "has another", text);
	reading->place = PLACE_END;
	return 0;
}

/* "root/etc" is "etc"; NULL: it is not below. */
static char *below_root(const char *path)
{
	size_t n = strlen(EXPORT_ROOT);

	if (strncmp(path, EXPORT_ROOT, n) || (path[n] && path[n] != '/'))
		return NULL;
	path += n;
	path += strspn(path, "/");
	return strdup(*path ? path : ".");
}

static int rename_entry(struct archive_entry *entry, char **ret_reason)
{
	const char *path = archive_entry_pathname(entry);
	const char *hardlink = archive_entry_hardlink(entry);
	_cleanup_free_ char *name = below_root(path);
	_cleanup_free_ char *other = hardlink ? below_root(hardlink) : NULL;

	if (!name || (hardlink && !other))
		return fail(ret_reason, -EBADMSG, "its entry '%s' is not below " EXPORT_ROOT "/",
			    name ? hardlink : path);
	archive_entry_copy_pathname(entry, name);
	if (other)
		archive_entry_copy_hardlink(entry, other);
	return 1;
}

static int note_gone(struct reading *reading, const char *path, char **ret_reason)
{
	size_t size = strlen(path) + 1;

	reading->n_gone += size;
	if (reading->n_gone > GONE_MAX)
		return fail(ret_reason, -E2BIG, "it says of too much that it is gone");
	return fwrite(path, 1, size, reading->gone) == size ? 0 : -EIO;
}

static int on_entry(struct archive *in, struct archive_entry *entry, void *userdata,
		    char **ret_reason)
{
	struct reading *reading = userdata;
	const char *path = archive_entry_pathname(entry);

	if (reading->place == PLACE_CONF || reading->place == PLACE_JSON)
		return read_head(reading, in, entry, ret_reason);
	if (!path)
		return 1;	/* refused as any other */
	if (reading->place == PLACE_END)
		return fail(ret_reason, -EBADMSG, "'%s' stands behind its end", path);
	if (!strcmp(path, EXPORT_SUM))
		return read_sum(reading, in, entry, ret_reason);
	archive_sum_entry(&reading->sum, entry);
	if (reading->gone && !strncmp(path, EXPORT_GONE "/", strlen(EXPORT_GONE "/")))
		return note_gone(reading, path + strlen(EXPORT_GONE "/"), ret_reason);
	return rename_entry(entry, ret_reason);
}

static void on_data(const void *data, size_t size, void *userdata)
{
	struct reading *reading = userdata;

	archive_sum_data(&reading->sum, data, size);
}

int import_read(int archive, int root, FILE *gone, const struct unpack_progress *progress,
		struct import *ret, char **ret_reason)
{
	struct import import = { 0 };
	struct reading reading = { .import = &import, .gone = gone };
	const struct unpack_hooks hooks = { .entry = on_entry, .data = on_data,
					    .userdata = &reading };
	int r;

	archive_sum_begin(&reading.sum);
	r = unpack_with(archive, root, progress, &hooks, ret_reason);
	import.has_gone = reading.n_gone > 0;
	if (!r && reading.place != PLACE_END)
		r = fail(ret_reason, -EBADMSG, "it is cut off: it has no " EXPORT_SUM " at its end");
	if (r < 0) {
		import_clear(&import);
		return r;
	}
	*ret = import;
	return 0;
}

void import_clear(struct import *import)
{
	free(import->conf);
	free(import->json);
	*import = (struct import){ 0 };
}
