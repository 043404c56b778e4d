/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * libvserver: contexts, their enforcement, and the parts that guests are made
 * of.  Everything returns 0 (or a descriptor, or a count) and a negative errno
 * on failure; outputs come last, are named ret_ and stay untouched on failure.
 * The library never logs, never exits and keeps no globals.  What went wrong
 * in words is kept in the handle: vs_reason().
 */
#ifndef VSERVER_H
#define VSERVER_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <stdio.h>
#include <sys/types.h>

#include <linux/vserver.h>

#ifdef __cplusplus
extern "C" {
#endif

/* handle.c -------------------------------------------------------------- */

/** struct vs - a connection to the module, and the reason of the last failure.
 * Not to be shared between threads. */
struct vs;

/**
 * vs_open() - connect to the module.
 * @ret: the handle; vs_close().
 *
 * Return: 0; -ENOPKG vserver.ko is not loaded; -EPERM; -ENOMEM.
 * Source: the generic netlink controller. Since: 0.1
 */
int vs_open(struct vs **ret);
/** vs_new() - a handle without a module, for what needs none.  0; -ENOMEM. */
int vs_new(struct vs **ret);
void vs_close(struct vs *vs);

/**
 * vs_reason() - one sentence, without a final dot, about the last failure of
 * a call on @vs: what, why, and what to do where the library knows it.
 * Never NULL: where the library knows no more it is strerror() of the errno.
 * Valid until the next call on @vs.
 */
const char *vs_reason(const struct vs *vs);

/* context.c: the table -------------------------------------------------- */

/** struct vs_address - an address of a context, or several in a row: with a
 * prefix all that share it, or up to a last one. */
struct vs_address {
	int family;		/* AF_INET or AF_INET6 */
	union {
		struct in_addr ip4;
		struct in6_addr ip6;
	};
	uint8_t prefix;		/* 0: none */
	bool has_last;		/* the next is valid; not with a prefix */
	union {
		struct in_addr last4;
		struct in6_addr last6;
	};
};

/** struct vs_bucket - a share of the processors; rate_ns 0: not limited. */
struct vs_bucket {
	uint64_t rate_ns;	/* R: gained every interval_ns */
	uint64_t interval_ns;	/* T */
	uint64_t size_ns;	/* S: held at most */
	uint64_t release_ns;	/* M: runs again at */
	uint64_t idle_rate_ns;	/* R2: of time that nobody is entitled to; 0: none */
	uint64_t idle_interval_ns; /* T2 */
	int32_t prio_bias;	/* VS_PRIO_BIAS_MIN (sooner) to VS_PRIO_BIAS_MAX */
	uint32_t scope;		/* enum vs_scope: the machine's, or each processor's */
	bool set_tokens;	/* what is in it now is to be tokens_ns; never read */
	uint64_t tokens_ns;
};

struct vs_context {
	uint32_t xid;		/* 0 in vs_context_create(): any */
	char name[VS_NAME_MAX + 1];	/* "": the number */
	uint64_t flags;		/* VS_FLAG_* */
	uint64_t ceiling;	/* 1 << CAP_* */
	struct vs_address addresses[VS_ADDRESSES_MAX];
	size_t n_addresses;
	struct vs_bucket bucket;
	uint32_t tasks;		/* read only, as is the rest */
	uint64_t refused[VS_RULE_MAX + 1];	/* how often, by enum vs_rule */
};

/**
 * vs_context_create() - make a context.
 * @ctx: in: everything but tasks; out: the number given and the name.
 *
 * Return: 0; -EEXIST number or name taken; -EINVAL a value out of range;
 * -ENOSPC; -EPERM not the host; -ENOKEY enforcement is not loaded.
 * Source: VS_CMD_CONTEXT_NEW (linux/vserver.h). Since: 0.1
 */
int vs_context_create(struct vs *vs, struct vs_context *ctx);
/** vs_context_get() - read one.  0; -ESRCH.  Source: VS_CMD_CONTEXT_GET. */
int vs_context_get(struct vs *vs, uint32_t xid, struct vs_context *ret);
int vs_context_find(struct vs *vs, const char *name, struct vs_context *ret);
/** vs_context_list() - all, in the order of numbers; free(*ret). */
int vs_context_list(struct vs *vs, struct vs_context **ret, size_t *ret_n);

enum vs_context_field {
	VS_SET_FLAGS		= 1 << 0,
	VS_SET_CEILING		= 1 << 1,
	VS_SET_ADDRESSES	= 1 << 2,
	VS_SET_BUCKET		= 1 << 3,
};
/** vs_context_set() - change the @fields (enum vs_context_field) of context
 * @ctx->xid to what @ctx has.  Source: VS_CMD_CONTEXT_SET. */
int vs_context_set(struct vs *vs, const struct vs_context *ctx, unsigned int fields);
/** vs_context_end() - 0; -ESRCH; -EBUSY tasks are in it. */
int vs_context_end(struct vs *vs, uint32_t xid);
/** vs_context_kill() - send a signal to each process of a context, or to @pid
 * (0: all) if it is in it; SIGKILL leaves nothing of a fork bomb.
 * 0; -ESRCH no such context, or @pid is not in it.  Source: VS_CMD_CONTEXT_KILL. */
int vs_context_kill(struct vs *vs, uint32_t xid, pid_t pid, int signo);

struct vs_process {
	pid_t pid;		/* in the caller's PID namespace */
	uint32_t xid;
};
#define VS_XID_ALL UINT32_MAX
/** vs_process_list() - the processes of a context, 0 the host's, or of
 * VS_XID_ALL; free(*ret).  Source: VS_CMD_TASK_GET. */
int vs_process_list(struct vs *vs, uint32_t xid, struct vs_process **ret, size_t *ret_n);

/** vs_context_empty() - SIGKILL to everything in a context, and wait until
 * nothing is left.  0, also where it has ended; -ESRCH there was none;
 * -ETIMEDOUT something does not die: vs_reason() has its pid. */
int vs_context_empty(struct vs *vs, uint32_t xid, uint64_t timeout_ns);

/**
 * vs_context_enter() - put the calling process into a context, for good.
 * @xid: what it may act on; 0: stays as it is.
 * @nid: which addresses it may use; 0: stays as it is.
 *
 * Single-threaded callers in context 0 only; whatever runs afterwards is
 * bound by the rules and by the ceiling.  Return: 0; -EPERM; -EBUSY threads;
 * -ESRCH no such context; -EACCES it is private and somebody has entered it;
 * -ENOKEY enforcement is not loaded.
 * Source: the pinned BPF program vs_enter. Since: 0.1
 */
int vs_context_enter(struct vs *vs, uint32_t xid, uint32_t nid);

/** struct vs_confinement - what the calling process is to be, for good. */
struct vs_confinement {
	uint32_t xid, nid;	/* as in vs_context_enter() */
	uint64_t ceiling;	/* of the capabilities that it keeps */
	bool seccomp;		/* the default filter on system calls */
	bool no_new_privs;	/* setuid programs give nothing any more */
	bool joins;		/* a bare context that has tasks or is persistent, or -ESRCH */
	const char *root;	/* of one that has no tasks yet; NULL: the host's files */
};
/**
 * vs_context_join() - put the calling process into a bare context as its other
 * processes are in it: in their mount, IPC and UTS namespaces (where there is
 * none, in new ones, with a /proc that hides other contexts; the watcher keeps
 * the host's), with nothing above the ceiling, under the filter, and entered.
 * Where the root becomes another, all descriptors but 0, 1 and 2 are closed by
 * exec(), and -EISDIR is that one of these is a directory, which would lead out.
 * Return: as vs_context_enter(), or any errno of a step.
 */
int vs_context_join(struct vs *vs, const struct vs_confinement *confinement);

/* flags.c --------------------------------------------------------------- */

/** vs_flags_parse() - change *@flags by a list of names: "persistent,!private".
 * What every context is anyway may be named.  0; -ENOMEM; -EINVAL, with why in
 * *@ret_reason; free(). */
int vs_flags_parse(const char *list, uint64_t *flags, char **ret_reason);
/** vs_net_flags_parse() - the same for a network context, which chbind makes. */
int vs_net_flags_parse(const char *list, uint64_t *flags, char **ret_reason);
/** vs_net_capabilities_parse() - and for its capabilities: there is none that one
 * has and another has not, but what each has may be named. */
int vs_net_capabilities_parse(const char *list, char **ret_reason);
/** vs_flags_name() - the name of one flag; NULL: there is none. */
const char *vs_flags_name(uint64_t flag);

/* event.c: what happens to the table ------------------------------------- */

struct vs_notice {
	enum vs_event event;
	uint64_t sequence;
	uint64_t missed;	/* events that came before it and were lost */
	uint32_t xid;
	char name[VS_NAME_MAX + 1];
	uint64_t flags;
	bool has_status;	/* emptied, ended: it is known */
	int status;		/* of its first process, as of waitpid() */
	enum vs_rule rule;	/* refused: which family, how often */
	uint64_t count;
};
/** struct vs_listener - who is told each event from vs_listen() on. */
struct vs_listener;
/** vs_listen() - 0; -EPERM not root of the host; -ENOPKG no module. */
int vs_listen(struct vs *vs, struct vs_listener **ret);
void vs_listener_free(struct vs_listener *listener);
/** vs_listener_fd() - to poll for reading; it is the listener's. */
int vs_listener_fd(const struct vs_listener *listener);
/** vs_listener_next() - 0; -EAGAIN there is none now. */
int vs_listener_next(struct vs_listener *listener, struct vs_notice *ret);
const char *vs_event_name(enum vs_event event);
/** vs_rule_name() - "signal"; of one that this library does not know "other". */
const char *vs_rule_name(enum vs_rule rule);

/* enforce.c: the BPF programs ------------------------------------------- */

/**
 * vs_enforce_load() - load, attach and pin the programs that enforce, and
 * give their links to the module.  What a process of the same build pinned
 * is adopted; what another build pinned is replaced without a gap.
 * Return: 0; -EOPNOTSUPP a kernel feature is missing (vs_reason says which);
 * -ENOPKG no module; -EPERM.
 */
int vs_enforce_load(struct vs *vs);
/** vs_enforce_unload() - take enforcement away.  0; -EBUSY there are contexts. */
int vs_enforce_unload(struct vs *vs);

struct vs_enforce_status {
	unsigned int links_held;	/* by the module, and attached */
	unsigned int links_expected;	/* by this build */
	bool pinned;			/* every pin is there */
};
int vs_enforce_status(struct vs *vs, struct vs_enforce_status *ret);

/**
 * vs_scheduler_load() - load and pin the token bucket scheduler (sched_ext).
 * Another build's is replaced when this one is sure to load: for a moment guests
 * have cpu.max alone, bare contexts no limit, and then all have full buckets.
 * Return: 0 also where this build's runs already; -EOPNOTSUPP the kernel has
 * no sched_ext; -EBUSY another scheduler is loaded.
 */
int vs_scheduler_load(struct vs *vs);
int vs_scheduler_unload(struct vs *vs);
/** vs_scheduler_running() - 1 our scheduler runs, 0 not (cpu.max keeps the
 * shares), or a negative errno. */
int vs_scheduler_running(struct vs *vs);
/** vs_scheduler_possible() - has this kernel sched_ext at all? */
bool vs_scheduler_possible(void);
/** vs_scheduler_exit_reason() - why the kernel has ended the scheduler that was
 * loaded last, in its words; free().  0; -ENODATA it runs, was unloaded, is
 * another build's or nobody knows. */
int vs_scheduler_exit_reason(struct vs *vs, char **ret);

/** struct vs_cpu_usage - a context's bucket as it is now, and what it has used
 * since the scheduler has seen it first. */
struct vs_cpu_usage {
	bool limited, held;
	int64_t tokens_ns;	/* in the bucket; less than 0: a debt */
	uint64_t size_ns;
	uint64_t used_ns;	/* idle time is not in it */
	uint64_t idle_ns;	/* time that nobody was entitled to */
	uint64_t held_ns;	/* how long it was on hold */
	uint64_t holds;		/* how often */
};
/** vs_scheduler_usage() - 0; -ESRCH it has not seen the context; -ENODATA our
 * scheduler does not run.  Source: the pinned maps. */
int vs_scheduler_usage(struct vs *vs, uint32_t xid, struct vs_cpu_usage *ret);

/* ceiling.c ------------------------------------------------------------- */

/** vs_ceiling_guest(), vs_ceiling_context() - allow-lists used where nobody
 * says otherwise: of a guest, and of a bare chcontext (less: it shares the
 * host's namespaces). */
uint64_t vs_ceiling_guest(void);
uint64_t vs_ceiling_context(void);
/** vs_ceiling_user() - what a guest has besides where its ids are its own: in
 * its user namespace, with VS_FLAG_USER, and not towards the host. */
uint64_t vs_ceiling_user(void);
/** vs_ceiling_network() - and what where its network is its own, too. */
uint64_t vs_ceiling_network(void);
/** vs_ceiling_host() - what is of use towards the host's user namespace only,
 * to which its network belongs too: of none to a guest with ids of its own. */
uint64_t vs_ceiling_host(void);
/** vs_ceiling_parse() - change *@ceiling by a list: "NET_RAW,!SYS_BOOT".
 * Names with or without "cap_", any case.  0; -EINVAL, *@ret_bad the word. */
int vs_ceiling_parse(const char *list, uint64_t *ceiling, char **ret_bad);
/** vs_ceiling_format() - the names, comma separated; free(). */
int vs_ceiling_format(uint64_t ceiling, char **ret);
/** vs_ceiling_bound() - leave the caller's bounding set nothing above @ceiling,
 * and nothing ambient.  Wants CAP_SETPCAP where there is something to take: to
 * be called before vs_context_enter(), whose ceiling may not have it. */
int vs_ceiling_bound(struct vs *vs, uint64_t ceiling);
/** vs_ceiling_drop() - vs_ceiling_bound(), and leave the caller nothing above
 * @ceiling in the other sets, and nothing inheritable. */
int vs_ceiling_drop(struct vs *vs, uint64_t ceiling);

/* shared_limits.c -------------------------------------------------------- */

/** vs_limits_halve() - of signals and messages that wait, counted by user number,
 * the caller can have half of what it could: the host has the rest. */
int vs_limits_halve(struct vs *vs);

/* address.c ------------------------------------------------------------- */

/** vs_address_parse() - "192.0.2.7", "2001:db8::7".  0; -EINVAL. */
int vs_address_parse(const char *text, struct vs_address *ret);
/** vs_address_parse_set() - also several in a row, "192.0.2.8-192.0.2.15", and a
 * network, "192.0.2.0/24", whose bits after the prefix are zero; where they are
 * not it is that address alone, whatever network it is in.  0; -EINVAL. */
int vs_address_parse_set(const char *text, struct vs_address *ret);
/** vs_address_format() - into at least INET6_ADDRSTRLEN bytes; of one that may be
 * a prefix or a range VS_ADDRESS_TEXT. */
#define VS_ADDRESS_TEXT	(2 * INET6_ADDRSTRLEN)
void vs_address_format(const struct vs_address *address, char *ret);
/** vs_address_is_local() - 1 this host has it, 0 it has not, or a negative
 * errno.  Source: the kernel's route to it. */
int vs_address_is_local(const struct vs_address *address);
/** struct vs_place - where on the host an address is. */
struct vs_place {
	char dev[IFNAMSIZ];	/* the interface */
	unsigned int prefix;
	char label[IFNAMSIZ];	/* of IPv4, begins with @dev; "": none */
	bool no_dad;		/* in: IPv6 without asking other machines for it */
	bool ours;		/* found: vs_address_add() has put it there */
};
/** VS_ADDRESS_PROTO - IFA_PROTO of what vs_address_add() adds: who did it. */
#define VS_ADDRESS_PROTO 118
/** vs_address_add(), vs_address_remove() - on an interface of the host.
 * add: 0; -EEXIST it is there; -ENODEV no such interface.  One of IPv6 cannot be
 * used before vs_address_await() unless no_dad, or the interface has no carrier.
 * remove: sets promote_secondaries of the interface where @prefix is that of a
 * network of IPv4, so that no other address goes along. */
int vs_address_add(struct vs *vs, const struct vs_address *address,
		   const struct vs_place *place);
int vs_address_remove(struct vs *vs, const struct vs_address *address,
		      unsigned int prefix, const char *dev);
/* address_host.c */
/** vs_address_find() - on which interface is it?  1 and where; 0 on none; or a
 * negative errno. */
int vs_address_find(struct vs *vs, const struct vs_address *address, struct vs_place *ret);
/** vs_address_await() - until it can be used: the kernel asks whether another
 * machine has an address of IPv6.  0, of IPv4 at once; -EADDRINUSE one has;
 * -ETIMEDOUT it is not known in time; -ENOENT it is not there, or is no more. */
int vs_address_await(struct vs *vs, const struct vs_address *address, const char *dev,
		     uint64_t timeout_ns);

/* sockets.c */
/** vs_sockets_end() - end the sockets of context @nid whose own address it is: TCP
 * and UDP, listeners too, which are bound to the first address for a wildcard; of
 * UDP those that were made in @cgroup.
 * How many; or a negative errno: -EOPNOTSUPP this kernel cannot.
 * Source: SOCK_DESTROY (linux/sock_diag.h), the pinned map of sockets. */
int vs_sockets_end(struct vs *vs, uint32_t nid, const char *cgroup,
		   const struct vs_address *address);

/* cpuset.c: sets of processors --------------------------------------------- */

/* Above the number of any: the most that a kernel of Debian has. */
#define VS_PROCESSORS_MAX 8192

/** struct vs_cpuset - a bit a processor. */
struct vs_cpuset {
	uint64_t words[VS_PROCESSORS_MAX / 64];
};
/** vs_parse_cpuset() - "0-3,8"; "infinity": all that there can be.
 * 0; -EINVAL that is no list; -ERANGE a number of VS_PROCESSORS_MAX or more. */
int vs_parse_cpuset(const char *text, struct vs_cpuset *ret);
/** vs_format_cpuset() - in the form that is read back; of none it is empty; free(). */
int vs_format_cpuset(const struct vs_cpuset *set, char **ret);
unsigned int vs_cpuset_count(const struct vs_cpuset *set);
/** vs_cpuset_within() - is all of @set in @all? */
bool vs_cpuset_within(const struct vs_cpuset *set, const struct vs_cpuset *all);

/* cgroup.c, cgroup_limit.c, cgroup_kill.c: paths are below /sys/fs/cgroup -- */

struct vs_limits {		/* UINT64_MAX: none; 0: leave as it is */
	uint64_t memory_bytes;
	uint64_t swap_bytes;
	bool no_swap;		/* none at all; swap_bytes is not looked at */
	uint64_t tasks;
	struct vs_bucket cpu;	/* as cpu.max and cpu.max.burst, which have but
				 * the sum over processors; rate_ns UINT64_MAX: none */
	const char *cpuset;	/* "0-3,8", "infinity"; NULL: as it is */
};
struct vs_usage {
	uint64_t cpu_usec;
	uint64_t memory_bytes;
	uint64_t memory_peak_bytes;
	uint64_t tasks;
	bool populated;
};
/** vs_cgroup_own() - path of the cgroup that @pid (0: the caller) is in. */
int vs_cgroup_own(struct vs *vs, pid_t pid, char **ret);
/** vs_cgroup_create() - make it, with the parent's controllers enabled. */
int vs_cgroup_create(struct vs *vs, const char *path);
int vs_cgroup_open(struct vs *vs, const char *path);
int vs_cgroup_limit(struct vs *vs, const char *path, const struct vs_limits *limits);
/** vs_cgroup_burst_max() - of cpu.max.burst at this share: one quota, in ns. */
uint64_t vs_cgroup_burst_max(const struct vs_bucket *cpu);
/** vs_cgroup_cpuset() - the processors that what is in it may use now: also what
 * the cgroups above, and processors that are off line, leave of its own.
 * 0; -ENOENT it has no cpuset controller. */
int vs_cgroup_cpuset(struct vs *vs, const char *path, struct vs_cpuset *ret);
/** vs_cgroup_devices() - from now on what is in it opens and makes harmless nodes
 * only (null, zero, full, random, urandom, tty, ptmx, pseudo terminals). */
int vs_cgroup_devices(struct vs *vs, const char *path);
/** vs_cgroup_devices_limited() - 1 vs_cgroup_devices() was called of it; 0; or a negative
 * errno. */
int vs_cgroup_devices_limited(const char *path);
int vs_cgroup_usage(struct vs *vs, const char *path, struct vs_usage *ret);
int vs_cgroup_attach(struct vs *vs, const char *path, pid_t pid);
/** vs_cgroup_kill() - SIGKILL to everything below, and wait until it is
 * empty.  0; -ETIMEDOUT something does not die: vs_reason() has its pid, its
 * name and where in the kernel it is. */
int vs_cgroup_kill(struct vs *vs, const char *path, uint64_t timeout_ns);
/** vs_cgroup_clear() - remove everything below an empty cgroup, so that
 * processes can be started in it again; its limits stay. */
int vs_cgroup_clear(struct vs *vs, const char *path);
/** vs_cgroup_remove() - with everything below it.  0 also when not there. */
int vs_cgroup_remove(struct vs *vs, const char *path);

/* traffic.c: what a cgroup sends and receives; paths as above ------------------ */

struct vs_traffic_count {
	uint64_t bytes;		/* of IP packets with their headers, as on the wire */
	uint64_t packets;
	uint64_t drops;		/* packets that a rate did not let through */
	uint64_t connections;	/* of TCP: accepted (in), made (out) */
};
/** struct vs_traffic - since counting began; loopback, 127/8 and ::1, is not in it. */
struct vs_traffic {
	struct {
		struct vs_traffic_count in, out;
	} ip4, ip6;
	uint32_t id;		/* another, where counting began anew in this boot */
};
/** struct vs_rate - @bits UINT64_MAX, or 0: not limited. */
#define VS_RATE_MIN	64000ULL
#define VS_RATE_MAX	1000000000000ULL
#define VS_BURST_MAX	(1ULL << 30)
struct vs_rate {
	uint64_t bits;		/* a second, VS_RATE_MIN..VS_RATE_MAX */
	uint64_t burst_bytes;	/* saved up at most; 0: what it gives in 10 ms */
};
/** vs_traffic_count() - from now on what is in it is counted, as long as the cgroup
 * is there: nothing has to be held or removed.  To be called once. */
int vs_traffic_count(struct vs *vs, const char *path);
/** vs_traffic_read() - 0; -ENODATA it is not counted, or by another build. */
int vs_traffic_read(struct vs *vs, const char *path, struct vs_traffic *ret);
/** vs_traffic_limit() - from now on; vs_traffic_limits() - as it is now. */
int vs_traffic_limit(struct vs *vs, const char *path, const struct vs_rate *in,
		     const struct vs_rate *out);
int vs_traffic_limits(struct vs *vs, const char *path, struct vs_rate *ret_in,
		      struct vs_rate *ret_out);

/* traffic_value.c ------------------------------------------------------------ */

/** struct vs_traffic_quota - of one month. */
struct vs_traffic_quota {
	uint64_t bytes;		/* in and out together; UINT64_MAX: any */
	bool stop;		/* when that is reached */
	struct vs_rate then;	/* likewise; bits 0: none */
};
/** vs_parse_rate() - "100mbit", "100mbit burst 1M", "infinity".
 * 0; -EINVAL; -ERANGE the rate, -EDOM the burst is out of range; -ENOMEM. */
int vs_parse_rate(const char *text, struct vs_rate *ret);
/** vs_parse_traffic() - "1TB/month", "1TB/month then 1mbit", "1TB/month then stop",
 * "infinity".  Likewise. */
int vs_parse_traffic(const char *text, struct vs_traffic_quota *ret);

/* space.c, root.c: a guest's inside --------------------------------------- */

/* Ids of a guest, and the first that one can have: beyond what Debian gives to
 * users and their subordinates, and systemd to containers and services. */
#define VS_USER_COUNT	65536U
#define VS_USER_FIRST	0x70000000U
#define VS_USER_END	0x7ffe0000U

/* network.c, guard.c: a network of a guest's own ---------------------------- */

/** struct vs_network_address - on the guest's interface. */
struct vs_network_address {
	struct vs_address address;
	unsigned int prefix;	/* of what it looks like inside; all goes by the host */
};
/**
 * struct vs_network - a network namespace of its own.  Strings are borrowed.
 * @interface: name of the host's end of its veth (vs_network_name()), whose
 * other end is eth0 inside; NULL: it has its loopback only.
 */
struct vs_network {
	const char *interface;
	const struct vs_network_address *addresses;
	size_t n_addresses;
};
/** vs_network_name() - "v49152-web" for guest 'web', cut to what a name can have. */
void vs_network_name(uint32_t xid, const char *name, char (*ret)[IFNAMSIZ]);
/** vs_network_remove() - the host's end, and with it the guest's and all routes; and
 * what was counted.  0 also where there is none. */
int vs_network_remove(struct vs *vs, uint32_t xid, const char *interface);

/** vs_proxy_add() - this host answers for @address on @dev, where the way to it is
 * another interface and packets are passed on.  0; -EEXIST it does already;
 * -ENODEV; -EIO. */
int vs_proxy_add(struct vs *vs, const struct vs_address *address, const char *dev);
/** vs_proxy_remove() - and no more.  0; -ENOENT it does not; -ENODEV; -EIO. */
int vs_proxy_remove(struct vs *vs, const struct vs_address *address, const char *dev);

/* Why a frame that a guest sent was dropped on the host's end. */
#define VS_NETWORK_DROPS	6
/** vs_network_drop_name() - "mac" "ipv4" "ipv6" "arp" "nd" "other". */
const char *vs_network_drop_name(unsigned int reason);
/** vs_network_dropped() - how many of each, since the guest was started.
 * 0; -ENOENT it has no such network.  Source: the pinned map dropped/XID. */
int vs_network_dropped(uint32_t xid, uint64_t (*ret)[VS_NETWORK_DROPS]);

/**
 * struct vs_layers - a tree laid over another, which is never written.  Absolute
 * paths without a link in them; borrowed.
 */
struct vs_layers {
	const char *lower;	/* directory: what is shared */
	const char *layer;	/* directory: has upper/, what is the tree's own, and
				 * work/, empty, for the kernel */
};
/**
 * vs_layers_mount() - the two as one tree: a mount that is nowhere.
 * @read_only: nothing is written, not even into work.
 *
 * It goes with its last descriptor, unless it is attached before.  A tree is to
 * be mounted once at a time unless all are @read_only and nobody writes the layer.
 * Files have the ids that they have on the disk.
 * Return: a descriptor, good for the *at() calls and move_mount(); -ENOENT,
 * -ELOOP a link is in a path; any errno of mounting, each with a reason.
 */
int vs_layers_mount(struct vs *vs, const struct vs_layers *layers, bool read_only);

/** enum vs_mount_type - what is mounted in a guest beside its tree. */
enum vs_mount_type {
	VS_MOUNT_BIND,		/* a directory or file of the host */
	VS_MOUNT_TMPFS,
	VS_MOUNT_OVERLAY,	/* a layer over a directory of the host */
};
/** struct vs_mount - one of these. */
struct vs_mount {
	enum vs_mount_type type;
	char *source;		/* the host's, without a link in it; NULL: a tmpfs */
	char *target;		/* absolute, inside; made if it is missing */
	char *layer;		/* overlay: as in struct vs_layers, the caller's to make */
	uint64_t size_bytes;	/* tmpfs; 0: half of the memory */
	uint32_t mode;		/* tmpfs: of the directory at its top */
	bool read_only, no_exec;
	bool suid, dev;		/* not without effect, as they are otherwise */
	bool idmap;		/* bind: ids on the disk are those inside */
};
/**
 * vs_parse_mount() - "SOURCE TARGET [OPTION...]", as vserver.conf(5) has it.
 * Return: 0, and vs_mount_clear(); -EINVAL why, and what to do, free().
 */
int vs_parse_mount(const char *text, struct vs_mount *ret, char **ret_reason,
		   char **ret_remedy);
void vs_mount_clear(struct vs_mount *mount);

/** struct vs_space - what vs_space_spawn() makes.  Strings are borrowed. */
struct vs_space {
	const char *root;	/* directory with the guest's tree, or which it covers */
	const struct vs_layers *layers;	/* the tree; NULL: it is in @root */
	bool read_only;		/* nothing is written to the tree, with all that is mounted in
				 * it, once it is made */
	const struct vs_mount *mounts;
	size_t n_mounts;
	const char *hostname;
	const char *cgroup;	/* below /sys/fs/cgroup; the guest's own root */
	uint32_t xid;		/* context, with its ceiling and addresses */
	uint64_t ceiling;
	uint32_t user_first;	/* the guest's ids 0..VS_USER_COUNT - 1 are these
				 * of the host; 0: it has the host's */
	char *const *argv;	/* NULL, without @layers: /sbin/init and its kin */
	char *const *envp;
	int console;		/* descriptor of a terminal; -1: none */
	const struct vs_network *network;	/* its context has VS_FLAG_NETWORK;
						 * NULL: the host's */
	bool no_seccomp;	/* no filter on system calls */
	bool no_new_privs;
};
/**
 * vs_space_spawn() - start a guest's init in namespaces of its own (mount,
 * PID, UTS, IPC, cgroup, time, where it has ids of its own user, and where it has
 * a network of its own network) and in its context.
 * @ret_pidfd: of init, seen from the host.
 *
 * Returns once exec has succeeded, or with the step that failed in
 * vs_reason(): "mounting /proc: Operation not permitted".
 * Return: 0; -ENOEXEC the root has no init; -EOPNOTSUPP the ids of its file
 * system cannot be mapped; any errno of a step.
 */
int vs_space_spawn(struct vs *vs, const struct vs_space *space,
		   pid_t *ret_pid, int *ret_pidfd);
/** vs_space_find_init() - 0 and the path inside; -ENOEXEC there is none. */
int vs_space_find_init(struct vs *vs, const char *root, char **ret);

/** struct vs_run - a command that is all of a guest, which is there as long as it runs. */
struct vs_run {
	struct vs_space space;	/* its argv is the command; its console is not used */
	bool tty;		/* make a terminal inside and relay it to ours */
	void (*left)(void *userdata);	/* if the caller is killed: in another process,
					 * on the host, once nothing runs any more */
	void *userdata;
	const int *keep;	/* descriptors that this process is to hold until then */
	size_t n_keep;
	const char *watch;	/* cgroup of this process, below /sys/fs/cgroup; NULL: the
				 * caller's, with which it may be killed */
};
/**
 * vs_space_run() - run a command as the first process of a guest and wait for it.
 * What signals ask to end is passed on to it; one that it does not handle kills it.
 * @ret_usher: descriptor of a pipe, or -1.  Where the caller is killed before it has
 *	written a byte there, all processes are killed and @run->left is called.
 *
 * Return: its exit status 0..255 (128 + signal); or a negative errno, as
 * vs_space_spawn() and vs_space_exec().
 */
int vs_space_run(struct vs *vs, const struct vs_run *run, int *ret_usher);

/** struct vs_exec - a command for a running guest. */
struct vs_exec {
	pid_t init;		/* pid of the guest's init, seen from the host */
	uint64_t init_start;	/* its start time (vs_process_start()) against
				 * reuse of the pid; 0: not checked */
	const char *cgroup;	/* as in struct vs_space */
	uint32_t xid;
	uint64_t ceiling;
	char *const *argv;	/* NULL: a login shell */
	bool tty;		/* make a terminal inside and relay it to ours */
};
/** vs_space_exec() - run a command in a guest and wait for it.
 * Return: its exit status 0..255 (128 + signal); or a negative errno. */
int vs_space_exec(struct vs *vs, const struct vs_exec *exec);
/** vs_process_start() - start time of a process, in clock ticks since boot. */
int vs_process_start(pid_t pid, uint64_t *ret);

/**
 * vs_space_private_proc() - give the caller a mount namespace of its own in
 * which /proc is a new one that hides other contexts' processes, and /dev/pts
 * is a new one without the terminals of others.
 */
int vs_space_private_proc(struct vs *vs);

/* value.c: how values are written ----------------------------------------- */

/** vs_parse_size() - "512M", "10G" binary, "500MB" decimal, "infinity". */
int vs_parse_size(const char *text, uint64_t *ret_bytes);
/** vs_parse_time() - "10ms" "90s" "1h"; a unit is wanted. */
int vs_parse_time(const char *text, uint64_t *ret_ns);
/** vs_parse_share() - "25%" (of one processor) or "25ms/100ms", "infinity":
 * rate and interval; "25%" has interval VS_SHARE_INTERVAL_NS. */
#define VS_SHARE_INTERVAL_NS 100000000ULL
int vs_parse_share(const char *text, uint64_t *ret_rate_ns, uint64_t *ret_interval_ns);
int vs_parse_count(const char *text, uint64_t *ret);
/** vs_parse_bits() - a second: "100mbit", "1gbit" (decimal), "infinity". */
int vs_parse_bits(const char *text, uint64_t *ret_bits);
/** vs_parse_bias() - a number VS_PRIO_BIAS_MIN..VS_PRIO_BIAS_MAX.
 * 0; -EINVAL not a number; -ERANGE. */
int vs_parse_bias(const char *text, int32_t *ret);
/** vs_parse_scope() - "machine" or "processor": enum vs_scope.  0; -EINVAL. */
int vs_parse_scope(const char *text, uint32_t *ret);
/** vs_parse_xid() - a number VS_XID_MIN..VS_XID_STATIC_MAX.
 * 0; -EINVAL not a number; -ERANGE. */
int vs_parse_xid(const char *text, uint32_t *ret);
/** vs_format_*() - in a form that the parser reads back; free(). */
int vs_format_size(uint64_t bytes, char **ret);
int vs_format_time(uint64_t ns, char **ret);
int vs_format_share(uint64_t rate_ns, uint64_t interval_ns, char **ret);

/* bucket.c -------------------------------------------------------------- */

/**
 * vs_bucket_make() - a bucket from a share, with defaults for the rest.
 * @rate_ns, @interval_ns: R and T, as vs_parse_share() gives them.
 * @size_ns: S; 0: what the share earns in 100 ms, at least 1 ms.
 * @release_ns: M; 0: what the share earns in 5 ms, at least 100 us, at most S.
 *
 * Return: 0; -ERANGE the share is less than 0.1 % or more than this machine's
 * processors; -EINVAL M is more than S; -ETIME an empty bucket would get to M
 * after more than 10 s.
 */
int vs_bucket_make(uint64_t rate_ns, uint64_t interval_ns, uint64_t size_ns,
		   uint64_t release_ns, struct vs_bucket *ret);
/** vs_bucket_set_scope() - one for the machine, or one for each processor.
 * 0; -ERANGE each would have more than one processor has, by cpu or by idle rate. */
int vs_bucket_set_scope(struct vs_bucket *bucket, uint32_t scope);

/* guarantee.c ----------------------------------------------------------- */

/** vs_bucket_guarantee() - R/T, as ns of processor time every second; 0: none.
 * Of a bucket for each processor that many times, one for each on line. */
uint64_t vs_bucket_guarantee(const struct vs_bucket *bucket);
/** vs_bucket_guarantee_on() - the same of who may use so many @processors. */
uint64_t vs_bucket_guarantee_on(const struct vs_bucket *bucket, unsigned int processors);
/** struct vs_guarantees - of all contexts in the table, beside what this
 * machine's processors have; ns of processor time every second. */
struct vs_guarantees {
	uint64_t guaranteed_ns;
	uint64_t machine_ns;
};
/** vs_guarantees_read() - of all but the context @except (0: of all). */
int vs_guarantees_read(struct vs *vs, uint32_t except, struct vs_guarantees *ret);
/** vs_guarantee_kept() - what is left of @guarantee_ns where every context wants
 * its own: less, in proportion, where @all is more than the machine has. */
uint64_t vs_guarantee_kept(const struct vs_guarantees *all, uint64_t guarantee_ns);

/* schedule.c ------------------------------------------------------------ */

enum vs_period {
	VS_PERIOD_NONE,
	VS_PERIOD_HOUR,
	VS_PERIOD_DAY,
	VS_PERIOD_WEEK,
	VS_PERIOD_MONTH,
};
/** struct vs_schedule - how often, and how many are kept (NONE: 0). */
struct vs_schedule {
	enum vs_period period;
	unsigned int keep;
};
/** vs_parse_schedule() - "none", or "daily keep 7".  0; -EINVAL; -ERANGE the number
 * is not one from 1 to 10000. */
int vs_parse_schedule(const char *text, struct vs_schedule *ret);
/** vs_schedule_name() - of the period that has @when in it, in UTC: "daily-2026-11-27";
 * of VS_PERIOD_NONE that of the second. */
#define VS_SCHEDULE_NAME_MAX 32
void vs_schedule_name(enum vs_period period, time_t when, char ret[VS_SCHEDULE_NAME_MAX]);

/* setting.c, setting_check.c: the one table of guests' settings ----------------------------- */

enum vs_setting_type {
	VS_TYPE_STRING,
	VS_TYPE_BOOL,
	VS_TYPE_XID,
	VS_TYPE_COUNT,
	VS_TYPE_SIZE,
	VS_TYPE_TIME,
	VS_TYPE_SHARE,
	VS_TYPE_BIAS,
	VS_TYPE_ADDRESS,	/* ADDRESS[/PREFIX dev INTERFACE] */
	VS_TYPE_CAPABILITIES,
	VS_TYPE_COMMAND,
	VS_TYPE_CHOICE,		/* one of the words in value, which | separates */
	VS_TYPE_CPUSET,
	VS_TYPE_RATE,		/* RATE [burst SIZE] */
	VS_TYPE_MOUNT,		/* SOURCE TARGET [OPTION...] */
	VS_TYPE_IMAGE,		/* NAME, sha256:HEX or the first digits of it */
	VS_TYPE_TRAFFIC,	/* SIZE/month [then RATE|stop] */
	VS_TYPE_SCHEDULE,	/* none, or PERIOD keep NUMBER */
};
struct vs_setting {
	const char *name;	/* "cpu-bucket" */
	const char *field;	/* "cpuBucket", in JSON and Varlink */
	enum vs_setting_type type;
	const char *fallback;	/* as it would be written; NULL: none */
	bool live;		/* can change while the guest runs */
	bool list;		/* may be given more than once */
	const char *value;	/* "SHARE", for help */
	const char *help;	/* one line, no dot */
};
/** vs_settings() - the table, ended by a row whose name is NULL. */
const struct vs_setting *vs_settings(void);
const struct vs_setting *vs_setting_find(const char *name);
/** vs_setting_check() - is @value one for @setting on this machine?  Whether
 * an address or an interface is there now is not asked: it comes and goes.
 * 0; -EINVAL, with why in *@ret_reason and what to do in *@ret_remedy; free(). */
int vs_setting_check(const struct vs_setting *setting, const char *value,
		     char **ret_reason, char **ret_remedy);
/** vs_name_valid() - is it a name for a guest? [A-Za-z0-9._-]{1,63}. */
bool vs_name_valid(const char *name);

/* port.c: programs of the host that listen on every address ------------------- */

/** struct vs_port - one that is bound to a wildcard, and so is heard on addresses of
 * contexts, too, where these do not listen themselves. */
struct vs_port {
	int protocol;		/* IPPROTO_TCP or IPPROTO_UDP */
	uint16_t port;
	bool ip4, ip6;		/* of which families */
	char dev[IFNAMSIZ];	/* it hears on that interface only; "": on all */
	pid_t pid;		/* whose it is; 0: the kernel's own */
	char *command;		/* as in /proc/PID/comm; "" */
	char *unit;		/* systemd's, that it is in; "" */
	char *remedy;		/* what to do, one line */
	struct vs_port_context {
		uint32_t xid;
		char name[VS_NAME_MAX + 1];
	} *contexts;		/* that have an address and do not listen there */
	size_t n_contexts;
};
/**
 * vs_port_list() - all of the caller's network namespace, in the order of their
 * numbers; vs_ports_free().  Looks at each process's descriptors.
 *
 * Return: 0; -EPERM not root of the host; -EOPNOTSUPP the kernel does not tell.
 * Source: sock_diag, /proc. Since: 0.1
 */
int vs_port_list(struct vs *vs, struct vs_port **ret, size_t *ret_n);
/** vs_port_count() - how many sockets there are on wildcards that concern some
 * context; looks at no process. */
int vs_port_count(struct vs *vs, size_t *ret_n);
void vs_ports_free(struct vs_port *ports, size_t n);

/* check.c: is this machine fit --------------------------------------------- */

struct vs_feature {
	const char *name;	/* "BPF LSM" */
	bool ok;
	bool required;		/* without it nothing is enforced */
	char *found;		/* what is there or missing */
	char *without;		/* what does not work without it */
	char *remedy;		/* what to do */
};
/** vs_check() - probe each; vs_features_free(). */
int vs_check(struct vs *vs, struct vs_feature **ret, size_t *ret_n);
void vs_features_free(struct vs_feature *features, size_t n);

#ifdef __cplusplus
}
#endif
#endif /* VSERVER_H */
