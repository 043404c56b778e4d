/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What the BPF programs share with the loader (libvserver/enforce.c): values
 * of maps, arguments of programs that user space runs, names of pins.  It is
 * not the protocol of the module, which is linux/vserver.h.
 */
#ifndef VS_BPF_H
#define VS_BPF_H

/*
 * Value of the task storage map "tasks": a task's identity.  Written by
 * vs_enter (the task itself, once) and copied in lsm/task_alloc; never
 * changed afterwards.  No storage means host.
 */
struct vs_task {
	__u32 xid;		/* context; 0: host */
	__u32 nid;		/* whose addresses; 0: any */
	__u32 counted;		/* 1: this task is in its contexts' counts */
	__u32 own_net;		/* 1: its context has VS_FLAG_NETWORK */
};

/*
 * Argument of the SEC("syscall") program vs_enter, run by BPF_PROG_RUN: the
 * caller enters.  0 leaves the number as it is.  The program's return value
 * is 0 or a negative errno: -EPERM a number is set already, or the caller is
 * in a context; -EBUSY the caller has threads, or shares its table of files; -EBADF
 * it has a socket of the network that is not @nid's, or an io_uring; -ESRCH no such
 * context; -ENOKEY a link that enforces was detached; -EACCES it is private and
 * somebody has entered it; -EXDEV it has a network of its own, and the caller has the
 * host's.
 */
struct vs_enter_args {
	__u32 xid;
	__u32 nid;
	__u32 joins;		/* 1: only a bare context that has tasks or is persistent */
};

/*
 * Value of the socket storage map "sockets": whose a socket is.  Written when
 * a task of a context makes the socket, and cloned to the sockets that it
 * accepts.  No storage means the host's.  kmod/steer.c reads it too, and has a
 * struct of the same form.
 */
struct vs_sock {
	__u32 nid;		/* whose addresses; 0: any */
	__u32 xid;		/* for Unix sockets */
	__u32 flags;		/* VS_SOCK_* of linux/vserver.h */
	__u32 pad;
};

/* Why a frame of a guest with a network of its own was dropped (guard.bpf.c). */
enum vs_drop {
	VS_DROP_MAC,
	VS_DROP_IPV4,
	VS_DROP_IPV6,
	VS_DROP_ARP,
	VS_DROP_ND,
	VS_DROP_OTHER,
	VS_DROPS
};

/*
 * In the credentials with which libvserver mounts an overlay (securebits: no change
 * of capabilities with the user, no ambient ones), for admin.bpf.c to know them by.
 */
#define VS_OVERLAY_SECUREBITS	(1U << 2 | 1U << 6)

/*
 * Pins, below VS_PIN_ROOT.  bpffs takes no dots in names.
 *   tasks                the task storage map
 *   sockets              the socket storage map
 *   enter                the program vs_enter
 *   links/NAME           one a link that enforces, NAME the program's
 *   scheduler/NAME       the struct_ops link and every map of the scheduler
 *   dropped/XID          the counters of what a guest's frames were dropped for
 */
#define VS_PIN_ROOT		"/sys/fs/bpf/vserver"
#define VS_PIN_TASKS		VS_PIN_ROOT "/tasks"
#define VS_PIN_SOCKETS		VS_PIN_ROOT "/sockets"
#define VS_PIN_ENTER		VS_PIN_ROOT "/enter"
#define VS_PIN_LINKS		VS_PIN_ROOT "/links"
#define VS_PIN_SCHEDULER	VS_PIN_ROOT "/scheduler"
#define VS_PIN_DROPPED		VS_PIN_ROOT "/dropped"

#endif /* VS_BPF_H */
