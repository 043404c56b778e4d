/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What two programs or more need: the context of a task, the rule about two
 * tasks, and the kfuncs of vserver.ko.  No hook is here.
 */
#ifndef VS_COMMON_BPF_H
#define VS_COMMON_BPF_H

#define BPF_NO_KFUNC_PROTOTYPES
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>
#include <linux/vserver.h>
#include "vs_bpf.h"

/* vmlinux.h has types only; these are the errnos that the programs give. */
#define EPERM		1
#define ENOENT		2
#define ESRCH		3
#define EBADF		9
#define ENOMEM		12
#define EBUSY		16
#define EXDEV		18
#define EINVAL		22
#define EPROTONOSUPPORT	93
#define ENOTSUP		95
#define EAFNOSUPPORT	97
#define EADDRNOTAVAIL	99
#define ENETUNREACH	101
#define ECONNREFUSED	111
#define ENOKEY		126

#define CAP_SYS_ADMIN	21

/* vserver.ko; none of them sleeps. */
extern u64 vs_context_ceiling(u32 xid) __ksym;
extern u64 vs_context_flags(u32 xid) __ksym;
extern int vs_context_task_enter(u32 xid, bool joins) __ksym;
extern int vs_context_task_add(u32 xid) __ksym;
extern void vs_context_process_exit(u32 xid, u32 pid, u32 status) __ksym;
extern void vs_context_task_del(u32 xid) __ksym;
extern void vs_context_refused(u32 xid, u32 rule) __ksym;

/*
 * Identities.  Key: task, value: struct vs_task.  Pinned, and shared by every
 * object and by the next generation of them.  A task without an entry is the
 * host's: that is no open door, because lsm/task_alloc fails a fork whose
 * child cannot be given its entry, and nothing ever removes one.
 */
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct vs_task);
} tasks SEC(".maps");

/*
 * The identity of a task; NULL: the host's.  A task without any storage is not
 * even looked up; while the scheduler runs, which has storage of its own for
 * every task, each is looked up in the map.
 */
static __always_inline struct vs_task *vs_task_of(struct task_struct *task)
{
	if (!task->bpf_storage)
		return NULL;
	return bpf_task_storage_get(&tasks, task, NULL, 0);
}

/* Of the running task: what every hook costs the host. */
static __always_inline struct vs_task *vs_current(void)
{
	return vs_task_of(bpf_get_current_task_btf());
}

static __always_inline u32 vs_current_xid(void)
{
	struct vs_task *t = vs_current();

	return t ? t->xid : VS_XID_HOST;
}

static __always_inline u32 vs_task_xid(struct task_struct *task)
{
	struct vs_task *t = vs_task_of(task);

	return t ? t->xid : VS_XID_HOST;
}

/* Counted for the context of the running task; the host has none. */
static __always_inline void vs_count_refusal(u32 rule)
{
	struct vs_task *t = vs_current();

	if (t)
		vs_context_refused(t->xid ?: t->nid, rule);
}

/*
 * What a hook returns.  VS_RULE is the family of most rules of a file, as which
 * a refusal is counted; VS_RULE_UNSPEC is not counted.  The barrier keeps the compiler from
 * making "-allowed" of it, which older verifiers take for any number.
 */
#define vs_verdict(allowed)	vs_verdict_by(VS_RULE, allowed)

static __always_inline int vs_verdict_by(u32 rule, bool allowed)
{
	int refused = -EPERM;

	if (allowed)
		return 0;
	if (rule)
		vs_count_refusal(rule);
	barrier_var(refused);
	return refused;
}

/*
 * THE rule about two tasks: the host may act on all, anything else on its own
 * context only.  The watcher may act on nothing but itself; what it may read
 * is vs_may_read().
 */
static __always_inline bool vs_may_act(struct task_struct *object)
{
	u32 xid = vs_current_xid();

	return xid == VS_XID_HOST || xid == vs_task_xid(object);
}

static __always_inline bool vs_may_read(struct task_struct *object)
{
	u32 xid = vs_current_xid();

	return xid == VS_XID_HOST || xid == VS_XID_WATCHER ||
	       xid == vs_task_xid(object);
}

/* Does the ceiling of the context let its tasks have the capability? */
static __always_inline bool vs_ceiling_has(u32 xid, int cap)
{
	return cap >= 0 && cap < 64 && vs_context_ceiling(xid) >> cap & 1;
}

/* Is it meant to be root of the whole machine, and not of a user namespace? */
static __always_inline bool vs_is_admin(u32 xid)
{
	return vs_ceiling_has(xid, CAP_SYS_ADMIN) && !(vs_context_flags(xid) & VS_FLAG_USER);
}

#endif /* VS_COMMON_BPF_H */
