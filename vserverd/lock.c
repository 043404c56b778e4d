// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A supervisor that applies settings at a start or a reboot, and a worker of
 * the daemon that changes them, lock the guest's directory against each other:
 * whoever comes second sees all that the first one did.
 */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>

#include "config.h"
#include "scope.h"

static int lock(const char *name, int how)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -1;

	if (asprintf(&path, GUESTS_DIR "/%s", name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	while (flock(fd, how) < 0)
		if (errno != EINTR)
			return -errno;
	return TAKE_FD(fd);
}

int guest_lock(const char *name)
{
	return lock(name, LOCK_EX);
}

int guest_try_lock(const char *name)
{
	return lock(name, LOCK_EX | LOCK_NB);
}
