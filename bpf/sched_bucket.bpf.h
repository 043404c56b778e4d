/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Buckets of the scheduler: which context has which slot, how tokens come and
 * go, when a context is held and when it runs again.  In which order contexts
 * that are not held run is sched.bpf.c's.
 */
#ifndef VS_SCHED_BUCKET_BPF_H
#define VS_SCHED_BUCKET_BPF_H

#include "common.bpf.h"

extern int vs_bucket_read(u32 xid, void *values, u32 values__sz) __ksym;
extern void scx_bpf_kick_cpu(s32 cpu, u64 flags) __ksym;
extern u32 scx_bpf_nr_cpu_ids(void) __ksym;
extern s32 scx_bpf_dsq_nr_queued(u64 dsq_id) __ksym;

#define SLOTS		1024	/* VS_CONTEXTS_MAX, the host, and some to spare */
#define SLOT_HOST	0
#define SLOT_NONE	1	/* contexts that found no slot share this one */
#define SLOT_FIRST	2
#define CPUS_MAX	512

#define CLOCK_MONOTONIC	1

#define MSEC		1000000ULL
#define USEC		1000ULL
#define SHARE_ONE	(1ULL << 20)	/* one processor, as a rate */
#define TOKENS_MIN	(30 * USEC)	/* less than this is empty */
#define SWEEP		(100 * MSEC)
#define SLOT_REST	(5000 * MSEC)	/* unused for so long: may be given away */

/**
 * struct vs_bucket - a slot: one context as the scheduler sees it.
 * @lock: guards @tokens, @last, @held and the four parameters.
 * @xid: whose slot it is; 0 with slot SLOT_HOST only.
 * @used: the slot is taken.
 * @limited: it has a bucket; without one it is never held.
 * @held: it waits for @release.
 * @tokens: ns of processor time; less than 0 is debt.
 * @last: ns, when tokens were last gained.
 * @rate: SHARE_ONE is one processor.
 * @size, @release: ns, S and M.
 * @vtime: ns of processor time, each weighed by the context's rate.
 * @queue_vtime: of the task that began to run last; tasks of one context.
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
	u64 last;
	u64 rate;
	u64 size;
	u64 release;
	u64 vtime;
	u64 queue_vtime;
	u64 seen;
	u64 used_ns;
	u64 held_ns;
	u64 holds;
	u64 held_since;
};

/* Slots.  Key: slot, which is the number of its queue (DSQ) too. */
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

struct release_timer {
	struct bpf_timer timer;
};

/* When a held context runs again.  Key: slot.  Pinned: see sched.bpf.c. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SLOTS);
	__type(key, u32);
	__type(value, struct release_timer);
} release_timers SEC(".maps");

/* One more than the highest slot that is taken. */
__u32 slots_end = SLOT_FIRST;
/* What the host weighs: what contexts leave of the machine. */
__u64 host_rate = SHARE_ONE;

static __always_inline struct vs_bucket *bucket_at(u32 slot)
{
	return bpf_map_lookup_elem(&buckets, &slot);
}

/* --- parameters ------------------------------------------------------------------ */

/* As they are in the module's table now. */
static __always_inline void read_parameters(struct vs_bucket *b)
{
	u64 value[4] = {};
	u64 rate = 0;
	int err;

	if (!b->xid)
		return;
	err = vs_bucket_read(b->xid, value, sizeof(value));
	if (!err && value[1])
		rate = value[0] * SHARE_ONE / value[1];

	bpf_spin_lock(&b->lock);
	if (!rate) {
		b->limited = 0;
	} else {
		if (!b->limited)	/* a new bucket is full */
			b->tokens = (s64)value[2];
		b->rate = rate;
		b->size = value[2];
		b->release = value[3];
		b->limited = 1;
	}
	bpf_spin_unlock(&b->lock);
}

static __always_inline u64 weight_of(const struct vs_bucket *b)
{
	if (!b->xid)
		return host_rate;
	return b->limited && b->rate ? b->rate : SHARE_ONE;
}

/* --- tokens ---------------------------------------------------------------------- */

static __always_inline void gain_locked(struct vs_bucket *b, u64 now)
{
	u64 passed = now - b->last;

	if ((s64)passed <= 0)
		return;
	/* Beyond this it is full anyway; and the product fits 64 bits. */
	if (passed > 3600000 * MSEC)
		passed = 3600000 * MSEC;
	b->last = now;
	b->tokens += (s64)((passed >> 10) * b->rate >> 10) +
		     (s64)((passed & 1023) * b->rate >> 20);
	if (b->tokens > (s64)b->size)
		b->tokens = (s64)b->size;
}

/* Let it run again if it has enough.  True: it was held and is no longer. */
static __always_inline bool release_if_due(struct vs_bucket *b, u64 now)
{
	bool released = false;

	bpf_spin_lock(&b->lock);
	gain_locked(b, now);
	if (b->held && (!b->limited || b->tokens >= (s64)b->release)) {
		b->held = 0;
		b->held_ns += now - b->held_since;
		released = true;
	}
	bpf_spin_unlock(&b->lock);
	return released;
}

/* Take what was used.  Returns how long it is to be held, 0: not. */
static __always_inline u64 charge(struct vs_bucket *b, u64 used, u64 now)
{
	u64 wait = 0;

	bpf_spin_lock(&b->lock);
	gain_locked(b, now);
	b->used_ns += used;
	if (b->limited) {
		b->tokens -= (s64)used;
		if (b->tokens < (s64)TOKENS_MIN && b->rate) {
			if (!b->held) {
				b->held = 1;
				b->held_since = now;
				b->holds++;
			}
			wait = ((u64)((s64)b->release - b->tokens) << 20) / b->rate;
		}
	}
	bpf_spin_unlock(&b->lock);
	return wait;
}

/* --- holding --------------------------------------------------------------------- */

static __always_inline void kick_idle_cpus(void)
{
	u32 cpu, n = scx_bpf_nr_cpu_ids();

	bpf_for(cpu, 0, n)
		scx_bpf_kick_cpu((s32)cpu, SCX_KICK_IDLE);
}

static int on_release(void *map, u32 *key, struct release_timer *t)
{
	struct vs_bucket *b = bucket_at(*key);
	u64 now = bpf_ktime_get_ns(), wait;

	if (!b)
		return 0;
	read_parameters(b);
	if (release_if_due(b, now)) {
		kick_idle_cpus();
		return 0;
	}
	/* Its parameters have changed, or it ran on: once more. */
	wait = b->held && b->rate && b->tokens < (s64)b->release ?
	       ((u64)((s64)b->release - b->tokens) << 20) / b->rate : 0;
	if (wait)
		bpf_timer_start(&t->timer, wait < 50 * USEC ? 50 * USEC : wait, 0);
	return 0;
}

static __always_inline void hold(u32 slot, u64 wait)
{
	struct release_timer *t = bpf_map_lookup_elem(&release_timers, &slot);

	/* If it cannot be armed the sweep releases, 100 ms later at most. */
	if (t)
		bpf_timer_start(&t->timer, wait, 0);
}

/* --- slots ----------------------------------------------------------------------- */

static __always_inline u32 slot_take(u32 xid)
{
	u32 slot, *found;
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
	b->held = 0;
	b->limited = 0;
	b->vtime = 0;
	b->queue_vtime = 0;
	b->used_ns = 0;
	b->held_ns = 0;
	b->holds = 0;
	b->last = b->seen = bpf_ktime_get_ns();
	b->used = 1;
	if (slots_end <= slot)
		slots_end = slot + 1;
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

/* A slot whose context has left the table is given back once nothing of it is
 * queued and none of its last tasks, which are still dying, was seen. */
static __always_inline void slot_give_back(u32 slot, struct vs_bucket *b, u64 now)
{
	u64 value[4];

	if (slot < SLOT_FIRST || !b->used || now - b->seen < SLOT_REST)
		return;
	if (vs_bucket_read(b->xid, value, sizeof(value)) != -ESRCH)
		return;
	if (scx_bpf_dsq_nr_queued(slot))
		return;
	bpf_map_delete_elem(&slots, &b->xid);
	b->used = 0;
	b->held = 0;
	bpf_map_push_elem(&free_slots, &slot, 0);
}

#endif /* VS_SCHED_BUCKET_BPF_H */
