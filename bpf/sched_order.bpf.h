/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Which context is next: earliest deadline first, on virtual time.
 *
 * The clock of virtual time goes as the real one does as long as what contexts
 * weigh together is no more than the machine has, and slower in proportion
 * where it is more.  A context's own virtual time is what it has used, divided
 * by its weight: ahead of the clock it has had more than its share, behind it
 * less.  Its deadline is when it should have had what it is going to ask for,
 * which is what its tasks ran before they slept, lately.  So one that asks for
 * little is served soon, and one that asks for much gets it in the end.
 *
 * A context with a bucket weighs its rate.  The host and all contexts without
 * one weigh what is left of the machine, in equal parts.
 */
#ifndef VS_SCHED_ORDER_BPF_H
#define VS_SCHED_ORDER_BPF_H

#include "sched_bucket.bpf.h"

/**
 * The clock.
 * @now: virtual ns.
 * @last: real ns, when @now was last moved.
 * @weights: of all contexts that have tasks which want to run.
 * @machine: what the processors that are on line weigh.
 * @free_weight: of the host, and of each context without a bucket.
 */
static struct {
	u64 now;
	u64 last;
	u64 weights;
	u64 machine;
	u64 free_weight;
} order = {
	.machine = WEIGHT_ONE,
	.free_weight = WEIGHT_ONE,
};

/* Slots that have somebody who may run, a bit each: set before a task is
 * queued, taken away by whoever finds nobody.  And a bit for each word that has any,
 * so that contexts that sleep cost nothing where they are not looked for. */
#define READY_WORDS (SLOTS / 64)	/* of which there may be 64 */
static u64 ready[READY_WORDS];
static u64 ready_words;

/* --- virtual time -------------------------------------------------------------- */

static __always_inline u64 weight_of(const struct vs_slot *b)
{
	u64 weight;

	if (!b->limited)
		return order.free_weight ?: WEIGHT_MIN;
	weight = b->rate >> (RATE_SHIFT - WEIGHT_SHIFT);
	return weight < WEIGHT_MIN ? WEIGHT_MIN : weight;
}

static __always_inline u64 virtual_now(u64 now)
{
	u64 last = order.last, passed = now - last, weights = order.weights;

	/* One processor moves it; the others may be some microseconds late. */
	if ((s64)passed < (s64)(10 * USEC) ||
	    !__sync_bool_compare_and_swap(&order.last, last, now))
		return order.now;
	if (passed > 1000 * MSEC)
		passed = 1000 * MSEC;
	if (weights > order.machine)
		passed = passed * order.machine / weights;
	__sync_fetch_and_add(&order.now, passed);
	return order.now;
}

/* So much for each of its tasks is a ROUND, though all be tied to one processor. */
static __always_inline u64 turn_of(const struct vs_slot *b)
{
	u64 weight = weight_of(b);

	return (weight < WEIGHT_ONE ? weight : WEIGHT_ONE) * (ROUND >> WEIGHT_SHIFT) /
	       (b->runnable + 1);
}

/* How long a task may run, so that each has its turn within ROUND. */
static __always_inline u64 quantum_of(const struct vs_slot *b)
{
	u64 turn = turn_of(b);

	if (turn > SLICE)
		return SLICE;
	return turn < SLICE_MIN ? SLICE_MIN : turn;
}

/* What it is going to ask for. */
static __always_inline u64 request_of(const struct vs_slot *b)
{
	u64 request = quantum_of(b);

	if (request > b->burst)
		request = b->burst;
	if (b->limited && request > b->release)
		request = b->release;
	return request;
}

/* ns, what it earns in a turn, or all of it. */
static __always_inline u64 turn_takes(const struct vs_slot *b)
{
	u64 weight = weight_of(b);

	return (weight < WEIGHT_ONE ? weight : WEIGHT_ONE) * (TICK >> 10) * ticks_a_turn() >>
	       (WEIGHT_SHIFT - 10);
}

/* Does it use what it was let go with, and there is enough for all?  Then it is
 * to have that by the end of its turn, and begin so long before: in each turn the
 * same come first, who need most of it, and processors fill up evenly. */
static __always_inline bool has_turn(const struct vs_slot *b, u64 virtual)
{
	u64 much = b->release < SLICE ? b->release : SLICE;

	return b->limited && (s64)(b->turn_ends - virtual) > 0 && b->burst >= much &&
	       order.weights <= order.machine;
}

/* Quiet is worth something, and so is what was free, but not for hours. */
static __always_inline void set_deadline(struct vs_slot *b, u64 now)
{
	u64 virtual = virtual_now(now), weight = weight_of(b);
	u64 request = (request_of(b) << WEIGHT_SHIFT) / weight;
	u64 lead = 2 * request > LEAD_MAX ? 2 * request : LEAD_MAX;

	if ((s64)(b->vtime - (virtual - LAG_MAX)) < 0)
		b->vtime = virtual - LAG_MAX;
	if ((s64)(b->vtime - (virtual + lead)) > 0)
		b->vtime = virtual + lead;
	b->deadline = b->vtime + request + (u64)b->bias;
	if (has_turn(b, virtual))
		b->deadline = b->turn_ends - turn_takes(b) + (u64)b->bias;
}

static __always_inline void order_charge(struct vs_slot *b, u64 used, u64 now)
{
	__sync_fetch_and_add(&b->vtime, (used << WEIGHT_SHIFT) / weight_of(b));
	__sync_fetch_and_add(&b->queue_vtime, used / (b->runnable ?: 1));
	set_deadline(b, now);
}

/* --- who wants to run -------------------------------------------------------------- */

static __always_inline void order_runnable(struct vs_slot *b, u64 now)
{
	u64 weight;

	if (__sync_fetch_and_add(&b->runnable, 1))
		return;
	weight = weight_of(b);
	b->counted = weight;
	__sync_fetch_and_add(&order.weights, weight);
	set_deadline(b, now);
}

static __always_inline void order_quiescent(struct vs_slot *b)
{
	u64 counted = b->counted;

	/* The sweep makes the sum anew, so what races here is soon forgotten. */
	if (__sync_fetch_and_sub(&b->runnable, 1) == 1)
		__sync_fetch_and_sub(&order.weights, counted < order.weights ? counted : 0);
}

static __always_inline u64 *ready_word(u32 slot)
{
	return &ready[slot / 64 & (READY_WORDS - 1)];
}

static __always_inline u64 word_bit(u32 slot)
{
	return 1ULL << (slot / 64 & (READY_WORDS - 1));
}

static __always_inline u64 slot_bit(u32 slot)
{
	return 1ULL << (slot & 63);
}

/* A full barrier: whoever clears the bit after this sees what was done before. */
static __always_inline void make_ready(u32 slot)
{
	__sync_fetch_and_or(ready_word(slot), slot_bit(slot));
	if (!(ready_words & word_bit(slot)))
		__sync_fetch_and_or(&ready_words, word_bit(slot));
}

static __always_inline void set_ready(u32 slot)
{
	if (!(*ready_word(slot) & slot_bit(slot)) || !(ready_words & word_bit(slot)))
		make_ready(slot);
}

static __always_inline void clear_ready(u32 slot)
{
	u64 *word = ready_word(slot);

	__sync_fetch_and_and(word, ~slot_bit(slot));
	if (*word)
		return;
	__sync_fetch_and_and(&ready_words, ~word_bit(slot));
	if (*word)	/* one has come meanwhile */
		__sync_fetch_and_or(&ready_words, word_bit(slot));
}

/* Does nobody of another context want to run who may? */
static __always_inline bool nobody_else(u32 slot)
{
	return !(ready_words & ~word_bit(slot)) && !(*ready_word(slot) & ~slot_bit(slot));
}

/* Is there anybody who does not wait for tokens? */
static __always_inline bool anybody(const struct vs_slot *b)
{
	return b->queued[QUEUE_KERNEL] || (b->queued[QUEUE_USER] && !b->held);
}

/* May somebody of it run? */
static __always_inline bool may_run(const struct vs_slot *b)
{
	if (!b->held)
		return !empty(b);	/* else granted to others, or about to be held */
	return b->held == HELD_USER && b->queued[QUEUE_KERNEL];
}

/* --- choosing ------------------------------------------------------------------------ */

/* Whoever is in the kernel may have a lock that others wait for. */
static __always_inline u64 deadline_of(const struct vs_slot *b)
{
	u64 now = order.now;

	return b->held && (s64)(b->deadline - now) > 0 ? now : b->deadline;
}

/* The order of slots: by deadline, and by number where that is the same. */
static __always_inline bool comes_before(u64 deadline, u32 slot, u64 than, u32 than_slot)
{
	s64 ahead = (s64)(deadline - than);

	return ahead < 0 || (!ahead && slot < than_slot);
}

/* Is it one of another processor than @cpu? */
static __always_inline bool elsewhere(const struct vs_slot *b, u32 cpu)
{
	return b->cpu && b->cpu != cpu + 1;
}

/* The first of next_slot(), where nobody but the host may run. */
static __always_inline u32 only_host(u64 *deadline)
{
	struct vs_slot *b = bucket_at(SLOT_HOST);

	if (!b || !anybody(b))
		return SLOTS;
	*deadline = b->deadline;
	return SLOT_HOST;
}

/*
 * The slot with the earliest deadline that has somebody who may run on @cpu, after
 * (*@deadline, @after) in that order; SLOTS: none is left.  The first time
 * @after is SLOTS.
 */
static u32 next_slot(u32 cpu, u64 *deadline, u32 after)
{
	u64 best_deadline = 0, bits, d;
	u32 word, n, slot, best = SLOTS, words = (slots_end + 63) / 64;
	struct vs_slot *b;

	/* Most machines, most often. */
	if (after >= SLOTS && nobody_else(SLOT_HOST))
		return only_host(deadline);
	bpf_for(word, 0, words) {
		bits = ready[word & (SLOTS / 64 - 1)];
		if (!bits)	/* a loop costs more than that */
			continue;
		bpf_for(n, 0, 64) {
			if (!bits)
				break;
			slot = word * 64 + (u32)__builtin_ctzll(bits);
			bits &= bits - 1;
			b = bucket_at(slot);
			if (!b)
				continue;
			if (!anybody(b)) {
				clear_ready(slot);
				if (anybody(b))	/* somebody came meanwhile */
					set_ready(slot);
				continue;
			}
			if (elsewhere(b, cpu) || !may_run(b))
				continue;
			d = deadline_of(b);
			if (after < SLOTS && !comes_before(*deadline, after, d, slot))
				continue;
			if (best < SLOTS && !comes_before(d, slot, best_deadline, best))
				continue;
			best = slot;
			best_deadline = d;
		}
	}
	*deadline = best_deadline;
	return best;
}

/* The one of @slot's queues whose first task comes first. */
static __always_inline enum queue first_queue(u32 slot, const struct vs_slot *b)
{
	struct task_struct *kernel, *user;

	if (b->held || !b->queued[QUEUE_USER])
		return QUEUE_KERNEL;
	if (!b->queued[QUEUE_KERNEL])
		return QUEUE_USER;
	kernel = scx_bpf_dsq_peek(queue_id(slot, QUEUE_KERNEL));
	if (!kernel)
		return QUEUE_USER;
	user = scx_bpf_dsq_peek(queue_id(slot, QUEUE_USER));
	if (!user)
		return QUEUE_KERNEL;
	return (s64)(user->scx.dsq_vtime - kernel->scx.dsq_vtime) < 0 ? QUEUE_USER :
									QUEUE_KERNEL;
}

/* The next task of the slot that may run here begins to. */
static __always_inline bool move_from(u32 slot, const struct vs_slot *b)
{
	enum queue queue = first_queue(slot, b);

	if (scx_bpf_dsq_move_to_local(queue_id(slot, queue)))
		return true;
	return !b->held && scx_bpf_dsq_move_to_local(queue_id(slot, QUEUES - 1 - queue));
}

#endif /* VS_SCHED_ORDER_BPF_H */
