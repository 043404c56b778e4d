/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Who need not wait for its turn: one that wakes where nobody does, the task that has
 * just run, and who runs where nobody is entitled to.
 */
#ifndef VS_SCHED_CHOOSE_BPF_H
#define VS_SCHED_CHOOSE_BPF_H

#include "sched_late.bpf.h"

/*
 * Where nobody else waits, one that has woken and runs but for a moment need not be put
 * in order behind another of its context.  One only, that no other processor could
 * take; and if somebody has come meanwhile, it is judged anew when it begins.
 */
static __always_inline bool may_slip_in(const struct task_struct *p,
					const struct sched_task *t, const struct vs_slot *b,
					u32 key)
{
	struct processor *cpu = bpf_map_lookup_elem(&cpus, &key);

	return cpu && cpu->slot == t->slot && t->burst < PREEMPT_LEAD &&
	       (p->nr_cpus_allowed == 1 || p->migration_disabled ||
		order.machine <= WEIGHT_ONE) &&
	       !b->held && !empty(b) && !b->queued[QUEUE_KERNEL] && !b->queued[QUEUE_USER] &&
	       !any_late && nobody_else(t->slot) &&
	       !scx_bpf_dsq_nr_queued(SCX_DSQ_LOCAL_ON | key);
}

/* May the task that has just run go on?  If its context may, none has an earlier
 * deadline, and none of the same context has had less. */
static __always_inline bool goes_on(struct task_struct *prev, struct sched_task *t,
				    struct vs_slot *b, u32 best, u64 best_deadline,
				    u64 now)
{
	struct task_struct *first;

	if (b->held || empty(b))
		return false;
	if (best == t->slot) {
		first = scx_bpf_dsq_peek(queue_id(best, first_queue(best, b)));
		return !first || (s64)(due_of(t, b, now) - first->scx.dsq_vtime) <= 0;
	}
	return best >= SLOTS || (s64)(b->deadline - best_deadline) <= 0;
}

/* Nobody is entitled to this processor by its own buckets.  Does one begin that waits
 * for another processor, and whose context has tokens for this one? */
static __always_inline bool steal(u32 cpu)
{
	u32 slot, *found;
	struct vs_slot *b, *here;

	if (!each_contexts)
		return false;
	bpf_for(slot, SLOT_FIRST, slots_end) {
		b = bucket_at(slot);
		if (!b || !elsewhere(b, cpu) || !anybody(b) || !may_run(b))
			continue;
		found = find_slot(b->xid, cpu + 1);
		here = found ? bucket_at(*found) : NULL;
		if (here && (here->held || empty(here)))
			continue;
		if (move_from(slot, b))
			return true;
	}
	return false;
}

/* Nobody is entitled to this processor: does somebody who is held begin, or go
 * on, in idle time? */
static __always_inline bool idle_turn(struct processor *here, u32 cpu, struct task_struct *prev,
				      struct sched_task *t, struct vs_slot *b, u64 now)
{
	bool stays = t && b && b->held && b->idle_weight;
	u64 place = 0;
	u32 i, slot = next_idle(cpu, here->idle_now, &place, SLOTS);

	bpf_for(i, 0, TRIES) {
		if (slot >= SLOTS ||
		    (stays && comes_before(idle_place(b, here->idle_now), t->slot, place, slot)))
			break;
		here->idle_slot = slot;
		if (move_idle(slot)) {
			choose_idle(slot, &here->idle_now, place);
			return true;
		}
		/* They are tied to another processor. */
		slot = next_idle(cpu, here->idle_now, &place, slot);
	}
	here->idle_slot = SLOTS;
	if (!stays)
		return false;
	choose_idle(t->slot, &here->idle_now, idle_place(b, here->idle_now));
	scx_bpf_task_set_slice(prev, IDLE_SLICE + SLICE_SPARE);
	begin_idle(t, here, cpu, IDLE_SLICE, now);
	return true;
}

#endif /* VS_SCHED_CHOOSE_BPF_H */
