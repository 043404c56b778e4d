/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Buckets: how tokens come and go, when a context is held and when it is let
 * go.  Tokens come at ticks, all that were earned since the last: so what a context
 * has in one turn does not depend on when in it others let it run, turns are alike,
 * and each second has the same number of them.
 *
 * It counts only: that the tasks of a context that is held do not run is
 * sched_order.bpf.h's, and waking them again sched_release.bpf.h's.
 */
#ifndef VS_SCHED_BUCKET_BPF_H
#define VS_SCHED_BUCKET_BPF_H

#include "sched_slot.bpf.h"

/* With so many contexts at once a turn takes more than a tick: every turn on hold
 * and off has a cost. */
#define FEW		8
#define MANY		32

/* Contexts with a bucket that want to run, as the sweep has counted them. */
static u32 limited_contexts;

/* A second has a whole number of turns, so that each has the same share of it. */
static __always_inline u32 ticks_a_turn(void)
{
	return limited_contexts <= FEW ? 1 : limited_contexts <= MANY ? 2 : TICKS_MAX;
}

/* ns, when the turn of @slot began that is on.  Not all begin at once. */
static __always_inline u64 turn_began(u32 slot, u64 now)
{
	u64 ticks = ticks_a_turn(), before = slot % ticks, tick = now / TICK + ticks - before;

	return (tick / ticks * ticks + before - ticks) * TICK;
}

/* R every T in RATE_ONEths; never 0, which would be for ever. */
static __always_inline u64 rate_of(u64 r, u64 t)
{
	/* Above 137 s the product would not fit, and is precise enough so. */
	return (r >> 37 ? r / (t >> 10) << (RATE_SHIFT - 10) : (r << RATE_SHIFT) / t) ?: 1;
}

/* As they are in the module's table now. */
static void read_parameters(struct vs_slot *b)
{
	u64 value[PARAMETERS] = {}, size, least;
	bool limited;
	int err;

	if (!b->xid)
		return;
	err = vs_bucket_read(b->xid, value, sizeof(value));
	b->gone = err == -ESRCH;
	limited = !err && value[PARAMETER_INTERVAL] >> 10;
	b->each = limited && !b->cpu && value[PARAMETER_SCOPE];
	if (b->cpu && !value[PARAMETER_SCOPE])
		b->gone = 1;
	size = value[PARAMETER_SIZE];

	bpf_spin_lock(&b->lock);
	if (!limited) {
		b->limited = 0;
		b->idle_weight = 0;
		b->bias = 0;
	} else {
		if (!b->limited)
			b->granted = 0;
		if (!b->filled)		/* a new bucket is full */
			b->tokens = (s64)size;
		if (value[PARAMETER_SERIAL] && b->serial != value[PARAMETER_SERIAL])
			b->tokens = (s64)(value[PARAMETER_TOKENS] < size ?
					  value[PARAMETER_TOKENS] : size);
		b->serial = value[PARAMETER_SERIAL];
		b->rate = rate_of(value[PARAMETER_RATE], value[PARAMETER_INTERVAL]);
		/* What it earns until it is let go again, and two slices. */
		least = b->rate * (TICKS_MAX * TICK) >> RATE_SHIFT;
		if (least < 2 * SLICE_MIN)
			least = 2 * SLICE_MIN;
		b->size = size > least ? size : least;
		b->release = value[PARAMETER_RELEASE] > SLICE_MIN ? value[PARAMETER_RELEASE] :
								    SLICE_MIN;
		b->bias = (s64)value[PARAMETER_PRIO_BIAS] * (s64)BIAS_STEP;
		b->idle_weight = value[PARAMETER_IDLE_RATE] ?
			rate_of(value[PARAMETER_IDLE_RATE],
				value[PARAMETER_IDLE_INTERVAL] ?: 1) >>
			(RATE_SHIFT - WEIGHT_SHIFT) ?: 1 : 0;
		b->limited = b->filled = 1;
	}
	bpf_spin_unlock(&b->lock);
}

/* All of these: b->lock is held. */

static __always_inline void gain_locked(struct vs_slot *b, u64 now)
{
	u64 began = turn_began(b->slot, now), passed = began - b->last, rate = b->rate, sum;

	if ((s64)passed <= 0)
		return;
	b->last = began;
	if (passed >> 28) {	/* a quarter of a second: parts of a token are nothing */
		if (passed > 3600000 * MSEC)	/* VS_SIZE_MAX_NS; the product fits */
			passed = 3600000 * MSEC;
		b->tokens += (s64)((passed >> 13) * rate >> 13);
	} else {		/* at most 2^28 ns times 2^9 processors: it fits */
		sum = passed * rate + b->part;
		b->tokens += (s64)(sum >> RATE_SHIFT);
		b->part = sum & (RATE_ONE - 1);
	}
	if (b->tokens > (s64)b->size)
		b->tokens = (s64)b->size;
}

/* What the rate earns in 2 s: so deep may its debt be that it is let go before
 * the kernel's watchdog, which waits for 30 s, ends the scheduler.  At the least it
 * is what a task may do in the kernel until the tick, or that would be for free. */
static __always_inline s64 debt_limit(const struct vs_slot *b)
{
	s64 earns = (s64)((b->rate >> 6) * (2000 * MSEC >> (RATE_SHIFT - 6)));

	return earns > (s64)DEBT_MIN ? earns : (s64)DEBT_MIN;
}

static __always_inline bool empty(const struct vs_slot *b)
{
	return b->limited && b->tokens < (s64)TOKENS_MIN;
}

/* --- without the lock ----------------------------------------------------------- */

/* Take what a task that begins shall have; returns it, ns.  @others of the same
 * context wait, and may have to run on other processors: it leaves them some. */
static __always_inline u64 bucket_reserve(struct vs_slot *b, u64 wanted, u64 others,
					  u64 now)
{
	u64 part;

	if (!b->limited)
		return wanted;
	bpf_spin_lock(&b->lock);
	gain_locked(b, now);
	part = b->tokens > 0 ? (u64)b->tokens / (1 + others) : 0;
	if (b->held)
		wanted = GRACE;
	else if (wanted > part)
		wanted = part > SLICE_MIN ? part : SLICE_MIN;
	b->tokens -= (s64)wanted;
	b->granted += wanted;
	bpf_spin_unlock(&b->lock);
	return wanted;
}

/* Is it empty, with what it has gained by now? */
static __always_inline bool bucket_empty(struct vs_slot *b, u64 now)
{
	bool is_empty;

	if (!b->limited)
		return false;
	bpf_spin_lock(&b->lock);
	gain_locked(b, now);
	is_empty = empty(b);
	bpf_spin_unlock(&b->lock);
	return is_empty;
}

/* Give back @grant, take what was @used.  Is the context on hold from now on, and
 * was not before? */
static __always_inline bool bucket_settle(struct vs_slot *b, u64 grant, u64 used, u64 now)
{
	s64 floor, owed;
	bool begins = false;

	if (!b->limited) {
		b->used_ns += used;	/* racy: it is the cgroup that is billed by */
		return false;
	}
	bpf_spin_lock(&b->lock);
	gain_locked(b, now);
	b->used_ns += used;
	b->tokens += (s64)grant - (s64)used;
	b->granted -= grant < b->granted ? grant : b->granted;
	if (b->tokens > (s64)b->size)
		b->tokens = (s64)b->size;
	/* What others were granted they have not used yet. */
	floor = debt_limit(b);
	owed = b->tokens + (s64)b->granted;
	if (owed < -floor) {
		b->tokens -= owed + floor;
		owed = -floor;
	}
	if (b->tokens < (s64)TOKENS_MIN) {
		if (!b->held) {
			b->held = HELD_USER;
			b->held_since = now;
			b->holds++;
			begins = true;
		}
		if (floor > (s64)DEBT_MAX)
			floor = DEBT_MAX;
		if (owed <= -floor)
			b->held = HELD_ALL;
	}
	bpf_spin_unlock(&b->lock);
	return begins;
}

/* Let it go if it has enough.  Is it on hold?  @ret_was: it was, until now. */
static __always_inline bool bucket_release(struct vs_slot *b, u64 now, bool *ret_was)
{
	bool holds;

	*ret_was = false;
	bpf_spin_lock(&b->lock);
	if (b->limited)
		gain_locked(b, now);
	if (b->held && (!b->limited || b->tokens >= (s64)b->release)) {
		b->held = HELD_NOT;
		b->held_ns += now - b->held_since;
		*ret_was = true;
	}
	holds = b->held;
	bpf_spin_unlock(&b->lock);
	return holds;
}

#endif /* VS_SCHED_BUCKET_BPF_H */
