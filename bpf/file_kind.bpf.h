/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Kinds of file systems and of devices: which of them reach beyond the context
 * that uses them.  Which hook asks for which file is file.bpf.c's.
 */
#ifndef VS_FILE_KIND_BPF_H
#define VS_FILE_KIND_BPF_H

#include "common.bpf.h"
#include "device_kind.bpf.h"

#define CAP_MKNOD		27
#define S_IFMT			0170000
#define S_IFCHR			0020000
#define S_IFBLK			0060000
#define S_IROTH			0000004
#define CGROUP_MAGIC		0x27e0eb
#define CGROUP2_MAGIC		0x63677270

/* File systems that a context has no business in at all. */
static __always_inline bool is_closed(unsigned long magic)
{
	return magic == 0x64626720 ||	/* debugfs */
	       magic == 0x74726163 ||	/* tracefs */
	       magic == 0x6165676c;	/* pstore */
}

/* File systems whose files change the kernel. */
static __always_inline bool is_window(unsigned long magic)
{
	switch (magic) {
	case 0x62656572:	/* sysfs */
	case 0x62656570:	/* configfs */
	case 0x73636673:	/* securityfs */
	case 0xcafe4a11:	/* bpffs */
	case 0xde5e81e4:	/* efivarfs */
	case 0x42494e4d:	/* binfmt_misc */
	case 0x65735543:	/* fusectl */
	case CGROUP_MAGIC:	/* version 1: release_agent is run by the host */
		return true;
	}
	return false;
}

/*
 * What root of a user namespace mounts: file systems of memory, and windows on
 * what is the namespace's own.  Not every kind that the kernel would let it:
 * overlayfs, fuse, bpffs, binfmt_misc and cgroups of version 1 are a lot of the
 * kernel that no service asks for.  A new /proc would be without the masks of
 * the guest's; the kernel sees that too, and says so in the host's log.
 */
static __always_inline bool is_private(unsigned long magic)
{
	switch (magic) {
	case 0x01021994:	/* tmpfs */
	case 0x858458f6:	/* ramfs */
	case 0x1cd1:		/* devpts */
	case 0x19800202:	/* mqueue */
	case CGROUP2_MAGIC:
		return true;
	}
	return false;
}

/* May a context write to, or change a directory of, such a file system? */
static __always_inline int may_change(unsigned long magic, u32 xid)
{
	if (magic == CGROUP2_MAGIC)
		return vs_verdict_by(VS_RULE_CGROUP, vs_context_flags(xid) & VS_FLAG_CGROUP);
	return vs_verdict_by(VS_RULE_FILE, !is_window(magic) && !is_closed(magic));
}

/*
 * What the kernel lets root alone read tells of the machine: its memory, where
 * things are in it, secrets (kpagecount, slabinfo, tcp_fastopen_key, sections
 * of modules, serial numbers).  A context reads what everybody may.
 */
static __always_inline int may_read_mode(u32 mode)
{
	return vs_verdict_by(VS_RULE_FILE, mode & S_IROTH);
}

/* CAP_MKNOD in the ceiling opens all that the permission bits do. */
static __always_inline int may_open_device(u32 mode, u32 device, u32 xid)
{
	if ((mode & S_IFMT) != S_IFBLK && (mode & S_IFMT) != S_IFCHR)
		return 0;
	if ((mode & S_IFMT) == S_IFCHR && is_harmless(device >> 20, device & 0xfffff))
		return 0;
	return vs_verdict_by(VS_RULE_DEVICE, vs_ceiling_has(xid, CAP_MKNOD));
}

#endif /* VS_FILE_KIND_BPF_H */
