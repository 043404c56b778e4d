// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * FILES: the file systems that are windows on the kernel.
 *
 * What it does.  A task of a context that opens a file of another context's
 * process in /proc is told that there is none.  It cannot write to any file of
 * /proc that is not a process's (sysctl, sysrq-trigger, irq), nor to sysfs,
 * configfs, securityfs, bpffs, efivarfs and binfmt_misc; debugfs, tracefs and
 * pstore it cannot even read; a cgroup's files it writes where the context has
 * VS_FLAG_CGROUP.  Two sysctls are its own if the UTS namespace is: hostname
 * and domainname.  A fresh /proc in the host's PID namespace must hide
 * processes (hidepid=ptraceable).  What it cannot write to it can give no
 * attributes either: modes and owners in /proc are the whole machine's; and what
 * only root may read there it does not read.  Of device nodes it opens those
 * that reach nobody else.  A guest runs and writes to what is mounted where it
 * is, not to files of the host that some link or descriptor leads to, and is
 * handed no directory of theirs.  It has no file signal a foreign process
 * (SIGIO), and types nothing into terminals (TIOCSTI).
 *
 * When it is good.  These are the files that root may open by permission bits
 * alone, without a capability that a ceiling could withhold.  Hooks are on
 * open and on changes of a directory, not on inode_permission: that one is
 * called for every component of every path on the host, and would add nothing
 * but a second lock on names that the mount option hides.
 *
 * What it cannot stop.  Names of processes in /proc and what stat() says of
 * them are hidden by the mount option, not here.  Descriptors that the host
 * opened and handed in.  Files of ordinary file systems: a bare context shares
 * them with the host, and its root can write to what the host's root runs; a
 * boundary there is a mount namespace with a root of its own (a guest).
 *
 * If a look-up fails.  A file of /proc whose inode cannot be read counts as
 * "not a process's" and cannot be written to.  A mount whose namespace cannot
 * be read counts as a foreign one.  An inode whose process is gone
 * is left to /proc itself, which says ESRCH.  A context that is not in the
 * table has no flag and no capability in its ceiling.
 */
#include "file_kind.bpf.h"
#include "mount.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define VS_RULE VS_RULE_FILE

#define FMODE_WRITE		0x2
#define FMODE_EXEC		0x20		/* in f_flags: opened by exec */
#define F_SETOWN		8
#define F_SETOWN_EX		15
#define FIOSETOWN		0x8901
#define SIOCSPGRP		0x8902
#define TIOCSTI			0x5412
#define TIOCLINUX		0x541c
#define S_IFREG			0100000
#define S_IFDIR			0040000
#define HIDEPID_PTRACEABLE	4
#define INIT_PID_NS_INUM	0xEFFFFFFCU
#define INIT_UTS_NS_INUM	0xEFFFFFFEU

#define PROC_MAGIC		0x9fa0
#define MQUEUE_MAGIC		0x19800202

extern struct task_struct *bpf_task_from_pid(s32 pid) __ksym;
extern void bpf_task_release(struct task_struct *task) __ksym;

/* A guest; or a bare context that has made itself one. */
static __always_inline bool is_in_pid_namespace(void)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return BPF_CORE_READ(task, thread_pid, level) > 0;
}

/* --- mounts: mount.bpf.h says why ---------------------------------------- */

static __always_inline int may_open_file(struct file *file, bool write)
{
	if (!write && !(file->f_flags & FMODE_EXEC))
		return 0;
	if ((file->f_inode->i_mode & S_IFMT) != S_IFREG || !is_in_pid_namespace())
		return 0;
	/* A queue is opened on a mount of its IPC namespace's, and by name. */
	if (file->f_inode->i_sb->s_magic == MQUEUE_MAGIC)
		return 0;
	return vs_verdict(is_mounted_here(file->f_path.mnt));
}

static __always_inline int may_change_path(const struct path *path)
{
	if (vs_current_xid() == VS_XID_HOST || !is_in_pid_namespace())
		return 0;
	return vs_verdict(is_mounted_here(path->mnt));
}

SEC("lsm/path_chmod")
int BPF_PROG(vs_path_chmod, const struct path *path, umode_t mode, int ret)
{
	return ret ?: may_change_path(path);
}

/* The ids are structures of one number. */
SEC("lsm/path_chown")
int BPF_PROG(vs_path_chown, const struct path *path, u64 uid, u64 gid, int ret)
{
	return ret ?: may_change_path(path);
}

SEC("lsm/path_truncate")
int BPF_PROG(vs_path_truncate, const struct path *path, int ret)
{
	return ret ?: may_change_path(path);
}

/*
 * A directory handed over a socket, or got by pidfd_getfd(), is a way to all
 * that is below it and above.  Those of the guest's own mounts it may have.
 */
SEC("lsm/file_receive")
int BPF_PROG(vs_file_receive, struct file *file, int ret)
{
	if (ret || vs_current_xid() == VS_XID_HOST || !is_in_pid_namespace())
		return ret;
	if ((file->f_inode->i_mode & S_IFMT) != S_IFDIR)
		return 0;
	return vs_verdict(is_mounted_here(file->f_path.mnt));
}

/* --- /proc --------------------------------------------------------------- */

static __always_inline struct proc_inode *proc_inode_of(struct inode *inode)
{
	return (void *)inode - bpf_core_field_offset(struct proc_inode, vfs_inode);
}

/* kernel/hostname and kernel/domainname, in a UTS namespace of one's own. */
static __always_inline bool is_own_name(struct proc_inode *pi)
{
	struct task_struct *task = bpf_get_current_task_btf();
	char name[11] = {};

	if (!BPF_CORE_READ(pi, sysctl))
		return false;
	if (BPF_CORE_READ(task, nsproxy, uts_ns, ns.inum) == INIT_UTS_NS_INUM)
		return false;
	bpf_probe_read_kernel_str(name, sizeof(name),
				  BPF_CORE_READ(pi, sysctl_entry, procname));
	return !bpf_strncmp(name, 9, "hostname") || !bpf_strncmp(name, 11, "domainname");
}

static __always_inline int may_open_proc(struct inode *inode, bool write, u32 xid)
{
	struct proc_inode *pi = proc_inode_of(inode);
	struct pid *pid = BPF_CORE_READ(pi, pid);
	struct task_struct *task;
	u32 owner;

	if (!pid && !write)
		return may_read_mode(inode->i_mode);
	if (!pid)
		return vs_verdict_by(VS_RULE_PROC, is_own_name(pi));

	task = bpf_task_from_pid(BPF_CORE_READ(pid, numbers[0].nr));
	if (!task)
		return 0;
	owner = vs_task_xid(task);
	bpf_task_release(task);
	if (owner == xid || (xid == VS_XID_WATCHER && !write))
		return 0;
	vs_count_refusal(VS_RULE_PROC);
	return -ENOENT;
}

SEC("lsm/file_open")
int BPF_PROG(vs_file_open, struct file *file, int ret)
{
	unsigned long magic;
	bool write;
	u32 xid;

	if (ret)
		return ret;
	xid = vs_current_xid();
	if (xid == VS_XID_HOST)
		return 0;

	magic = file->f_inode->i_sb->s_magic;
	write = file->f_mode & FMODE_WRITE;
	if (magic == PROC_MAGIC)
		return may_open_proc(file->f_inode, write, xid);
	if (is_closed(magic))
		return vs_verdict(false);
	if (write && may_change(magic, xid))
		return -EPERM;
	if (is_window(magic) && may_read_mode(file->f_inode->i_mode))
		return -EPERM;
	if (may_open_file(file, write))
		return -EPERM;
	return may_open_device(file->f_inode->i_mode, file->f_inode->i_rdev, xid);
}

/*
 * A new mount of /proc by a context in the host's PID namespace must hide the
 * others, and stay that way.  Wants CAP_SYS_ADMIN in the ceiling to begin with;
 * who has it in a user namespace only mounts the harmless kinds.
 */
SEC("lsm/sb_kern_mount")
int BPF_PROG(vs_sb_kern_mount, const struct super_block *sb, int ret)
{
	struct proc_fs_info *info;
	u32 xid;

	if (ret)
		return ret;
	xid = vs_current_xid();
	if (xid == VS_XID_HOST)
		return 0;
	if (vs_context_flags(xid) & VS_FLAG_USER && !is_private(sb->s_magic))
		return vs_verdict_by(VS_RULE_MOUNT, false);
	if (sb->s_magic != PROC_MAGIC)
		return 0;
	info = sb->s_fs_info;
	if (BPF_CORE_READ(info, pid_ns, ns.inum) != INIT_PID_NS_INUM)
		return 0;
	return vs_verdict_by(VS_RULE_MOUNT,
			     BPF_CORE_READ(info, hide_pid) == HIDEPID_PTRACEABLE);
}

SEC("lsm/sb_remount")
int BPF_PROG(vs_sb_remount, struct super_block *sb, void *opts, int ret)
{
	if (ret || vs_current_xid() == VS_XID_HOST)
		return ret;
	return vs_verdict_by(VS_RULE_MOUNT, sb->s_magic != PROC_MAGIC);
}

/* --- directories and attributes ------------------------------------------ */

static __always_inline int may_change_inode(struct inode *inode)
{
	u32 xid = vs_current_xid();

	if (xid == VS_XID_HOST || !inode)
		return 0;
	return may_change(inode->i_sb->s_magic, xid);
}

SEC("lsm/inode_mkdir")
int BPF_PROG(vs_inode_mkdir, struct inode *dir, struct dentry *dentry, umode_t mode,
	     int ret)
{
	return ret ?: may_change_inode(dir);
}

SEC("lsm/inode_rmdir")
int BPF_PROG(vs_inode_rmdir, struct inode *dir, struct dentry *dentry, int ret)
{
	return ret ?: may_change_inode(dir);
}

SEC("lsm/inode_unlink")
int BPF_PROG(vs_inode_unlink, struct inode *dir, struct dentry *dentry, int ret)
{
	return ret ?: may_change_inode(dir);
}

SEC("lsm/inode_rename")
int BPF_PROG(vs_inode_rename, struct inode *old_dir, struct dentry *old_dentry,
	     struct inode *new_dir, struct dentry *new_dentry, int ret)
{
	return ret ?: may_change_inode(old_dir);
}

SEC("lsm/inode_link")
int BPF_PROG(vs_inode_link, struct dentry *old_dentry, struct inode *dir,
	     struct dentry *new_dentry, int ret)
{
	return ret ?: may_change_inode(dir);
}

/* In configfs a symbolic link sets something up. */
SEC("lsm/inode_symlink")
int BPF_PROG(vs_inode_symlink, struct inode *dir, struct dentry *dentry,
	     const char *old_name, int ret)
{
	return ret ?: may_change_inode(dir);
}

/*
 * chmod, chown, truncate, utimes.  What is no process's in /proc keeps them in
 * the entry that every mount of /proc shares.
 */
SEC("lsm/inode_setattr")
int BPF_PROG(vs_inode_setattr, struct mnt_idmap *idmap, struct dentry *dentry,
	     struct iattr *attr, int ret)
{
	struct inode *inode = dentry->d_inode;
	u32 xid;

	if (ret)
		return ret;
	xid = vs_current_xid();
	if (xid == VS_XID_HOST || !inode)
		return 0;
	if (inode->i_sb->s_magic == PROC_MAGIC)
		return may_open_proc(inode, true, xid);
	return may_change(inode->i_sb->s_magic, xid);
}

/* Cgroups have them, for the host's systemd and whoever reads them there. */
SEC("lsm/inode_setxattr")
int BPF_PROG(vs_inode_setxattr, struct mnt_idmap *idmap, struct dentry *dentry,
	     const char *name, const void *value, size_t size, int flags, int ret)
{
	return ret ?: may_change_inode(dentry->d_inode);
}

SEC("lsm/inode_removexattr")
int BPF_PROG(vs_inode_removexattr, struct mnt_idmap *idmap, struct dentry *dentry,
	     const char *name, int ret)
{
	return ret ?: may_change_inode(dentry->d_inode);
}

/* --- SIGIO ---------------------------------------------------------------- */

/*
 * The signal is sent later, by the kernel, checked against user ids only: so
 * it is the choice of the receiver that is refused.  In a PID namespace of its
 * own a context cannot name a foreign process; elsewhere it may name itself.
 */
static __always_inline bool can_name_others(void)
{
	return !is_in_pid_namespace();
}

SEC("lsm/file_fcntl")
int BPF_PROG(vs_file_fcntl, struct file *file, unsigned int cmd, unsigned long arg,
	     int ret)
{
	if (ret || (cmd != F_SETOWN && cmd != F_SETOWN_EX))
		return ret;
	if (vs_current_xid() == VS_XID_HOST || !can_name_others())
		return 0;
	if (cmd == F_SETOWN && (!arg || arg == bpf_get_current_pid_tgid() >> 32))
		return 0;
	return vs_verdict_by(VS_RULE_SIGNAL, false);
}

/* Typing into a terminal that is the host's too would be its commands. */
static __always_inline int may_ioctl(unsigned int cmd)
{
	if (cmd != FIOSETOWN && cmd != SIOCSPGRP && cmd != TIOCSTI && cmd != TIOCLINUX)
		return 0;
	if (vs_current_xid() == VS_XID_HOST)
		return 0;
	if (cmd == TIOCSTI || cmd == TIOCLINUX)
		return vs_verdict_by(VS_RULE_DEVICE, false);
	return vs_verdict_by(VS_RULE_SIGNAL, !can_name_others());
}

SEC("lsm/file_ioctl")
int BPF_PROG(vs_file_ioctl, struct file *file, unsigned int cmd, unsigned long arg,
	     int ret)
{
	return ret ?: may_ioctl(cmd);
}

/* The same of a 32-bit program. */
SEC("lsm/file_ioctl_compat")
int BPF_PROG(vs_file_ioctl_compat, struct file *file, unsigned int cmd,
	     unsigned long arg, int ret)
{
	return ret ?: may_ioctl(cmd);
}
