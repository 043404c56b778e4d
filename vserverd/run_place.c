// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Where a tree may lie that is run.  Its root is the host's on the disk: what it
 * makes set-user-ID would be so for each user of the host who gets there.  So one
 * of the directories on the way lets only root in, as the store's does; and all of
 * them are root's to rename, so that it is that tree which is run.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "run.h"

#define OTHERS_ENTER	0011
#define OTHERS_WRITE	0022

static bool is_roots(const struct stat *st)
{
	return !st->st_uid && (!(st->st_mode & OTHERS_WRITE) || st->st_mode & S_ISVTX);
}

/* @path: as realpath() has it. */
static int check(const char *path)
{
	char above[PATH_MAX];
	bool closed = false;
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	closed = !st.st_uid && !(st.st_mode & OTHERS_ENTER);
	strcpy(above, path);
	for (char *slash = strrchr(above, '/'); slash; slash = strrchr(above, '/')) {
		slash[slash == above] = '\0';
		if (stat(above, &st) < 0)
			return -errno;
		if (!is_roots(&st))
			return -EACCES;
		closed |= !(st.st_mode & OTHERS_ENTER);
		if (slash == above)
			break;
	}
	return closed ? 0 : -EACCES;
}

int run_check_place(const char *directory, char **ret)
{
	char *path = realpath(directory, NULL);
	int r = path ? check(path) : -errno;

	if (r < 0)
		free(path);
	else
		*ret = path;
	return r;
}
