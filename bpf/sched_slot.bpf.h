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

/* Where a task waits.  Each slot has a queue (DSQ) of either kind. */
enum queue {
	QUEUE_KERNEL,	/* it may be in the kernel, with a lock */
	QUEUE_USER,	/* it is about to return to user space */
	QUEUES,
};

enum held {
	HELD_NOT,
	HELD_USER,	/* tasks in the kernel run on until they leave it */
	HELD_ALL,	/* too deep in debt for that */
};

/**
 * struct vs_bucket - a slot.
 * @lock: guards @tokens, @part, @last, @held and the four parameters.
 * @xid: whose slot it is; 0 with slots SLOT_HOST and SLOT_NONE only.
 * @used: the slot is taken.
 * @limited: it has a bucket; without one it is never held.
 * @held: enum held; until @tokens are @release.
 * @tokens: ns of processor time; less than 0 is debt.  What a running task was
 *	granted is taken out when it begins, and what it left comes back.
 * @granted: ns, of all that run.
 * @part: of a token, in RATE_ONEths.
 * @last: ns, when tokens were last gained.
 * @rate: RATE_ONE is one processor.
 * @size, @release: ns, S and M.
 * @vtime: virtual ns, see sched_order.bpf.h.
 * @deadline: virtual ns, when it should have had what it asks for.
 * @burst: ns that its tasks run before they sleep, mean.
 * @queue_vtime: ns, among the tasks of the context: what each has had by now.
 * @runnable: tasks that want to run, or do.
 * @queued: of these, who waits in which queue.
 * @counted: the weight that it adds to the sum of weights.
 * @seen: ns, when a task of it was last queued or run.
 * @used_ns, @held_ns, @holds, @held_since: for accounting.
 */
struct vs_bucket {
	struct bpf_spin_lock lock;
	u32 xid;
	u32 used;
	u32 limited;
	u32 held;
	s64 tokens;
	u64 granted;
	u64 part;
	u64 last;
	u64 rate;
	u64 size;
	u64 release;
	u64 vtime;
	u64 deadline;
	u64 burst;
	u64 queue_vtime;
	u32 runnable;
	u32 queued[QUEUES];
	u64 counted;
	u64 seen;
	u64 used_ns;
	u64 held_ns;
	u64 holds;
	u64 held_since;
};

/* Key: slot. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SLOTS);
	__type(key, u32);
	__type(value, struct vs_bucket);
} buckets SEC(".maps");

/* Which slot a context has.  Key: xid, value: slot. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, SLOTS);
	__type(key, u32);
	__type(value, u32);
} slots SEC(".maps");

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
 * @asked: it will tell when it is about to return to user space.
 * @at_user: it is about to, and has not run since.
 * @since: ns, when it came to a queue first since it ran; 0: it waits in none.
 * @vtime: ns, within its context.
 * @began: ns, the kernel's sum of what it had used when it was last charged.
 * @ran: ns, since it last slept.
 * @grant: ns, what was taken out of the bucket for it.
 */
struct sched_task {
	u32 xid;
	u32 slot;
	u32 counted_in;
	u32 queued_in;
	u32 queue;
	u32 fresh;
	u32 asked;
	u32 at_user;
	u64 since;
	u64 vtime;
	u64 began;
	u64 ran;
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

static __always_inline struct vs_bucket *bucket_at(u32 slot)
{
	return bpf_map_lookup_elem(&buckets, &slot);
}

static __always_inline u64 queue_id(u32 slot, enum queue queue)
{
	return (u64)queue * SLOTS + slot;
}

/* --- which context has which ------------------------------------------------- */

static void read_parameters(struct vs_bucket *b);

static __always_inline u32 slot_take(u32 xid)
{
	u32 slot, *found, tries, end = slots_end;
	struct vs_bucket *b;

	if (bpf_map_pop_elem(&free_slots, &slot))
		return SLOT_NONE;
	b = bucket_at(slot);
	if (!b)
		return SLOT_NONE;
	if (bpf_map_update_elem(&slots, &xid, &slot, BPF_NOEXIST)) {
		/* Another processor was first, or there is no room. */
		bpf_map_push_elem(&free_slots, &slot, 0);
		found = bpf_map_lookup_elem(&slots, &xid);
		return found ? *found : SLOT_NONE;
	}
	b->xid = xid;
	b->held = HELD_NOT;
	b->limited = 0;
	b->vtime = b->deadline = 0;
	b->queue_vtime = 0;
	b->queued[QUEUE_KERNEL] = b->queued[QUEUE_USER] = 0;
	b->burst = SLICE;
	b->used_ns = b->held_ns = b->holds = 0;
	b->last = b->seen = bpf_ktime_get_ns();
	b->used = 1;
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
	slot = bpf_map_lookup_elem(&slots, &xid);
	return slot ? *slot : slot_take(xid);
}

/* The slot of a context that has left the table is given back when none of its
 * last tasks, which are still dying, was seen for a while. */
static __always_inline void slot_give_back(u32 slot, struct vs_bucket *b, u64 now)
{
	u64 value[4];

	if (slot < SLOT_FIRST || !b->used || b->runnable || now - b->seen < SLOT_REST)
		return;
	if (vs_bucket_read(b->xid, value, sizeof(value)) != -ESRCH)
		return;
	bpf_map_delete_elem(&slots, &b->xid);
	b->used = 0;
	b->held = HELD_NOT;
	b->limited = 0;
	bpf_map_push_elem(&free_slots, &slot, 0);
}

/* --- tasks --------------------------------------------------------------------- */

static __always_inline struct sched_task *sched_task_of(struct task_struct *p)
{
	struct sched_task *t = bpf_task_storage_get(&sched_tasks, p, NULL, 0);
	u32 xid;

	if (!t)
		return NULL;
	xid = vs_task_xid(p);
	if (t->xid != xid) {
		t->xid = xid;
		t->slot = slot_of(xid);
		t->vtime = 0;
	}
	return t;
}

/* The slot may have been given away and taken again since it was looked up. */
static __always_inline struct vs_bucket *bucket_of(struct sched_task *t)
{
	struct vs_bucket *b = bucket_at(t->slot);

	if (b && t->xid && (b->xid != t->xid || !b->used)) {
		t->slot = slot_of(t->xid);
		b = bucket_at(t->slot);
	}
	return b;
}

/* It is in no queue of a slot any more; by whoever is the first to see that. */
static __always_inline void unqueue(struct sched_task *t)
{
	u32 slot = t->queued_in, queue = t->queue & 1;
	struct vs_bucket *b = bucket_at(slot);

	if (b && __sync_bool_compare_and_swap(&t->queued_in, slot, SLOTS))
		__sync_fetch_and_sub(&b->queued[queue], 1);
}

#endif /* VS_SCHED_SLOT_BPF_H */
