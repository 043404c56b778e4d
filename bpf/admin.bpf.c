// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * ADMINISTRATION: what root of a context may do to the one kernel that all
 * share.
 *
 * What it does.  Each context has a ceiling, a set of capabilities in the
 * table.  lsm/capable lets a task of a context have a capability only if the
 * ceiling has it, whatever its credentials say.  What needs no capability, or
 * one that a guest is given for another reason, is refused by a hook of its
 * own: bpf(), kernel modules, firmware, disk quotas, the kernel's log, counters
 * of the processors (perf), keys, disks.
 * CAP_SYS_BOOT reboots a PID namespace, but it also loads kernels and throws
 * away the one that kdump would boot, past every other hook: a context has it
 * in the system call reboot() only.  And it answers for the module whether a
 * caller is the host.
 *
 * A context with VS_FLAG_USER has ids of its own, and in its ceiling what root of
 * a user namespace needs: CAP_SYS_ADMIN, which is for that namespace and those
 * below it.  Towards the host's the kernel's own rule refuses whatever such a
 * task asks for; this hook refuses CAP_SYS_ADMIN there to all that is in the
 * context, whichever way it came to be.
 *
 * When it is good.  The ceiling holds for what a task acquires later: by a
 * setuid program, by file capabilities, in a user namespace of its own, where
 * the kernel hands out full sets.  A new capability of a new kernel is outside
 * every ceiling until someone adds it.  /proc/self/status still shows what the
 * credentials say; libvserver drops the same set there.
 *
 * What it cannot stop.  What root may do by file permissions alone: see
 * file.bpf.c.  What the kernel does for a task in the layers of an overlay that
 * libvserver has mounted is not measured by the task's ceiling: what the task may
 * do with the file has been asked before.  On another's overlay it is, which
 * refuses more than it must: such mounts want "userxattr".
 *
 * If a look-up fails.  A context that is not in the table has ceiling 0 and no
 * flags: everything is refused.  A task whose system call cannot be told (a
 * worker of io_uring) has no CAP_SYS_BOOT.  Is the caller the host?  "No", as long as
 * this program is not attached.
 */
#include "common.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define VS_RULE VS_RULE_KERNEL

#define CAP_SYS_BOOT	22
#define CAP_SYS_RESOURCE 24
#define CAP_MKNOD	27
#define CAP_SYSLOG	34
#define FS_REQUIRES_DEV	1		/* btrfs has no one device */
#define CAP_OPT_NOAUDIT	2		/* the kernel asks, and will not tell */

#define TS_COMPAT	0x0002		/* a macro: not in BTF */
#define X32_BIT		0x40000000	/* likewise */
#define NR_REBOOT	169
#define NR_REBOOT_32	88

/*
 * Is the running system call reboot()?  The kernel takes the lower half of
 * orig_ax as its number, by the table of the gate that was used.
 */
static __always_inline bool is_rebooting(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	u32 number = (u32)BPF_CORE_READ(regs, orig_ax);

	if (BPF_CORE_READ(task, thread_info.status) & TS_COMPAT)
		return number == NR_REBOOT_32;
	return (number & ~X32_BIT) == NR_REBOOT;
}

/*
 * Does the kernel act in the layers of an overlay that libvserver has mounted, with
 * the credentials of who did?  They are known by what overlayfs takes out of them,
 * by bits that the library sets in them (libvserver/layer.c), and by CAP_SYS_ADMIN in
 * the host's user namespace, of which it asks only.  Those that a file was opened with (file_ns_capable())
 * are not the current ones, and a task's own are its real ones.
 */
static __always_inline bool is_overlays_work(const struct cred *cred,
					     const struct user_namespace *ns)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u64 effective = cred->cap_effective.val;

	return cred == task->cred && cred != task->real_cred && !cred->user_ns->level &&
	       !ns->level &&
	       (effective >> CAP_SYS_ADMIN & 1) && !(effective >> CAP_SYS_RESOURCE & 1) &&
	       (cred->securebits & VS_OVERLAY_SECUREBITS) == VS_OVERLAY_SECUREBITS;
}

SEC("lsm/capable")
int BPF_PROG(vs_capable, const struct cred *cred, struct user_namespace *ns,
	     int cap, unsigned int opts, int ret)
{
	u32 xid, rule;

	if (ret)
		return ret;
	xid = vs_current_xid();
	if (xid == VS_XID_HOST)
		return 0;
	if (is_overlays_work(cred, ns))
		return 0;
	rule = opts & CAP_OPT_NOAUDIT ? VS_RULE_UNSPEC : VS_RULE_CAPABILITY;
	if (cap == CAP_SYS_BOOT && !is_rebooting())
		return vs_verdict_by(rule, false);
	if (cap == CAP_SYS_ADMIN && !ns->level)
		return vs_verdict_by(rule, vs_is_admin(xid));
	return vs_verdict_by(rule, vs_ceiling_has(xid, cap));
}

/* vserver.ko: may the caller use the table?  0 no, which is its own answer. */
SEC("fmod_ret/vs_caller_is_host")
int BPF_PROG(vs_caller_is_host, int ret)
{
	return vs_current_xid() == VS_XID_HOST;
}

/*
 * The last argument moved when the hook got a fourth; the kernel does not run
 * a later program once an earlier one has refused, so nothing is lost by not
 * reading it.
 */
SEC("lsm/bpf")
int BPF_PROG(vs_bpf, int cmd)
{
	return vs_verdict(vs_current_xid() == VS_XID_HOST);
}

/* --- what gets into the kernel: modules, kernels, firmware, policies ---- */

SEC("lsm/kernel_load_data")
int BPF_PROG(vs_kernel_load_data, enum kernel_load_data_id id, bool contents, int ret)
{
	if (ret)
		return ret;
	return vs_verdict(vs_current_xid() == VS_XID_HOST);
}

SEC("lsm/kernel_read_file")
int BPF_PROG(vs_kernel_read_file, struct file *file, enum kernel_read_file_id id,
	     bool contents, int ret)
{
	if (ret)
		return ret;
	return vs_verdict(vs_current_xid() == VS_XID_HOST);
}

/* Also what the kernel loads by itself, for a socket family or a file system. */
SEC("lsm/kernel_module_request")
int BPF_PROG(vs_kernel_module_request, char *name, int ret)
{
	if (ret)
		return ret;
	return vs_verdict(vs_current_xid() == VS_XID_HOST);
}

/* --- the kernel's log and quotas: reading them tells about the host ------ */

SEC("lsm/syslog")
int BPF_PROG(vs_syslog, int type, int ret)
{
	u32 xid;

	if (ret)
		return ret;
	xid = vs_current_xid();
	return vs_verdict(xid == VS_XID_HOST || vs_ceiling_has(xid, CAP_SYSLOG));
}

SEC("lsm/quotactl")
int BPF_PROG(vs_quotactl, int cmds, int type, int id, const struct super_block *sb,
	     int ret)
{
	u32 xid;

	if (ret)
		return ret;
	xid = vs_current_xid();
	return vs_verdict(xid == VS_XID_HOST || vs_is_admin(xid));
}

/* Mounting a disk opens its node past file_open. */
SEC("lsm/sb_kern_mount")
int BPF_PROG(vs_mount_disk, const struct super_block *sb, int ret)
{
	u32 xid;

	if (ret || !(sb->s_bdev || sb->s_type->fs_flags & FS_REQUIRES_DEV))
		return ret;
	xid = vs_current_xid();
	return vs_verdict(xid == VS_XID_HOST || vs_ceiling_has(xid, CAP_MKNOD));
}

/* --- perf and keys ------------------------------------------------------------ */

/*
 * Counters see what all do.  An argument went when the hook lost its first;
 * see vs_bpf.
 */
SEC("lsm/perf_event_open")
int BPF_PROG(vs_perf_event_open)
{
	return vs_verdict(vs_current_xid() == VS_XID_HOST);
}

/*
 * Keys are found by user numbers and by serial numbers that all share: root of
 * a context would have the keyrings of the host's root.  And a key that is not
 * there is asked for from a program of the host (/sbin/request-key).  So there
 * are none in a context, not in a user namespace of its own either: who makes
 * one chooses which numbers of the host he is there.
 */
SEC("lsm/key_alloc")
int BPF_PROG(vs_key_alloc, struct key *key, const struct cred *cred,
	     unsigned long flags, int ret)
{
	if (ret)
		return ret;
	return vs_verdict(vs_current_xid() == VS_XID_HOST);
}

SEC("lsm/key_permission")
int BPF_PROG(vs_key_permission, u64 key, const struct cred *cred, int need, int ret)
{
	if (ret)
		return ret;
	return vs_verdict(vs_current_xid() == VS_XID_HOST);
}
