/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Whose turn it is among the tasks of one context.  Each has a virtual time of
 * its own, by its nice value; what is made of it is a time at which it is due.
 */
#ifndef VS_SCHED_TURN_BPF_H
#define VS_SCHED_TURN_BPF_H

#include "sched_order.bpf.h"

/* Neither so far ahead of the others of its context nor so far behind that one
 * of them would wait for more than a ROUND or two. */
static __always_inline void clamp_vtime(struct sched_task *t, const struct vs_slot *b)
{
	u64 turn = turn_of(b), lag = turn / 2 < SLICE ? turn / 2 : SLICE;

	if ((s64)(t->vtime - (b->queue_vtime - lag)) < 0)
		t->vtime = b->queue_vtime - lag;
	if ((s64)(t->vtime - (b->queue_vtime + turn)) > 0)
		t->vtime = b->queue_vtime + turn;
}

/*
 * When it should run, ns: the order in a queue.  What it has had more than the
 * others is so long a wait, as things are now, and a ROUND at most: however many
 * come, and whatever its context has by then, they come after it some day.
 */
static __always_inline u64 due_of(const struct sched_task *t, const struct vs_slot *b,
				  u64 now)
{
	s64 lead = (s64)(t->vtime - b->queue_vtime);
	u64 ahead = (u64)(lead < 0 ? -lead : lead), wait;

	if (ahead > LEAD_MAX)
		ahead = LEAD_MAX;
	wait = (ahead * (b->runnable + 1) << WEIGHT_SHIFT) / weight_of(b);
	if (lead < 0)
		return now - (wait / 2 < EARLY_MAX ? wait / 2 : EARLY_MAX);
	return now + (wait < ROUND ? wait : ROUND);
}

/* Is it in a section that RCU waits for?  So does the whole machine, then.  This
 * program is one, of the task that it is called by. */
static __always_inline bool reads_rcu(struct task_struct *p)
{
	return bpf_core_field_exists(p->rcu_read_lock_nesting) &&
	       p->rcu_read_lock_nesting > (p == bpf_get_current_task_btf());
}

/* Its place in the queue that it comes to. */
static __always_inline u64 place_of(struct task_struct *p, const struct sched_task *t,
				    const struct vs_slot *b, u64 now)
{
	if (reads_rcu(p))
		return now - (USER_LATE_MAX - RCU_LATE_MAX);
	/* In debt one after the other: whoever is in the kernel is to leave it. */
	if (b->held && t->queue == QUEUE_KERNEL)
		return now;
	return due_of(t, b, now);
}

#endif /* VS_SCHED_TURN_BPF_H */
