/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Idle time: what no context is entitled to.  A processor that would have nothing
 * to do runs tasks of contexts that are on hold and have an idle rate, R2/T2.
 * They share such time in the ratio of these rates: each has a virtual time of its
 * own for it, what it had divided by its rate, and who has least is next.  It is
 * not charged to the bucket, which fills meanwhile; and whoever is entitled to the
 * processor, by a wakeup or by a bucket that has filled, takes it at once.
 *
 * A task that is held may be tied to its processor.  So contexts share what is left of
 * each processor that they have tasks on.
 */
#ifndef VS_SCHED_IDLE_BPF_H
#define VS_SCHED_IDLE_BPF_H

#include "sched_order.bpf.h"

/* Slots that have an idle rate, a bit each. */
static u64 idlers[SLOTS / 64];

static __always_inline void note_idler(u32 slot, const struct vs_slot *b)
{
	u64 *word = &idlers[slot / 64 & (SLOTS / 64 - 1)], bit = 1ULL << (slot & 63);

	if (b->idle_weight && !(*word & bit))
		__sync_fetch_and_or(word, bit);
	else if (!b->idle_weight && *word & bit)
		__sync_fetch_and_and(word, ~bit);
}

static __always_inline bool wants_idle(const struct vs_slot *b)
{
	return b->held && b->idle_weight &&
	       (b->queued[QUEUE_USER] || b->queued[QUEUE_KERNEL]);
}

/*
 * Its place on a processor whose clock is @clock, which is where the one was that
 * was chosen last.  Who has not wanted any for long is not owed what others had,
 * and who had more on another processor does not pay for it here: a slice or two.
 */
static __always_inline u64 idle_place(const struct vs_slot *b, u64 clock)
{
	u64 lag = (IDLE_SLICE << WEIGHT_SHIFT) / (b->idle_weight ?: 1);

	if (lag < IDLE_LAG)
		lag = IDLE_LAG;
	if ((s64)(b->idle_vtime - (clock - lag)) < 0)
		return clock - lag;
	return (s64)(b->idle_vtime - (clock + 2 * lag)) > 0 ? clock + 2 * lag : b->idle_vtime;
}

/* As next_slot(), of those that want idle time. */
static u32 next_idle(u32 cpu, u64 clock, u64 *place, u32 after)
{
	u32 word, n, slot, best = SLOTS, words = (slots_end + 63) / 64;
	u64 best_place = 0, bits, at;
	struct vs_slot *b;

	bpf_for(word, 0, words) {
		bits = idlers[word & (SLOTS / 64 - 1)];
		if (!bits)
			continue;
		bpf_for(n, 0, 64) {
			if (!bits)
				break;
			slot = word * 64 + (u32)__builtin_ctzll(bits);
			bits &= bits - 1;
			b = bucket_at(slot);
			if (!b || elsewhere(b, cpu) || !wants_idle(b))
				continue;
			at = idle_place(b, clock);
			if (after < SLOTS && !comes_before(*place, after, at, slot))
				continue;
			if (best < SLOTS && !comes_before(at, slot, best_place, best))
				continue;
			best = slot;
			best_place = at;
		}
	}
	*place = best_place;
	return best;
}

static __always_inline void charge_idle(struct vs_slot *b, u64 used)
{
	__sync_fetch_and_add(&b->idle_vtime, (used << WEIGHT_SHIFT) / (b->idle_weight ?: 1));
	__sync_fetch_and_add(&b->queue_vtime, used / (b->runnable ?: 1));
	__sync_fetch_and_add(&b->idle_ns, used);
}

static __always_inline void choose_idle(u32 slot, u64 *clock, u64 place)
{
	struct vs_slot *b = bucket_at(slot);

	if (b)
		b->idle_vtime = place;
	if ((s64)(place - *clock) > 0)
		*clock = place;
}

/* Who waits at user space first: it makes no debt. */
static __always_inline bool move_idle(u32 slot)
{
	return scx_bpf_dsq_move_to_local(queue_id(slot, QUEUE_USER)) ||
	       scx_bpf_dsq_move_to_local(queue_id(slot, QUEUE_KERNEL));
}

#endif /* VS_SCHED_IDLE_BPF_H */
