// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Images from archives, directories and OCI image layouts: what kind of thing it
 * is, and who takes it apart.  It runs in a child of the daemon: unpacking changes
 * the working directory.
 */
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "copy.h"
#include "fail.h"
#include "oci.h"
#include "scope.h"
#include "store.h"
#include "tree.h"
#include "unpack.h"

/* Of all: then come its manifest and the disk. */
#define FILL_PERCENT 90

/* How far the tree is; told when it is another percent. */
struct filling {
	store_progress_t call;
	void *userdata;
	unsigned int told, from, to;
	uint64_t entries;	/* of a directory: how many there are */
};

static void tell(unsigned int percent, void *userdata)
{
	struct filling *filling = userdata;
	unsigned int whole = filling->from + (filling->to - filling->from) * percent / 100;

	if (!filling->call || whole <= filling->told || whole > filling->to)
		return;
	filling->told = whole;
	filling->call(whole, filling->userdata);
}

static void tell_entries(uint64_t entries, void *userdata)
{
	const struct filling *filling = userdata;

	if (entries <= filling->entries)
		tell((unsigned int)(entries * 100 / filling->entries), userdata);
}

/* --- an OCI image layout in an archive ----------------------------------------------- */

/* What is in one, and in no tree of a system.  The first name that is not says it. */
static int look_for_mark(struct archive_entry *entry, void *userdata, char **ret_reason)
{
	static const char *const names[] = { "", ".", "blobs", "index.json", "manifest.json",
					     "repositories", NULL };
	const char *path = archive_entry_pathname(entry);
	bool *marked = userdata;
	size_t length;

	path += strncmp(path, "./", 2) ? 0 : 2;
	length = strcspn(path, "/");
	if (!strcmp(path, "oci-layout")) {
		*marked = true;
		return 0;
	}
	for (const char *const *name = names; *name; name++)
		if (strlen(*name) == length && !strncmp(path, *name, length))
			return 0;
	return -ECANCELED;
}

/* Nothing is unpacked. */
static bool holds_layout(int archive, const struct unfinished *making)
{
	_cleanup_free_ char *reason = NULL;
	bool marked = false;
	const struct unpack_progress look = { .entry = look_for_mark, .entry_userdata = &marked };
	int r = unpack(archive, making->root, &look, &reason);

	return lseek(archive, 0, SEEK_SET) == 0 && r == 0 && marked;
}

static int unpack_layout(int archive, const struct unfinished *making, struct filling *filling,
			 char **ret_reason)
{
	const struct unpack_progress progress = { .call = tell, .userdata = filling };
	_cleanup_close_ int layout = -1;

	if (mkdirat(making->directory, "layout", 0700) < 0)
		return -errno;
	layout = openat(making->directory, "layout", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (layout < 0)
		return -errno;
	filling->to = FILL_PERCENT / 3;
	return unpack(archive, layout, &progress, ret_reason);
}

/* --- kinds ----------------------------------------------------------------------------- */

static int fill_from_layout(int layout, const struct unfinished *making, const char *tag,
			    struct filling *filling, char **ret_reason)
{
	const struct unpack_progress progress = { .call = tell, .userdata = filling };

	filling->from = filling->told;
	filling->to = FILL_PERCENT;
	return oci_unpack(layout, tag, making->root, &progress, ret_reason);
}

static int fill_from_packed_layout(int archive, const struct unfinished *making, const char *tag,
				   struct filling *filling, char **ret_reason)
{
	_cleanup_close_ int layout = -1;
	int r = unpack_layout(archive, making, filling, ret_reason);

	if (r < 0)
		return r;
	layout = openat(making->directory, "layout", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (layout < 0)
		return -errno;
	r = fill_from_layout(layout, making, tag, filling, ret_reason);
	return r < 0 ? r : tree_remove(making->directory, "layout");
}

static int fill_from_archive(int archive, const struct unfinished *making, struct filling *filling,
			     char **ret_reason)
{
	const struct unpack_progress progress = { .call = tell, .userdata = filling };

	return unpack(archive, making->root, &progress, ret_reason);
}

/* The root is made anew, by the copy. */
static int fill_from_directory(int from, struct unfinished *making, struct filling *filling,
			       char **ret_reason)
{
	const struct copy_progress progress = { .call = tell_entries, .userdata = filling };
	int r = copy_count(from, &filling->entries);

	if (!r && unlinkat(making->directory, "root", AT_REMOVEDIR) < 0)
		r = -errno;
	if (!r)
		r = copy_tree(from, making->directory, "root", COPY_FOREIGN, &progress, NULL,
			      ret_reason);
	if (r < 0)
		return r;
	close(making->root);
	making->root = openat(making->directory, "root", O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
			      O_CLOEXEC);
	return making->root < 0 ? -errno : 0;
}

static int open_source(const char *from, struct stat *ret, char **ret_reason)
{
	_cleanup_close_ int fd = -1;

	if (*from != '/')
		return fail(ret_reason, -EINVAL, "%s is not an absolute path", from);
	fd = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, ret) < 0)
		return fail(ret_reason, -errno, "%s: %s", from, strerror(errno));
	if (!S_ISREG(ret->st_mode) && !S_ISDIR(ret->st_mode))
		return fail(ret_reason, -EINVAL, "%s is neither a file nor a directory", from);
	return TAKE_FD(fd);
}

static int fill(struct unfinished *making, const struct store_source *source,
		struct filling *filling, const char **ret_kind, char **ret_reason)
{
	_cleanup_free_ char *reason = NULL;
	_cleanup_close_ int fd = -1;
	struct stat st;
	bool layout;
	int r;

	fd = open_source(source->from, &st, ret_reason);
	if (fd < 0)
		return fd;
	layout = S_ISDIR(st.st_mode) ? oci_is_layout(fd) : holds_layout(fd, making);
	*ret_kind = layout ? "OCI image" : S_ISDIR(st.st_mode) ? "directory" : "archive";
	if (!layout && source->tag)
		return fail(ret_reason, -EINVAL, "%s is no OCI image layout, and nothing in it "
			    "has a tag", source->from);
	if (layout && S_ISDIR(st.st_mode))
		r = fill_from_layout(fd, making, source->tag, filling, &reason);
	else if (layout)
		r = fill_from_packed_layout(fd, making, source->tag, filling, &reason);
	else if (S_ISDIR(st.st_mode))
		r = fill_from_directory(fd, making, filling, &reason);
	else
		r = fill_from_archive(fd, making, filling, &reason);
	return r < 0 ? fail(ret_reason, r, "%s: %s", source->from,
			    reason ? reason : strerror(-r)) : 0;
}

int store_import(const char *name, const struct store_source *source, bool replace,
		 store_progress_t progress, void *userdata, char **ret_reason)
{
	struct filling filling = { .call = progress, .userdata = userdata, .to = FILL_PERCENT };
	_cleanup_unfinished_ struct unfinished making;
	_cleanup_free_ char *words = NULL;
	const char *kind = "Debian";
	int r;

	*ret_reason = NULL;
	r = store_begin(name, &making, ret_reason);
	if (!r && source->suite) {
		r = store_debian(&making, source, tell, &filling, ret_reason);
	} else if (!r) {
		unpack_limit();
		r = fill(&making, source, &filling, &kind, ret_reason);
	}
	if (r < 0)
		return r;
	if (asprintf(&words, "%s %s", kind, source->suite ? source->suite : source->from) < 0) {
		words = NULL;
		return -ENOMEM;
	}
	return store_finish(&making, name, words, replace, ret_reason);
}
