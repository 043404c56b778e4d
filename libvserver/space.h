/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest on its way to be one; between space.c, space_init.c and run.c.
 */
#ifndef VS_SPACE_H
#define VS_SPACE_H

#include <sys/ioctl.h>

#include "child.h"
#include "standard.h"
#include "vserver.h"

/* What usher, builder and init are to make. */
struct vs_start {
	const struct vs_child *child;
	const struct vs_space *space;
	char *const *argv;
	int cgroup;
	int channel;		/* between usher and init: a byte, and the root */

	/* Of one that is there for a command (run.c); else NULL. */
	const struct vs_run_parts *run;
};

struct vs_run_parts {
	const struct vs_run *run;
	const struct vs_standard *standard;
	struct winsize size;	/* of its terminal */
	int arrival;		/* init's end: sends that terminal */
	int cgroup;		/* the usher's; -1: the caller's */
	int caller;		/* nothing comes of it but a byte, or its end */
	int mounts, cgroups, network;	/* namespaces of the host */
};

/* space.c: let the usher do its work.  Return: 0 and init's pid (which may have
 * failed since); -EIO the report says why.  *@ret_usher: 0, or it is to be waited for. */
int vs_space_start(struct vs_start *start, pid_t *ret_usher, pid_t *ret_pid);

/* space_init.c: the first process of the new namespaces, up to exec.  Returns on
 * failure. */
int vs_space_init(const struct vs_start *start);

/* run.c: an usher's life once the command is on its way, or was not. */
void vs_run_watch(const struct vs_run_parts *parts);

#endif /* VS_SPACE_H */
