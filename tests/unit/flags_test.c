/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Flags: how they are written, and what is said of those that are none here.
 */
#include <errno.h>
#include <stdlib.h>

#include "tap.h"
#include "vserver.h"

static void lists(void)
{
	uint64_t flags = VS_FLAG_CGROUP;
	char *reason = NULL;

	is_int(vs_flags_parse("persistent", &flags, &reason), 0, "a flag is read");
	ok(flags == (VS_FLAG_CGROUP | VS_FLAG_PERSISTENT), "it is added, the rest stays");
	is_int(vs_flags_parse("Private,!persistent", &flags, &reason), 0, "a list, in any case");
	ok(flags == (VS_FLAG_CGROUP | VS_FLAG_PRIVATE), "adds and takes away");
	is_int(vs_flags_parse("~private, persistent", &flags, &reason), 0, "~ is !");
	ok(flags == (VS_FLAG_CGROUP | VS_FLAG_PERSISTENT), "and does the same");
	is_int(vs_flags_parse("", &flags, &reason), 0, "an empty list changes nothing");
	is_int(vs_flags_parse("lock,hideinfo,namespace", &flags, &reason), 0,
	       "what every context is may be named");
	ok(flags == (VS_FLAG_CGROUP | VS_FLAG_PERSISTENT), "and changes nothing");
}

static void refusals(void)
{
	uint64_t flags = 5;
	char *reason = NULL;

	is_int(vs_flags_parse("private,persistant", &flags, &reason), -EINVAL,
	       "an unknown flag is refused");
	is_str(reason, "there is no flag 'persistant'; there are: persistent, private", "and told");
	is_int(flags, 5, "and nothing is changed");
	free(reason);
	is_int(vs_flags_parse("sched_hard", &flags, &reason), -EINVAL,
	       "so is one that something else does");
	is_str(reason, "'sched_hard' is no flag here: --cpu gives a share; see vserver(7)",
	       "with what that is");
	free(reason);
	is_int(vs_flags_parse("!lock", &flags, &reason), -EINVAL,
	       "what every context is cannot be taken away");
	is_str(reason, "every context is 'lock'", "and that is told");
	free(reason);
	is_int(vs_flags_parse("!", &flags, &reason), -EINVAL, "a sign alone is no flag");
	free(reason);
	is_int(vs_flags_parse("cgroup", &flags, &reason), -EINVAL, "nor is a guest's given");
	free(reason);
	is_int(flags, 5, "nothing is changed by all that");
}

int main(void)
{
	lists();
	refusals();
	is_str(vs_flags_name(VS_FLAG_PRIVATE), "private", "a flag has its name");
	ok(!vs_flags_name(1ULL << 63), "one that is none has none");
	return done_testing();
}
