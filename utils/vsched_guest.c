/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's control group has the same limit as its bucket, which counts if the
 * kernel ever ends the scheduler: it goes along with a change.  And who changes a
 * context waits for whoever else does.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include "vsched.h"

#define GUESTS		"/var/lib/vserver/guests/"	/* vserverd locks a guest's */
#define OTHERS		"/run/vserver"
#define UNIT_END	".service/"
#define GROUP		"guest"

/* The guest's own of the control group that one of its processes is in. */
static char *group_of(char *path)
{
	char *group = strstr(path, UNIT_END GROUP);
	char *end = group ? group + strlen(UNIT_END GROUP) : NULL;

	if (!end || (*end && *end != '/'))
		return NULL;
	*end = '\0';
	return path;
}

static char *find_group(struct vs *vs, uint32_t xid)
{
	struct vs_process *processes = NULL;
	char *ret = NULL;
	size_t n = 0;

	if (vs_process_list(vs, xid, &processes, &n) < 0)
		return NULL;
	for (size_t i = 0; i < n && !ret; i++) {
		char *path = NULL;

		if (vs_cgroup_own(vs, processes[i].pid, &path) < 0)
			continue;	/* it has gone */
		ret = group_of(path);
		if (!ret)
			free(path);
	}
	free(processes);
	return ret;
}

int guest_limit(struct vs *vs, uint32_t xid, const struct vs_bucket *bucket)
{
	struct vs_limits limits = { .cpu = *bucket };
	char *group = find_group(vs, xid);
	int r = 0;

	if (!limits.cpu.rate_ns)
		limits.cpu.rate_ns = UINT64_MAX;
	if (group)	/* without one nothing of it runs */
		r = vs_cgroup_limit(vs, group, &limits);
	free(group);
	return r;
}

void change_lock(const struct vs_context *context)
{
	char path[sizeof(GUESTS) + VS_NAME_MAX] = OTHERS;
	int fd;

	if (context->flags & VS_FLAG_CGROUP)
		snprintf(path, sizeof(path), GUESTS "%s", context->name);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	while (fd >= 0 && flock(fd, LOCK_EX) < 0 && errno == EINTR)
		;
}
