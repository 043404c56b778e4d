/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What no event brings about, ten times a second: changed parameters, who is
 * late, slots given back, what the host weighs, and a hold whose timer could not
 * be armed.
 */
#ifndef VS_SCHED_SWEEP_BPF_H
#define VS_SCHED_SWEEP_BPF_H

#include "sched_release.bpf.h"
#include "sched_late.bpf.h"

struct sweep_timer {
	struct bpf_timer timer;
};

/* Key: 0.  Pinned: see sched.bpf.c. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct sweep_timer);
} sweep_timer SEC(".maps");

/* What the processors that are on line weigh. */
static __always_inline u64 weigh_machine(void)
{
	const struct cpumask *online = scx_bpf_get_online_cpumask();
	u64 weight = bpf_cpumask_weight(online) * WEIGHT_ONE;

	scx_bpf_put_cpumask(online);
	return weight;
}

/* What a sweep adds up. */
struct sums {
	u64 rates;	/* of those with a bucket, as weights */
	u64 unlimited;	/* how many have none and want to run; the host is one */
	u64 weights;	/* of all that want to run */
	u32 limited;	/* how many of these have a bucket */
	u32 each;	/* how many have one for each processor */
};

/* When the table had changed last. */
static u32 generation;

/* ns, the sweep that has let somebody go last.  On the stack the verifier would
 * follow it. */
static u64 let_go_at;

static __always_inline void sweep_busy(u32 slot, struct vs_slot *b, u64 now)
{
	bool was = false;

	if (slot != SLOT_HOST)
		find_late(slot, b, now);
	bucket_release(b, now, &was);
	if (was) {
		let_go(slot, b, now);
		let_go_at = now;
	} else if (anybody(b)) {	/* in case that nobody was called */
		set_ready(slot);
		call_first(slot, b);
	} else if (wants_idle(b)) {	/* its idle rate may be new */
		call_first_idle(slot);
	}
}

static __always_inline void sweep_slot(u32 slot, struct vs_slot *b, bool changed, u64 now,
				       struct sums *sums)
{
	if (changed)
		read_parameters(b);
	note_idler(slot, b);
	if (b->runnable || b->held)
		sweep_busy(slot, b, now);
	sums->each += !!b->each;
	if (b->limited && !b->each) {
		sums->rates += weight_of(b);
		sums->limited += !!b->runnable;
	} else if (b->runnable && !b->limited && slot != SLOT_HOST) {
		sums->unlimited++;
	}
	if (b->runnable) {	/* it may weigh otherwise by now */
		b->counted = weight_of(b);
		sums->weights += b->counted;
	}
	slot_give_back(slot, b, now);
}

static void sweep(u64 now)
{
	struct sums sums = { .unlimited = 1 };
	u32 i, before = generation;
	u64 all = weigh_machine();
	struct vs_slot *b;

	generation = vs_table_generation();

	bpf_for(i, 0, slots_end) {
		b = bucket_at(i);
		if (b && b->used)
			sweep_slot(i, b, before != generation, now, &sums);
	}
	if (let_go_at == now)
		kick_idle_cpus();
	call_for_late();
	limited_contexts = sums.limited;
	each_contexts = sums.each;
	order.machine = all;
	order.weights = sums.weights;
	/* However much was promised, the host is not without anything. */
	order.free_weight = (all > sums.rates + all / 20 ? all - sums.rates : all / 20) /
			    sums.unlimited;
}

static int on_sweep(void *map, u32 *key, struct sweep_timer *timer)
{
	bpf_rcu_read_lock();	/* a timer has none of itself */
	sweep(bpf_ktime_get_ns());
	bpf_rcu_read_unlock();
	bpf_timer_start(&timer->timer, SWEEP, 0);
	return 0;
}

#endif /* VS_SCHED_SWEEP_BPF_H */
