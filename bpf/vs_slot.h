/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A context as the scheduler sees it: what it shares with whoever tells of it
 * (libvserver/scheduler_usage.c).  Both are of one build.
 */
#ifndef VS_SLOT_H
#define VS_SLOT_H

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
 * struct vs_slot - a slot.
 * @lock: guards @tokens, @part, @last, @held and the parameters.
 * @slot: its number.
 * @xid: whose slot it is; 0 with slots SLOT_HOST and SLOT_NONE only.
 * @cpu: 0: it is for the whole machine; else one more than the processor that it is for.
 * @each: its context has a bucket for each processor: tasks go on to the slots of these.
 * @used: the slot is taken.
 * @gone: its context has left the table, or has no bucket for each processor any more.
 * @limited: it has a bucket; without one it is never held.
 * @filled: it had one before, which was full at first.
 * @held: enum held; until @tokens are @release.
 * @tokens: ns of processor time; less than 0 is debt.  What a running task was
 *	granted is taken out when it begins, and what it left comes back.
 * @granted: ns, of all that run.
 * @part: of a token, in RATE_ONEths.
 * @last: ns, when tokens were last gained.
 * @rate: RATE_ONE is one processor.
 * @size, @release: ns, S and M.
 * @serial: of the tokens that somebody has put there.
 * @bias: virtual ns, by which its deadline is later.
 * @idle_weight: WEIGHT_ONE is a whole processor; 0: it has no idle time.
 * @idle_vtime: virtual ns, of idle time alone: see sched_idle.bpf.h.
 * @vtime: virtual ns, see sched_order.bpf.h.
 * @deadline: virtual ns, when it should have had what it asks for.
 * @turn_ends: virtual ns, when it should have had what it was let go with.
 * @burst: ns that its tasks run before they sleep, mean.
 * @queue_vtime: ns, among the tasks of the context: what each has had by now.
 * @runnable: tasks that want to run, or do.
 * @queued: of these, who waits in which queue.
 * @counted: the weight that it adds to the sum of weights.
 * @seen: ns, when a task of it was last queued or run.
 * @used_ns, @idle_ns, @held_ns, @holds, @held_since: for accounting; what was
 *	used of idle time is not in @used_ns.
 */
struct vs_slot {
	struct bpf_spin_lock lock;
	__u32 slot;
	__u32 xid;
	__u32 cpu;
	__u32 each;
	__u32 used;
	__u32 gone;
	__u32 limited;
	__u32 filled;
	__u32 held;
	__s64 tokens;
	__u64 granted;
	__u64 part;
	__u64 last;
	__u64 rate;
	__u64 size;
	__u64 release;
	__u64 serial;
	__s64 bias;
	__u64 idle_weight;
	__u64 idle_vtime;
	__u64 vtime;
	__u64 deadline;
	__u64 turn_ends;
	__u64 burst;
	__u64 queue_vtime;
	__u32 runnable;
	__u32 queued[QUEUES];
	__u64 counted;
	__u64 seen;
	__u64 used_ns;
	__u64 idle_ns;
	__u64 held_ns;
	__u64 holds;
	__u64 held_since;
};

/* A rate: RATE_ONE is one processor. */
#define RATE_SHIFT	26
#define RATE_ONE	(1ULL << RATE_SHIFT)

#endif /* VS_SLOT_H */
