/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Slots: a context, and a task, as the scheduler sees them.  A context gets a
 * slot when the first of its tasks is seen and gives it back some time after
 * it has left the module's table.  What is in the slot, others decide.
 */
#ifndef VS_SCHED_SLOT_BPF_H
#define VS_SCHED_SLOT_BPF_H

#include "sched.bpf.h"

/* Key: slot. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SLOTS);
	__type(key, u32);
	__type(value, struct vs_slot);
} buckets SEC(".maps");

/* Which slot a context has.  Key: xid, value: slot. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SLOTS);
	__type(key, u32);
	__type(value, u32);
} slots SEC(".maps");

/* The same, of those that have a bucket for each processor.  Key: cpu_key(). */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SLOTS);
	__type(key, u64);
	__type(value, u32);
} cpu_slots SEC(".maps");

/* Slots that nobody has; the lowest on top, so that few are looked at. */
struct {
	__uint(type, BPF_MAP_TYPE_STACK);
	__uint(max_entries, SLOTS);
	__type(value, u32);
} free_slots SEC(".maps");

/**
 * struct sched_task - a task.
 * @xid: its context when it was last looked at.
 * @slot: that context's, right as long as @xid is.
 * @counted_in: the slot in which it is counted as runnable; SLOTS: none.
 * @queued_in: the slot in a queue of which it waits; SLOTS: none.
 * @queue: enum queue, which.
 * @fresh: it was queued since it last ran: it gets a new slice.
 * @slipped: it was put before all others: see may_slip_in().
 * @asked: it will tell when it is about to return to user space.
 * @at_user: it is about to, and has not run since.
 * @idles: it runs in idle time, which is not charged.
 * @since: ns, when it came to a queue first since it ran; 0: it waits in none.
 * @vtime: ns, within its context.
 * @began: ns, the kernel's sum of what it had used when it was last charged.
 * @ran: ns, since it last slept.
 * @burst: ns, that it ran before it slept last.
 * @grant: ns, what was taken out of the bucket for it.
 */
struct sched_task {
	u32 xid;
	u32 slot;
	u32 counted_in;
	u32 queued_in;
	u32 queue;
	u32 fresh;
	u32 slipped;
	u32 asked;
	u32 at_user;
	u32 idles;
	u64 since;
	u64 vtime;
	u64 began;
	u64 ran;
	u64 burst;
	u64 grant;
};

/* Key: task.  An entry from ops.init_task until the task is gone. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct sched_task);
} sched_tasks SEC(".maps");

/* One more than the highest slot that was ever taken. */
static u32 slots_end = SLOT_FIRST;

/* Contexts that have a bucket for each processor, as the sweep has counted them. */
static u32 each_contexts;

static __always_inline struct vs_slot *bucket_at(u32 slot)
{
	return bpf_map_lookup_elem(&buckets, &slot);
}

static __always_inline u64 queue_id(u32 slot, enum queue queue)
{
	return (u64)queue * SLOTS + slot;
}

/* --- which context has which ------------------------------------------------- */

static void read_parameters(struct vs_slot *b);

static __always_inline u64 cpu_key(u32 xid, u32 cpu)
{
	return (u64)cpu << 32 | xid;
}

/* @cpu as in struct vs_slot. */
static __always_inline u32 *find_slot(u32 xid, u32 cpu)
{
	u64 key = cpu_key(xid, cpu);

	return cpu ? bpf_map_lookup_elem(&cpu_slots, &key) : bpf_map_lookup_elem(&slots, &xid);
}

static __always_inline long note_slot(u32 xid, u32 cpu, u32 slot)
{
	u64 key = cpu_key(xid, cpu);

	return cpu ? bpf_map_update_elem(&cpu_slots, &key, &slot, BPF_NOEXIST) :
		     bpf_map_update_elem(&slots, &xid, &slot, BPF_NOEXIST);
}

static __noinline u32 slot_take(u32 xid, u32 cpu)
{
	u32 slot, *found, tries, end = slots_end;
	struct vs_slot *b;

	if (bpf_map_pop_elem(&free_slots, &slot))
		return SLOT_NONE;
	b = bucket_at(slot);
	if (!b)
		return SLOT_NONE;
	b->xid = xid;
	b->cpu = cpu;
	b->each = 0;
	b->gone = 0;
	b->held = HELD_NOT;
	b->limited = b->filled = 0;
	b->idle_weight = b->idle_vtime = 0;
	b->bias = 0;
	b->serial = 0;
	b->vtime = b->deadline = b->turn_ends = 0;
	b->queue_vtime = 0;
	b->queued[QUEUE_KERNEL] = b->queued[QUEUE_USER] = 0;
	b->burst = SLICE;
	b->used_ns = b->idle_ns = b->held_ns = b->holds = 0;
	b->last = b->seen = bpf_ktime_get_ns();
	b->used = 1;
	if (note_slot(xid, cpu, slot)) {
		/* Another processor was first, or there is no room. */
		b->used = 0;
		bpf_map_push_elem(&free_slots, &slot, 0);
		found = find_slot(xid, cpu);
		return found ? *found : SLOT_NONE;
	}
	for (tries = 0; tries < 4 && end <= slot; tries++)
		end = __sync_val_compare_and_swap(&slots_end, end, slot + 1);
	read_parameters(b);
	return slot;
}

static __always_inline u32 slot_of(u32 xid)
{
	u32 *slot;

	if (xid == VS_XID_HOST)
		return SLOT_HOST;
	slot = find_slot(xid, 0);
	return slot ? *slot : slot_take(xid, 0);
}

/* The slot of a context that has left the table is given back when none of its
 * last tasks, which are still dying, was seen for a while. */
static __always_inline void slot_give_back(u32 slot, struct vs_slot *b, u64 now)
{
	if (slot < SLOT_FIRST || !b->used || !b->gone || b->runnable ||
	    now - b->seen < SLOT_REST)
		return;
	if (b->cpu) {
		u64 key = cpu_key(b->xid, b->cpu);

		bpf_map_delete_elem(&cpu_slots, &key);
	} else {
		bpf_map_delete_elem(&slots, &b->xid);
	}
	b->used = 0;
	b->held = HELD_NOT;
	b->limited = 0;
	bpf_map_push_elem(&free_slots, &slot, 0);
}

/* --- tasks --------------------------------------------------------------------- */

static __always_inline struct sched_task *known_task(struct task_struct *p)
{
	return bpf_task_storage_get(&sched_tasks, p, NULL, 0);
}

/* In which context it is now: is that another?  A task enters one while it runs. */
static __always_inline bool look_again(struct task_struct *p, struct sched_task *t)
{
	u32 xid = vs_task_xid(p);

	if (t->xid == xid)
		return false;
	t->xid = xid;
	t->slot = slot_of(xid);
	t->vtime = 0;
	return true;
}

/* Both: of a task that runs or is new. */
static __always_inline struct sched_task *sched_task_of(struct task_struct *p)
{
	struct sched_task *t = known_task(p);

	if (t)
		look_again(p, t);
	return t;
}

/* The slot may have been given away and taken again since it was looked up. */
static __always_inline struct vs_slot *bucket_of(struct sched_task *t)
{
	struct vs_slot *b = bucket_at(t->slot);

	if (b && t->xid && (b->xid != t->xid || !b->used)) {
		t->slot = slot_of(t->xid);
		b = bucket_at(t->slot);
	}
	return b;
}

/*
 * The slot in which @p is now on processor @key: one of its context's, or one of that
 * processor's own, if the context has such.  Where there is no room for these all
 * share the context's.
 */
static __always_inline struct vs_slot *bucket_here(struct task_struct *p, struct sched_task *t,
						   u32 key)
{
	struct vs_slot *b = bucket_of(t);
	u32 *found, slot;

	if (!b || (!b->each && !b->cpu))
		return b;
	if (b->cpu == key + 1 && !b->gone)
		return b;
	if (b->cpu) {
		t->slot = slot_of(t->xid);
		b = bucket_at(t->slot);
		if (!b || !b->each)
			return b;
	}
	found = find_slot(t->xid, key + 1);
	slot = found ? *found : slot_take(t->xid, key + 1);
	if (slot < SLOT_FIRST)
		return b;
	t->slot = slot;
	return bucket_at(slot);
}

/* It is in no queue of a slot any more; by whoever is the first to see that. */
static __always_inline void unqueue(struct sched_task *t)
{
	u32 slot = t->queued_in, queue = t->queue & 1;
	struct vs_slot *b = bucket_at(slot);

	if (b && __sync_bool_compare_and_swap(&t->queued_in, slot, SLOTS))
		__sync_fetch_and_sub(&b->queued[queue], 1);
}

#endif /* VS_SCHED_SLOT_BPF_H */
