// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Whose an address is: an index of the address sets, for the packets that come
 * to them.  Only sets of several addresses are in it: where there is one, every
 * socket of the context is bound to it and the kernel finds it by itself.
 *
 * It is one array in the order of where each address or range begins, replaced
 * as a whole by each change.  Over it lies a tree: the middle is its root, the
 * two halves are its branches.  Each element knows how far what is in its branch
 * reaches, so that a question costs the depth of the tree, however many overlap
 * elsewhere.
 */
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "context.h"
#include "owner.h"

struct owned {
	u128 first;
	u128 last;
	u128 reach;		/* the greatest @last of its branch */
	u32 xid;
};

struct owners {
	struct rcu_head rcu;
	unsigned int n;
	struct owned at[] __counted_by(n);
};

static struct owners __rcu *owners;	/* written under vs_table_lock */

/* --- changing ---------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	u128 x = ((const struct owned *)a)->first, y = ((const struct owned *)b)->first;

	return x < y ? -1 : x > y;
}

/* Also what is in @at[from..to): the depth is that of a balanced tree. */
static u128 set_reach(struct owned *at, unsigned int from, unsigned int to)
{
	unsigned int middle = from + (to - from) / 2;

	if (from == to)
		return 0;
	at[middle].reach = max3(at[middle].last, set_reach(at, from, middle),
				set_reach(at, middle + 1, to));
	return at[middle].reach;
}

/* Sorted, from @set. */
static unsigned int take(struct owned *to, u32 xid, const struct vs_addresses *set)
{
	unsigned int i;

	if (vs_addresses_single(set))
		return 0;
	for (i = 0; i < set->n; i++)
		to[i] = (struct owned){ set->at[i].first, set->at[i].last, 0, xid };
	sort(to, set->n, sizeof(*to), compare, NULL);
	return set->n;
}

/* What @old has of others, and @mine: both are sorted. */
static void merge(struct owners *to, const struct owners *old, u32 xid,
		  const struct owned *mine, unsigned int n_mine)
{
	unsigned int i, j = 0, n = 0;

	for (i = 0; old && i < old->n; i++) {
		if (old->at[i].xid == xid)
			continue;
		while (j < n_mine && compare(&mine[j], &old->at[i]) < 0)
			to->at[n++] = mine[j++];
		to->at[n++] = old->at[i];
	}
	while (j < n_mine)
		to->at[n++] = mine[j++];
	set_reach(to->at, 0, n);
}

static unsigned int count_of(const struct owners *old, u32 xid)
{
	unsigned int i, n = 0;

	for (i = 0; old && i < old->n; i++)
		n += old->at[i].xid == xid;
	return n;
}

int vs_owners_change(u32 xid, const struct vs_addresses *set)
{
	struct owned *mine __free(kfree) = NULL;
	struct owners *old, *new = NULL;
	unsigned int n_mine, n_old, n;

	lockdep_assert_held(&vs_table_lock);
	old = rcu_dereference_protected(owners, true);
	n_old = count_of(old, xid);
	if (!n_old && vs_addresses_single(set))
		return 0;
	mine = kcalloc(VS_ADDRESSES_MAX, sizeof(*mine), GFP_KERNEL);
	if (!mine)
		return -ENOMEM;
	n_mine = take(mine, xid, set);
	n = (old ? old->n : 0) - n_old + n_mine;
	if (n) {
		new = kvzalloc(struct_size(new, at, n), GFP_KERNEL);
		if (!new)
			return -ENOMEM;
		new->n = n;
		merge(new, old, xid, mine, n_mine);
	}
	rcu_assign_pointer(owners, new);
	kvfree_rcu(old, rcu);
	return 0;
}

/* --- asking ------------------------------------------------------------------ */

bool vs_owners_any(void)
{
	return rcu_access_pointer(owners);
}

/* Does what is in @at[from..to) reach as far? */
static bool reaches(const struct owned *at, unsigned int from, unsigned int to, u128 number)
{
	return from < to && at[from + (to - from) / 2].reach >= number;
}

static bool visit_branch(const struct owned *at, unsigned int from, unsigned int to,
			 u128 number, bool (*visit)(u32 xid, void *data), void *data)
{
	while (reaches(at, from, to, number)) {
		unsigned int middle = from + (to - from) / 2;

		if (reaches(at, from, middle, number) &&
		    visit_branch(at, from, middle, number, visit, data))
			return true;
		if (at[middle].first > number)
			return false;
		if (at[middle].last >= number && visit(at[middle].xid, data))
			return true;
		from = middle + 1;
	}
	return false;
}

bool vs_owners_visit(u128 number, bool (*visit)(u32 xid, void *data), void *data)
{
	const struct owners *o = rcu_dereference(owners);

	return o && visit_branch(o->at, 0, o->n, number, visit, data);
}

/* The programs that ask have gone. */
void vs_owners_exit(void)
{
	kvfree(rcu_dereference_protected(owners, true));
}

#ifdef VS_SELFTEST
#include "selftest/owner.c"
#endif
