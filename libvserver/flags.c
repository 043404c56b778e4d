// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Flags of a context by the names that they have always had.  Some hold for
 * every context here, and may be asked for; others are what something else
 * does better, and what that is is said.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "private.h"

static const struct flag {
	const char *name;
	uint64_t flag;			/* 0: it is none here */
	const char *instead;		/* NULL: every context is so */
} flags[] = {
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
};

#define N_FLAGS (sizeof(flags) / sizeof(*flags))

static const struct flag *find(const char *name, size_t n)
{
	for (size_t i = 0; i < N_FLAGS; i++)
		if (strlen(flags[i].name) == n && strncasecmp(flags[i].name, name, n) == 0)
			return &flags[i];
	return NULL;
}

static int refuse(const struct flag *flag, const char *name, size_t n, char **ret_reason)
{
	int r;

	if (flag)
		r = asprintf(ret_reason, "'%s' is no flag here: %s; see vserver(7)", flag->name,
			     flag->instead);
	else
		r = asprintf(ret_reason, "there is no flag '%.*s'; there are: persistent, private",
			     (int)n, name);
	return r < 0 ? -ENOMEM : -EINVAL;
}

int vs_flags_parse(const char *list, uint64_t *ret_flags, char **ret_reason)
{
	uint64_t result = *ret_flags;

	while (*list) {
		size_t n = strcspn(list, ", ");
		bool drop = *list == '!' || *list == '~';
		const struct flag *flag = find(list + drop, n - drop);

		if (n && (!flag || flag->instead))
			return refuse(flag, list + drop, n - drop, ret_reason);
		/* What every context is cannot be taken away. */
		if (n && drop && !flag->flag) {
			if (asprintf(ret_reason, "every context is '%s'", flag->name) < 0)
				return -ENOMEM;
			return -EINVAL;
		}
		if (n && drop)
			result &= ~flag->flag;
		else if (n)
			result |= flag->flag;
		list += n;
		list += strspn(list, ", ");
	}
	*ret_flags = result;
	return 0;
}

const char *vs_flags_name(uint64_t flag)
{
	for (size_t i = 0; i < N_FLAGS; i++)
		if (flags[i].flag && flags[i].flag == flag)
			return flags[i].name;
	return flag == VS_FLAG_CGROUP ? "cgroup" : NULL;
}
