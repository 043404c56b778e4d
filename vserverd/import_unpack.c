// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * An export unpacked, by a worker, into a directory that is no guest's yet: its
 * tree, and beside it, for whoever makes a guest of it, what it says of itself,
 * after that has been looked at.
 */
#include "import_unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-json.h>
#include <vserver.h>

#include "config_file.h"
#include "export.h"
#include "fail.h"
#include "import_since.h"
#include "scope.h"

static int write_text(int dir, const char *name, const char *text)
{
	_cleanup_close_ int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	size_t size = strlen(text);

	if (fd < 0)
		return -errno;
	return write(fd, text, size) == (ssize_t)size ? 0 : -EIO;
}

/* Every line by itself: what is wrong is said of the first. */
static int check_conf(const char *directory, char **ret_reason)
{
	_cleanup_free_ char *path = NULL, *text = NULL;
	struct entries entries = { 0 };
	size_t size;
	FILE *errors;
	int r;

	if (asprintf(&path, "%s/" IMPORT_CONF, directory) < 0)
		return -ENOMEM;
	errors = open_memstream(&text, &size);
	if (!errors)
		return -ENOMEM;
	r = config_file_read(path, &entries, errors);
	entries_clear(&entries);
	if (fclose(errors) != 0)
		return -ENOMEM;
	if (!r && size > strlen(path))
		r = fail(ret_reason, -EINVAL, "its " EXPORT_CONF "%.*s",
			 (int)strcspn(text + strlen(path), "\n"), text + strlen(path));
	return r;
}

/* What it is of; @since NULL: it is a whole guest. */
struct about {
	const char *name, *since, *sum;
};

static const char *string(sd_json_variant *object, const char *key)
{
	sd_json_variant *field = sd_json_variant_by_key(object, key);

	return field && sd_json_variant_is_string(field) ? sd_json_variant_string(field) : NULL;
}

static int check_json(sd_json_variant *object, struct about *about, char **ret_reason)
{
	sd_json_variant *field = sd_json_variant_by_key(object, "version");

	if (!field || !sd_json_variant_is_unsigned(field) ||
	    sd_json_variant_unsigned(field) != EXPORT_VERSION)
		return fail(ret_reason, -EBADMSG, "it is an export of another version than %d, "
			    "which is what this vserver knows", EXPORT_VERSION);
	*about = (struct about){ string(object, "name"), string(object, "since"),
				 string(object, "sinceSum") };
	if (!about->name || !vs_name_valid(about->name))
		return fail(ret_reason, -EBADMSG, "the name in its " EXPORT_JSON " is none for a "
			    "guest");
	if (about->since && (!vs_name_valid(about->since) || !about->sum))
		return fail(ret_reason, -EBADMSG, "the snapshot in its " EXPORT_JSON " is none");
	return 0;
}

static int keep(int dir, const char *directory, const char *name, const struct import *import,
		const struct about *about, char **ret_reason)
{
	int r;

	if (!name)
		name = about->name;
	if (import->has_gone && !about->since)
		return fail(ret_reason, -EBADMSG, "it says what is gone, but not since when");
	r = write_text(dir, IMPORT_NAME, name);
	if (!r)
		r = write_text(dir, IMPORT_CONF, import->conf);
	if (!r && about->since)
		r = write_text(dir, IMPORT_SINCE, about->since);
	if (!r && about->since)
		return import_since(dir, name, about->since, about->sum, ret_reason);
	return r < 0 ? r : check_conf(directory, ret_reason);
}

static int look(int dir, const char *directory, const char *name, const struct import *import,
		char **ret_reason)
{
	sd_json_variant *object = NULL;
	struct about about = {};
	int r = 0;

	if (sd_json_parse(import->json, 0, &object, NULL, NULL) < 0 ||
	    !sd_json_variant_is_object(object))
		r = fail(ret_reason, -EBADMSG, "its " EXPORT_JSON " is no JSON object");
	if (!r)
		r = check_json(object, &about, ret_reason);
	if (!r)
		r = keep(dir, directory, name, import, &about, ret_reason);
	sd_json_variant_unref(object);
	return r;
}

/* "gone": closed, so that it can be read, before it is. */
static int read_all(int archive, int dir, const struct unpack_progress *progress,
		    struct import *import, char **ret_reason)
{
	int fd = openat(dir, "gone", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *gone = fd < 0 ? NULL : fdopen(fd, "w");
	_cleanup_close_ int root = -1;
	int r;

	if (!gone)
		return -errno;
	root = openat(dir, "root", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	r = root < 0 ? -errno : import_read(archive, root, gone, progress, import, ret_reason);
	return fclose(gone) != 0 && !r ? -errno : r;
}

int import_unpack(int archive, const char *directory, const char *name,
		  const struct unpack_progress *progress, char **ret_reason)
{
	_cleanup_close_ int dir = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
				       O_CLOEXEC);
	struct import import = { 0 };
	int r;

	if (dir < 0 || mkdirat(dir, "root", 0755) < 0)
		return -errno;
	r = read_all(archive, dir, progress, &import, ret_reason);
	if (!r)
		r = look(dir, directory, name, &import, ret_reason);
	if (!r && unlinkat(dir, "gone", 0) < 0)
		r = -errno;
	if (!r && syncfs(dir) < 0)
		r = -errno;
	import_clear(&import);
	return r;
}
