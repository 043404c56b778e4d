// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Faults on purpose, for make check-debug: included in main.c where
 * VS_BROKEN is defined, which no build of the product does.  insmod vserver.ko
 * broken=KIND commits one and does not load.  A detector that does not see it
 * sees nothing.
 */
#include <linux/delay.h>
#include <linux/list.h>
#include <linux/moduleparam.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

static char *broken = "";
module_param(broken, charp, 0400);
MODULE_PARM_DESC(broken, "the fault to commit");

static void __init use_after_free(void)
{
	struct vs_bucket *bucket = kzalloc(sizeof(*bucket), GFP_KERNEL);

	kfree(bucket);
	OPTIMIZER_HIDE_VAR(bucket);
	WRITE_ONCE(bucket->rate, 1);
}

static void __init out_of_bounds(void)
{
	struct vs_addresses *set = kzalloc(sizeof(*set), GFP_KERNEL);
	u8 *end = (u8 *)set + sizeof(*set);

	OPTIMIZER_HIDE_VAR(end);
	WRITE_ONCE(*end, 1);
	kfree(set);
}

/* The table's lock inside another, and the other inside it. */
static void __init lock_order(void)
{
	static DEFINE_MUTEX(other);

	mutex_lock(&vs_table_lock);
	mutex_lock(&other);
	mutex_unlock(&other);
	mutex_unlock(&vs_table_lock);

	mutex_lock(&other);
	mutex_lock(&vs_table_lock);
	mutex_unlock(&vs_table_lock);
	mutex_unlock(&other);
}

static void __init sleep_in_atomic(void)
{
	static DEFINE_SPINLOCK(lock);

	spin_lock(&lock);
	kfree(kmalloc(sizeof(struct vs_context), GFP_KERNEL));
	spin_unlock(&lock);
}

static void __init no_rcu(void)
{
	static struct vs_context ctx;

	WARN_ON(rcu_dereference(ctx.bucket));
}

static void __init shift(void)
{
	u32 capability = 40;

	OPTIMIZER_HIDE_VAR(capability);
	pr_info("vserver: %d\n", 1 << capability);
}

static void __init leak(void)
{
	unsigned int i;

	for (i = 0; i < 10; i++)
		WARN_ON(!kzalloc(sizeof(struct vs_context), GFP_KERNEL));
}

static void broken_timer(struct timer_list *timer)
{
}

static void __init active_timer(void)
{
	struct timer_list *timer = kzalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, broken_timer, 0);
	mod_timer(timer, jiffies + HZ * 100);
	kfree(timer);
}

static void __init no_reference(void)
{
	static refcount_t count = REFCOUNT_INIT(0);

	refcount_inc(&count);
}

static void __init list_twice(void)
{
	static LIST_HEAD(list);
	static struct list_head entry;

	list_add(&entry, &list);
	list_del(&entry);
	list_del(&entry);
}

static int __init commit_fault(void)
{
	static const struct {
		const char *name;
		void (*commit)(void);
	} faults[] __initconst = {
		{ "use-after-free", use_after_free }, { "out-of-bounds", out_of_bounds },
		{ "lock-order", lock_order }, { "sleep-in-atomic", sleep_in_atomic },
		{ "no-rcu", no_rcu }, { "shift", shift }, { "leak", leak },
		{ "active-timer", active_timer }, { "no-reference", no_reference },
		{ "list-twice", list_twice },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (strcmp(faults[i].name, broken))
			continue;
		faults[i].commit();
		return -ECANCELED;
	}
	return *broken ? -EINVAL : 0;
}
