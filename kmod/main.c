// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver.ko: the order in which its parts begin and end.
 */
#include <linux/module.h>

#include "context.h"
#include "ceiling.h"
#include "kfuncs.h"
#include "link.h"
#include "mark.h"
#include "netlink.h"
#include "owner.h"
#include "refusal.h"

#ifdef VS_SELFTEST
static int __init selftest(void)
{
	if (!vs_address_selftest() || !vs_owner_selftest() || !vs_bucket_selftest() ||
	    !vs_ceiling_selftest() || !vs_refusal_selftest() ||
	    !vs_context_selftest()) {
		pr_err("vserver: self-tests failed\n");
		vs_context_exit();
		return -EINVAL;
	}
	pr_info("vserver: self-tests passed\n");
	return 0;
}
#else
static int __init selftest(void)
{
	return 0;
}
#endif

/* What a debug kernel must see: make check-debug. */
#ifdef VS_BROKEN
#include "selftest/broken.c"
#else
static int __init commit_fault(void)
{
	return 0;
}
#endif

static int __init vs_init(void)
{
	int err;

	err = commit_fault();
	if (err)
		return err;
	err = selftest();
	if (err)
		return err;
	err = vs_kfuncs_init();
	if (err) {
		pr_err("vserver: the kernel does not take the kfuncs: %d\n", err);
		return err;
	}
	err = vs_netlink_init();
	if (err)
		pr_err("vserver: no netlink family: %d\n", err);
	return err;
}

/* Nobody gets here while links are held: each holds the module. */
static void __exit vs_exit(void)
{
	vs_netlink_exit();
	vs_context_exit();
	vs_owners_exit();
	vs_links_exit();
	vs_marks_exit();
}

module_init(vs_init);
module_exit(vs_exit);

MODULE_DESCRIPTION("VServer: the table of contexts");
MODULE_VERSION("0.1");
MODULE_AUTHOR("The VServer developers");
MODULE_LICENSE("GPL");
