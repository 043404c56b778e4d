/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What the scheduler's parts all use: the kernel's functions for schedulers,
 * its constants, and ours.  No state and no decision is here.
 */
#ifndef VS_SCHED_BPF_H
#define VS_SCHED_BPF_H

#include "common.bpf.h"
#include "vs_slot.h"

/* vserver.ko */
extern int vs_bucket_read(u32 xid, void *values, u32 values__sz) __ksym;
extern u32 vs_table_generation(void) __ksym;

/* kernel/sched/ext */
extern s32 scx_bpf_create_dsq(u64 dsq_id, s32 node) __ksym;
extern void scx_bpf_dsq_insert(struct task_struct *p, u64 dsq_id, u64 slice,
			       u64 enq_flags) __ksym;
extern bool __scx_bpf_dsq_insert_vtime(struct task_struct *p,
			struct scx_bpf_dsq_insert_vtime_args *args) __ksym;
extern bool scx_bpf_dsq_move_to_local(u64 dsq_id) __ksym;
extern int bpf_iter_scx_dsq_new(struct bpf_iter_scx_dsq *it, u64 dsq_id, u64 flags) __ksym;
extern struct task_struct *bpf_iter_scx_dsq_next(struct bpf_iter_scx_dsq *it) __ksym;
extern void bpf_iter_scx_dsq_destroy(struct bpf_iter_scx_dsq *it) __ksym;
extern void scx_bpf_dsq_move_set_vtime(struct bpf_iter_scx_dsq *it__iter, u64 vtime) __ksym;
extern bool scx_bpf_dsq_move_vtime(struct bpf_iter_scx_dsq *it__iter, struct task_struct *p,
				   u64 dsq_id, u64 enq_flags) __ksym;
extern s32 scx_bpf_dsq_nr_queued(u64 dsq_id) __ksym;
extern struct task_struct *scx_bpf_dsq_peek(u64 dsq_id) __ksym;
extern bool scx_bpf_task_set_slice(struct task_struct *p, u64 slice) __ksym;
extern s32 scx_bpf_select_cpu_dfl(struct task_struct *p, s32 prev_cpu,
				  u64 wake_flags, bool *is_idle) __ksym;
extern s32 scx_bpf_pick_idle_cpu(const struct cpumask *cpus_allowed, u64 flags) __ksym;
extern s32 scx_bpf_task_cpu(const struct task_struct *p) __ksym;
extern void scx_bpf_kick_cpu(s32 cpu, u64 flags) __ksym;
extern void scx_bpf_cpuperf_set(s32 cpu, u32 perf) __ksym;
extern u32 scx_bpf_nr_cpu_ids(void) __ksym;
extern const struct cpumask *scx_bpf_get_online_cpumask(void) __ksym;
extern void scx_bpf_put_cpumask(const struct cpumask *cpumask) __ksym;
extern bool bpf_cpumask_test_cpu(u32 cpu, const struct cpumask *cpumask) __ksym;
extern u32 bpf_cpumask_weight(const struct cpumask *cpumask) __ksym;
extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;
extern void bpf_preempt_disable(void) __ksym;
extern void bpf_preempt_enable(void) __ksym;
extern int bpf_task_work_schedule_resume(struct task_struct *task,
			struct bpf_task_work *tw, void *map__const_map,
			bpf_task_work_callback_t callback) __ksym;

/* Macros of the kernel: not in BTF. */
#define CLOCK_MONOTONIC	1
#define PF_EXITING	0x00000004
#define PF_IO_WORKER	0x00000010
#define PF_USER_WORKER	0x00004000
#define PF_KTHREAD	0x00200000

/* Within bpf_for_each(). */
#define BPF_FOR_EACH_ITER	(&___it)

#define USEC		1000ULL
#define MSEC		1000000ULL

#define SLICE		(4 * MSEC)	/* a task runs so long at most */
#define SLICE_MIN	(50 * USEC)	/* and so long at least */
#define ROUND		(8000 * MSEC)	/* in which each task of a queue shall run */
#define USER_LATE_MAX	(10000 * MSEC)	/* who waits at user space, after it was due */
#define KERNEL_LATE_MAX	(1000 * MSEC)	/* who waits in the kernel */
#define RCU_LATE_MAX	(500 * MSEC)	/* who waits in a section of RCU */
#define LATE_REST	31		/* to one part for those who are late */
#define LATE_KERNEL	(5000 * MSEC)	/* so much before others who waits in the kernel */
#define LATE_HALF	(20000 * MSEC)	/* after so long it is as much for them as for others */
#define LATE_ALL	(25000 * MSEC)	/* and after so long all */
#define LATE_USED_MAX	(20 * MSEC)	/* of a turn: the rest was not its own */
#define LATE_BATCH	512		/* of one queue are found late by one sweep */
#define EARLY_MAX	(500 * MSEC)	/* so long before it comes one may be due */
#define GRACE		(500 * USEC)	/* for a held task to leave the kernel */
#define TOKENS_MIN	(30 * USEC)	/* less than this is empty */
#define DEBT_MIN	(6 * MSEC)
#define DEBT_MAX	(50 * MSEC)	/* of a context whose tasks are in the kernel */
#define LAG_MAX		(10 * MSEC)	/* what quiet may be worth, virtual */
#define LEAD_MAX	(100 * MSEC)	/* what idle processors may cost, virtual */
#define PREEMPT_LEAD	(500 * USEC)	/* who is later by more is preempted, virtual */
#define BIAS_STEP	(1 * MSEC)	/* what one of bias is worth, virtual */
#define IDLE_SLICE	(4 * MSEC)	/* of time that nobody is entitled to */
#define IDLE_LAG	(10 * MSEC)	/* what no wish for such time is worth, virtual */
#define IDLE_LATE	(1ULL << 50)	/* who has such time is later than anybody, virtual */
#define SLICE_SPARE	(1 * MSEC)	/* of a slice: the timer is to end it, not the tick */
#define KICK_TRIES	64	/* looks for an interrupt to oneself to come */
#define TICK		(10 * MSEC)	/* contexts are let go at such */
#define TICKS_MAX	4		/* in a turn: sched_bucket.bpf.h */
#define SWEEP		(100 * MSEC)
#define TRIES		64	/* contexts, none of whose tasks may run here */
#define SLOT_REST	(5000 * MSEC)	/* unused for so long: may be given away */

/* What vs_bucket_read() fills in. */
enum parameter {
	PARAMETER_RATE,
	PARAMETER_INTERVAL,
	PARAMETER_SIZE,
	PARAMETER_RELEASE,
	PARAMETER_IDLE_RATE,
	PARAMETER_IDLE_INTERVAL,
	PARAMETER_TOKENS,
	PARAMETER_SERIAL,
	PARAMETER_PRIO_BIAS,
	PARAMETER_SCOPE,	/* 0: one bucket for the machine, 1: one for each processor */
	PARAMETERS,
};

#define SLOTS		4096	/* VS_CONTEXTS_MAX, the host, and buckets of processors */
#define SLOT_HOST	0
#define SLOT_NONE	1	/* contexts that found no slot share this one */
#define SLOT_FIRST	2
#define CPUS_MAX	512

/* A weight: WEIGHT_ONE is one processor.  As a rate (vs_slot.h), but less fine. */
#define WEIGHT_SHIFT	20
#define WEIGHT_ONE	(1ULL << WEIGHT_SHIFT)
#define WEIGHT_MIN	64

#endif /* VS_SCHED_BPF_H */
