// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Self-test of owner.c, included at its end: what the index says is what asking
 * each set says.  vs_table_lock is taken, as who changes the table does.
 */
#define SETS	40
#define NUMBERS	200

static bool __init note(u32 xid, void *data)
{
	u64 *seen = data;

	*seen |= 1ULL << xid;
	return false;
}

/* Sets that overlap, of one to five addresses and ranges among NUMBERS. */
static struct vs_addresses *__init make(u32 xid)
{
	struct vs_addresses *set = kzalloc(sizeof(*set), GFP_KERNEL);
	u32 i, x = xid * 7919;

	for (i = 0; set && i <= xid % 5; i++) {
		__be32 first = htonl(0x0a000000 + x % NUMBERS);
		__be32 last = htonl(ntohl(first) + (x >> 4) % (xid % 3 ? 4 : NUMBERS));

		if (vs_addresses_add4(set, first, 0, &last, NULL))
			pr_err("vserver: no range\n");
		x = x * 1103515245 + 12345;
	}
	return set;
}

static bool __init agrees(struct vs_addresses **sets)
{
	u32 i, xid;

	for (i = 0; i < 2 * NUMBERS; i++) {
		u128 number = vs_number4(htonl(0x0a000000 + i));
		u64 seen = 0, expected = 0;

		for (xid = 2; xid < SETS; xid++)
			if (sets[xid] && !vs_addresses_single(sets[xid]) &&
			    vs_addresses_have(sets[xid], number))
				expected |= 1ULL << xid;
		rcu_read_lock();
		vs_owners_visit(number, note, &seen);
		rcu_read_unlock();
		if (seen != expected) {
			pr_err("vserver: owners of %u: %llx, not %llx\n", i, seen, expected);
			return false;
		}
	}
	return true;
}

bool __init vs_owner_selftest(void)
{
	struct vs_addresses *sets[SETS] = {};
	bool ok = true;
	u32 xid;

	mutex_lock(&vs_table_lock);
	for (xid = 2; xid < SETS; xid++) {
		sets[xid] = make(xid);
		ok = ok && sets[xid] && !vs_owners_change(xid, sets[xid]);
	}
	ok = ok && agrees(sets);
	for (xid = 2; xid < SETS; xid++) {
		if (xid % 2)
			continue;
		kfree(sets[xid]);
		sets[xid] = NULL;
		ok = ok && !vs_owners_change(xid, NULL);
	}
	ok = ok && agrees(sets);
	for (xid = 3; xid < SETS; xid += 2) {
		ok = ok && !vs_owners_change(xid, NULL);
		kfree(sets[xid]);
	}
	ok = ok && !vs_owners_any();
	mutex_unlock(&vs_table_lock);
	return ok;
}
