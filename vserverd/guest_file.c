// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Writes a small file into a guest's tree, which the guest may have prepared: the
 * directory is found below the tree without following a link; what is there is
 * looked at before it is opened, and then is that very file; no more of it is
 * read than the first lines; and what is new comes to its name whole, over
 * nothing but a file of ours.
 */
#include "guest_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "scope.h"

#define TEXT_MAX	4096	/* of ours, in any case */

enum there {
	NOTHING,
	OURS,		/* as it is to be, or not */
	OTHER,
};

static int open_directory(int tree, const char *directory)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
	};
	int fd = (int)syscall(SYS_openat2, tree, directory, &how, sizeof(how));

	return fd < 0 ? -errno : fd;
}

/* Neither a FIFO nor a device is ever opened: a path tells what it is. */
static int open_regular(int directory, const char *name)
{
	_cleanup_close_ int path = openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	char link[32];
	struct stat st;
	int fd;

	if (path < 0 || fstat(path, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -ENOTSUP;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", path);
	fd = open(link, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* @ret_same: it is what is to be there already. */
static int look(int directory, const char *name, const char *mark, const char *content,
		enum there *ret, bool *ret_same)
{
	_cleanup_close_ int fd = open_regular(directory, name);
	char text[TEXT_MAX + 1];
	size_t n = strlen(mark);
	ssize_t size;

	*ret_same = false;
	*ret = fd == -ENOENT ? NOTHING : OTHER;
	if (fd < 0)
		return fd == -ENOENT || fd == -ENOTSUP ? 0 : fd;
	size = pread(fd, text, TEXT_MAX, 0);
	if (size < 0)
		return -errno;
	text[size] = '\0';
	if (strncmp(text, mark, n) == 0 && text[n] == '\n') {
		*ret = OURS;
		*ret_same = strcmp(text, content) == 0;
	}
	return 0;
}

static int fill(int directory, const char *name, const char *content)
{
	size_t n = strlen(content);
	_cleanup_close_ int fd = -1;
	ssize_t written;
	int r;

	unlinkat(directory, name, 0);	/* of a start that was interrupted */
	fd = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	fchmod(fd, 0644);	/* whatever the umask is */
	written = write(fd, content, n);
	if (written == (ssize_t)n)
		return 0;
	r = written < 0 ? -errno : -ENOSPC;
	unlinkat(directory, name, 0);
	return r;
}

/* Where there was nothing a link is made, which goes over nothing. */
static int put(int directory, const char *name, const char *content, enum there there)
{
	char temporary[64];
	int r;

	snprintf(temporary, sizeof(temporary), ".%.40s.vserver", name);
	r = fill(directory, temporary, content);
	if (r < 0)
		return r;
	if (there == OURS)
		r = renameat(directory, temporary, directory, name);
	else
		r = linkat(directory, temporary, directory, name, 0);
	/* Somebody has made one just now, which is not ours. */
	r = r < 0 && errno != EEXIST ? -errno : 0;
	unlinkat(directory, temporary, 0);
	return r;
}

int guest_file_write(int tree, const char *directory, const char *name,
		     const char *mark, const char *text)
{
	_cleanup_close_ int dir = open_directory(tree, directory);
	_cleanup_free_ char *content = NULL;
	enum there there;
	bool same;
	int r;

	if (dir < 0)
		return dir == -ENOENT || dir == -ENOTDIR ? 0 : dir;
	if (asprintf(&content, "%s\n%s", mark, text) < 0) {
		content = NULL;
		return -ENOMEM;
	}
	if (strlen(content) >= TEXT_MAX)
		return -E2BIG;
	r = look(dir, name, mark, content, &there, &same);
	if (r < 0 || there == OTHER || same)
		return r;
	return put(dir, name, content, there);
}
