/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Processors: who runs where, slices that end on time, and who gives way.
 *
 * The kernel looks at the end of a slice at its tick only, up to 4 ms late.  A
 * timer on each processor ends the slices of contexts that have a bucket; the
 * others do not need it.
 */
#ifndef VS_SCHED_CPU_BPF_H
#define VS_SCHED_CPU_BPF_H

#include "sched_idle.bpf.h"

/**
 * struct processor - a processor.
 * @timer: ends the slice that runs.
 * @ends: ns, when that is; 0: the tick is soon enough.
 * @fires: ns, when the timer does, which may be before @ends: it looks again.
 * @from_idle: it was idle before: see tell_time().
 * @deadline: virtual ns, of the context that runs.
 * @slot: its slot; SLOTS: none.
 * @idle_now: virtual ns, the clock of idle time here: see sched_idle.bpf.h.
 * @idle_slot: the slot that dispatch took a task of for idle time; SLOTS: none.
 * @late_began, @late_ended, @late_used: ns, the last turn of one that was late;
 *	@late_began is 0 when none is on.
 */
struct processor {
	struct bpf_timer timer;
	u64 ends;
	u64 fires;
	u32 from_idle;
	u64 deadline;
	u64 idle_now;
	u32 slot;
	u32 idle_slot;
	u64 late_began;
	u64 late_ended;
	u64 late_used;
};

/* Key: processor.  Pinned: see sched.bpf.c. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CPUS_MAX);
	__type(key, u32);
	__type(value, struct processor);
} cpus SEC(".maps");

/* Those that run somebody in idle time: they are next to free. */
static u64 idling[CPUS_MAX / 64];

static __always_inline bool is_idling(u32 cpu)
{
	return idling[cpu / 64 & (CPUS_MAX / 64 - 1)] >> (cpu & 63) & 1;
}

static __always_inline void set_idling(u32 cpu, bool idles)
{
	u64 *word = &idling[cpu / 64 & (CPUS_MAX / 64 - 1)], bit = 1ULL << (cpu & 63);

	if (idles)
		__sync_fetch_and_or(word, bit);
	else if (is_idling(cpu))
		__sync_fetch_and_and(word, ~bit);
}

static __always_inline struct processor *processor_of(struct task_struct *p, u32 *ret_key)
{
	*ret_key = (u32)scx_bpf_task_cpu(p);
	return bpf_map_lookup_elem(&cpus, ret_key);
}

/* --- slices -------------------------------------------------------------------- */

static __always_inline void start_timer(struct processor *cpu, u64 delay, u64 now)
{
	cpu->fires = now + delay;
	bpf_timer_start(&cpu->timer, delay, BPF_F_TIMER_CPU_PIN);
}

/* To start the timer from here costs an interrupt.  One that goes still and is not
 * late by much will do. */
static __always_inline void arm_slice(struct processor *cpu, u64 slice, u64 now)
{
	cpu->ends = now + slice;
	if ((s64)(cpu->fires - now) <= 0 || cpu->fires > cpu->ends + slice / 4)
		start_timer(cpu, slice, now);
}

/*
 * Who has been taken out of a queue by an idle processor is charged too late: the
 * kernel thinks that it has just read the clock when it looks who is next, and
 * bills since then when it next does.  To set a processor's performance, which is
 * what it was, reads it.
 */
static __always_inline void tell_time(struct processor *cpu, u32 key)
{
	if (cpu->from_idle)
		scx_bpf_cpuperf_set((s32)key, SCX_CPUPERF_ONE);
	cpu->from_idle = 0;
}

/* What is left of the slice of a task whose slices the timer ends. */
static __always_inline u64 slice_left(const struct task_struct *p)
{
	u64 slice = p->scx.slice;

	return slice > SLICE_SPARE + SLICE_MIN ? slice - SLICE_SPARE : SLICE_MIN;
}

/* Tasks of it that wait, if they are so few that each may be tied to a processor
 * of its own.  Of many, some may run anywhere. */
static __always_inline u64 waiting(const struct vs_slot *b)
{
	u64 n = b->queued[QUEUE_KERNEL] + b->queued[QUEUE_USER];

	return n <= order.machine >> WEIGHT_SHIFT ? n : 0;
}

/* Charge what it has used since it was asked last.  Is its context on hold from
 * now on? */
static __always_inline bool account(struct task_struct *p, struct sched_task *t,
				    struct vs_slot *b, u64 now)
{
	u64 used = p->se.sum_exec_runtime - t->began, grant = t->grant;

	t->began += used;
	t->grant = 0;
	t->ran += used;
	t->vtime += used * 100 / (p->scx.weight ?: 1);
	b->seen = now;
	if (t->idles) {
		charge_idle(b, used);
		return false;
	}
	if (t->ran > b->burst && b->burst < SLICE)
		b->burst = t->ran < SLICE ? t->ran : SLICE;
	order_charge(b, used, now);
	return bucket_settle(b, grant, used, now);
}

/* It runs now, with a new slice. */
static __always_inline void begin_slice(struct task_struct *p, struct sched_task *t,
					struct vs_slot *b, struct processor *cpu, u32 key,
					u64 now)
{
	u64 slice = bucket_reserve(b, quantum_of(b), waiting(b), now);

	set_idling(key, false);
	t->at_user = t->idles = 0;
	t->grant = b->limited ? slice : 0;
	cpu->slot = t->slot;
	cpu->deadline = b->deadline;
	scx_bpf_task_set_slice(p, b->limited ? slice + SLICE_SPARE : slice);
	if (b->limited)
		arm_slice(cpu, slice, now);
	else
		cpu->ends = 0;
}

/* It runs in idle time, for @slice ns at most; where it is alone until a tick. */
static __always_inline void begin_idle(struct sched_task *t, struct processor *cpu, u32 key,
				       u64 slice, u64 now)
{
	u64 place = 0;

	t->at_user = 0;
	t->idles = 1;
	t->grant = 0;
	cpu->slot = t->slot;
	cpu->deadline = order.now + IDLE_LATE;
	set_idling(key, true);
	if (next_idle(key, cpu->idle_now, &place, SLOTS) < SLOTS)
		arm_slice(cpu, slice, now);
	else
		cpu->ends = 0;
}

/* --- who gives way ---------------------------------------------------------------- */

/* Is the one that runs there later by much? */
static __always_inline bool give_way(u32 key, u64 deadline, u32 slot)
{
	struct processor *cpu = bpf_map_lookup_elem(&cpus, &key);

	if (!cpu || cpu->slot >= SLOTS || cpu->slot == slot)
		return false;
	if ((s64)(cpu->deadline - deadline) <= (s64)PREEMPT_LEAD)
		return false;
	scx_bpf_kick_cpu((s32)key, SCX_KICK_PREEMPT);
	return true;
}

/* The processor that the first of its waiting tasks was on is to look, if it has
 * nothing to do or nobody else can run that task. */
static __always_inline void call_first(u32 slot, const struct vs_slot *b)
{
	struct task_struct *first;
	s32 cpu;

	if (!anybody(b) || (!b->held && empty(b)))
		return;
	first = scx_bpf_dsq_peek(queue_id(slot, first_queue(slot, b)));
	if (!first)
		return;
	cpu = scx_bpf_task_cpu(first);
	if (first->migration_disabled)
		give_way((u32)cpu, deadline_of(b), slot);
	scx_bpf_kick_cpu(cpu, SCX_KICK_IDLE);
}

/* Where the first of those who wait at user space is tied to may be idle. */
static __always_inline void call_first_idle(u32 slot)
{
	struct task_struct *first = scx_bpf_dsq_peek(queue_id(slot, QUEUE_USER));

	if (first)
		scx_bpf_kick_cpu(scx_bpf_task_cpu(first), SCX_KICK_IDLE);
}

/* One that runs somebody in idle time is as good as idle, if @p may run there. */
static __always_inline void take_idling(const struct task_struct *p, const struct vs_slot *b,
					u32 slot)
{
	u32 word, n, cpu, words = (scx_bpf_nr_cpu_ids() + 63) / 64;
	u64 bits;

	bpf_for(word, 0, words) {
		bits = idling[word & (CPUS_MAX / 64 - 1)];
		bpf_for(n, 0, 64) {
			if (!bits)
				break;
			cpu = word * 64 + (u32)__builtin_ctzll(bits);
			bits &= bits - 1;
			if (bpf_cpumask_test_cpu(cpu, p->cpus_ptr) &&
			    give_way(cpu, deadline_of(b), slot))
				return;
		}
	}
}

/* Somebody of @slot has come to the queue of @key: a processor that is idle, or
 * one whose task may wait, is to look. */
static __always_inline void call_processor(struct task_struct *p, u32 key,
					   const struct vs_slot *b, u32 slot)
{
	s32 idle = scx_bpf_pick_idle_cpu(p->cpus_ptr, 0);

	if (idle >= 0)
		scx_bpf_kick_cpu(idle, SCX_KICK_IDLE);
	else if (!give_way(key, deadline_of(b), slot))
		take_idling(p, b, slot);
}

static __always_inline void kick_idle_cpus(void)
{
	u32 cpu, n = scx_bpf_nr_cpu_ids();

	bpf_for(cpu, 0, n)
		scx_bpf_kick_cpu((s32)cpu, is_idling(cpu) ? SCX_KICK_PREEMPT : SCX_KICK_IDLE);
}

#endif /* VS_SCHED_CPU_BPF_H */
