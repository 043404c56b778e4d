/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_TASK_H
#define VS_TASK_H

#include <linux/types.h>

/** struct vs_tasks - processes as they were found; kvfree(). */
struct vs_tasks {
	unsigned int n;
	struct {
		u32 pid;	/* in the caller's PID namespace */
		u32 xid;
	} found[];
};

#define VS_TASKS_OF_ALL	U32_MAX

/* Those of @xid, or VS_TASKS_OF_ALL; an ERR_PTR() otherwise. */
struct vs_tasks *vs_tasks_find(u32 xid);

/* Every process of @xid.  0, also where there is none; what kill() says. */
int vs_tasks_signal(u32 xid, int sig);

/* The process that the caller calls @pid, if it is in @xid; else -ESRCH. */
int vs_task_signal(u32 xid, u32 pid, int sig);

#endif /* VS_TASK_H */
