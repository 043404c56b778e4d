// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Flags of a context, and of a network context (chbind), by the names that they
 * have always had.  Some hold for every context here, and may be asked for;
 * others are what something else does better, and what that is is said.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "private.h"

struct flag {
	const char *name;
	uint64_t flag;			/* 0: it is none here */
	const char *instead;		/* NULL: every context is so */
};

/* Names, and the words in which one is refused. */
struct list {
	const struct flag *flags;	/* ended by one without a name */
	const char *what;		/* one of them is */
	const char *there_are;
	const char *always;		/* before the name of what every context is */
	const char *page;
};

static const struct flag flags[] = {
	{ "persistent",	VS_FLAG_PERSISTENT, NULL },
	{ "private",	VS_FLAG_PRIVATE, NULL },
	{ "lock",	0, NULL },
	{ "hideinfo",	0, NULL },
	{ "hide_vinfo",	0, NULL },
	{ "hide_mount",	0, NULL },
	{ "namespace",	0, NULL },
	{ "sched",	0, "--cpu gives a share" },
	{ "sched_hard",	0, "--cpu gives a share" },
	{ "sched_prio",	0, "--cpu gives a share" },
	{ "sched_pause", 0, "a control group can be frozen" },
	{ "pause",	0, "a control group can be frozen" },
	{ "nproc",	0, "a control group limits the number of tasks" },
	{ "ulimit",	0, "a control group sets limits" },
	{ "fakeinit",	0, "a guest has an init" },
	{ "hide_netif",	0, "interfaces can be seen" },
	{ "virt_mem",	0, "values of the machine can be seen" },
	{ "virt_uptime", 0, "a guest has a time namespace" },
	{ "virt_cpu",	0, "values of the machine can be seen" },
	{ "virt_load",	0, "values of the machine can be seen" },
	{ "virt_time",	0, "a guest has a time namespace" },
	{ "state_setup", 0, "a context is made whole" },
	{ "state_init",	0, "a context is made whole" },
	{ "state_admin", 0, "the host may change every context" },
	{ "sc_helper",	0, "changes are events" },
	{ "reboot_kill", 0, "a guest has a supervisor" },
	{ "fork_rss",	0, "a control group accounts memory" },
	{ "prolific",	0, "a control group limits the number of tasks" },
	{ "igneg_nice",	0, "negative niceness wants a capability" },
	{ "igneg_ionice", 0, "real-time classes want a capability" },
	{}
};

static const struct flag net_flags[] = {
	{ "private",	VS_FLAG_PRIVATE, NULL },
	{ "lock",	0, NULL },
	{ "single_ip",	0, NULL },
	{ "lback_remap", 0, NULL },
	{ "remap_lback", 0, NULL },
	{ "hide_lback",	0, NULL },
	{ "lback_allow", 0, "--ip 127.0.0.1 behind the others gives it the host's loopback" },
	{ "hide_netif",	0, "lists by netlink are of its own, but /proc and /sys show all" },
	{ "persistent",	0, "it ends with its last process; keep one in it, like sleep infinity" },
	{ "state_setup", 0, "a context is made whole" },
	{ "state_admin", 0, "the host may change every context" },
	{ "sc_helper",	0, "changes are events" },
	{}
};

/* chbind takes no privilege away, so what root may do to a device it may there. */
static const struct flag net_capabilities[] = {
	{ "tun_create",	0, NULL },
	{ "raw_icmp",	0, "it has no raw sockets; ping does without" },
	{ "multicast",	0, "a wildcard is bound to one address, and hears nothing else" },
	{}
};

static const struct flag *find(const struct list *list, const char *name, size_t n)
{
	for (const struct flag *f = list->flags; f->name; f++)
		if (strlen(f->name) == n && strncasecmp(f->name, name, n) == 0)
			return f;
	return NULL;
}

static int refuse(const struct list *list, const struct flag *flag, const char *name, size_t n,
		  char **ret_reason)
{
	int r;

	if (flag)
		r = asprintf(ret_reason, "'%s' is no %s here: %s; see %s", flag->name, list->what,
			     flag->instead, list->page);
	else
		r = asprintf(ret_reason, "there is no %s '%.*s'%s", list->what, (int)n, name,
			     list->there_are);
	return r < 0 ? -ENOMEM : -EINVAL;
}

static int parse(const struct list *list, const char *text, uint64_t *ret_flags,
		 char **ret_reason)
{
	uint64_t result = *ret_flags;

	while (*text) {
		size_t n = strcspn(text, ", ");
		bool drop = *text == '!' || *text == '~';
		const struct flag *flag = find(list, text + drop, n - drop);

		if (n && (!flag || flag->instead))
			return refuse(list, flag, text + drop, n - drop, ret_reason);
		/* What every context is cannot be taken away. */
		if (n && drop && !flag->flag) {
			if (asprintf(ret_reason, "%s '%s'", list->always, flag->name) < 0)
				return -ENOMEM;
			return -EINVAL;
		}
		if (n && drop)
			result &= ~flag->flag;
		else if (n)
			result |= flag->flag;
		text += n;
		text += strspn(text, ", ");
	}
	*ret_flags = result;
	return 0;
}

int vs_flags_parse(const char *text, uint64_t *ret_flags, char **ret_reason)
{
	static const struct list list = {
		flags, "flag", "; there are: persistent, private", "every context is", "vserver(7)",
	};

	return parse(&list, text, ret_flags, ret_reason);
}

int vs_net_flags_parse(const char *text, uint64_t *ret_flags, char **ret_reason)
{
	static const struct list list = {
		net_flags, "flag", "; there are: private", "every network context is", "chbind(8)",
	};

	return parse(&list, text, ret_flags, ret_reason);
}

int vs_net_capabilities_parse(const char *text, char **ret_reason)
{
	static const struct list list = {
		net_capabilities, "network capability", "", "every network context has",
		"chbind(8)",
	};
	uint64_t none = 0;

	return parse(&list, text, &none, ret_reason);
}

const char *vs_flags_name(uint64_t flag)
{
	for (const struct flag *f = flags; f->name; f++)
		if (f->flag && f->flag == flag)
			return f->name;
	return flag == VS_FLAG_CGROUP ? "cgroup" : NULL;
}
