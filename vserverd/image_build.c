// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Trees of guests made: what kind of thing one is made from, and who takes it
 * apart.  It gets its name when it is whole (directory.c).  It runs in a child of
 * the daemon: unpacking changes the working directory.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <vserver.h>

#include "copy.h"
#include "directory.h"
#include "fail.h"
#include "image.h"
#include "scope.h"
#include "unpack.h"

/* What a tree is filled with. */
struct filling {
	const struct tree_source *source;
	int from;		/* the archive or the directory, open */
	const char *words;	/* what it comes from, for people */
	uint64_t entries;	/* of a directory: how many there are */
	unsigned int told;
	image_progress_t call;
	void *userdata;
};

/* --- by kind ---------------------------------------------------------------------------- */

static int make_root(int directory, char **ret_reason)
{
	int fd = mkdirat(directory, "root", 0755) < 0 ? -1 :
		 openat(directory, "root", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? fail(ret_reason, -errno, "making its root: %s", strerror(errno)) : fd;
}

static int unpack_archive(const struct filling *filling, int root, char **ret_reason)
{
	const struct unpack_progress progress = { .call = filling->call,
						  .userdata = filling->userdata };

	unpack_limit();
	return unpack(filling->from, root, &progress, ret_reason);
}

static void tell_entries(uint64_t entries, void *userdata)
{
	struct filling *filling = userdata;
	unsigned int percent = entries < filling->entries ?
			       (unsigned int)(entries * 100 / filling->entries) : 100;

	if (percent <= filling->told)
		return;
	filling->told = percent;
	filling->call(percent, filling->userdata);
}

/* The copy makes the root, which is as that of the other. */
static int copy_directory(struct filling *filling, int directory, char **ret_reason)
{
	const struct copy_progress progress = { .call = tell_entries, .userdata = filling };
	int r = copy_count(filling->from, &filling->entries);

	return r < 0 ? r : copy_tree(filling->from, directory, "root", COPY_FOREIGN, &progress,
				     NULL, ret_reason);
}

static int install_debian(const struct filling *filling, const char *path, int directory,
			  int root, char **ret_reason)
{
	const struct unfinished making = { .images = -1, .directory = directory, .root = root,
					   .path = (char *)path };

	return store_debian(&making, &filling->source->from, filling->call, filling->userdata,
			    ret_reason);
}

/* --- what all have -------------------------------------------------------------------- */

static int find_init(const char *directory, const char *from, char **ret_reason)
{
	_cleanup_free_ char *root = NULL, *init = NULL;
	struct vs *vs;
	int r;

	if (asprintf(&root, "%s/root", directory) < 0) {
		root = NULL;
		return -ENOMEM;
	}
	r = vs_new(&vs);
	if (r < 0)
		return r;
	r = vs_space_find_init(vs, root, &init);
	if (r < 0)
		r = fail(ret_reason, r, "%s has no init: a root filesystem with /sbin/init is "
			 "wanted", from);
	vs_close(vs);
	return r;
}

static int fill_root(struct filling *filling, const char *path, int directory,
		     char **ret_reason)
{
	_cleanup_close_ int root = -1;

	if (filling->source->kind == TREE_DIRECTORY)
		return copy_directory(filling, directory, ret_reason);
	root = make_root(directory, ret_reason);
	if (root < 0)
		return root;
	if (filling->source->kind == TREE_ARCHIVE)
		return unpack_archive(filling, root, ret_reason);
	if (filling->source->kind == TREE_DEBIAN)
		return install_debian(filling, path, directory, root, ret_reason);
	return 0;
}

/* Who asks for an empty tree puts an init into it later. */
static int fill(const char *path, void *userdata, char **ret_reason)
{
	_cleanup_close_ int directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
					     O_CLOEXEC);
	struct filling *filling = userdata;
	_cleanup_free_ char *reason = NULL;
	int r;

	if (directory < 0)
		return fail(ret_reason, -errno, "opening %s: %s", path, strerror(errno));
	r = fill_root(filling, path, directory, &reason);
	if (r < 0 && filling->source->kind == TREE_DEBIAN)	/* its own words are enough */
		*ret_reason = TAKE_PTR(reason);
	else if (r < 0)
		fail(ret_reason, r, "%s: %s", filling->words, reason ? reason : strerror(-r));
	if (r < 0)
		return r;
	if (filling->source->kind != TREE_EMPTY)
		r = find_init(path, filling->words, ret_reason);
	if (!r && syncfs(directory) < 0)
		r = fail(ret_reason, -errno, "writing %s: %s", path, strerror(errno));
	return r;
}

/* The archive or the directory. */
static int open_source(const struct tree_source *source, char **ret_reason)
{
	const char *from = source->from.from;
	bool archive = source->kind == TREE_ARCHIVE;
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (*from != '/')
		return fail(ret_reason, -EINVAL, "%s is not an absolute path", from);
	fd = open(from, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0)
		return fail(ret_reason, -errno, "%s: %s", from, strerror(errno));
	if (archive ? !S_ISREG(st.st_mode) : !S_ISDIR(st.st_mode))
		return fail(ret_reason, -EINVAL, "%s is not a %s", from,
			    archive ? "regular file" : "directory");
	return TAKE_FD(fd);
}

int image_build(const char *name, const struct tree_source *source,
		image_progress_t progress, void *userdata, char **ret_reason)
{
	struct filling filling = {
		.source = source, .from = -1, .call = progress, .userdata = userdata,
	};
	_cleanup_free_ char *words = NULL;
	_cleanup_close_ int from = -1;

	*ret_reason = NULL;
	if (image_exists(name))
		return fail(ret_reason, -EEXIST, GUESTS_DIR "/%s is there already", name);
	if (source->from.from) {
		from = open_source(source, ret_reason);
		if (from < 0)
			return from;
	}
	filling.from = from;
	if (source->from.suite && asprintf(&words, "Debian %s", source->from.suite) < 0) {
		words = NULL;
		return -ENOMEM;
	}
	filling.words = words ? words : source->from.from ? source->from.from : name;
	return directory_make(name, fill, &filling, ret_reason);
}
