/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Holding a context: its tasks wait where they are about to return to user
 * space, and nowhere else, because a task in the kernel may have a lock that
 * the host or others are waiting for.
 *
 * Most are in user space when the timer ends their slice: these are preempted on
 * the way back from that interrupt.  A task of a context that has run out elsewhere
 * is asked, by a piece of task work, to tell when it gets there; until then it stays
 * in the queue of tasks in the kernel, which is served while the context is held,
 * and makes a debt.  Having told, it is preempted, and waits in the other queue.
 *
 * One that was asked waits in that task work: tied to its processor, and in a
 * section of rcu_tasks_trace, so that what sleepable BPF programs leave behind is
 * freed late.  It is in no section of RCU proper: for those the machine waits,
 * and who is preempted in one comes first among the tasks in the kernel.
 *
 * Kernel workers of a process (io_uring) never return to user space: they wait
 * where they are, once the debt is as deep as it may be, and so do tasks whose
 * calls are long; of these each has a turn a second.
 */
#ifndef VS_SCHED_HOLD_BPF_H
#define VS_SCHED_HOLD_BPF_H

#include "sched_cpu.bpf.h"

/* arch/x86/kernel/irq.c */
extern const bool hardirq_stack_inuse __ksym __weak;

/* Of a kernel that has time slice extensions. */
struct rseq_data___slices {
	struct {
		struct {
			u8 enabled;
		} state;
	} slice;
} __attribute__((preserve_access_index));

struct task_struct___slices {
	struct rseq_data___slices rseq;
} __attribute__((preserve_access_index));

struct boundary {
	struct bpf_task_work work;
};

/* Key: the task's address.  From when it is asked first until it has gone.
 * Pinned: see sched.bpf.c. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, u64);
	__type(value, struct boundary);
} boundaries SEC(".maps");

/* --- the way to user space ----------------------------------------------------------- */

/* The task itself, about to return to user space. */
static int on_boundary(struct bpf_map *map, void *key, void *value)
{
	struct task_struct *p = bpf_get_current_task_btf();
	struct sched_task *t = known_task(p);
	struct vs_slot *b;

	if (!t)
		return 0;
	t->asked = 0;
	b = bucket_of(t);
	if (!b || !(b->held || empty(b)))	/* it has tokens meanwhile */
		return 0;
	t->at_user = 1;
	/* The kick is a section that RCU waits for, and would preempt within. */
	bpf_preempt_disable();
	scx_bpf_kick_cpu(scx_bpf_task_cpu(p), SCX_KICK_PREEMPT);
	bpf_preempt_enable();
	return 0;
}

/*
 * Ask it.  0: it will tell.  -EBUSY: it is telling, which is to say that it is
 * there already, preempted before it could go on.  Another errno: it cannot be
 * asked.
 */
static __always_inline int ask(struct task_struct *p, struct sched_task *t)
{
	u64 key = (u64)p;
	struct boundary *boundary;
	int err;

	if (t->asked)
		return 0;
	if (p->flags & (PF_KTHREAD | PF_IO_WORKER | PF_USER_WORKER | PF_EXITING))
		return -EPERM;
	boundary = bpf_map_lookup_elem(&boundaries, &key);
	if (!boundary) {
		struct boundary none = {};

		bpf_map_update_elem(&boundaries, &key, &none, BPF_NOEXIST);
		boundary = bpf_map_lookup_elem(&boundaries, &key);
	}
	if (!boundary)
		return -ENOMEM;
	t->asked = 1;	/* before: it may be answered at once */
	err = bpf_task_work_schedule_resume(p, &boundary->work, &boundaries, on_boundary);
	if (err)
		t->asked = 0;
	return err;
}

static __always_inline void forget(struct task_struct *p)
{
	u64 key = (u64)p;

	bpf_map_delete_elem(&boundaries, &key);
}

/* A task that has time slice extensions goes on for a while when it is told to
 * stop, and by then may be in the kernel. */
static __always_inline bool may_go_on(struct task_struct *p)
{
	struct task_struct___slices *task = (void *)p;

	return bpf_core_field_exists(task->rseq.slice) &&
	       BPF_CORE_READ(task, rseq.slice.state.enabled);
}

/* In a timer: has it interrupted user space?  One that interrupts the kernel has
 * the stack for interrupts; so has one that the kernel has put off.  If so, what the
 * interrupt does last is to look who runs next, and the task has nothing then that
 * others could wait for. */
static __always_inline bool from_user_space(struct task_struct *p)
{
	const bool *in_kernel;

	if (!bpf_ksym_exists(&hardirq_stack_inuse) || p->flags & PF_KTHREAD || may_go_on(p))
		return false;
	in_kernel = bpf_this_cpu_ptr(&hardirq_stack_inuse);
	return !*in_kernel;
}

/* In a timer: preempt it at the way back to user space, if it is on it.  That is
 * certain when the kick, an interrupt of its own, has come before this one has ended;
 * it takes the slice away. */
static __always_inline bool stop_at_user(struct task_struct *p, u32 key)
{
	u32 i;

	if (!from_user_space(p) || !p->scx.slice)
		return false;
	scx_bpf_kick_cpu((s32)key, SCX_KICK_PREEMPT);
	bpf_for(i, 0, KICK_TRIES)	/* a call: each time it is read anew */
		if (!p->scx.slice)
			return true;
	return false;
}

/* A slice is over.  A task whose context has run out, and that is in the kernel, is
 * asked: the tick ends what it does else.  Others, and who has been asked before, are
 * preempted. */
static int on_slice_end(void *map, u32 *key, struct processor *cpu)
{
	u64 now = bpf_ktime_get_ns(), ends = cpu->ends;
	struct task_struct *p;
	struct sched_task *t;
	struct vs_slot *b;

	cpu->fires = 0;
	if (!ends)
		return 0;
	if ((s64)(ends - now) > (s64)(20 * USEC)) {
		start_timer(cpu, ends - now, now);
		return 0;
	}
	tell_time(cpu, *key);
	p = bpf_get_current_task_btf();
	/* Of another processor, if settings were changed from there. */
	t = scx_bpf_task_cpu(p) == (s32)*key ? known_task(p) : NULL;
	b = t && !t->asked && (t->grant || t->idles) ? bucket_at(t->slot) : NULL;
	if (b && (t->idles || bucket_empty(b, now))) {
		t->at_user = stop_at_user(p, *key);
		if (t->at_user || !ask(p, t))
			return 0;
	}
	scx_bpf_kick_cpu((s32)*key, SCX_KICK_PREEMPT);
	return 0;
}

#endif /* VS_SCHED_HOLD_BPF_H */
