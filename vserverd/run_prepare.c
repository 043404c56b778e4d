// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The control groups that runs are in, made once after each boot.  systemd has
 * vserver.slice, and may take controllers away there that no unit wants; what is
 * enabled one level further down it cannot, and what is there it does not remove.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <spawn.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>

#include "ids.h"
#include "run_slot.h"
#include "scope.h"

extern char **environ;

static void start_slice(void)
{
	static const char *const argv[] = { "systemctl", "start", "vserver.slice", NULL };
	pid_t pid;

	if (access("/sys/fs/cgroup/vserver.slice", F_OK) == 0)
		return;
	if (posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)argv, environ) == 0)
		waitpid(pid, NULL, 0);
}

/* What bounds a guest's bounds each run, not all together. */
static int unbound(struct vs *vs, const char *path)
{
	static const char *const files[] = { "cgroup.max.descendants", "cgroup.max.depth" };
	_cleanup_close_ int dir = vs_cgroup_open(vs, path);

	if (dir < 0)
		return dir;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		_cleanup_close_ int fd = openat(dir, files[i], O_WRONLY | O_CLOEXEC);

		if (fd < 0 || write(fd, "max", 3) != 3)
			return -errno;
	}
	return 0;
}

/* What is in it has controllers; so those of the slice are in use. */
static int make_group(struct vs *vs, const char *path)
{
	char below[128];
	int r = vs_cgroup_create(vs, path);

	if (!r)
		r = unbound(vs, path);
	snprintf(below, sizeof(below), "%s/0", path);
	if (!r)
		r = vs_cgroup_create(vs, below);
	return r ?: vs_cgroup_remove(vs, below);
}

int run_slot_prepare(struct vs *vs)
{
	_cleanup_close_ int lock = open(RUNS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (lock < 0 || flock(lock, LOCK_EX) < 0)
		return -errno;
	start_slice();
	r = make_group(vs, RUNS_CGROUP);
	if (!r)
		r = make_group(vs, RUNS_DEVICES_CGROUP);
	if (!r && vs_cgroup_devices_limited(RUNS_CGROUP) <= 0)
		r = vs_cgroup_devices(vs, RUNS_CGROUP);
	return r ?: vs_cgroup_create(vs, RUNS_WATCH_CGROUP);
}
