/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What is made once, when the scheduler is loaded: queues, timers, slots.
 */
#ifndef VS_SCHED_INIT_BPF_H
#define VS_SCHED_INIT_BPF_H

#include "sched_sweep.bpf.h"

static int init_slot(u32 slot)
{
	struct vs_slot *b = bucket_at(slot);
	int err;

	if (!b)
		return -EINVAL;
	err = scx_bpf_create_dsq(queue_id(slot, QUEUE_KERNEL), -1);
	if (!err)
		err = scx_bpf_create_dsq(queue_id(slot, QUEUE_USER), -1);
	b->slot = slot;
	b->last = bpf_ktime_get_ns();
	b->burst = SLICE;
	return err;
}

static int init_release(void)
{
	struct release_timer *t;
	u32 key = 0;
	int err;

	t = bpf_map_lookup_elem(&release_timer, &key);
	if (!t)
		return -EINVAL;
	err = bpf_timer_init(&t->timer, &release_timer, CLOCK_MONOTONIC);
	return err ?: bpf_timer_set_callback(&t->timer, on_tick);
}

static int init_cpu(u32 key)
{
	struct processor *cpu = bpf_map_lookup_elem(&cpus, &key);
	int err;

	if (!cpu)
		return -EINVAL;
	cpu->slot = cpu->idle_slot = SLOTS;
	err = scx_bpf_create_dsq(late_id(key), -1);
	if (err)
		return err;
	err = bpf_timer_init(&cpu->timer, &cpus, CLOCK_MONOTONIC);
	return err ?: bpf_timer_set_callback(&cpu->timer, on_slice_end);
}

static int init_sweep(void)
{
	struct sweep_timer *t;
	u32 key = 0;
	int err;

	t = bpf_map_lookup_elem(&sweep_timer, &key);
	if (!t)
		return -EINVAL;
	err = bpf_timer_init(&t->timer, &sweep_timer, CLOCK_MONOTONIC);
	if (!err)
		err = bpf_timer_set_callback(&t->timer, on_sweep);
	return err ?: bpf_timer_start(&t->timer, SWEEP, 0);
}

/* The two slots that are not taken: the host's, and that of contexts which find
 * none, who have 1 % of a processor, all together. */
static int init_fixed_slots(void)
{
	struct vs_slot *b = bucket_at(SLOT_HOST);

	if (!b)
		return -EINVAL;
	b->used = 1;
	b = bucket_at(SLOT_NONE);
	if (!b)
		return -EINVAL;
	b->used = b->limited = 1;
	b->rate = RATE_ONE / 100;
	b->size = MSEC;
	b->release = 100 * USEC;
	return 0;
}

static __always_inline int init_all(void)
{
	u32 i, slot, n = scx_bpf_nr_cpu_ids();
	int err;

	order.last = bpf_ktime_get_ns();
	bpf_for(i, 0, SLOTS) {
		err = init_slot(i);
		if (err)
			return err;
		slot = SLOTS - 1 - i;	/* the lowest is pushed last */
		if (slot >= SLOT_FIRST && bpf_map_push_elem(&free_slots, &slot, 0))
			return -ENOMEM;
	}
	bpf_for(i, 0, n) {
		err = init_cpu(i);
		if (err)
			return err;
	}
	err = init_fixed_slots();
	if (!err)
		err = init_release();
	return err ?: init_sweep();
}

#endif /* VS_SCHED_INIT_BPF_H */
