// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Directory trees copied without following anything: no symbolic link, and no
 * mount.  Whose they are may have prepared them, and may run meanwhile; where
 * a copy is made nobody else has anything to say.
 *
 * A file with several names is linked into a directory beside the copy, under
 * the number that it has in the original, where its other names find it.  So
 * a tree of a million links needs no memory for them.
 */
#include "copy.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>

#include "config.h"
#include "fail.h"
#include "scope.h"
#include "store.h"
#include "tree.h"

/* Directories in each other; each has three descriptors while it is copied. */
#define DEPTH_MAX	1000
#define FILES_MAX	(4 * DEPTH_MAX)

struct copy {
	unsigned int flags;
	int links;		/* files with several names, by device and number */
	struct stat ours[2];	/* of COPY_FOREIGN: what is not looked into */
	const struct copy_progress *progress;
	struct copy_stats stats;
	char **ret_reason;
};

/* Of names that may be anything, in one line. */
static int refuse(const struct copy *copy, int error, int dir, const char *name)
{
	char link[32], path[512];
	ssize_t size;

	if (*copy->ret_reason)
		return error;	/* told where it was seen */
	snprintf(link, sizeof(link), "/proc/self/fd/%d", dir);
	size = readlink(link, path, sizeof(path) - 1);
	path[size < 0 ? 0 : size] = '\0';
	fail(copy->ret_reason, error, "%s/%s: %s", path, name,
	     error == -EXDEV ? "something is mounted there" :
	     error == -ELOOP ? "directories are nested too deep here" :
	     error == -ETXTBSY ? "a process has a lease on it" : strerror(-error));
	for (char *c = *copy->ret_reason; c && *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	return error;
}

static int open_entry(int dir, const char *name, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)flags | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV,
	};
	int fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* --- one entry ------------------------------------------------------------------------ */

static void link_name(const struct stat *st, char name[static 48])
{
	snprintf(name, 48, "%llx-%llx", (unsigned long long)st->st_dev,
		 (unsigned long long)st->st_ino);
}

/* 1: there is a name of it already, and now this one; 0: it is the first. */
static int find_link(const struct copy *copy, const struct stat *st, int dir, const char *name)
{
	char link[48];

	link_name(st, link);
	if (linkat(copy->links, link, dir, name, 0) == 0)
		return 1;
	/* One more than it can have: then this is the last. */
	if (errno == EMLINK && renameat(copy->links, link, dir, name) == 0)
		return 1;
	return errno == ENOENT ? 0 : -errno;
}

static int keep_link(const struct copy *copy, const struct stat *st, int dir, const char *name)
{
	char link[48];

	link_name(st, link);
	return linkat(dir, name, copy->links, link, 0) < 0 ? -errno : 0;
}

static int make_file(struct copy *copy, int from, const struct stat *st, int dir,
		     const char *name)
{
	_cleanup_close_ int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
					O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	copy->stats.bytes += (uint64_t)st->st_size;
	return copy_data(from, fd, st, &copy->stats.shared);
}

static int make_link(int from, int dir, const char *name)
{
	char target[4097];
	ssize_t size = readlinkat(from, "", target, sizeof(target) - 1);

	if (size < 0)
		return -errno;
	target[size] = '\0';
	return symlinkat(target, dir, name) < 0 ? -errno : 0;
}

static int make_entry(struct copy *copy, int from, const struct stat *st, int dir,
		      const char *name)
{
	if (S_ISREG(st->st_mode))
		return make_file(copy, from, st, dir, name);
	if (S_ISLNK(st->st_mode))
		return make_link(from, dir, name);
	return mknodat(dir, name, (st->st_mode & S_IFMT) | 0600, st->st_rdev) < 0 ? -errno : 0;
}

static bool is_ours(const struct copy *copy, const struct stat *st)
{
	for (size_t i = 0; i < 2; i++)
		if (st->st_ino == copy->ours[i].st_ino && st->st_dev == copy->ours[i].st_dev)
			return true;
	return false;
}

static bool is_left_out(const struct copy *copy, const struct stat *st)
{
	bool foreign = copy->flags & COPY_FOREIGN;

	if (is_ours(copy, st))
		return true;
	if (S_ISSOCK(st->st_mode))
		return foreign;
	return (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) && !(copy->flags & COPY_WHOLE);
}

static int copy_one(struct copy *copy, int from, const struct stat *st, int dir,
		    const char *name)
{
	_cleanup_close_ int made = -1;
	int r;

	if (st->st_nlink > 1) {
		r = find_link(copy, st, dir, name);
		if (r != 0)
			return r < 0 ? r : 0;
	}
	r = make_entry(copy, from, st, dir, name);
	if (r < 0)
		return r;
	made = openat(dir, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (made < 0)
		return -errno;
	r = copy_attributes(from, made, st, copy->flags);
	return r < 0 || st->st_nlink == 1 ? r : keep_link(copy, st, dir, name);
}

/* --- directories ------------------------------------------------------------------------ */

static int copy_directory(struct copy *copy, int path, const struct stat *st, int dir,
			  const char *name, unsigned int depth);

/* A directory that something is mounted on, as that is, and empty. */
static int copy_mountpoint(struct copy *copy, int from, int dir, const char *name)
{
	_cleanup_close_ int path = openat(from, name, O_PATH | O_NOFOLLOW | O_CLOEXEC), to = -1;
	struct stat st;

	if (path < 0 || fstat(path, &st) < 0)
		return -errno;
	copy->stats.left_out++;
	if (!S_ISDIR(st.st_mode))
		return 0;
	if (mkdirat(dir, name, 0700) < 0)
		return -errno;
	to = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return to < 0 ? -errno : copy_attributes(path, to, &st, copy->flags);
}

static int copy_entry(struct copy *copy, int from, int to, const char *name,
		      unsigned int depth)
{
	_cleanup_close_ int path = open_entry(from, name, O_PATH);
	struct stat st;
	int r;

	if (path == -EXDEV && copy->flags & COPY_FOREIGN) {
		r = copy_mountpoint(copy, from, to, name);
		return r < 0 ? refuse(copy, r, from, name) : 0;
	}
	if (path < 0)	/* gone since */
		return path == -ENOENT ? 0 : refuse(copy, path, from, name);
	if (fstat(path, &st) < 0)
		return refuse(copy, -errno, from, name);
	if (is_left_out(copy, &st)) {
		copy->stats.left_out++;
		return 0;
	}
	r = S_ISDIR(st.st_mode) ? copy_directory(copy, path, &st, to, name, depth + 1) :
				  copy_one(copy, path, &st, to, name);
	if (r < 0)
		return refuse(copy, r, from, name);
	copy->stats.entries++;
	if (copy->progress)
		copy->progress->call(copy->stats.entries, copy->progress->userdata);
	return 0;
}

static int copy_entries(struct copy *copy, int path, int to, unsigned int depth)
{
	int fd = copy_reopen(path, O_RDONLY | O_DIRECTORY);
	_cleanup_closedir_ DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int r = 0;

	if (!stream)
		return fd < 0 ? fd : -errno;
	while (!r && (errno = 0, entry = readdir(stream))) {
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			r = copy_entry(copy, dirfd(stream), to, entry->d_name, depth);
	}
	return !r && errno ? -errno : r;
}

/* What is said of it comes last: what is made in it would change its times, and
 * inherit its ACL and group. */
static int copy_directory(struct copy *copy, int path, const struct stat *st, int dir,
			  const char *name, unsigned int depth)
{
	_cleanup_close_ int to = -1;
	int r;

	if (depth > DEPTH_MAX)
		return -ELOOP;
	if (mkdirat(dir, name, 0700) < 0)
		return -errno;
	to = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (to < 0)
		return -errno;
	r = copy_entries(copy, path, to, depth);
	return r < 0 ? r : copy_attributes(path, to, st, copy->flags);
}

/* One that is not there is no directory's number. */
static int find_ours(struct copy *copy)
{
	static const char *const ours[2] = { IMAGES_DIR, GUESTS_DIR };

	for (size_t i = 0; i < 2; i++)
		if (stat(ours[i], &copy->ours[i]) < 0 && errno != ENOENT)
			return refuse(copy, -errno, AT_FDCWD, ours[i]);
	return 0;
}

static void raise_files(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= FILES_MAX)
		return;
	limit.rlim_cur = limit.rlim_max < FILES_MAX ? limit.rlim_max : FILES_MAX;
	setrlimit(RLIMIT_NOFILE, &limit);
}

int copy_tree(int from, int dir, const char *name, unsigned int flags,
	      const struct copy_progress *progress, struct copy_stats *ret_stats,
	      char **ret_reason)
{
	struct copy copy = {
		.flags = flags, .progress = progress, .stats.shared = true,
		.ret_reason = ret_reason,
	};
	_cleanup_close_ int links = -1;
	char beside[256];
	struct stat st;
	int r;

	*ret_reason = NULL;
	raise_files();
	r = flags & COPY_FOREIGN ? find_ours(&copy) : 0;
	if (r < 0)
		return r;
	snprintf(beside, sizeof(beside), "%s.links", name);
	if (fstat(from, &st) < 0)
		return refuse(&copy, -errno, from, ".");
	if (is_ours(&copy, &st))
		return fail(ret_reason, -EINVAL, "it is what VServer keeps its own in");
	if (mkdirat(dir, beside, 0700) < 0)
		return refuse(&copy, -errno, dir, beside);
	links = openat(dir, beside, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (links < 0)
		return refuse(&copy, -errno, dir, beside);
	copy.links = links;
	r = copy_directory(&copy, from, &st, dir, name, 0);
	if (!r)
		r = tree_remove(dir, beside);
	if (r < 0)
		return refuse(&copy, r, dir, name);
	if (ret_stats)
		*ret_stats = copy.stats;
	return 0;
}

/* --- how much ----------------------------------------------------------------------------- */

static int count(int path, unsigned int depth, uint64_t *n)
{
	int fd = depth > DEPTH_MAX ? -ELOOP : copy_reopen(path, O_RDONLY | O_DIRECTORY);
	_cleanup_closedir_ DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int r = 0;

	if (!stream)
		return fd < 0 ? fd : -errno;
	while (!r && (entry = readdir(stream))) {
		_cleanup_close_ int below = -1;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		++*n;
		if (entry->d_type != DT_DIR)
			continue;
		below = open_entry(dirfd(stream), entry->d_name, O_PATH | O_DIRECTORY);
		r = below < 0 ? 0 : count(below, depth + 1, n);	/* copy_tree() tells why */
	}
	return r;
}

int copy_count(int from, uint64_t *ret)
{
	uint64_t n = 0;
	int r;

	raise_files();
	r = count(from, 0, &n);
	if (!r)
		*ret = n;
	return r;
}
