// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * THE SCHEDULER: a token bucket for each context, on sched_ext.
 *
 * What it does.  A context's bucket holds at most S of processor time, gains R
 * every T, is put on hold when it is empty and runs again at M.  R/T is what
 * it is guaranteed and what it is capped at; S bounds a burst after quiet.
 * Tokens are nanoseconds, gained whenever somebody looks, charged by what the
 * kernel itself says a task has used; a task that overruns leaves a debt, so
 * that the mean is exact whatever the ticks are.  Among contexts that are not
 * held, the one runs next that has had least for its share (virtual time,
 * weighed by R/T); the host weighs what the contexts leave of the machine and
 * is never held.  Within a context tasks share by their nice values.
 *
 * When it is good.  Shares down to fractions of a percent, accurate within a
 * second; many contexts; wake-ups of one that has been quiet are served at
 * once.  Slices shrink with the length of a queue, so that a context that
 * starts a thousand tasks makes itself slow and does not trip the kernel's
 * watchdog; a timer a processor ends them on time, where the kernel's tick
 * would be 4 ms late.
 *
 * When it is not.  A task is held wherever it is, also while it has a lock of
 * the kernel; others may wait for it as long as the hold lasts (mostly some
 * 10 ms).  Real-time tasks run above every sched_ext scheduler.  There is one
 * bucket for the whole machine, and no second rate for idle time.
 *
 * If it goes.  The kernel ends a scheduler that errs or lets a task starve for
 * 30 s; then the fair class and cpu.max, which is always written too, keep the
 * shares.  Why it went is in "exited".  Pinned are the link and every map:
 * timers die with the last user reference of their map, and held contexts
 * would never run again.
 *
 * Races that are accepted: @vtime and @seen are written without a lock, a lost
 * update costs one slice's fairness; a parameter may be one reading old.
 */
#include "sched_bucket.bpf.h"

char LICENSE[] SEC("license") = "GPL";

extern s32 scx_bpf_create_dsq(u64 dsq_id, s32 node) __ksym;
extern void scx_bpf_dsq_insert(struct task_struct *p, u64 dsq_id, u64 slice,
			       u64 enq_flags) __ksym;
extern bool __scx_bpf_dsq_insert_vtime(struct task_struct *p,
			struct scx_bpf_dsq_insert_vtime_args *args) __ksym;
extern bool scx_bpf_dsq_move_to_local(u64 dsq_id) __ksym;
extern bool scx_bpf_task_set_slice(struct task_struct *p, u64 slice) __ksym;
extern s32 scx_bpf_select_cpu_dfl(struct task_struct *p, s32 prev_cpu,
				  u64 wake_flags, bool *is_idle) __ksym;
extern s32 scx_bpf_pick_idle_cpu(const struct cpumask *cpus_allowed, u64 flags) __ksym;
extern s32 scx_bpf_task_cpu(const struct task_struct *p) __ksym;

#define SLICE		(4 * MSEC)	/* at most */
#define SLICE_MIN	(50 * USEC)
#define ROUND		(8000 * MSEC)	/* in which each task of a queue shall run */
#define LAG		(10 * MSEC)	/* what quiet may be worth, at full rate */
#define PREEMPT_LAG	(500 * USEC)
#define PF_KTHREAD	0x00200000
#define TRIES		16	/* contexts tried for one that may run here */
#define TASK_QUEUED	1	/* SCX_TASK_QUEUED */

/**
 * struct sched_task - a task as the scheduler sees it.
 * @slot: its context's slot, right as long as @xid is.
 * @fresh: it was queued since it last ran: it gets a new slice.
 * @vtime: ns, within its context.
 * @began: ns, the kernel's sum of what it had used when it began to run.
 */
struct sched_task {
	u32 xid;
	u32 slot;
	u32 fresh;
	u32 pad;
	u64 vtime;
	u64 began;
};

/* Key: task.  An entry from ops.init_task until the task is gone. */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct sched_task);
} sched_tasks SEC(".maps");

/**
 * struct processor - a processor.
 * @timer: ends the slice that runs.
 * @ends: ns, when that is; 0: the tick is soon enough.
 * @slot, @vtime: of the context that runs; SLOTS: none.
 */
struct processor {
	struct bpf_timer timer;
	u64 ends;
	u64 vtime;
	u32 slot;
	u32 pad;
};

/* Key: processor.  Pinned. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, CPUS_MAX);
	__type(key, u32);
	__type(value, struct processor);
} cpus SEC(".maps");

struct sweep_timer {
	struct bpf_timer timer;
};

/* Key: 0.  Looks at every slot each SWEEP.  Pinned. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct sweep_timer);
} sweep_timer SEC(".maps");

/* Why the kernel ended it, for user space. */
struct {
	__s32 kind;
	__s64 code;
	char reason[128];
	char message[256];
} exited;

/* Virtual time of the contexts: of the one that ran last. */
static __u64 vtime_now;

static __always_inline struct sched_task *sched_task_of(struct task_struct *p)
{
	struct sched_task *t = bpf_task_storage_get(&sched_tasks, p, NULL, 0);
	u32 xid;

	if (!t)
		return NULL;
	xid = vs_task_xid(p);
	if (t->xid != xid) {
		t->xid = xid;
		t->slot = slot_of(xid);
		t->vtime = 0;
	}
	return t;
}

/* The slot may have been given away and taken again since it was looked up. */
static __always_inline struct vs_bucket *bucket_of(struct sched_task *t)
{
	struct vs_bucket *b = bucket_at(t->slot);

	if (b && t->xid && t->slot >= SLOT_FIRST && (b->xid != t->xid || !b->used)) {
		t->slot = slot_of(t->xid);
		b = bucket_at(t->slot);
	}
	return b;
}

/* Short where many wait: each shall have its turn within ROUND. */
static __always_inline u64 slice_of(struct vs_bucket *b, u32 slot)
{
	u64 waiting = (u64)scx_bpf_dsq_nr_queued(slot) + 1;
	u64 slice = SLICE, turn;

	turn = ((weight_of(b) * (ROUND >> 20)) / waiting);
	if (slice > turn)
		slice = turn;
	if (b->limited && !b->held && b->tokens > 0 && slice > (u64)b->tokens)
		slice = (u64)b->tokens;
	return slice < SLICE_MIN ? SLICE_MIN : slice;
}

/* Charge what it has used since it was asked last. */
static __always_inline void account(struct task_struct *p, struct sched_task *t,
				    struct vs_bucket *b)
{
	u64 used = p->se.sum_exec_runtime - t->began, now, wait;

	t->began = p->se.sum_exec_runtime;
	now = bpf_ktime_get_ns();
	b->seen = now;
	t->vtime += used * 100 / (p->scx.weight ?: 1);
	b->vtime += used * SHARE_ONE / weight_of(b);
	wait = charge(b, used, now);
	if (wait)
		hold(t->slot, wait);
}

/* It runs now, with a new slice, whose end a timer sees to: the tick may be
 * 4 ms late. */
static __always_inline void begin_slice(struct task_struct *p, struct sched_task *t,
					struct vs_bucket *b, struct processor *cpu)
{
	u64 now = bpf_ktime_get_ns(), slice;

	read_parameters(b);
	release_if_due(b, now);
	slice = slice_of(b, t->slot);
	scx_bpf_task_set_slice(p, slice);
	cpu->ends = t->slot == SLOT_HOST && slice >= SLICE ? 0 : now + slice;
	if (cpu->ends)
		bpf_timer_start(&cpu->timer, slice, BPF_F_TIMER_CPU_PIN);
}

/* --- queueing -------------------------------------------------------------------- */

/* Quiet is worth LAG at most: it does not let a context make up for hours. */
static __always_inline void context_wakes(struct vs_bucket *b)
{
	u64 oldest = vtime_now - (LAG * SHARE_ONE) / weight_of(b);

	if ((s64)(b->vtime - oldest) < 0)
		b->vtime = oldest;
}

SEC("struct_ops/vs_select_cpu")
s32 BPF_PROG(vs_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	struct sched_task *t = sched_task_of(p);
	bool is_idle = false;
	struct vs_bucket *b;
	s32 cpu;

	cpu = scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &is_idle);
	if (!is_idle || !t)
		return cpu;
	b = bucket_of(t);
	if (!b)
		return cpu;
	if (b->held && !release_if_due(b, bpf_ktime_get_ns()))
		return cpu;
	context_wakes(b);
	t->fresh = 1;
	scx_bpf_dsq_insert(p, SCX_DSQ_LOCAL, slice_of(b, t->slot), 0);
	return cpu;
}

/* Is somebody running there who has had much more for its share? */
static __always_inline void preempt(struct task_struct *p, struct vs_bucket *b, u32 slot)
{
	u32 key = (u32)scx_bpf_task_cpu(p);
	struct processor *cpu = bpf_map_lookup_elem(&cpus, &key);

	if (!cpu || cpu->slot >= SLOTS || cpu->slot == slot)
		return;
	if ((s64)(cpu->vtime - b->vtime) > (s64)((PREEMPT_LAG * SHARE_ONE) / weight_of(b)))
		scx_bpf_kick_cpu((s32)key, SCX_KICK_PREEMPT);
}

SEC("struct_ops/vs_enqueue")
void BPF_PROG(vs_enqueue, struct task_struct *p, u64 enq_flags)
{
	struct scx_bpf_dsq_insert_vtime_args args = { .enq_flags = enq_flags };
	struct sched_task *t = sched_task_of(p);
	struct vs_bucket *b = t ? bucket_of(t) : NULL;
	s32 cpu;

	/* A processor's own kernel threads wait for nobody. */
	if (!t || !b || (p->flags & PF_KTHREAD && p->nr_cpus_allowed == 1)) {
		scx_bpf_dsq_insert(p, SCX_DSQ_LOCAL, SLICE, enq_flags | SCX_ENQ_PREEMPT);
		return;
	}

	b->seen = bpf_ktime_get_ns();
	if (b->held)
		release_if_due(b, b->seen);
	if (!scx_bpf_dsq_nr_queued(t->slot))
		context_wakes(b);
	if ((s64)(t->vtime - (b->queue_vtime - SLICE)) < 0)
		t->vtime = b->queue_vtime - SLICE;

	t->fresh = 1;
	args.dsq_id = t->slot;
	args.slice = slice_of(b, t->slot);
	args.vtime = t->vtime;
	__scx_bpf_dsq_insert_vtime(p, &args);
	if (b->held)
		return;

	cpu = scx_bpf_pick_idle_cpu(p->cpus_ptr, 0);
	if (cpu >= 0)
		scx_bpf_kick_cpu(cpu, SCX_KICK_IDLE);
	else
		preempt(p, b, t->slot);
}

/* --- choosing -------------------------------------------------------------------- */

/* The context with the least virtual time that may run and has a task queued,
 * later than (@vtime, @slot) in that order.  SLOTS: none. */
static __always_inline u32 next_context(bool first, u64 vtime, u32 slot, u64 *ret_vtime)
{
	u32 i, best = SLOTS;
	u64 best_vtime = 0;
	struct vs_bucket *b;
	s64 ahead;

	bpf_for(i, 0, slots_end) {
		b = bucket_at(i);
		if (!b || !b->used || b->held || !scx_bpf_dsq_nr_queued(i))
			continue;
		ahead = (s64)(b->vtime - vtime);
		if (!first && (ahead < 0 || (!ahead && i <= slot)))
			continue;
		if (best < SLOTS && (s64)(b->vtime - best_vtime) >= 0)
			continue;
		best = i;
		best_vtime = b->vtime;
	}
	*ret_vtime = best_vtime;
	return best;
}

/* May the task that has just run go on?  It may if its context is not held and
 * none has had less; within a context others wait before it. */
static __always_inline bool goes_on(struct task_struct *prev, struct processor *cpu,
				    u32 best, u64 best_vtime)
{
	struct sched_task *t;
	struct vs_bucket *b;

	if (!prev || !(prev->scx.flags & TASK_QUEUED))
		return false;
	t = sched_task_of(prev);
	b = t ? bucket_of(t) : NULL;
	if (!b || b->held)
		return false;
	if (best < SLOTS &&
	    (t->slot == best || (s64)(b->vtime - best_vtime) > 0))
		return false;
	begin_slice(prev, t, b, cpu);
	return true;
}

SEC("struct_ops/vs_dispatch")
void BPF_PROG(vs_dispatch, s32 cpu, struct task_struct *prev)
{
	struct processor *here = bpf_map_lookup_elem(&cpus, &cpu);
	struct sched_task *t;
	struct vs_bucket *b;
	u64 vtime = 0;
	u32 slot, i;

	if (!here)
		return;
	/* A task that goes on never stops: it is charged here. */
	if (prev && prev->scx.flags & TASK_QUEUED && (t = sched_task_of(prev)) &&
	    (b = bucket_of(t)))
		account(prev, t, b);
	slot = next_context(true, 0, 0, &vtime);
	if (goes_on(prev, here, slot, vtime))
		return;
	bpf_for(i, 0, TRIES) {
		if (slot >= SLOTS)
			break;
		if (scx_bpf_dsq_move_to_local(slot))
			return;
		/* None of its tasks may run here: the next one. */
		slot = next_context(false, vtime, slot, &vtime);
	}
	goes_on(prev, here, SLOTS, 0);
}

/* --- running --------------------------------------------------------------------- */

static int on_slice_end(void *map, u32 *key, struct processor *cpu)
{
	u64 now = bpf_ktime_get_ns(), ends = cpu->ends;

	if (!ends)
		return 0;
	if ((s64)(ends - now) > (s64)(20 * USEC))
		bpf_timer_start(&cpu->timer, ends - now, BPF_F_TIMER_CPU_PIN);
	else
		scx_bpf_kick_cpu((s32)*key, SCX_KICK_PREEMPT);
	return 0;
}

SEC("struct_ops/vs_running")
void BPF_PROG(vs_running, struct task_struct *p)
{
	u32 key = (u32)scx_bpf_task_cpu(p);
	struct processor *cpu = bpf_map_lookup_elem(&cpus, &key);
	struct sched_task *t = sched_task_of(p);
	struct vs_bucket *b = t ? bucket_of(t) : NULL;

	if (!b || !cpu)
		return;
	t->began = p->se.sum_exec_runtime;
	b->seen = bpf_ktime_get_ns();
	if ((s64)(t->vtime - b->queue_vtime) > 0)
		b->queue_vtime = t->vtime;
	if ((s64)(b->vtime - vtime_now) > 0)
		vtime_now = b->vtime;
	cpu->slot = t->slot;
	cpu->vtime = b->vtime;

	/* Also called when a running task's settings change: then it goes on
	 * with the slice that it has. */
	if (!t->fresh)
		return;
	t->fresh = 0;
	begin_slice(p, t, b, cpu);
}

SEC("struct_ops/vs_stopping")
void BPF_PROG(vs_stopping, struct task_struct *p, bool runnable)
{
	u32 key = (u32)scx_bpf_task_cpu(p);
	struct processor *cpu = bpf_map_lookup_elem(&cpus, &key);
	struct sched_task *t = bpf_task_storage_get(&sched_tasks, p, NULL, 0);
	struct vs_bucket *b = t ? bucket_of(t) : NULL;

	if (cpu) {
		cpu->ends = 0;
		cpu->slot = SLOTS;
	}
	if (b)
		account(p, t, b);
}

/* --- the sweep ------------------------------------------------------------------- */

/* What no event brings about: slots given back, the weight of the host, and a
 * hold whose timer could not be armed. */
static int on_sweep(void *map, u32 *key, struct sweep_timer *timer)
{
	u64 now = bpf_ktime_get_ns(), rates = 0, all;
	bool released = false;
	struct vs_bucket *b;
	u32 i;

	bpf_for(i, SLOT_FIRST, slots_end) {
		b = bucket_at(i);
		if (!b || !b->used)
			continue;
		read_parameters(b);
		if (b->held)
			released |= release_if_due(b, now);
		if (b->limited)
			rates += b->rate;
		slot_give_back(i, b, now);
	}
	all = scx_bpf_nr_cpu_ids() * SHARE_ONE;
	host_rate = all > rates + all / 20 ? all - rates : all / 20;
	if (released)
		kick_idle_cpus();
	bpf_timer_start(&timer->timer, SWEEP, 0);
	return 0;
}

/* --- tasks, processors, begin and end ---------------------------------------------- */

SEC("struct_ops/vs_init_task")
s32 BPF_PROG(vs_init_task, struct task_struct *p, struct scx_init_task_args *args)
{
	return bpf_task_storage_get(&sched_tasks, p, NULL,
				    BPF_LOCAL_STORAGE_GET_F_CREATE) ? 0 : -ENOMEM;
}

/* They must be there: without them the kernel ends a scheduler on hotplug. */
SEC("struct_ops/vs_cpu_online")
void BPF_PROG(vs_cpu_online, s32 cpu)
{
}

SEC("struct_ops/vs_cpu_offline")
void BPF_PROG(vs_cpu_offline, s32 cpu)
{
}

static int init_slot(u32 slot)
{
	struct release_timer *t = bpf_map_lookup_elem(&release_timers, &slot);
	struct vs_bucket *b = bucket_at(slot);
	int err;

	if (!t || !b)
		return -EINVAL;
	err = scx_bpf_create_dsq(slot, -1);
	if (err)
		return err;
	err = bpf_timer_init(&t->timer, &release_timers, CLOCK_MONOTONIC);
	if (err)
		return err;
	b->last = bpf_ktime_get_ns();
	return bpf_timer_set_callback(&t->timer, on_release);
}

static int init_cpu(u32 key)
{
	struct processor *cpu = bpf_map_lookup_elem(&cpus, &key);
	int err;

	if (!cpu)
		return -EINVAL;
	cpu->slot = SLOTS;
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

SEC("struct_ops.s/vs_init")
s32 BPF_PROG(vs_init)
{
	u32 i, slot, n = scx_bpf_nr_cpu_ids();
	struct vs_bucket *b;
	int err;

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

	b = bucket_at(SLOT_HOST);
	if (!b)
		return -EINVAL;
	b->used = 1;

	/* Whoever finds no slot has 1 % of a processor, all together. */
	b = bucket_at(SLOT_NONE);
	if (!b)
		return -EINVAL;
	b->used = b->limited = 1;
	b->rate = SHARE_ONE / 100;
	b->size = MSEC;
	b->release = 100 * USEC;
	return init_sweep();
}

SEC("struct_ops/vs_exit")
void BPF_PROG(vs_exit, struct scx_exit_info *info)
{
	bpf_probe_read_kernel_str(exited.reason, sizeof(exited.reason), info->reason);
	bpf_probe_read_kernel_str(exited.message, sizeof(exited.message), info->msg);
	exited.code = info->exit_code;
	exited.kind = info->kind;
}

SEC(".struct_ops.link")
struct sched_ext_ops vserver = {
	.select_cpu	= (void *)vs_select_cpu,
	.enqueue	= (void *)vs_enqueue,
	.dispatch	= (void *)vs_dispatch,
	.running	= (void *)vs_running,
	.stopping	= (void *)vs_stopping,
	.init_task	= (void *)vs_init_task,
	.cpu_online	= (void *)vs_cpu_online,
	.cpu_offline	= (void *)vs_cpu_offline,
	.init		= (void *)vs_init,
	.exit		= (void *)vs_exit,
	.flags		= SCX_OPS_ENQ_LAST | SCX_OPS_ENQ_EXITING |
			  SCX_OPS_ENQ_MIGRATION_DISABLED,
	.timeout_ms	= 30000,
	.name		= "vserver",
};
