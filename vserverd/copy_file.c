// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * One entry of a tree copied: its data, and what is said of it.  Where it is
 * and what becomes of it is copy.c's.
 *
 * Both ends are descriptors of O_PATH: what a name stands for was looked at
 * before, and what is done is done to that.  /proc/self/fd/N leads to it, to a
 * symbolic link itself too.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>

#include "copy.h"
#include "scope.h"
#include "xattr.h"

#define CHUNK		(64UL << 20)	/* of one copy_file_range() */
#define LIST_MAX	65536		/* XATTR_LIST_MAX, XATTR_SIZE_MAX */

struct fd_path {
	char text[32];
};

static struct fd_path path_of(int fd)
{
	struct fd_path path;

	snprintf(path.text, sizeof(path.text), "/proc/self/fd/%d", fd);
	return path;
}

int copy_reopen(int path, int flags)
{
	struct fd_path link = path_of(path);
	int fd = open(link.text, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)	/* a lease would be broken, which takes 45 s */
		return errno == EWOULDBLOCK ? -ETXTBSY : -errno;
	return fd;
}

/* --- data ------------------------------------------------------------------------ */

/* A file of btrfs that is written in place shares blocks with its like only. */
static void copy_in_place(int from, int to)
{
	int flags;

	if (ioctl(from, FS_IOC_GETFLAGS, &flags) < 0 || !(flags & FS_NOCOW_FL) ||
	    ioctl(to, FS_IOC_GETFLAGS, &flags) < 0)
		return;
	flags |= FS_NOCOW_FL;
	ioctl(to, FS_IOC_SETFLAGS, &flags);
}

static int read_and_write(int from, int to, off_t at, size_t size)
{
	static char buffer[1 << 16];
	ssize_t n = pread(from, buffer, size < sizeof(buffer) ? size : sizeof(buffer), at);

	for (ssize_t done = 0; done < n;) {
		ssize_t written = pwrite(to, buffer + done, (size_t)(n - done), at + done);

		if (written < 0)
			return -errno;
		done += written;
	}
	return n < 0 ? -errno : (int)n;
}

/* How much; 0: the file has become shorter. */
static ssize_t copy_some(int from, int to, off_t at, size_t size)
{
	off_t in = at, out = at;
	ssize_t n = copy_file_range(from, &in, to, &out, size < CHUNK ? size : CHUNK, 0);

	if (n > 0)
		return n;
	if (n < 0 && errno != EXDEV && errno != EINVAL && errno != EOPNOTSUPP && errno != ENOSYS)
		return -errno;
	return read_and_write(from, to, at, size);
}

static int copy_range(int from, int to, off_t at, off_t end)
{
	while (at < end) {
		ssize_t n = copy_some(from, to, at, (size_t)(end - at));

		if (n <= 0)
			return (int)n;
		at += n;
	}
	return 0;
}

/* Up to the size that was seen: it may grow for ever. */
static int copy_extents(int from, int to, off_t size)
{
	for (off_t at = 0, end; at < size; at = end) {
		int r;

		at = lseek(from, at, SEEK_DATA);
		if (at < 0)
			return errno == ENXIO ? 0 : -errno;
		end = lseek(from, at, SEEK_HOLE);
		if (end < 0)
			return errno == ENXIO ? 0 : -errno;
		r = copy_range(from, to, at, end < size ? end : size);
		if (r < 0)
			return r;
	}
	return 0;
}

int copy_data(int from, int to, const struct stat *st, bool *shared)
{
	_cleanup_close_ int in = -1;
	int r;

	if (!st->st_size)
		return 0;
	in = copy_reopen(from, O_RDONLY);
	if (in < 0)
		return in;
	copy_in_place(in, to);
	if (ioctl(to, FICLONE, in) == 0)
		return 0;
	/* EINVAL: this file's blocks are not to be shared; the others' are. */
	if (errno != EOPNOTSUPP && errno != ENOTTY && errno != EXDEV && errno != EINVAL)
		return -errno;
	*shared = false;
	r = copy_extents(in, to, st->st_size);
	return !r && ftruncate(to, st->st_size) < 0 ? -errno : r;
}

/* --- attributes -------------------------------------------------------------------- */

static bool is_wanted(const char *name, unsigned int flags)
{
	return flags & COPY_WHOLE || xattr_is_kept(name);
}

static int copy_attribute(const char *from, const char *to, const char *name)
{
	static char value[LIST_MAX];
	ssize_t size = getxattr(from, name, value, sizeof(value));

	if (size < 0)
		return errno == ENODATA ? 0 : -errno;
	return setxattr(to, name, value, (size_t)size, 0) < 0 ? -errno : 0;
}

static int copy_extended(int from, int to, unsigned int flags)
{
	static char list[LIST_MAX];
	struct fd_path in = path_of(from), out = path_of(to);
	ssize_t size = listxattr(in.text, list, sizeof(list));
	int r = 0;

	if (size < 0)
		return errno == EOPNOTSUPP ? 0 : -errno;
	for (const char *name = list; name < list + size && !r; name += strlen(name) + 1)
		if (is_wanted(name, flags))
			r = copy_attribute(in.text, out.text, name);
	return r;
}

/* A change of owner takes set-user-ID and capabilities away, so it is the first;
 * each of the others is a change of the file, so times are the last. */
int copy_attributes(int from, int to, const struct stat *st, unsigned int flags)
{
	const struct timespec times[] = { st->st_atim, st->st_mtim };
	struct fd_path path = path_of(to);
	int r;

	if (fchownat(to, "", st->st_uid, st->st_gid, AT_EMPTY_PATH) < 0)
		return -errno;
	if (!S_ISLNK(st->st_mode) && chmod(path.text, st->st_mode & 07777) < 0)
		return -errno;
	r = copy_extended(from, to, flags);
	if (!r && utimensat(to, "", times, AT_EMPTY_PATH) < 0)
		r = -errno;
	return r;
}
