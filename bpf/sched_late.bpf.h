/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Who should have run long ago.  The kernel ends a scheduler that lets a task
 * wait for 30 s, or for 20 s where it may be in a section that RCU waits for.
 * Slices are made so short that all tasks of a context have a turn within
 * ROUND; but a turn has a cost that no slice is less than, and with very many
 * tasks a rate may not pay for it.  And who is held in the kernel may have a
 * lock that others wait for.
 *
 * So the sweep takes those that are late out of the queues of their context,
 * one by one, into a queue of the processor that they were on; there each has a
 * turn in debt, whatever its context has.  Only who is late has one, and on that
 * processor; nobody else of its context gets anything by it.  They have one part
 * in LATE_REST + 1 of the processor's time, for the crowd may be there on
 * purpose, and more when the kernel's limit is near.
 *
 * What that costs.  Whoever waits for a lock of a task that is one of thousands
 * in the kernel, in a context that is deep in debt, waits as they do.
 */
#ifndef VS_SCHED_LATE_BPF_H
#define VS_SCHED_LATE_BPF_H

#include "sched_cpu.bpf.h"
#include "sched_turn.bpf.h"

/* Behind those of the slots there is one queue a processor. */
static __always_inline u64 late_id(u32 cpu)
{
	return (u64)QUEUES * SLOTS + cpu;
}

/* How many were found in the queue that is looked at.  On the stack the verifier
 * would follow it number by number. */
static u32 batch;

/* Somebody is late, or was when the sweep looked. */
static u32 any_late;

/* --- who is late ----------------------------------------------------------------------- */

static __always_inline bool is_late(const struct task_struct *p, u64 late, u64 now)
{
	return (s64)(now - p->scx.dsq_vtime) > (s64)late;
}

/* Who has waited longest comes first; before them who may have a lock that
 * others wait for, and before all for whom the whole machine waits. */
static __always_inline u64 late_place(struct task_struct *p, const struct sched_task *t,
				      bool holds)
{
	if (reads_rcu(p))
		return t->since - LATE_ALL;
	return holds ? t->since - LATE_KERNEL : t->since;
}

static __always_inline void find_late_in(u32 slot, enum queue queue, bool holds, u64 now)
{
	struct task_struct *first = scx_bpf_dsq_peek(queue_id(slot, queue)), *p;
	u64 late = holds ? KERNEL_LATE_MAX : USER_LATE_MAX;
	struct sched_task *t;

	if (!first || !is_late(first, late, now))
		return;
	batch = 0;
	bpf_for_each(scx_dsq, p, queue_id(slot, queue), 0) {
		if (!is_late(p, late, now) || ++batch > LATE_BATCH)
			break;
		t = known_task(p);
		if (!t)
			continue;
		unqueue(t);
		any_late = 1;
		scx_bpf_dsq_move_set_vtime(BPF_FOR_EACH_ITER, late_place(p, t, holds));
		scx_bpf_dsq_move_vtime(BPF_FOR_EACH_ITER, p, late_id((u32)scx_bpf_task_cpu(p)),
				       0);
	}
}

static __always_inline void find_late(u32 slot, const struct vs_slot *b, u64 now)
{
	find_late_in(slot, QUEUE_KERNEL, b->held == HELD_ALL, now);
	find_late_in(slot, QUEUE_USER, false, now);
}

/* Processors that are idle are to look. */
static __always_inline void call_for_late(void)
{
	u32 cpu, n = scx_bpf_nr_cpu_ids(), any = 0;

	if (!any_late)
		return;
	bpf_for(cpu, 0, n)
		if (scx_bpf_dsq_nr_queued(late_id(cpu)) > 0) {
			any = 1;
			scx_bpf_kick_cpu((s32)cpu, SCX_KICK_IDLE);
		}
	any_late = any;
}

/* --- their turns ------------------------------------------------------------------------- */

/* ns until @first may have a turn; 0: now. */
static __always_inline u64 late_wait(const struct processor *here,
				     const struct task_struct *first, u64 now)
{
	u64 next = here->late_ended + here->late_used *
		   (is_late(first, LATE_HALF, now) ? 1 : LATE_REST);

	if (is_late(first, LATE_ALL, now))
		return 0;
	return (s64)(next - now) > 0 ? next - now : 0;
}

/* Does one that is late begin here? */
static __always_inline bool late_turn(struct processor *here, u32 cpu, u64 now)
{
	struct task_struct *first;

	if (here->late_began) {
		here->late_used = now - here->late_began < LATE_USED_MAX ?
				  now - here->late_began : LATE_USED_MAX;
		here->late_ended = now;
		here->late_began = 0;
	}
	first = any_late ? scx_bpf_dsq_peek(late_id(cpu)) : NULL;
	if (!first || late_wait(here, first, now) || !scx_bpf_dsq_move_to_local(late_id(cpu)))
		return false;
	here->late_began = now;
	return true;
}

/* Nobody else wants to run here.  Does one that is late begin because its context
 * has tokens by now? */
static __always_inline bool late_but_free(u32 cpu)
{
	struct task_struct *first = any_late ? scx_bpf_dsq_peek(late_id(cpu)) : NULL;
	struct sched_task *t = first ? sched_task_of(first) : NULL;
	struct vs_slot *b = t ? bucket_of(t) : NULL;

	return b && !b->held && !empty(b) && scx_bpf_dsq_move_to_local(late_id(cpu));
}

/* Nobody runs here: the timer of slices looks again. */
static __always_inline void await_late(struct processor *here, u32 cpu, u64 now)
{
	struct task_struct *first = any_late ? scx_bpf_dsq_peek(late_id(cpu)) : NULL;

	if (!first)
		return;
	arm_slice(here, late_wait(here, first, now) + SLICE_MIN, now);
	here->slot = SLOTS;	/* see vs_stopping() */
}

#endif /* VS_SCHED_LATE_BPF_H */
