/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The protocol between vserver.ko and user space, and the numbers that the
 * BPF programs share with both.  Nothing here but #define and enum.
 *
 * CONTEXTS
 *
 * A context is a number (xid) with a name, flags, a capability ceiling, an
 * address set and a bucket.  All of them live in the module's table and
 * nowhere else.  A task carries two numbers, in BPF task storage: the xid,
 * which decides what it may act on, and the nid, which decides which
 * addresses it may use.  Both are keys of the same table; a guest has both
 * alike, chcontext gives the first only, chbind the second only.
 *
 * THE FAMILY
 *
 * Generic netlink, family VS_GENL_NAME, version VS_GENL_VERSION.  Every
 * command wants CAP_NET_ADMIN in the initial user namespace and a caller in
 * context 0.  The second is answered by a BPF program; while none is attached
 * the answer is no, so that without enforcement no context comes to be.
 * VS_CMD_ENFORCE_* alone are let through before that; they want CAP_SYS_ADMIN
 * too, and VS_CMD_ENFORCE_SET a caller in context 0 once there are contexts.
 *
 * Unknown attributes, attributes of a wrong size and unknown bits are refused
 * by the policy.  Each refusal carries a sentence in the extended ack.
 *
 * VS_CMD_CONTEXT_NEW
 *
 *   Makes a context.
 *
 *	VS_ATTR_XID		VS_XID_WATCHER..VS_XID_STATIC_MAX; left out:
 *				the kernel hands one out of the dynamic range,
 *				in turn, so that a number is not soon used again
 *	VS_ATTR_NAME		1..VS_NAME_MAX bytes of [A-Za-z0-9._-], not
 *				beginning with '.' or '-'; left out: the
 *				number in decimal.  Unique.
 *	VS_ATTR_FLAGS		VS_FLAG_*; left out: 0
 *	VS_ATTR_CEILING		one bit a capability (1 << CAP_*); left out: 0
 *	VS_ATTR_ADDRESSES	see below; left out: none
 *	VS_ATTR_BUCKET		see below; left out: not limited
 *
 *   The reply is what VS_CMD_CONTEXT_GET gives.  A context that nobody
 *   entered and that is not persistent stays until VS_CMD_CONTEXT_END or
 *   until the first task that entered it has gone.
 *
 *   Errors: EEXIST the xid or the name is taken; ENOSPC no dynamic number
 *   left, or VS_CONTEXTS_MAX reached; EINVAL a value out of range; EPERM not
 *   the host; ENOKEY no enforcement is held, or a link of it was
 *   detached; ENOMEM.
 *
 * VS_CMD_CONTEXT_GET
 *
 *   Reads one context, by VS_ATTR_XID or by VS_ATTR_NAME; with NLM_F_DUMP
 *   all of them in the order of their numbers.  The reply has every attribute
 *   of VS_CMD_CONTEXT_NEW that is set, and VS_ATTR_TASKS.
 *   Errors: ESRCH no such context; EINVAL neither number nor name, or (in a
 *   dump) one of them; EINTR (in a dump) the table changed meanwhile.
 *
 * VS_CMD_CONTEXT_SET
 *
 *   Changes a context, at once and all or nothing.  VS_ATTR_XID says which.
 *   VS_ATTR_FLAGS wants VS_ATTR_FLAGS_MASK beside it: only bits of the mask
 *   change.  VS_ATTR_CEILING, VS_ATTR_ADDRESSES and VS_ATTR_BUCKET each
 *   replace what was there; an empty nest clears it.  The name cannot change.
 *   Errors: as VS_CMD_CONTEXT_NEW; ESRCH no such context.
 *
 * VS_CMD_CONTEXT_END
 *
 *   Ends the context VS_ATTR_XID: nobody can enter it any more and it leaves
 *   the table.  Errors: ESRCH; EBUSY tasks are in it.
 *
 * VS_CMD_CONTEXT_KILL
 *
 *   Sends VS_ATTR_SIGNAL (u32, 0..64; 0 only asks, as kill() does) to every
 *   process of the context VS_ATTR_XID, or to VS_ATTR_PID alone, a process of
 *   the caller's PID namespace, if it is in that context.  One walk of all
 *   processes finds each that there is: one that forks meanwhile has its child
 *   put at the end of the walk, and one that SIGKILL has reached forks no more.
 *   So after SIGKILL nothing is left but what is dying, of a fork bomb too.
 *   Errors: ESRCH no such context, or the process is not in it; EINVAL no
 *   signal; EPERM the caller may not signal one of them.
 *
 * VS_CMD_TASK_GET
 *
 *   With NLM_F_DUMP only: the processes of the context VS_ATTR_XID (0 is the
 *   host), or without it all that there are, each with VS_ATTR_PID in the
 *   caller's PID namespace and VS_ATTR_XID, as they were when the dump began.
 *
 * VS_CMD_ENFORCE_SET
 *
 *   Gives the module the BPF links that enforce, VS_ATTR_LINKS: one
 *   VS_ATTR_LINK (s32, a descriptor of the caller) each.  The module holds
 *   them until it is given others, so that nothing in user space can end
 *   enforcement by accident, and while it holds any it cannot be unloaded; an
 *   empty nest lets go of them, and is refused with EBUSY while there are
 *   contexts.  VS_ATTR_GENERATION (u32) is kept
 *   and given back.  Errors: EBADF not a descriptor; EINVAL not a BPF link,
 *   or more than VS_LINKS_MAX.
 *
 * VS_CMD_ENFORCE_GET
 *
 *   Replies with VS_ATTR_LINK_COUNT (u32), how many are held and still
 *   attached, VS_ATTR_GENERATION and, of the last event that there was,
 *   VS_ATTR_SEQUENCE.
 *
 * ADDRESSES
 *
 *   VS_ATTR_ADDRESSES nests up to VS_ADDRESSES_MAX VS_ATTR_ADDRESS, each a
 *   nest with one of VS_ADDRESS_ATTR_IP4 (4 bytes, network order) and
 *   VS_ADDRESS_ATTR_IP6 (16 bytes).  With VS_ADDRESS_ATTR_PREFIX (u8) it is
 *   every address that has the first so many bits in common with that; with
 *   VS_ADDRESS_ATTR_LAST4 or _LAST6 every one from that to this.  They are
 *   given back as they were given.  The wildcard, multicast and broadcast
 *   addresses are no addresses of a context (EINVAL).  A context that has
 *   addresses of one family only cannot use the other.
 *
 *   The first of a family, and of a prefix or range the one that was named,
 *   is what a socket is bound to that is bound to the wildcard; packets to
 *   the others are steered to it.  So that one has to be the host's.
 *
 *   Two contexts may have the same address: as ever with chbind, daemons that
 *   are each bound to one address of the host share it like any processes do,
 *   and the second who wants a port is told EADDRINUSE.  That no two guests
 *   have the same is vserverd's rule, which knows what is a guest.
 *
 * BUCKET
 *
 *   VS_ATTR_BUCKET nests VS_BUCKET_ATTR_*, times in nanoseconds of processor
 *   time (of the whole machine; two processors earn two seconds a second; or, by
 *   SCOPE, of each processor).
 *   The bucket holds at most SIZE, gains RATE every INTERVAL, is put on hold
 *   when empty and runs again at RELEASE.  All four are given, or none:
 *	INTERVAL / VS_RATE_MIN_DIV <= RATE <= INTERVAL * processors,
 *	VS_INTERVAL_MIN_NS <= INTERVAL <= VS_INTERVAL_MAX_NS,
 *	0 < RELEASE <= SIZE <= VS_SIZE_MAX_NS,
 *	RELEASE * INTERVAL / RATE <= VS_HOLD_MAX_NS.
 *   The last is how long an empty bucket is on hold.  A task that may not run
 *   for half a minute makes the kernel end the scheduler, for all contexts.
 *
 *   IDLE_RATE and IDLE_INTERVAL, both or neither and within the same limits, let
 *   it run while it is on hold, in time that no context is entitled to: contexts
 *   that ask for it share such time in the ratio of these rates.
 *
 *   PRIO_BIAS, VS_PRIO_BIAS_MIN to VS_PRIO_BIAS_MAX, less is sooner: of two that
 *   may both run, who comes first.  It changes nobody's share.
 *
 *   SCOPE (enum vs_scope) is for what there is a bucket: VS_SCOPE_MACHINE, as
 *   without it, one for all processors; VS_SCOPE_PROCESSOR, one for each, all alike,
 *   from which is taken what runs there.  All numbers are then those of each, and a
 *   RATE is INTERVAL at most.
 *
 *   TOKENS is what is in the bucket from now on, at most SIZE.  It is no setting
 *   and is not given back.  Without it a new bucket is full, and one that changes
 *   keeps what it has.
 *
 * REFUSALS
 *
 *   What the programs refuse to a context is counted, by the family of the rule
 *   (enum vs_rule).  VS_CMD_CONTEXT_GET gives VS_ATTR_REFUSED, a nest of one u64
 *   for each family of which there was any, its type the family; and at the
 *   first, the tenth, the hundredth refusal and so on there is an event with
 *   VS_ATTR_RULE (u32) and VS_ATTR_COUNT (u64): a context that is refused the
 *   same for ever is told of a few times.  Not counted are looks at processes
 *   (listing /proc is made of them), capabilities that the kernel asks for
 *   without meaning to tell (CAP_OPT_NOAUDIT), and device nodes, where the
 *   cgroup of a guest refuses them before any file is opened.
 *
 * EVENTS
 *
 *   The multicast group VS_GENL_GROUP_EVENTS carries VS_CMD_EVENT with
 *   VS_ATTR_EVENT (enum vs_event), VS_ATTR_SEQUENCE, VS_ATTR_XID, VS_ATTR_NAME
 *   and VS_ATTR_FLAGS.  The sequence (u64) goes up by one with each event, so that a
 *   listener who was told ENOBUFS knows how many it missed.  VS_EVENT_EMPTIED
 *   and VS_EVENT_ENDED have VS_ATTR_STATUS, if it is known: how the process
 *   ended that was first in the (empty) context, as waitpid() would say it.
 *   To join the group wants CAP_NET_ADMIN and CAP_SYS_ADMIN, which no context
 *   has by default.
 */
#ifndef _UAPI_LINUX_VSERVER_H
#define _UAPI_LINUX_VSERVER_H

#define VS_GENL_NAME		"vserver"
#define VS_GENL_VERSION		1
#define VS_GENL_GROUP_EVENTS	"events"

/*
 * Numbers.  0 is the host, 1 the watcher: it sees all and may change none.  The
 * watcher is in the table while somebody wants it, like any other; nobody can
 * have its addresses.
 */
#define VS_XID_HOST		0
#define VS_XID_WATCHER		1
#define VS_XID_MIN		2
#define VS_XID_STATIC_MAX	49151
#define VS_XID_DYNAMIC_MIN	49152
#define VS_XID_MAX		65535

#define VS_NAME_MAX		63	/* bytes, without the final NUL */
#define VS_ADDRESSES_MAX	64
#define VS_LINKS_MAX		256
#define VS_CONTEXTS_MAX		1000	/* the scheduler has a slot for each */

#define VS_INTERVAL_MIN_NS	1000000ULL		/* 1 ms */
#define VS_INTERVAL_MAX_NS	10000000000ULL		/* 10 s */
#define VS_SIZE_MAX_NS		3600000000000ULL	/* 1 h */
#define VS_RATE_MIN_DIV		1000ULL			/* 0.1 % of a processor */
#define VS_PRIO_BIAS_MIN	(-20)
#define VS_PRIO_BIAS_MAX	20
#define VS_HOLD_MAX_NS		10000000000ULL		/* 10 s */

/*
 * Flags.  PERSISTENT: lives without tasks.  CGROUP: its tasks may write to
 * the cgroup files that they can see; set for guests, whose cgroup namespace
 * shows them nothing but their own subtree.  PRIVATE: nobody enters it once
 * somebody has (EACCES).  USER: its tasks have ids of their own; CAP_SYS_ADMIN
 * in the ceiling counts in user namespaces below the host's only, and of new
 * file systems it mounts the harmless kinds.  NETWORK: its tasks are in network
 * namespaces of their own, where they have no nid; who has the host's network does
 * not enter it (EXDEV), and no socket that it did not make is of use to it.
 */
#define VS_FLAG_PERSISTENT	(1ULL << 0)
#define VS_FLAG_CGROUP		(1ULL << 1)
#define VS_FLAG_PRIVATE		(1ULL << 2)
#define VS_FLAG_USER		(1ULL << 3)
#define VS_FLAG_NETWORK		(1ULL << 4)
#define VS_FLAGS_ALL		(VS_FLAG_PERSISTENT | VS_FLAG_CGROUP | \
				 VS_FLAG_PRIVATE | VS_FLAG_USER | VS_FLAG_NETWORK)

/* What is kept with a socket of a context; see struct vs_sock in bpf/vs_bpf.h. */
#define VS_SOCK_NAMED		(1U << 0)	/* bound to an address that was named */
#define VS_SOCK_V6ONLY		(1U << 1)	/* IPV6_V6ONLY when it was bound */
#define VS_SOCK_V4ONLY		(1U << 2)	/* bound to ::ffff:0.0.0.0 */
#define VS_SOCK_ANY		(1U << 3)	/* bound to a wildcard */

/* Beside the first IPv4 address of a context: it has others.  See kmod/socket.c. */
#define VS_SEVERAL4		(1ULL << 32)

/* Families of rules; see bpf/README.md for the rules. */
enum vs_rule {
	VS_RULE_UNSPEC,
	VS_RULE_CAPABILITY,	/* outside the ceiling */
	VS_RULE_SIGNAL,		/* to other contexts, SIGIO included */
	VS_RULE_TRACE,		/* and memory and descriptors of other contexts */
	VS_RULE_PRIORITY,	/* and affinity, limits, groups of other contexts */
	VS_RULE_KERNEL,		/* bpf(), modules, kexec, the log, quotas */
	VS_RULE_PROC,		/* files of /proc */
	VS_RULE_FILE,		/* of the kernel's file systems, of foreign mounts */
	VS_RULE_CGROUP,
	VS_RULE_DEVICE,		/* and what is typed into terminals */
	VS_RULE_MOUNT,
	VS_RULE_SOCKET,		/* kinds of sockets, those of others */
	VS_RULE_ADDRESS,	/* not the context's own */
	__VS_RULE_MAX,
};
#define VS_RULE_MAX (__VS_RULE_MAX - 1)

enum vs_cmd {
	VS_CMD_UNSPEC,
	VS_CMD_CONTEXT_NEW,
	VS_CMD_CONTEXT_GET,
	VS_CMD_CONTEXT_SET,
	VS_CMD_CONTEXT_END,
	VS_CMD_ENFORCE_SET,
	VS_CMD_ENFORCE_GET,
	VS_CMD_EVENT,
	VS_CMD_CONTEXT_KILL,
	VS_CMD_TASK_GET,
	__VS_CMD_MAX,
};
#define VS_CMD_MAX (__VS_CMD_MAX - 1)

enum vs_attr {
	VS_ATTR_UNSPEC,
	VS_ATTR_XID,		/* u32 */
	VS_ATTR_NAME,		/* string */
	VS_ATTR_FLAGS,		/* u64 */
	VS_ATTR_FLAGS_MASK,	/* u64 */
	VS_ATTR_CEILING,	/* u64 */
	VS_ATTR_ADDRESSES,	/* nest of VS_ATTR_ADDRESS */
	VS_ATTR_ADDRESS,	/* nest of VS_ADDRESS_ATTR_* */
	VS_ATTR_BUCKET,		/* nest of VS_BUCKET_ATTR_* */
	VS_ATTR_TASKS,		/* u32, processes and threads */
	VS_ATTR_LINKS,		/* nest of VS_ATTR_LINK */
	VS_ATTR_LINK,		/* s32, a descriptor */
	VS_ATTR_LINK_COUNT,	/* u32 */
	VS_ATTR_GENERATION,	/* u32 */
	VS_ATTR_EVENT,		/* u32, enum vs_event */
	VS_ATTR_PAD,
	VS_ATTR_PID,		/* u32, of a process */
	VS_ATTR_SIGNAL,		/* u32 */
	VS_ATTR_STATUS,		/* u32, as of waitpid() */
	VS_ATTR_SEQUENCE,	/* u64 */
	VS_ATTR_REFUSED,	/* nest of u64, their types enum vs_rule */
	VS_ATTR_RULE,		/* u32, enum vs_rule */
	VS_ATTR_COUNT,		/* u64 */
	__VS_ATTR_MAX,
};
#define VS_ATTR_MAX (__VS_ATTR_MAX - 1)

enum vs_address_attr {
	VS_ADDRESS_ATTR_UNSPEC,
	VS_ADDRESS_ATTR_IP4,	/* 4 bytes, network order */
	VS_ADDRESS_ATTR_IP6,	/* 16 bytes */
	VS_ADDRESS_ATTR_PREFIX,	/* u8, 1..32 or 1..128 */
	VS_ADDRESS_ATTR_LAST4,	/* 4 bytes, network order */
	VS_ADDRESS_ATTR_LAST6,	/* 16 bytes */
	__VS_ADDRESS_ATTR_MAX,
};
#define VS_ADDRESS_ATTR_MAX (__VS_ADDRESS_ATTR_MAX - 1)

enum vs_scope {
	VS_SCOPE_MACHINE,	/* one bucket */
	VS_SCOPE_PROCESSOR,	/* one for each */
	__VS_SCOPE_MAX,
};
#define VS_SCOPE_MAX (__VS_SCOPE_MAX - 1)

enum vs_bucket_attr {
	VS_BUCKET_ATTR_UNSPEC,
	VS_BUCKET_ATTR_RATE,		/* u64 ns, R */
	VS_BUCKET_ATTR_INTERVAL,	/* u64 ns, T */
	VS_BUCKET_ATTR_SIZE,		/* u64 ns, S */
	VS_BUCKET_ATTR_RELEASE,		/* u64 ns, M */
	VS_BUCKET_ATTR_PAD,
	VS_BUCKET_ATTR_IDLE_RATE,	/* u64 ns, R2 */
	VS_BUCKET_ATTR_IDLE_INTERVAL,	/* u64 ns, T2 */
	VS_BUCKET_ATTR_PRIO_BIAS,	/* s32 */
	VS_BUCKET_ATTR_TOKENS,		/* u64 ns, in requests only */
	VS_BUCKET_ATTR_SCOPE,		/* u32, enum vs_scope */
	__VS_BUCKET_ATTR_MAX,
};
#define VS_BUCKET_ATTR_MAX (__VS_BUCKET_ATTR_MAX - 1)

enum vs_event {
	VS_EVENT_UNSPEC,
	VS_EVENT_CREATED,	/* the context is in the table */
	VS_EVENT_CHANGED,	/* by VS_CMD_CONTEXT_SET */
	VS_EVENT_EMPTIED,	/* its last task has gone; it stays (persistent) */
	VS_EVENT_ENDED,		/* it left the table */
	VS_EVENT_REFUSED,	/* so many times */
};

#endif /* _UAPI_LINUX_VSERVER_H */
