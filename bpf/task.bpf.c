// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * TASKS: who is in which context, and what tasks may do to each other.
 *
 * What it does.  A task's identity is a value in BPF task storage.  It comes
 * to be in one way, vs_enter, which a process of the host runs on itself; it
 * is copied to each child in lsm/task_alloc, before anybody can see the child,
 * and nothing changes or removes it while the task lives.  Every hook about
 * two tasks asks one question, vs_may_act() or vs_may_read(): the host may
 * all, the watcher may look, the others meet their own context only.
 *
 * When it is good.  The identity follows neither the cgroup nor the process
 * tree nor a name space, so no way of leaving one of these leaves the context.
 * Threads, vfork and io workers pass through lsm/task_alloc like any child.
 * For a task of the host a hook is one look-up in task storage that finds
 * nothing.
 *
 * What it cannot stop.  kill() and the other calls tell "not allowed" from
 * "not there": without a PID namespace that is an oracle for numbers that are
 * in use (and -ESRCH is no way out: kill() would retry for ever).  pidfd_open
 * and getpriority have no hook; prlimit(), read only, has one that does not
 * name the task.  Signals that the kernel itself sends do not come by here.
 *
 * Counting.  The table wants to know how many tasks a context has.  A task is
 * counted at sched_process_fork, which a failed fork never reaches, and
 * uncounted once: at sched_process_exit, or at sched_process_free if the
 * tracepoint's program was already running on this processor (the kernel then
 * skips it).  "counted" in the task's own value says which half is done.
 * The last task of a process also tells the table how the process ended, and
 * the table asks here whose a task is, when it looks for those of a context.
 *
 * If a look-up fails.  No entry for the subject: host, see common.bpf.h.  No
 * entry for the object: host, so that a context may not act on it.  No room
 * for a child's entry: the fork fails with -ENOMEM.
 */
#include "address.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define VS_RULE VS_RULE_PRIORITY

#define CLONE_INTO_CGROUP	0x200000000ULL	/* a macro: not in BTF */
#define PTRACE_MODE_ATTACH	0x02
#define SIGNAL_GROUP_EXIT	0x04

extern struct task_struct *bpf_task_from_pid(s32 pid) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

/* How a task comes to be in a context. */
enum way { BORN, ENTERS, JOINS };

static __always_inline int count_in(u32 xid, enum way way)
{
	return way == BORN ? vs_context_task_add(xid) : vs_context_task_enter(xid, way == JOINS);
}

extern int vs_files_own(u32 nid, u32 own_net, void *sockets__map) __ksym;
extern int vs_enforcement_whole(void) __ksym;	/* vserver.ko, for vs_enter */
extern const void init_net __ksym;		/* the host's network */

/* In the table: count a task in its contexts.  Both or none. */
static __always_inline int count(u32 xid, u32 nid, enum way way)
{
	int err;

	if (xid) {
		err = count_in(xid, way);
		if (err)
			return err;
	}
	if (nid && nid != xid) {
		err = count_in(nid, way);
		if (err) {
			if (xid)
				vs_context_task_del(xid);
			return err;
		}
	}
	return 0;
}

static __always_inline void uncount(struct vs_task *t)
{
	if (!__sync_lock_test_and_set(&t->counted, 0))
		return;
	if (t->xid)
		vs_context_task_del(t->xid);
	if (t->nid && t->nid != t->xid)
		vs_context_task_del(t->nid);
}

/* --- identity ---------------------------------------------------------- */

/*
 * vs_enter - run by BPF_PROG_RUN, by the process that enters; see vs_bpf.h.
 * The bpf() call itself is refused to contexts (admin.bpf.c), and the check
 * here stands even if that one is not attached.
 */
SEC("syscall")
int vs_enter(struct vs_enter_args *args)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 xid = args->xid, nid = args->nid;
	enum way way = args->joins ? JOINS : ENTERS;
	struct vs_task *t;
	bool own_net;
	int err;

	if (xid > VS_XID_MAX || nid > VS_XID_MAX || (!xid && !nid) ||
	    nid == VS_XID_WATCHER)
		return -EINVAL;
	if (!vs_enforcement_whole())
		return -ENOKEY;
	own_net = xid && vs_context_flags(xid) & VS_FLAG_NETWORK;
	if (own_net && BPF_CORE_READ(task, nsproxy, net_ns) == &init_net)
		return -EXDEV;

	t = bpf_task_storage_get(&tasks, task, NULL, 0);
	if (t && (t->xid || (nid && t->nid)))
		return -EPERM;
	if (BPF_CORE_READ(task, signal, nr_threads) != 1)
		return -EBUSY;
	err = nid || own_net ? vs_files_own(nid, own_net ? xid : 0, &sockets) : 0;
	if (err == -EBADF)
		vs_context_refused(xid ?: nid, VS_RULE_SOCKET);
	if (err)
		return err;
	if (!t)
		t = bpf_task_storage_get(&tasks, task, NULL,
					 BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!t)
		return -ENOMEM;

	/* chbind, then chcontext: the nid is set and counted already. */
	if (t->nid) {
		err = t->nid == xid ? 0 : count(xid, 0, way);
	} else {
		err = count(xid, nid, way);
	}
	if (err)
		return err;

	if (nid)
		t->nid = nid;
	t->xid = xid;
	t->own_net = own_net;
	t->counted = 1;
	return 0;
}

/*
 * The child's identity, before it is visible.  Whatever goes wrong fails the
 * fork.  clone3() into a cgroup is a write to that cgroup which no hook on
 * files sees, hence the second rule.
 */
SEC("lsm/task_alloc")
int BPF_PROG(vs_task_alloc, struct task_struct *task, unsigned long clone_flags,
	     int ret)
{
	struct vs_task *t, *child;

	if (ret)
		return ret;
	t = vs_current();
	if (!t || !(t->xid || t->nid))
		return 0;
	if (t->xid && clone_flags & CLONE_INTO_CGROUP &&
	    !(vs_context_flags(t->xid) & VS_FLAG_CGROUP))
		return vs_verdict_by(VS_RULE_CGROUP, false);

	child = bpf_task_storage_get(&tasks, task, NULL,
				     BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!child)
		return -ENOMEM;
	child->nid = t->nid;
	child->xid = t->xid;
	child->own_net = t->own_net;
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(vs_process_fork, struct task_struct *parent, struct task_struct *child)
{
	struct vs_task *t = vs_task_of(child);

	if (t && !t->counted && !count(t->xid, t->nid, BORN))
		t->counted = 1;
	return 0;
}

/* What was asked for, if the task is the init of a PID namespace that reboots:
 * the signal that its parent will be told, though it was killed by another. */
static __always_inline u32 reboot_of(struct task_struct *task)
{
	struct pid_namespace *ns = BPF_CORE_READ(task, nsproxy, pid_ns_for_children);

	if (!ns || BPF_CORE_READ(ns, child_reaper, tgid) != task->tgid)
		return 0;
	return BPF_CORE_READ(ns, reboot);
}

/* How the process of the task ended, if this is its last task. */
static __always_inline void tell_end(struct task_struct *task, const struct vs_task *t)
{
	struct signal_struct *signal = task->signal;
	u32 status;

	if (BPF_CORE_READ(signal, live.counter))
		return;
	status = reboot_of(task);
	if (!status)
		status = BPF_CORE_READ(signal, flags) & SIGNAL_GROUP_EXIT ?
			 BPF_CORE_READ(signal, group_exit_code) :
			 BPF_CORE_READ(task, group_leader, exit_code);
	if (t->xid)
		vs_context_process_exit(t->xid, task->tgid, status);
	if (t->nid && t->nid != t->xid)
		vs_context_process_exit(t->nid, task->tgid, status);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(vs_process_exit, struct task_struct *task)
{
	struct vs_task *t = vs_task_of(task);

	if (t) {
		tell_end(task, t);
		uncount(t);
	}
	return 0;
}

SEC("tp_btf/sched_process_free")
int BPF_PROG(vs_process_free, struct task_struct *task)
{
	struct vs_task *t = vs_task_of(task);

	if (t)
		uncount(t);
	return 0;
}

/*
 * vserver.ko asks whose a process is; 0, the host, is its own answer too.  By
 * number (initial PID namespace): a pointer that a module hands over is none of
 * a task to the verifier.
 */
SEC("fmod_ret/vs_whose_process")
int BPF_PROG(vs_whose, int pid, int ret)
{
	struct task_struct *task = bpf_task_from_pid(pid);
	u32 xid;

	if (!task)
		return VS_XID_HOST;
	xid = vs_task_xid(task);
	bpf_task_release(task);
	return xid;
}

/* --- signals and tracing ----------------------------------------------- */

SEC("lsm/task_kill")
int BPF_PROG(vs_task_kill, struct task_struct *task, struct kernel_siginfo *info,
	     int sig, const struct cred *cred, int ret)
{
	u64 submitter = 0;

	if (ret)
		return ret;
	if (vs_may_act(task))
		return 0;
	/*
	 * USB tells who submitted a request that it is done, in an interrupt,
	 * where the running task is anybody: then, and only then, there is a
	 * cred.  Read as a number: the verifier believes it is never NULL.
	 */
	bpf_get_func_arg(ctx, 3, &submitter);
	/* never -ESRCH: kill() would spin */
	return vs_verdict_by(VS_RULE_SIGNAL, submitter);
}

/*
 * Also process_vm_readv(), pidfd_getfd(), kcmp() and most of /proc/PID.  A look
 * that is refused is not counted: listing /proc is made of them.
 */
SEC("lsm/ptrace_access_check")
int BPF_PROG(vs_ptrace_access_check, struct task_struct *child, unsigned int mode,
	     int ret)
{
	if (ret)
		return ret;
	if (mode & PTRACE_MODE_ATTACH)
		return vs_verdict_by(VS_RULE_TRACE, vs_may_act(child));
	return vs_verdict_by(VS_RULE_UNSPEC, vs_may_read(child));
}

/* The running task asks its parent to trace it. */
SEC("lsm/ptrace_traceme")
int BPF_PROG(vs_ptrace_traceme, struct task_struct *parent, int ret)
{
	if (ret)
		return ret;
	return vs_verdict_by(VS_RULE_TRACE, vs_may_act(parent));
}

/* --- scheduling, priority, limits, groups ------------------------------ */

/* Also sched_setaffinity(). */
SEC("lsm/task_setscheduler")
int BPF_PROG(vs_task_setscheduler, struct task_struct *task, int ret)
{
	if (ret)
		return ret;
	return vs_verdict(vs_may_act(task));
}

SEC("lsm/task_getscheduler")
int BPF_PROG(vs_task_getscheduler, struct task_struct *task, int ret)
{
	if (ret)
		return ret;
	return vs_verdict(vs_may_read(task));
}

SEC("lsm/task_setnice")
int BPF_PROG(vs_task_setnice, struct task_struct *task, int nice, int ret)
{
	if (ret)
		return ret;
	return vs_verdict(vs_may_act(task));
}

SEC("lsm/task_setioprio")
int BPF_PROG(vs_task_setioprio, struct task_struct *task, int ioprio, int ret)
{
	if (ret)
		return ret;
	return vs_verdict(vs_may_act(task));
}

SEC("lsm/task_getioprio")
int BPF_PROG(vs_task_getioprio, struct task_struct *task, int ret)
{
	if (ret)
		return ret;
	return vs_verdict(vs_may_read(task));
}

SEC("lsm/task_movememory")
int BPF_PROG(vs_task_movememory, struct task_struct *task, int ret)
{
	if (ret)
		return ret;
	return vs_verdict(vs_may_act(task));
}

SEC("lsm/task_setrlimit")
int BPF_PROG(vs_task_setrlimit, struct task_struct *task, unsigned int resource,
	     struct rlimit *limit, int ret)
{
	if (ret)
		return ret;
	return vs_verdict(vs_may_act(task));
}

SEC("lsm/task_setpgid")
int BPF_PROG(vs_task_setpgid, struct task_struct *task, pid_t pgid, int ret)
{
	if (ret)
		return ret;
	return vs_verdict(vs_may_act(task));
}

SEC("lsm/task_getpgid")
int BPF_PROG(vs_task_getpgid, struct task_struct *task, int ret)
{
	if (ret)
		return ret;
	return vs_verdict(vs_may_read(task));
}

SEC("lsm/task_getsid")
int BPF_PROG(vs_task_getsid, struct task_struct *task, int ret)
{
	if (ret)
		return ret;
	return vs_verdict(vs_may_read(task));
}
