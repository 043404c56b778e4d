// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Guests whose files are open for repair.  What was mounted is known by a number
 * that the kernel gives to one mount only; so one that has been unmounted by hand
 * is none any more, wherever it was and whatever is there now.
 */
#include "mounted.h"

#include <errno.h>
#include <linux/mount.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include <vserver.h>

#include "fail.h"
#include "scope.h"

#ifndef SYS_statmount
#define SYS_statmount 457
#endif

static bool is_there(uint64_t id)
{
	struct mnt_id_req request = {
		.size = MNT_ID_REQ_SIZE_VER0,
		.mnt_id = id,
		.param = STATMOUNT_MNT_BASIC,
	};
	struct statmount found;

	/* A kernel that cannot say: as if it were. */
	return syscall(SYS_statmount, &request, &found, sizeof(found), 0) == 0 ||
	       errno != ENOENT;
}

int mounted_find(const char *name, char **ret_directory)
{
	_cleanup_free_ char *path = NULL, *line = NULL;
	_cleanup_fclose_ FILE *file = NULL;
	unsigned long long id;
	size_t size = 0;
	int at = 0;

	if (!vs_name_valid(name))
		return -ENOENT;
	if (asprintf(&path, MOUNTED_DIR "/%s", name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	file = fopen(path, "re");
	if (!file)
		return -errno;
	if (getline(&line, &size, file) <= 0 || sscanf(line, "%llu %n", &id, &at) != 1 || !at)
		return -ENOENT;
	if (!is_there(id))
		return -ENOENT;
	line[strcspn(line, "\n")] = '\0';
	*ret_directory = strdup(line + at);
	return *ret_directory ? 0 : -ENOMEM;
}

int mounted_check(const char *name, char **ret_reason)
{
	_cleanup_free_ char *directory = NULL;
	int r = mounted_find(name, &directory);

	if (r == -ENOENT)
		return 0;
	return r < 0 ? fail(ret_reason, r, MOUNTED_DIR "/%s: %s", name, strerror(-r)) :
		       fail(ret_reason, -EBUSY, "its files are mounted on %s", directory);
}
