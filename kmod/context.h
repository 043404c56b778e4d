/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_CONTEXT_H
#define VS_CONTEXT_H

#include <linux/atomic.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/rcupdate.h>
#include <linux/vserver.h>

#include "address.h"
#include "bucket.h"
#include "refusal.h"

/* Every change of the table, and every look at it that may sleep. */
extern struct mutex vs_table_lock;

/**
 * struct vs_context - a context.
 *
 * Lifetime, a staircase: created (in the table) -> dead (@tasks is
 * VS_TASKS_DEAD, nobody can enter) -> out of the table -> freed after a grace
 * period.  Changes are made under vs_table_lock; readers hold RCU only.
 *
 * @xid: its number; never changes.
 * @name: its name; never changes.
 * @flags: VS_FLAG_*; written under the lock, read with READ_ONCE().
 * @ceiling: allowed capabilities; written and read like @flags.
 * @tasks: how many tasks are in it; VS_TASKS_DEAD once it ends.  Changed by
 *	the kfuncs without any lock.
 * @emptied: the last task has gone and nobody looked since.
 * @entered: somebody entered it, ever.
 * @first: process that entered it when it was empty, in the initial PID
 *	namespace; 0: none did, or it has ended.
 * @status: how that process ended, as waitpid() would say it; valid if
 *	@has_status.  These three and @entered are written without any lock, by
 *	whoever enters and exits; what they say is told, and decides nothing.
 * @refusals: what was refused to it.
 * @addresses: its address set, NULL: none; replaced under the lock.
 * @bucket: its scheduler parameters, NULL: not limited; replaced likewise.
 * @rcu: frees it after the last reader.
 */
struct vs_context {
	u32 xid;
	char name[VS_NAME_MAX + 1];
	u64 flags;
	u64 ceiling;
	atomic_t tasks;
	bool emptied;
	bool entered;
	bool has_status;
	u32 first;
	u32 status;
	struct vs_refusals refusals;
	struct vs_addresses __rcu *addresses;
	struct vs_bucket __rcu *bucket;
	struct rcu_head rcu;
};

#define VS_TASKS_DEAD	(INT_MIN / 2)

/**
 * struct vs_change - what a context is to have.
 *
 * A NULL pointer and a false "set" leave the part as it is; @addresses and
 * @bucket are taken over where the call succeeds, and set to NULL then.
 */
struct vs_change {
	bool set_ceiling;
	bool set_addresses;
	bool set_bucket;
	u64 flags;
	u64 flags_mask;
	u64 ceiling;
	struct vs_addresses *addresses;	/* NULL: none */
	struct vs_bucket *bucket;	/* NULL: not limited */
};

/* All of these: vs_table_lock is held. */
struct vs_context *vs_context_create(u32 xid, const char *name,
				     struct vs_change *change,
				     struct netlink_ext_ack *extack);
int vs_context_change(struct vs_context *ctx, struct vs_change *change);
void vs_context_changed(const struct vs_context *ctx);
int vs_context_end(struct vs_context *ctx, struct netlink_ext_ack *extack);
struct vs_context *vs_context_find(u32 xid);
struct vs_context *vs_context_find_name(const char *name);
bool vs_context_any(void);
/* Another number after each change that has been published. */
unsigned int vs_context_generation(void);
u32 vs_context_tasks(const struct vs_context *ctx);

/* vs_table_lock or RCU is held. */
struct vs_context *vs_context_next(unsigned long *xid);

/* RCU is held; never sleeps. */
struct vs_context *vs_context_read(u32 xid);
int vs_context_enter_task(u32 xid, bool joins);
int vs_context_add_task(u32 xid);
void vs_context_exit_process(u32 xid, u32 pid, u32 status);
void vs_context_del_task(u32 xid);
/* Also from where nothing may be woken. */
void vs_context_refuse(u32 xid, u32 rule);

void vs_context_exit(void);

#ifdef VS_SELFTEST
bool vs_context_selftest(void);
#endif

#endif /* VS_CONTEXT_H */
