// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Directory trees removed without following anything: no symbolic link, and
 * no mount.  What the tree is for is not known here.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <linux/fs.h>

#include "scope.h"
#include "tree.h"

/* Open directories at a time; trees nested deeper are moved up first. */
#define DEPTH_MAX 64

static int open_directory(int dir, const char *name)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
	};
	int fd = (int)syscall(SYS_openat2, dir, name, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* chattr +i and +a keep even root from removing. */
static void unprotect(int fd)
{
	int flags;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) < 0 ||
	    !(flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)))
		return;
	flags &= ~(FS_IMMUTABLE_FL | FS_APPEND_FL);
	ioctl(fd, FS_IOC_SETFLAGS, &flags);
}

static int remove_file(int dir, const char *name)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno == EBUSY)
		return -EXDEV;	/* a file is mounted on it */
	if (errno != EPERM || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode))
		return -errno;

	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0)
		unprotect(fd);
	return unlinkat(dir, name, 0) < 0 && errno != ENOENT ? -errno : 0;
}

static int remove_directory(int top, int dir, const char *name, unsigned int depth);

/* Too deep for descriptors: hand it to the top, which removes it later. */
static int move_up(int top, int dir, const char *name)
{
	static unsigned long counter;
	char moved[32];

	do {
		snprintf(moved, sizeof(moved), ".deep-%lu", counter++);
		if (renameat2(dir, name, top, moved, RENAME_NOREPLACE) == 0)
			return 0;
	} while (errno == EEXIST);
	return -errno;
}

static int remove_entry(int top, int dir, const struct dirent *entry, unsigned int depth)
{
	struct stat st;

	if (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN)
		return remove_file(dir, entry->d_name);
	if (fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISDIR(st.st_mode))
		return remove_file(dir, entry->d_name);
	return remove_directory(top, dir, entry->d_name, depth + 1);
}

/* Once over all entries; *ret_n: how many there were. */
static int empty(int top, int fd, unsigned int depth, size_t *ret_n)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_closedir_ DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	const struct dirent *entry;
	size_t n = 0;
	int r = 0;

	if (!stream)
		return -errno;
	while (!r && (entry = readdir(stream))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		n++;
		r = remove_entry(top, fd, entry, depth);
	}
	*ret_n = n;
	return r;
}

static int remove_directory(int top, int dir, const char *name, unsigned int depth)
{
	_cleanup_close_ int fd = -1;
	size_t n;
	int r;

	if (top >= 0 && depth > DEPTH_MAX)
		return move_up(top, dir, name);
	fd = open_directory(dir, name);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	unprotect(fd);

	/* Again as long as something is found: what was moved up appears. */
	do
		r = empty(top >= 0 ? top : fd, fd, depth, &n);
	while (!r && n);
	if (!r && unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		r = errno == EBUSY ? -EXDEV : -errno;
	return r;
}

int tree_remove(int dir, const char *name)
{
	return remove_directory(-1, dir, name, 0);
}
