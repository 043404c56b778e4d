/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Whose mounts are whose.  What may be done to a file that is not mounted where
 * a task is, is file.bpf.c's.
 */
#ifndef VS_MOUNT_BPF_H
#define VS_MOUNT_BPF_H

#include "common.bpf.h"

#define MNT_NS_INTERNAL	(-22ULL)	/* ERR_PTR(-EINVAL) */
#define USERNS_LEVELS	33		/* as many as the kernel nests */

/* The one below the host's that it is or is in; NULL: it is the host's. */
static __always_inline struct user_namespace *outermost(struct user_namespace *ns)
{
	for (int i = 0; i < USERNS_LEVELS && BPF_CORE_READ(ns, level) > 1; i++)
		ns = BPF_CORE_READ(ns, parent);
	return BPF_CORE_READ(ns, level) == 1 ? ns : NULL;
}

/* A guest's services have mounts of their own; so has one of its containers. */
static __always_inline bool is_same_guest(struct mnt_namespace *mounts,
					  struct task_struct *task)
{
	struct user_namespace *owner = outermost(BPF_CORE_READ(mounts, user_ns));

	return owner && owner == outermost(BPF_CORE_READ(task, real_cred, user_ns));
}

/*
 * A file that is opened to be run or written to, or has its mode, owner or
 * length changed, must be mounted in the task's own mount namespace, or in one
 * that belongs to its guest's user namespace or one below.  Others are reached
 * through magic links only, and those of /proc/self lead to what who went in
 * has brought along: /proc/self/exe of the host's program, a file that was
 * handed in.  A memfd and whatever else is on the kernel's own mounts, which
 * are in no namespace, may be both.
 *
 * Of guests only, which is to say in a PID namespace: a bare context has the
 * host's files, and its mount namespace may be a copy of the one that its
 * program and its output are from.
 */
static __always_inline bool is_mounted_here(struct vfsmount *mnt)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct mount *mount = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
	struct mnt_namespace *namespace = BPF_CORE_READ(mount, mnt_ns);

	if ((u64)namespace == MNT_NS_INTERNAL)
		return true;
	return namespace && (namespace == BPF_CORE_READ(task, nsproxy, mnt_ns) ||
			     is_same_guest(namespace, task));
}

#endif /* VS_MOUNT_BPF_H */
