// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The context object and the table of all of them: create, find, change, end,
 * and the count of tasks.  It owns the lifetime rules; it knows nothing of
 * netlink messages nor of BPF.
 */
#include <linux/irq_work.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "bounds.h"
#include "ceiling.h"
#include "context.h"
#include "event.h"
#include "name.h"
#include "owner.h"

DEFINE_MUTEX(vs_table_lock);

static DEFINE_XARRAY_ALLOC(table);
/* The same for who only asks, which is every hook: one load, and no tree. */
static struct vs_context __rcu *by_xid[VS_XID_MAX + 1];
static u32 next_dynamic;		/* where to look first; vs_table_lock */
static unsigned int contexts, generation;	/* in the table; its changes; likewise */

static void reap(struct work_struct *work);
static DECLARE_WORK(reap_work, reap);
static void wake_reaper(struct irq_work *work);
static DEFINE_IRQ_WORK(reap_soon, wake_reaper);

/* --- finding --------------------------------------------------------------- */

struct vs_context *vs_context_read(u32 xid)
{
	return xid <= VS_XID_MAX ? rcu_dereference_raw(by_xid[xid]) : NULL;
}

struct vs_context *vs_context_find(u32 xid)
{
	lockdep_assert_held(&vs_table_lock);
	return xa_load(&table, xid);
}

struct vs_context *vs_context_find_name(const char *name)
{
	struct vs_context *ctx;
	unsigned long xid;

	lockdep_assert_held(&vs_table_lock);
	xa_for_each(&table, xid, ctx)
		if (!strcmp(ctx->name, name))
			return ctx;
	return NULL;
}

/* The first one from *@xid on, which becomes its number. */
struct vs_context *vs_context_next(unsigned long *xid)
{
	lockdep_assert(lockdep_is_held(&vs_table_lock) || rcu_read_lock_held());
	return xa_find(&table, xid, VS_XID_MAX, XA_PRESENT);
}

bool vs_context_any(void)
{
	lockdep_assert_held(&vs_table_lock);
	return contexts;
}

unsigned int vs_context_generation(void)
{
	return READ_ONCE(generation);
}

u32 vs_context_tasks(const struct vs_context *ctx)
{
	return max(atomic_read(&ctx->tasks), 0);
}

/* --- changing -------------------------------------------------------------- */

/* Cannot fail: everything was checked and allocated before. */
static void apply(struct vs_context *ctx, struct vs_change *change)
{
	struct vs_addresses *addresses;
	struct vs_bucket *bucket;

	lockdep_assert_held(&vs_table_lock);
	WRITE_ONCE(ctx->flags, vs_flags_change(ctx->flags, change->flags, change->flags_mask));
	if (change->set_ceiling)
		WRITE_ONCE(ctx->ceiling, change->ceiling);
	if (change->set_addresses) {
		addresses = rcu_replace_pointer(ctx->addresses, change->addresses, true);
		change->addresses = NULL;
		kfree_rcu(addresses, rcu);
	}
	if (change->set_bucket) {
		vs_bucket_follow(change->bucket, rcu_dereference_protected(ctx->bucket, true));
		bucket = rcu_replace_pointer(ctx->bucket, change->bucket, true);
		change->bucket = NULL;
		kfree_rcu(bucket, rcu);
	}
	generation++;
}

/* 0; -ENOMEM nothing was changed. */
int vs_context_change(struct vs_context *ctx, struct vs_change *change)
{
	int err = change->set_addresses ? vs_owners_change(ctx->xid, change->addresses) : 0;

	if (!err)
		apply(ctx, change);
	return err;
}

/* Tell of a change. */
void vs_context_changed(const struct vs_context *ctx)
{
	vs_event_send(VS_EVENT_CHANGED, ctx);
}

/* --- creating -------------------------------------------------------------- */

/* Before it is in the table: what the index says of one that is not harms nobody. */
static int index_addresses(const struct vs_context *ctx)
{
	return vs_owners_change(ctx->xid, rcu_dereference_protected(ctx->addresses, true));
}

/*
 * Numbers are handed out in turn: what still carries that of a context which
 * has ended (a socket, a task on its way out) does not soon meet a new one of
 * the same number.  A context without a name is called by its number; numbers
 * that others are called by are passed over.
 */
static int insert_dynamic(struct vs_context *ctx, struct netlink_ext_ack *extack)
{
	char number[VS_NAME_MAX + 1];
	unsigned int tries;
	int err;

	for (tries = 0; tries <= VS_CONTEXTS_MAX; tries++) {
		/* Reserved: nobody can find it before it knows its number. */
		err = xa_alloc_cyclic(&table, &ctx->xid, NULL,
				      XA_LIMIT(VS_XID_DYNAMIC_MIN, VS_XID_MAX),
				      &next_dynamic, GFP_KERNEL);
		if (err < 0)
			break;
		snprintf(number, sizeof(number), "%u", ctx->xid);
		if (*ctx->name || !vs_context_find_name(number)) {
			if (!*ctx->name)
				strscpy(ctx->name, number, sizeof(ctx->name));
			err = index_addresses(ctx) ?:
			      xa_err(xa_store(&table, ctx->xid, ctx, GFP_KERNEL));
			if (err)
				xa_release(&table, ctx->xid);
			return err;
		}
		xa_release(&table, ctx->xid);
		err = -EBUSY;
	}
	if (err != -EBUSY)
		return err;
	NL_SET_ERR_MSG(extack, "no number is left of those that are handed out");
	return -ENOSPC;
}

static int insert(struct vs_context *ctx, u32 xid,
		  struct netlink_ext_ack *extack)
{
	if (contexts >= VS_CONTEXTS_MAX) {
		NL_SET_ERR_MSG(extack, "the table is full");
		return -ENOSPC;
	}
	if (!xid)
		return insert_dynamic(ctx, extack);
	if (vs_context_find(xid)) {
		NL_SET_ERR_MSG(extack, "a context of that number exists");
		return -EEXIST;
	}
	ctx->xid = xid;
	return index_addresses(ctx) ?: xa_insert(&table, xid, ctx, GFP_KERNEL);
}

/* Without @xid a number is handed out; without @name it is the number. */
struct vs_context *vs_context_create(u32 xid, const char *name,
				     struct vs_change *change,
				     struct netlink_ext_ack *extack)
{
	struct vs_context *ctx __free(kfree) = kzalloc(sizeof(*ctx), GFP_KERNEL);
	struct vs_context *created;
	char number[VS_NAME_MAX + 1];
	int err;

	lockdep_assert_held(&vs_table_lock);
	if (!ctx)
		return ERR_PTR(-ENOMEM);
	if (name) {
		err = vs_name_check(name, extack);
		if (err)
			return ERR_PTR(err);
	}

	if (!name && xid) {
		snprintf(number, sizeof(number), "%u", xid);
		name = number;
	}
	if (name && vs_context_find_name(name)) {
		NL_SET_ERR_MSG(extack, "a context of that name exists");
		return ERR_PTR(-EEXIST);
	}
	if (name)
		strscpy(ctx->name, name, sizeof(ctx->name));

	apply(ctx, change);
	err = insert(ctx, xid, extack);
	if (err) {	/* nobody has seen it: its parts go back to the caller */
		change->addresses = rcu_dereference_protected(ctx->addresses, true);
		change->bucket = rcu_dereference_protected(ctx->bucket, true);
		return ERR_PTR(err);
	}
	created = no_free_ptr(ctx);
	rcu_assign_pointer(by_xid[created->xid], created);
	contexts++;
	smp_store_release(&generation, generation + 1);	/* who sees it finds it in by_xid */
	vs_event_send(VS_EVENT_CREATED, created);
	return created;
}

/* --- refusals -------------------------------------------------------------- */

static void wake_reaper(struct irq_work *work)
{
	schedule_work(&reap_work);
}

/* A hook may run where a worker must not be woken, with a lock of the scheduler
 * held: an interrupt does that. */
void vs_context_refuse(u32 xid, u32 rule)
{
	struct vs_context *ctx = vs_context_read(xid);

	if (ctx && vs_refusals_add(&ctx->refusals, rule))
		irq_work_queue(&reap_soon);
}

static void tell_refusals(struct vs_context *ctx)
{
	u32 rule;
	u64 n;

	if (!xchg(&ctx->refusals.due, false))
		return;
	for (rule = 0; rule <= VS_RULE_MAX; rule++)
		while ((n = vs_refusals_news(&ctx->refusals, rule)))
			vs_event_send_refused(ctx, rule, n);
}

/* --- ending ---------------------------------------------------------------- */

static void remove(struct vs_context *ctx)
{
	struct vs_addresses *addresses;
	struct vs_bucket *bucket;

	tell_refusals(ctx);
	RCU_INIT_POINTER(by_xid[ctx->xid], NULL);
	xa_erase(&table, ctx->xid);
	contexts--;
	generation++;
	vs_event_send(VS_EVENT_ENDED, ctx);

	vs_owners_change(ctx->xid, NULL);	/* may stay: the table has it not */
	addresses = rcu_dereference_protected(ctx->addresses, true);
	bucket = rcu_dereference_protected(ctx->bucket, true);
	kfree_rcu(addresses, rcu);
	kfree_rcu(bucket, rcu);
	kfree_rcu(ctx, rcu);
}

int vs_context_end(struct vs_context *ctx, struct netlink_ext_ack *extack)
{
	lockdep_assert_held(&vs_table_lock);
	if (atomic_cmpxchg(&ctx->tasks, 0, VS_TASKS_DEAD) != 0) {
		NL_SET_ERR_MSG(extack, "tasks are in the context");
		return -EBUSY;
	}
	remove(ctx);
	return 0;
}

/*
 * Looks for contexts whose last task has gone, and those that have something to
 * be told.  A task's exit, and a refusal, may not sleep: they leave a mark, and
 * this does the rest.
 */
static void reap(struct work_struct *work)
{
	struct vs_context *ctx;
	unsigned long xid;

	guard(mutex)(&vs_table_lock);
	xa_for_each(&table, xid, ctx) {
		tell_refusals(ctx);
		if (!xchg(&ctx->emptied, false))
			continue;
		if (!(ctx->flags & VS_FLAG_PERSISTENT))
			vs_context_end(ctx, NULL);	/* unless entered again */
		else if (!atomic_read(&ctx->tasks))
			vs_event_send(VS_EVENT_EMPTIED, ctx);
	}
}

/* --- the count of tasks ---------------------------------------------------- */

/* Not a guest, nor another of that number that is about to be entered. */
static bool can_be_joined(const struct vs_context *ctx)
{
	return !(READ_ONCE(ctx->flags) & VS_FLAG_CGROUP) &&
	       (READ_ONCE(ctx->flags) & VS_FLAG_PERSISTENT || atomic_read(&ctx->tasks));
}

/* The running task enters.  Two at a time may both believe to be the first. */
int vs_context_enter_task(u32 xid, bool joins)
{
	struct vs_context *ctx = vs_context_read(xid);
	bool empty;

	if (!ctx || (joins && !can_be_joined(ctx)))
		return -ESRCH;
	if (xchg(&ctx->entered, true) && READ_ONCE(ctx->flags) & VS_FLAG_PRIVATE)
		return -EACCES;
	empty = !atomic_read(&ctx->tasks);
	if (!atomic_inc_unless_negative(&ctx->tasks))
		return -ESRCH;
	if (empty) {
		WRITE_ONCE(ctx->has_status, false);
		WRITE_ONCE(ctx->first, task_tgid_nr(current));
	}
	return 0;
}

/* The last task of process @pid is about to leave. */
void vs_context_exit_process(u32 xid, u32 pid, u32 status)
{
	struct vs_context *ctx = vs_context_read(xid);

	if (!ctx || READ_ONCE(ctx->first) != pid)
		return;
	WRITE_ONCE(ctx->first, 0);
	WRITE_ONCE(ctx->status, status);
	smp_store_release(&ctx->has_status, true);	/* put_status(): then it is there */
}

int vs_context_add_task(u32 xid)
{
	struct vs_context *ctx = vs_context_read(xid);

	return ctx && atomic_inc_unless_negative(&ctx->tasks) ? 0 : -ESRCH;
}

void vs_context_del_task(u32 xid)
{
	struct vs_context *ctx = vs_context_read(xid);
	int left;

	if (WARN_ON_ONCE(!ctx))
		return;
	/* A count that was never taken must not make the context immortal. */
	left = atomic_dec_if_positive(&ctx->tasks);
	if (WARN_ON_ONCE(left < 0))
		return;
	if (!left) {
		WRITE_ONCE(ctx->emptied, true);
		schedule_work(&reap_work);
	}
}

/* The module goes: no program and no command can come any more. */
void vs_context_exit(void)
{
	struct vs_context *ctx;
	unsigned long xid;

	irq_work_sync(&reap_soon);
	cancel_work_sync(&reap_work);
	scoped_guard(mutex, &vs_table_lock)
		xa_for_each(&table, xid, ctx)
			remove(ctx);
	xa_destroy(&table);
}

#ifdef VS_SELFTEST
#include "selftest/context.c"
#endif
