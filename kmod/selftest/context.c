// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Self-test of context.c, included at its end: runs at load, on an empty table.
 */
static bool __init test_names(void)
{
	return check_name("web", NULL) == 0 && check_name("a.b_c-9", NULL) == 0 &&
	       check_name("", NULL) == -EINVAL &&
	       check_name(".web", NULL) == -EINVAL &&
	       check_name("-web", NULL) == -EINVAL &&
	       check_name("we b", NULL) == -EINVAL &&
	       check_name("w/b", NULL) == -EINVAL &&
	       check_name("w\xc3\xa9", NULL) == -EINVAL;
}

bool __init vs_context_selftest(void)
{
	struct vs_change change = {
		.flags = VS_FLAG_PERSISTENT,
		.flags_mask = VS_FLAGS_ALL,
	};
	struct vs_context *a, *b;

	guard(mutex)(&vs_table_lock);
#define TEST(condition) do {						\
	if (!(condition)) {						\
		pr_err("vserver: %s: %s\n", __func__, #condition);	\
		return false;						\
	}								\
} while (0)

	TEST(test_names());
	TEST(!vs_context_any());

	a = vs_context_create(42, "web", &change, NULL);
	TEST(!IS_ERR(a) && a->xid == 42 && !strcmp(a->name, "web"));
	TEST(vs_context_find(42) == a && vs_context_find_name("web") == a);
	TEST(vs_context_create(42, "db", &change, NULL) == ERR_PTR(-EEXIST));
	TEST(vs_context_create(43, "web", &change, NULL) == ERR_PTR(-EEXIST));
	TEST(!vs_context_find(43) && contexts == 1);

	b = vs_context_create(0, NULL, &change, NULL);
	TEST(!IS_ERR(b) && b->xid == VS_XID_DYNAMIC_MIN);
	TEST(vs_context_find_name("49152") == b);

	TEST(vs_context_add_task(44) == -ESRCH);
	TEST(vs_context_add_task(42) == 0 && vs_context_tasks(a) == 1);
	TEST(vs_context_end(a, NULL) == -EBUSY && vs_context_find(42) == a);
	atomic_dec(&a->tasks);
	TEST(vs_context_end(a, NULL) == 0 && !vs_context_find(42));
	TEST(vs_context_add_task(42) == -ESRCH);
	TEST(vs_context_end(b, NULL) == 0 && !vs_context_any());
#undef TEST
	return true;
}
