/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest that runs, stopped for a moment.
 */
#ifndef FREEZE_H
#define FREEZE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/** struct freeze - one that is under way; all zero but the descriptors: none. */
struct freeze {
	int cgroup;		/* its directory; -1: nothing is frozen */
	int guard;		/* the end of a pipe that keeps the guard waiting */
	pid_t guard_pid;
	uint64_t since_ns;	/* CLOCK_MONOTONIC */
};

/**
 * freeze_begin() - no process of @cgroup runs any more, until freeze_end() or
 * the end of this process, whatever ends it.
 * @cgroup: below /sys/fs/cgroup.
 *
 * One that somebody else has frozen stays so.  Return: 0 also where there is no
 * such cgroup (any more); -EBUSY it did not stop within 10 s; any errno.
 */
int freeze_begin(const char *cgroup, struct freeze *ret, char **ret_reason);
/** freeze_end() - how long it has stood still, in ns; 0: it was not frozen. */
uint64_t freeze_end(struct freeze *freeze);

#endif
