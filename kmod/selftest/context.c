// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Self-test of context.c, included at its end: runs at load, on an empty table.
 */
static bool __init test_names(void)
{
	return vs_name_check("web", NULL) == 0 && vs_name_check("a.b_c-9", NULL) == 0 &&
	       vs_name_check("", NULL) == -EINVAL &&
	       vs_name_check(".web", NULL) == -EINVAL &&
	       vs_name_check("-web", NULL) == -EINVAL &&
	       vs_name_check("we b", NULL) == -EINVAL &&
	       vs_name_check("w/b", NULL) == -EINVAL &&
	       vs_name_check("w\xc3\xa9", NULL) == -EINVAL;
}

#define TEST(condition) do {						\
	if (!(condition)) {						\
		pr_err("vserver: %s: %s\n", __func__, #condition);	\
		return false;						\
	}								\
} while (0)

/* Handed out in turn, past the names that are numbers; and the last one. */
static bool __init test_numbers(struct vs_change *change)
{
	struct vs_context *a, *b, *c;

	next_dynamic = VS_XID_MAX;
	a = vs_context_create(0, NULL, change, NULL);
	TEST(!IS_ERR(a) && a->xid == VS_XID_MAX && !strcmp(a->name, "65535"));
	b = vs_context_create(42, "49152", change, NULL);
	TEST(!IS_ERR(b));
	c = vs_context_create(0, NULL, change, NULL);
	TEST(!IS_ERR(c) && c->xid == VS_XID_DYNAMIC_MIN + 1);
	TEST(!vs_context_find(VS_XID_DYNAMIC_MIN));
	TEST(vs_context_end(c, NULL) == 0);
	c = vs_context_create(0, NULL, change, NULL);
	TEST(!IS_ERR(c) && c->xid == VS_XID_DYNAMIC_MIN + 2);
	TEST(!vs_context_end(a, NULL) && !vs_context_end(b, NULL) && !vs_context_end(c, NULL));
	next_dynamic = 0;
	return true;
}

/* VS_CONTEXTS_MAX and no more, whichever way the number comes. */
static bool __init test_full(struct vs_change *change)
{
	struct vs_context *ctx;
	unsigned long xid;

	while (contexts < VS_CONTEXTS_MAX)
		TEST(!IS_ERR(vs_context_create(0, NULL, change, NULL)));
	TEST(vs_context_create(0, NULL, change, NULL) == ERR_PTR(-ENOSPC));
	TEST(vs_context_create(42, "web", change, NULL) == ERR_PTR(-ENOSPC));
	xa_for_each(&table, xid, ctx)
		TEST(vs_context_end(ctx, NULL) == 0);
	TEST(!vs_context_any());
	ctx = vs_context_create(42, "web", change, NULL);
	TEST(!IS_ERR(ctx) && vs_context_end(ctx, NULL) == 0);
	next_dynamic = 0;
	return true;
}

/* What was refused has taken nothing from the caller. */
static bool __init test_taken_back(void)
{
	static struct vs_addresses addresses __initdata = { .ip4 = htonl(0xc0000207) };
	struct vs_bucket bucket = { .rate = 1 };
	struct vs_change change = {
		.set_addresses = true, .addresses = &addresses,
		.set_bucket = true, .bucket = &bucket,
	};
	struct vs_change none = {};
	struct vs_context *a = vs_context_create(42, "web", &none, NULL);

	TEST(!IS_ERR(a));
	TEST(vs_context_create(42, "db", &change, NULL) == ERR_PTR(-EEXIST));
	TEST(vs_context_create(43, "web", &change, NULL) == ERR_PTR(-EEXIST));
	TEST(change.addresses == &addresses && change.bucket == &bucket);
	TEST(vs_context_end(a, NULL) == 0);
	return true;
}

/*
 * The last task leaves: a context goes unless it is persistent or somebody
 * entered it again.  The worker waits for the lock, which is released for it.
 */
static bool __init test_emptied(void)
{
	struct vs_change persistent = {
		.flags = VS_FLAG_PERSISTENT,
		.flags_mask = VS_FLAGS_ALL,
	};
	struct vs_change none = {};

	scoped_guard(mutex, &vs_table_lock) {
		TEST(!IS_ERR(vs_context_create(42, "web", &none, NULL)));
		TEST(!IS_ERR(vs_context_create(43, "db", &persistent, NULL)));
		TEST(!IS_ERR(vs_context_create(44, "again", &none, NULL)));
		TEST(!vs_context_add_task(42) && !vs_context_add_task(43) &&
		     !vs_context_add_task(44));
		vs_context_del_task(42);
		vs_context_del_task(43);
		vs_context_del_task(44);
		TEST(vs_context_find(42));
		TEST(vs_context_add_task(44) == 0);
	}
	flush_work(&reap_work);
	scoped_guard(mutex, &vs_table_lock) {
		TEST(!vs_context_find(42) && vs_context_find(43) && vs_context_find(44));
		TEST(vs_context_end(vs_context_find(43), NULL) == 0);
	}
	vs_context_del_task(44);
	flush_work(&reap_work);
	scoped_guard(mutex, &vs_table_lock)
		TEST(!vs_context_any());
	return true;
}

static bool __init test_life(struct vs_change *change)
{
	struct vs_context *a, *b;

	TEST(test_names());
	TEST(!vs_context_any());

	a = vs_context_create(42, "web", change, NULL);
	TEST(!IS_ERR(a) && a->xid == 42 && !strcmp(a->name, "web"));
	TEST(vs_context_find(42) == a && vs_context_find_name("web") == a);
	TEST(vs_context_create(42, "db", change, NULL) == ERR_PTR(-EEXIST));
	TEST(vs_context_create(43, "web", change, NULL) == ERR_PTR(-EEXIST));
	TEST(!vs_context_find(43) && contexts == 1);

	b = vs_context_create(0, NULL, change, NULL);
	TEST(!IS_ERR(b) && b->xid == VS_XID_DYNAMIC_MIN);
	TEST(vs_context_find_name("49152") == b);

	TEST(vs_context_add_task(44) == -ESRCH);
	TEST(vs_context_add_task(42) == 0 && vs_context_tasks(a) == 1);
	TEST(vs_context_end(a, NULL) == -EBUSY && vs_context_find(42) == a);
	atomic_dec(&a->tasks);
	TEST(vs_context_end(a, NULL) == 0 && !vs_context_find(42));
	TEST(vs_context_add_task(42) == -ESRCH);
	TEST(vs_context_end(b, NULL) == 0 && !vs_context_any());
	next_dynamic = 0;
	return true;
}

bool __init vs_context_selftest(void)
{
	struct vs_change change = {
		.flags = VS_FLAG_PERSISTENT,
		.flags_mask = VS_FLAGS_ALL,
	};

	scoped_guard(mutex, &vs_table_lock)
		if (!test_life(&change) || !test_numbers(&change) ||
		    !test_taken_back() || !test_full(&change))
			return false;
	return test_emptied();
}
#undef TEST
