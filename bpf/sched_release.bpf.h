/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Letting contexts go.  One timer for all of them, which goes while any is on
 * hold: each tick lets those go that have their release level.  So a context
 * runs once in a tick, whatever it has earned in it; a second has as many ticks
 * as any other second, and the context has the same share of each.
 *
 * Where many contexts are at their limits each has its turn at every second or fourth
 * tick only: sched_bucket.bpf.h.
 */
#ifndef VS_SCHED_RELEASE_BPF_H
#define VS_SCHED_RELEASE_BPF_H

#include "sched_hold.bpf.h"

struct release_timer {
	struct bpf_timer timer;
};

/* Key: 0.  Pinned: see sched.bpf.c. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct release_timer);
} release_timer SEC(".maps");

/* Slots that are on hold, a bit each. */
static u64 holding[SLOTS / 64];

/* The timer goes. */
static u32 release_awaited;

/* Nobody is preempted for it, but who runs in idle time: it had its turn. */
static __always_inline void let_go(u32 slot, struct vs_slot *b, u64 now)
{
	struct task_struct *first;
	s32 cpu;

	b->turn_ends = virtual_now(now) + ticks_a_turn() * TICK;
	set_deadline(b, now);
	make_ready(slot);
	first = scx_bpf_dsq_peek(queue_id(slot, QUEUE_USER));
	cpu = first ? scx_bpf_task_cpu(first) : -1;
	if (cpu >= 0)
		scx_bpf_kick_cpu(cpu, is_idling((u32)cpu) ? SCX_KICK_PREEMPT : SCX_KICK_IDLE);
}

/* At whole ticks of the clock. */
static __always_inline int await_tick(struct release_timer *t, u64 now)
{
	return bpf_timer_start(&t->timer, (now / TICK + 1) * TICK, BPF_F_TIMER_ABS);
}

/* It has been put on hold.  If the timer cannot be started the sweep lets go. */
static __always_inline void await_release(u32 slot, u64 now)
{
	struct release_timer *t;
	u32 key = 0;

	__sync_fetch_and_or(&holding[slot / 64 & (SLOTS / 64 - 1)], 1ULL << (slot & 63));
	if (release_awaited || !__sync_bool_compare_and_swap(&release_awaited, 0, 1))
		return;
	t = bpf_map_lookup_elem(&release_timer, &key);
	if (!t || await_tick(t, now))
		release_awaited = 0;
}

/* Does it go on waiting?  Whoever puts it on hold again meanwhile sets the bit
 * after this has cleared it. */
static __always_inline bool release_slot(u32 slot, u64 now, bool *any)
{
	u64 *word = &holding[slot / 64 & (SLOTS / 64 - 1)], bit = 1ULL << (slot & 63);
	struct vs_slot *b = bucket_at(slot);
	bool holds, was = false;

	__sync_fetch_and_and(word, ~bit);
	holds = b && bucket_release(b, now, &was);
	if (holds)
		__sync_fetch_and_or(word, bit);
	if (b && was) {
		let_go(slot, b, now);
		*any = true;
	}
	return holds;
}

/* ns, when contexts were let go last. */
static u64 looked_at;

/* Are there any that go on waiting? */
static bool release_all(u64 now)
{
	u64 before = looked_at;
	u32 word, n, slot, words = (slots_end + 63) / 64;
	bool any = false, waits = false;
	u64 bits;

	looked_at = now;
	bpf_for(word, 0, words) {
		bits = holding[word & (SLOTS / 64 - 1)];
		if (!bits)
			continue;
		bpf_for(n, 0, 64) {
			if (!bits)
				break;
			slot = word * 64 + (u32)__builtin_ctzll(bits);
			bits &= bits - 1;
			if (turn_began(slot, now) <= before || release_slot(slot, now, &any))
				waits = true;
		}
	}
	if (any)
		kick_idle_cpus();
	return waits;
}

static int on_tick(void *map, u32 *key, struct release_timer *t)
{
	u64 now = bpf_ktime_get_ns();
	bool waits;

	/* Before it looks, and with a barrier: who is put on hold meanwhile starts it. */
	__sync_lock_test_and_set(&release_awaited, 0);
	bpf_rcu_read_lock();	/* a timer has none of itself */
	waits = release_all(now);
	bpf_rcu_read_unlock();
	if (waits)
		release_awaited = !await_tick(t, now);
	return 0;
}

#endif /* VS_SCHED_RELEASE_BPF_H */
