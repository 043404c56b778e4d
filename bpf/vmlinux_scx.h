/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What the scheduler uses of sched_ext, for a build where only a kernel without
 * it has its headers: bpf/Makefile puts this into the vmlinux.h that it makes
 * then, so that what is built there schedules on the next kernel too.  Members
 * are found by name when it is loaded (CO-RE, struct_ops), and those that are
 * not used are left out.
 */
enum scx_exit_kind {
	SCX_EXIT_NONE = 0,
};

enum scx_constants {
	SCX_DSQ_LOCAL			= 0x8000000000000002ULL,
	SCX_DSQ_LOCAL_ON		= 0xc000000000000000ULL,
	SCX_CPUPERF_ONE			= 1024,
	SCX_TASK_QUEUED			= 1,
	SCX_DEQ_SLEEP			= 1,
	SCX_ENQ_WAKEUP			= 1,
	SCX_ENQ_PREEMPT			= 1ULL << 32,
	SCX_ENQ_LAST			= 1ULL << 41,
	SCX_KICK_IDLE			= 1,
	SCX_KICK_PREEMPT		= 2,
	SCX_OPS_ENQ_LAST		= 2,
	SCX_OPS_ENQ_EXITING		= 4,
	SCX_OPS_ENQ_MIGRATION_DISABLED	= 16,
};

struct sched_ext_entity {
	u32 flags;
	u32 weight;
	s32 sticky_cpu;
	s32 holding_cpu;
	u64 slice;
	u64 dsq_vtime;
	bool disallow;
};

struct scx_exit_info {
	enum scx_exit_kind kind;
	s64 exit_code;
	const char *reason;
	char *msg;
	char *dump;
};

struct scx_init_task_args {
	bool fork;
};

struct scx_exit_task_args {
	bool cancelled;
};

struct scx_cpu_acquire_args;
struct scx_cpu_release_args;

struct scx_bpf_dsq_insert_vtime_args {
	u64 dsq_id;
	u64 slice;
	u64 vtime;
	u64 enq_flags;
};

struct bpf_iter_scx_dsq {
	u64 __opaque[6];
};

struct task_struct;
struct cpumask;
struct bpf_map;

struct bpf_task_work {
	__u64 __opaque;
};

typedef int (*bpf_task_work_callback_t)(struct bpf_map *, void *, void *);

struct sched_ext_ops {
	s32 (*select_cpu)(struct task_struct *, s32, u64);
	void (*enqueue)(struct task_struct *, u64);
	void (*dequeue)(struct task_struct *, u64);
	void (*dispatch)(s32, struct task_struct *);
	void (*tick)(struct task_struct *);
	void (*runnable)(struct task_struct *, u64);
	void (*running)(struct task_struct *);
	void (*stopping)(struct task_struct *, bool);
	void (*quiescent)(struct task_struct *, u64);
	bool (*yield)(struct task_struct *, struct task_struct *);
	void (*set_weight)(struct task_struct *, u32);
	void (*set_cpumask)(struct task_struct *, const struct cpumask *);
	void (*update_idle)(s32, bool);
	s32 (*init_task)(struct task_struct *, struct scx_init_task_args *);
	void (*exit_task)(struct task_struct *, struct scx_exit_task_args *);
	void (*enable)(struct task_struct *);
	void (*disable)(struct task_struct *);
	void (*cpu_online)(s32);
	void (*cpu_offline)(s32);
	s32 (*init)(void);
	void (*exit)(struct scx_exit_info *);
	u32 dispatch_max_batch;
	u64 flags;
	u32 timeout_ms;
	u32 exit_dump_len;
	u64 hotplug_seq;
	char name[128];
	void (*cpu_acquire)(s32, struct scx_cpu_acquire_args *);
	void (*cpu_release)(s32, struct scx_cpu_release_args *);
};

extern s32 scx_bpf_dsq_nr_queued(u64 dsq_id) __attribute__((weak, section(".ksyms")));
extern void scx_bpf_kick_cpu(s32 cpu, u64 flags) __attribute__((weak, section(".ksyms")));
extern u32 scx_bpf_nr_cpu_ids(void) __attribute__((weak, section(".ksyms")));
