// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What BPF may call: thin wrappers round the table, for the programs that
 * enforce and for the scheduler (those about sockets and their addresses are in
 * socket.c and steer.c).  They take RCU, never a lock, and never sleep.  And the
 * questions that the module asks of BPF.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/btf_ids.h>
#include <linux/string.h>

#include "context.h"
#include "kfuncs.h"
#include "link.h"
#include "steer.h"

/* Every argument is trusted in later kernels; earlier ones want it said. */
#ifndef KF_TRUSTED_ARGS
#define KF_TRUSTED_ARGS 0
#endif

__bpf_kfunc_start_defs();

/* Capabilities that a task of @xid may have; none where there is no context. */
__bpf_kfunc u64 vs_context_ceiling(u32 xid)
{
	const struct vs_context *ctx;

	guard(rcu)();
	ctx = vs_context_read(xid);
	return ctx ? READ_ONCE(ctx->ceiling) : 0;
}

__bpf_kfunc u64 vs_context_flags(u32 xid)
{
	const struct vs_context *ctx;

	guard(rcu)();
	ctx = vs_context_read(xid);
	return ctx ? READ_ONCE(ctx->flags) : 0;
}

/* The running task enters @xid, or joins others in it.  0; -ESRCH as below, or
 * there are none; -EACCES it is private. */
__bpf_kfunc int vs_context_task_enter(u32 xid, bool joins)
{
	guard(rcu)();
	return vs_context_enter_task(xid, joins);
}

/* One more task is in @xid.  0; -ESRCH no such context, or it is ending. */
__bpf_kfunc int vs_context_task_add(u32 xid)
{
	guard(rcu)();
	return vs_context_add_task(xid);
}

/* 1: all that was given to the module is attached; nobody enters otherwise. */
__bpf_kfunc int vs_enforcement_whole(void)
{
	return vs_links_whole();
}

/* Process @pid (initial PID namespace) of @xid has ended: before its last task
 * is taken from the count. */
__bpf_kfunc void vs_context_process_exit(u32 xid, u32 pid, u32 status)
{
	guard(rcu)();
	vs_context_exit_process(xid, pid, status);
}

__bpf_kfunc void vs_context_task_del(u32 xid)
{
	guard(rcu)();
	vs_context_del_task(xid);
}

/* Something was refused to @xid, by a rule of the family @rule. */
__bpf_kfunc void vs_context_refused(u32 xid, u32 rule)
{
	guard(rcu)();
	vs_context_refuse(xid, rule);
}

/*
 * The bucket of @xid, as struct vs_bucket has it: R, T, S, M, R2, T2 in
 * nanoseconds, tokens and their serial, the bias, and the scope, ten u64.  0; -ESRCH
 * no such context; -ENOENT it is not limited; -EINVAL @values__sz is not 80.
 */
__bpf_kfunc int vs_bucket_read(u32 xid, void *values, u32 values__sz)
{
	const struct vs_bucket *bucket;
	const struct vs_context *ctx;
	u64 *value = values;

	if (values__sz != 10 * sizeof(*value))
		return -EINVAL;
	guard(rcu)();
	ctx = vs_context_read(xid);
	if (!ctx)
		return -ESRCH;
	bucket = rcu_dereference(ctx->bucket);
	if (!bucket)
		return -ENOENT;
	value[0] = bucket->rate;
	value[1] = bucket->interval;
	value[2] = bucket->size;
	value[3] = bucket->release;
	value[4] = bucket->idle_rate;
	value[5] = bucket->idle_interval;
	value[6] = bucket->tokens;
	value[7] = bucket->serial;
	value[8] = (u64)bucket->prio_bias;
	value[9] = bucket->scope;
	return 0;
}

/* Another number after each change of the table. */
__bpf_kfunc u32 vs_table_generation(void)
{
	return vs_context_generation();
}

__bpf_kfunc_end_defs();

/* What reads the table: from anywhere, under the run queue's lock too. */
BTF_KFUNCS_START(readers)
BTF_ID_FLAGS(func, vs_context_ceiling)
BTF_ID_FLAGS(func, vs_context_flags)
BTF_ID_FLAGS(func, vs_address4)
BTF_ID_FLAGS(func, vs_address6)
BTF_ID_FLAGS(func, vs_address_own)
BTF_ID_FLAGS(func, vs_address_source4)
BTF_ID_FLAGS(func, vs_address_source6)
BTF_ID_FLAGS(func, vs_bucket_read)
BTF_ID_FLAGS(func, vs_table_generation)
BTF_ID_FLAGS(func, vs_context_refused)
BTF_KFUNCS_END(readers)

/* For programs of cgroups: what is bound as well. */
BTF_KFUNCS_START(binders)
BTF_ID_FLAGS(func, vs_context_ceiling)
BTF_ID_FLAGS(func, vs_context_flags)
BTF_ID_FLAGS(func, vs_address4)
BTF_ID_FLAGS(func, vs_addresses4)
BTF_ID_FLAGS(func, vs_address6)
BTF_ID_FLAGS(func, vs_address_own)
BTF_ID_FLAGS(func, vs_address_source4)
BTF_ID_FLAGS(func, vs_address_source6)
BTF_ID_FLAGS(func, vs_bucket_read)
BTF_ID_FLAGS(func, vs_table_generation)
BTF_ID_FLAGS(func, vs_context_refused)
BTF_ID_FLAGS(func, vs_bind_share, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, vs_socket_move, KF_TRUSTED_ARGS)
BTF_KFUNCS_END(binders)

/*
 * For vs_enter.  vs_context_task_del() may wake a worker, which the scheduler
 * could not survive: it must not have it.
 */
BTF_KFUNCS_START(counters)
BTF_ID_FLAGS(func, vs_enforcement_whole)
BTF_ID_FLAGS(func, vs_context_ceiling)
BTF_ID_FLAGS(func, vs_context_flags)
BTF_ID_FLAGS(func, vs_context_task_enter)
BTF_ID_FLAGS(func, vs_context_task_del)
BTF_ID_FLAGS(func, vs_context_refused)
BTF_ID_FLAGS(func, vs_files_own)
BTF_ID_FLAGS(func, vs_bucket_read)
BTF_KFUNCS_END(counters)

/* For LSM programs and tracepoints: new sockets as well. */
BTF_KFUNCS_START(enforcers)
BTF_ID_FLAGS(func, vs_context_ceiling)
BTF_ID_FLAGS(func, vs_context_flags)
BTF_ID_FLAGS(func, vs_context_task_add)
BTF_ID_FLAGS(func, vs_context_process_exit)
BTF_ID_FLAGS(func, vs_context_task_del)
BTF_ID_FLAGS(func, vs_address4)
BTF_ID_FLAGS(func, vs_address6)
BTF_ID_FLAGS(func, vs_address_own)
BTF_ID_FLAGS(func, vs_address_source4)
BTF_ID_FLAGS(func, vs_address_source6)
BTF_ID_FLAGS(func, vs_bucket_read)
BTF_ID_FLAGS(func, vs_context_refused)
BTF_ID_FLAGS(func, vs_socket_source, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, vs_socket_dual, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, vs_socket_datagrams, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, vs_listen_share, KF_TRUSTED_ARGS)
BTF_ID_FLAGS(func, vs_socket_listings, KF_TRUSTED_ARGS)
BTF_KFUNCS_END(enforcers)

/* For what stands in the way of packets. */
BTF_KFUNCS_START(guards)
BTF_ID_FLAGS(func, vs_address_own)
BTF_KFUNCS_END(guards)

/* For sk_lookup, which has no set of its own, but shares that of all kinds. */
BTF_KFUNCS_START(steerers)
BTF_ID_FLAGS(func, vs_steer, KF_TRUSTED_ARGS)
BTF_KFUNCS_END(steerers)

static int steering_only(const struct bpf_prog *prog, u32 kfunc_id)
{
	return prog->type == BPF_PROG_TYPE_SK_LOOKUP ? 0 : -EACCES;
}

static const struct btf_kfunc_id_set steerer_set = {
	.owner = THIS_MODULE,
	.set = &steerers,
	.filter = steering_only,
};

/* All kinds of programs of cgroups share one set. */
static int binding_only(const struct bpf_prog *prog, u32 kfunc_id)
{
	return prog->type == BPF_PROG_TYPE_CGROUP_SOCK_ADDR ? 0 : -EACCES;
}

static const struct btf_kfunc_id_set binder_set = {
	.owner = THIS_MODULE,
	.set = &binders,
	.filter = binding_only,
};

static const struct btf_kfunc_id_set guard_set = {
	.owner = THIS_MODULE,
	.set = &guards,
};

static const struct btf_kfunc_id_set reader_set = {
	.owner = THIS_MODULE,
	.set = &readers,
};

static const struct btf_kfunc_id_set counter_set = {
	.owner = THIS_MODULE,
	.set = &counters,
};

static const struct btf_kfunc_id_set enforcer_set = {
	.owner = THIS_MODULE,
	.set = &enforcers,
};

/*
 * noipa: the compiler may not look inside and carry the 0 to the callers; the
 * answer comes from a BPF program put in front of it.
 */
__attribute__((noipa)) int vs_caller_is_host(void)
{
	barrier();
	return 0;
}

/* Likewise: a process is the host's as long as nobody says otherwise. */
__attribute__((noipa)) int vs_whose_process(int pid)
{
	barrier();
	return VS_XID_HOST;
}

BTF_KFUNCS_START(questions)
BTF_ID_FLAGS(func, vs_caller_is_host)
BTF_ID_FLAGS(func, vs_whose_process)
BTF_KFUNCS_END(questions)

static const struct btf_kfunc_id_set question_set = {
	.owner = THIS_MODULE,
	.set = &questions,
};

/* One type for each hook: LSM is TRACING too, CGROUP_SOCK_ADDR all of CGROUP. */
int __init vs_kfuncs_init(void)
{
	static const struct {
		enum bpf_prog_type type;
		const struct btf_kfunc_id_set *set;
	} hooks[] __initconst = {
		{ BPF_PROG_TYPE_LSM, &enforcer_set },
		{ BPF_PROG_TYPE_SYSCALL, &counter_set },
		{ BPF_PROG_TYPE_CGROUP_SOCK_ADDR, &binder_set },
		{ BPF_PROG_TYPE_STRUCT_OPS, &reader_set },
		{ BPF_PROG_TYPE_SCHED_CLS, &guard_set },
		{ BPF_PROG_TYPE_UNSPEC, &steerer_set },
	};
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(hooks); i++) {
		err = register_btf_kfunc_id_set(hooks[i].type, hooks[i].set);
		if (err)
			return err;
	}
	return register_btf_fmodret_id_set(&question_set);
}
