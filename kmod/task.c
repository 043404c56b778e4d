// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The processes of a context: found, and sent signals.  Whose a process is
 * says BPF (vs_whose_process()); here is the walk of all of them, which takes
 * no lock.
 */
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>

#include "kfuncs.h"
#include "task.h"

static unsigned int count_processes(void)
{
	const struct task_struct *p;
	unsigned int n = 0;

	guard(rcu)();
	for_each_process(p)
		n++;
	return n;
}

/* false: there are more than @room. */
static bool collect(struct vs_tasks *tasks, unsigned int room, u32 xid)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	struct task_struct *p;
	u32 pid, whose;

	tasks->n = 0;
	guard(rcu)();
	for_each_process(p) {
		whose = vs_whose_process(task_tgid_nr(p));
		pid = task_tgid_nr_ns(p, ns);
		if (!pid || (xid != VS_TASKS_OF_ALL && whose != xid))
			continue;
		if (tasks->n == room)
			return false;
		tasks->found[tasks->n].pid = pid;
		tasks->found[tasks->n++].xid = whose;
	}
	return true;
}

struct vs_tasks *vs_tasks_find(u32 xid)
{
	struct vs_tasks *tasks;
	unsigned int room;

	for (;;) {
		room = count_processes() + 64;	/* some may come meanwhile */
		tasks = kvmalloc(struct_size(tasks, found, room), GFP_KERNEL_ACCOUNT);
		if (!tasks)
			return ERR_PTR(-ENOMEM);
		if (collect(tasks, room, xid))
			return tasks;
		kvfree(tasks);
		if (signal_pending(current))
			return ERR_PTR(-EINTR);
	}
}

/*
 * One walk is enough for SIGKILL.  A process that forks puts the child at the
 * end of the list, while it holds its siglock and has no SIGKILL pending: either
 * the walk finds the child later on, or there is none.
 */
int vs_tasks_signal(u32 xid, int sig)
{
	struct task_struct *p;
	int err, result = 0;

	guard(rcu)();
	for_each_process(p) {
		if (vs_whose_process(task_tgid_nr(p)) != xid)
			continue;
		err = kill_pid(task_tgid(p), sig, 0);
		if (err && err != -ESRCH && !result)
			result = err;
	}
	return result;
}

int vs_task_signal(u32 xid, u32 nr, int sig)
{
	struct task_struct *task;
	struct pid *pid;

	guard(rcu)();
	pid = find_vpid(nr);
	task = pid_task(pid, PIDTYPE_TGID);
	if (!task || vs_whose_process(task_tgid_nr(task)) != xid)
		return -ESRCH;
	return kill_pid(pid, sig, 0);
}
