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

static void of_the_network(void)
{
	uint64_t flags = 0;
	char *reason = NULL;

	is_int(vs_net_flags_parse("private,lback_remap,HIDE_LBACK", &flags, &reason), 0,
	       "flags of a network context are read");
	ok(flags == VS_FLAG_PRIVATE, "and one of them is one");
	is_int(vs_net_flags_parse("persistent", &flags, &reason), -EINVAL,
	       "a flag of a context is none of them");
	free(reason);
	is_int(vs_net_flags_parse("!lback_remap", &flags, &reason), -EINVAL,
	       "what every network context is cannot be taken away");
	is_str(reason, "every network context is 'lback_remap'", "and that is told");
	free(reason);
	ok(flags == VS_FLAG_PRIVATE, "nothing is changed by that");
	is_int(vs_net_capabilities_parse("tun_create", &reason), 0,
	       "a network capability that every one has may be named");
	is_int(vs_net_capabilities_parse("tun_create,raw_icmp", &reason), -EINVAL,
	       "one that none has is refused");
	is_str(reason, "'raw_icmp' is no network capability here: it has no raw sockets; ping does "
	       "without; see chbind(8)", "with what there is instead");
	free(reason);
}

int main(void)
{
	lists();
	refusals();
	of_the_network();
	is_str(vs_flags_name(VS_FLAG_PRIVATE), "private", "a flag has its name");
	ok(!vs_flags_name(1ULL << 63), "one that is none has none");
	return done_testing();
}
