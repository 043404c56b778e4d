// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * THE SCHEDULER: a token bucket for each context, on sched_ext.
 *
 * What it does.  A context's bucket holds at most S of processor time, gains R
 * every T, is put on hold when it is empty and runs again at M.  R/T is what
 * it is guaranteed and what it is capped at; S bounds a burst after quiet.
 * Tokens are nanoseconds, gained at ticks of 10 ms, taken out in advance
 * for each slice and settled by what the kernel itself says a task has used;
 * overruns leave a debt, so that the mean is exact whatever the ticks are.  Time
 * that nobody is entitled to goes to contexts on hold that have an idle rate
 * (sched_idle.bpf.h).
 * Among contexts that are not held the earliest deadline on virtual time is
 * next (sched_order.bpf.h); the host is never held.  Within a context tasks
 * share by their nice values.
 *
 * When it is good.  Shares down to a tenth of a percent, accurate within a
 * second; many contexts; a context that has been quiet is served at once.
 * Tasks are held on their way to user space only, so that nobody waits for a
 * lock of a held task (sched_hold.bpf.h).  Slices shrink with the length of a
 * queue, so that a context that starts a thousand tasks makes itself slow and
 * does not trip the kernel's watchdog; where that does not suffice, whoever
 * should have run long ago runs for a moment whatever its context has
 * (sched_late.bpf.h).
 *
 * When it is not.  A crowd whose share does not pay for a turn of each in some
 * 18 s, or whose tasks are in long system calls, gets more than its share: what
 * these turns cost, up to a thirtieth of each processor that it is on, and more
 * than that, up to all, as the kernel's limit comes near.  Real-time tasks run
 * above every sched_ext scheduler.  A context has one bucket for the whole machine,
 * or one for each processor, and these are alike.  Changed parameters are seen
 * within 100 ms.
 *
 * If it goes.  The kernel ends a scheduler that errs or lets a task starve for
 * 30 s; then the fair class shares equally, and guests have cpu.max, which is
 * written for them all the time.  A bare context has no cpu.max: it has no
 * limit until the scheduler is loaded again.  Why it went is in "exited".
 *
 * Pinned are the link and every map: timers and task work die with the last
 * user reference of their map, and held contexts would never run again.
 *
 * Races that are accepted: virtual times, deadlines and bursts are written
 * without a lock, a lost update costs one slice's fairness; tokens never are.
 */
#include "sched_choose.bpf.h"
#include "sched_init.bpf.h"

char LICENSE[] SEC("license") = "GPL";

/* Why the kernel ended it, for user space. */
struct {
	__s32 kind;
	__s64 code;
	char reason[128];
	char message[256];
} exited;

/* --- queueing -------------------------------------------------------------------- */

SEC("struct_ops/vs_runnable")
void BPF_PROG(vs_runnable, struct task_struct *p, u64 enq_flags)
{
	struct sched_task *t = known_task(p);
	struct vs_slot *b = t ? bucket_here(p, t, (u32)scx_bpf_task_cpu(p)) : NULL;

	if (!b || t->counted_in < SLOTS)
		return;
	t->counted_in = t->slot;
	b->seen = bpf_ktime_get_ns();
	order_runnable(b, b->seen);
}

SEC("struct_ops/vs_quiescent")
void BPF_PROG(vs_quiescent, struct task_struct *p, u64 deq_flags)
{
	struct sched_task *t = known_task(p);
	struct vs_slot *b = t ? bucket_at(t->counted_in) : NULL;

	if (!b)
		return;
	t->counted_in = SLOTS;
	order_quiescent(b);
	if (deq_flags & SCX_DEQ_SLEEP) {
		t->burst = t->ran < SLICE ? t->ran : SLICE;
		t->ran = 0;
		b->burst = (3 * b->burst + t->burst) / 4;
	}
}

/* It has entered a context while it ran. */
static __always_inline void recount(struct sched_task *t, struct vs_slot *b, u64 now)
{
	struct vs_slot *before;

	if (t->counted_in >= SLOTS || t->counted_in == t->slot)
		return;
	before = bucket_at(t->counted_in);
	if (before)
		order_quiescent(before);
	t->counted_in = t->slot;
	order_runnable(b, now);
}

SEC("struct_ops/vs_select_cpu")
s32 BPF_PROG(vs_select_cpu, struct task_struct *p, s32 prev_cpu, u64 wake_flags)
{
	struct sched_task *t = known_task(p);
	bool is_idle = false;
	struct vs_slot *b;
	s32 cpu;

	cpu = scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &is_idle);
	b = is_idle && t ? bucket_here(p, t, (u32)cpu) : NULL;
	if (!b || b->held || empty(b))
		return cpu;
	t->fresh = 1;
	scx_bpf_dsq_insert(p, SCX_DSQ_LOCAL, quantum_of(b), 0);
	return cpu;
}

/* Where it is to wait. */
static __always_inline enum queue queue_for(struct task_struct *p, struct sched_task *t,
					    const struct vs_slot *b)
{
	if (!b->held || reads_rcu(p))
		return QUEUE_KERNEL;
	if (!t->at_user && ask(p, t) != -EBUSY)
		return QUEUE_KERNEL;
	return QUEUE_USER;
}

SEC("struct_ops/vs_enqueue")
void BPF_PROG(vs_enqueue, struct task_struct *p, u64 enq_flags)
{
	struct scx_bpf_dsq_insert_vtime_args args = { .enq_flags = enq_flags };
	struct sched_task *t = known_task(p);
	u32 cpu = (u32)scx_bpf_task_cpu(p);
	struct vs_slot *b = t ? bucket_here(p, t, cpu) : NULL;

	/* A processor's own kernel threads wait for nobody. */
	if (!t || !b || (p->flags & PF_KTHREAD && p->nr_cpus_allowed == 1)) {
		scx_bpf_dsq_insert(p, SCX_DSQ_LOCAL, SLICE, enq_flags | SCX_ENQ_PREEMPT);
		return;
	}

	t->fresh = 1;
	t->idles = 0;
	clamp_vtime(t, b);
	t->slipped = enq_flags & SCX_ENQ_WAKEUP && may_slip_in(p, t, b, cpu);
	if (t->slipped) {
		scx_bpf_dsq_insert(p, SCX_DSQ_LOCAL, quantum_of(b), enq_flags);
		return;
	}
	b->seen = bpf_ktime_get_ns();
	t->queue = queue_for(p, t, b);
	t->queued_in = t->slot;
	__sync_fetch_and_add(&b->queued[t->queue & 1], 1);
	args.dsq_id = queue_id(t->slot, t->queue);
	args.slice = quantum_of(b);
	/* Who is taken out and put back, for another nice value, has waited. */
	if (!t->since)
		t->since = b->seen;
	args.vtime = place_of(p, t, b, b->seen) - (b->seen - t->since);
	__scx_bpf_dsq_insert_vtime(p, &args);
	if (!anybody(b))
		return;
	set_ready(t->slot);
	if (enq_flags & SCX_ENQ_LAST)
		scx_bpf_kick_cpu((s32)cpu, 0);
	else
		call_processor(p, cpu, b, t->slot);
}

SEC("struct_ops/vs_dequeue")
void BPF_PROG(vs_dequeue, struct task_struct *p, u64 deq_flags)
{
	struct sched_task *t = known_task(p);

	if (t)
		unqueue(t);
}

/* --- choosing -------------------------------------------------------------------- */

SEC("struct_ops/vs_dispatch")
void BPF_PROG(vs_dispatch, s32 cpu, struct task_struct *prev)
{
	struct processor *here = bpf_map_lookup_elem(&cpus, &cpu);
	u64 now = bpf_ktime_get_ns(), deadline = 0;
	struct vs_slot *b = NULL, *other;
	struct sched_task *t = NULL;
	u32 slot, i;

	if (!here)
		return;
	here->idle_slot = SLOTS;
	virtual_now(now);
	if (prev && prev->scx.flags & SCX_TASK_QUEUED)
		t = sched_task_of(prev);
	if (t)
		b = bucket_of(t);
	if (t && b) {	/* one that goes on never stops: it is charged here */
		recount(t, b, now);
		if (account(prev, t, b, now))
			await_release(t->slot, now);
	}
	if (late_turn(here, (u32)cpu, now))
		return;
	slot = next_slot((u32)cpu, &deadline, SLOTS);
	if (t && b && goes_on(prev, t, b, slot, deadline, now)) {
		begin_slice(prev, t, b, here, (u32)cpu, now);
		return;
	}
	/* One after the other, if none of the first one's tasks may run here. */
	bpf_for(i, 0, TRIES) {
		if (slot >= SLOTS)
			break;
		other = bucket_at(slot);
		if (other && move_from(slot, other))
			return;
		if (other)	/* they are tied to another processor */
			call_first(slot, other);
		slot = next_slot((u32)cpu, &deadline, slot);
	}
	other = bucket_at(SLOT_HOST);
	if (slot < SLOTS && other && move_from(SLOT_HOST, other))
		return;
	if (t && b && !b->held && !empty(b))
		begin_slice(prev, t, b, here, (u32)cpu, now);
	else if (!late_but_free((u32)cpu) && !steal((u32)cpu) &&
		 !idle_turn(here, (u32)cpu, prev, t, b, now))
		await_late(here, (u32)cpu, now);
}

/* --- running --------------------------------------------------------------------- */

SEC("struct_ops/vs_running")
void BPF_PROG(vs_running, struct task_struct *p)
{
	struct sched_task *t = known_task(p);
	u64 now = bpf_ktime_get_ns();
	struct processor *cpu;
	struct vs_slot *b;
	u32 key;

	cpu = processor_of(p, &key);
	b = t ? bucket_here(p, t, key) : NULL;
	if (!b || !cpu)
		return;
	unqueue(t);
	t->since = 0;
	recount(t, b, now);
	b->seen = now;
	/* One that has just told is tied to its processor: while it is switched
	 * away the kernel notes so, and lets it "run" for that moment. */
	if (t->at_user && p == bpf_get_current_task_btf())
		return;
	t->at_user = 0;
	cpu->from_idle = !bpf_get_current_task_btf()->pid;
	if (b->held && (t->fresh ? cpu->idle_slot == t->slot : t->idles)) {
		if (t->fresh)
			scx_bpf_task_set_slice(p, IDLE_SLICE + SLICE_SPARE);
		t->fresh = 0;
		cpu->idle_slot = SLOTS;
		begin_idle(t, cpu, key, slice_left(p), now);
		return;
	}
	if (t->fresh) {
		t->fresh = 0;
		begin_slice(p, t, b, cpu, key, now);
		if (t->slipped && !nobody_else(t->slot))
			scx_bpf_kick_cpu((s32)key, SCX_KICK_PREEMPT);
		t->slipped = 0;
		return;
	}
	/* Also called when a running task's settings change, and after a
	 * real-time task: it goes on with what it has of its slice. */
	t->idles = 0;
	cpu->slot = t->slot;
	cpu->deadline = b->deadline;
	if (b->limited) {
		t->grant = bucket_reserve(b, slice_left(p), waiting(b), now);
		arm_slice(cpu, t->grant, now);
	}
}

SEC("struct_ops/vs_stopping")
void BPF_PROG(vs_stopping, struct task_struct *p, bool runnable)
{
	struct sched_task *t = known_task(p);
	struct vs_slot *b = t ? bucket_of(t) : NULL;
	u64 now = bpf_ktime_get_ns();
	struct processor *cpu;
	u32 key;

	cpu = processor_of(p, &key);
	if (cpu && cpu->slot < SLOTS) {	/* else it is awaited already who is late */
		cpu->ends = 0;
		cpu->slot = SLOTS;
	}
	set_idling(key, false);
	if (!b)
		return;
	if (account(p, t, b, now))
		await_release(t->slot, now);
	else if (b->limited)	/* what it gives back may be enough for another */
		call_first(t->slot, b);
	if (look_again(p, t)) {
		b = bucket_of(t);
		if (b)
			recount(t, b, now);
	}
}

/* --- tasks, processors, begin and end ---------------------------------------------- */

SEC("struct_ops/vs_init_task")
s32 BPF_PROG(vs_init_task, struct task_struct *p, struct scx_init_task_args *args)
{
	struct sched_task *t = bpf_task_storage_get(&sched_tasks, p, NULL,
						    BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!t)
		return -ENOMEM;
	t->counted_in = t->queued_in = SLOTS;
	t->began = p->se.sum_exec_runtime;
	t->burst = SLICE;
	sched_task_of(p);
	return 0;
}

/* Also back from the real-time classes: what it used there is not charged. */
SEC("struct_ops/vs_enable")
void BPF_PROG(vs_enable, struct task_struct *p)
{
	struct sched_task *t = known_task(p);

	if (t)
		t->began = p->se.sum_exec_runtime;
}

SEC("struct_ops/vs_exit_task")
void BPF_PROG(vs_exit_task, struct task_struct *p, struct scx_exit_task_args *args)
{
	forget(p);
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

SEC("struct_ops.s/vs_init")
s32 BPF_PROG(vs_init)
{
	return init_all();
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
	.runnable	= (void *)vs_runnable,
	.quiescent	= (void *)vs_quiescent,
	.select_cpu	= (void *)vs_select_cpu,
	.enqueue	= (void *)vs_enqueue,
	.dequeue	= (void *)vs_dequeue,
	.dispatch	= (void *)vs_dispatch,
	.running	= (void *)vs_running,
	.stopping	= (void *)vs_stopping,
	.init_task	= (void *)vs_init_task,
	.exit_task	= (void *)vs_exit_task,
	.enable		= (void *)vs_enable,
	.cpu_online	= (void *)vs_cpu_online,
	.cpu_offline	= (void *)vs_cpu_offline,
	.init		= (void *)vs_init,
	.exit		= (void *)vs_exit,
	.flags		= SCX_OPS_ENQ_LAST | SCX_OPS_ENQ_EXITING |
			  SCX_OPS_ENQ_MIGRATION_DISABLED,
	.timeout_ms	= 30000,
	.name		= "vserver",
};
