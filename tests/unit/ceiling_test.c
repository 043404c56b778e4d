/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Ceilings: how they are written, and what the usual ones leave out.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/capability.h>

#include "tap.h"
#include "vserver.h"

#define CAP(name) (1ULL << CAP_##name)

static void lists(void)
{
	uint64_t ceiling = CAP(CHOWN) | CAP(SYS_BOOT);
	char *bad = NULL;

	is_int(vs_ceiling_parse("NET_RAW,!SYS_BOOT", &ceiling, &bad), 0, "a list is read");
	ok(ceiling == (CAP(CHOWN) | CAP(NET_RAW)), "it adds, takes away, and leaves the rest");
	is_int(vs_ceiling_parse("cap_net_admin", &ceiling, &bad), 0, "small, with cap_");
	ok(ceiling & CAP(NET_ADMIN), "is the same name");
	is_int(vs_ceiling_parse("!Cap_Net_Admin, NET_BIND_SERVICE", &ceiling, &bad), 0,
	       "any case, and blanks between");
	ok(!(ceiling & CAP(NET_ADMIN)) && ceiling & CAP(NET_BIND_SERVICE), "is read so");
	is_int(vs_ceiling_parse("", &ceiling, &bad), 0, "an empty list changes nothing");

	ceiling = 5;
	is_int(vs_ceiling_parse("KILL,NET_RAV,CHOWN", &ceiling, &bad), -EINVAL,
	       "an unknown name is refused");
	is_str(bad, "NET_RAV", "and told");
	is_int(ceiling, 5, "and nothing is changed");
	free(bad);
	is_int(vs_ceiling_parse("!", &ceiling, NULL), -EINVAL, "a sign alone is no name");
	is_int(vs_ceiling_parse("64", &ceiling, NULL), -EINVAL, "nor is a number beyond all");
	is_int(vs_ceiling_parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
				&ceiling, NULL), -EINVAL, "nor is a long one");
}

static void printing(void)
{
	uint64_t ceiling = 0;
	char *text;

	vs_ceiling_format(CAP(NET_RAW) | CAP(CHOWN), &text);
	is_str(text, "CHOWN,NET_RAW", "a ceiling is printed by its names");
	free(text);
	vs_ceiling_format(0, &text);
	is_str(text, "", "an empty one is empty");
	free(text);
	vs_ceiling_format(vs_ceiling_guest(), &text);
	vs_ceiling_parse(text, &ceiling, NULL);
	ok(ceiling == vs_ceiling_guest(), "what is printed reads back");
	free(text);
}

static void usual(void)
{
	static const struct {
		const char *name;
		int cap;
	} never[] = {
		{ "SYS_ADMIN", CAP_SYS_ADMIN }, { "NET_ADMIN", CAP_NET_ADMIN },
		{ "SYS_MODULE", CAP_SYS_MODULE }, { "SYS_RAWIO", CAP_SYS_RAWIO },
		{ "SYS_PTRACE", CAP_SYS_PTRACE }, { "SYS_TIME", CAP_SYS_TIME },
		{ "MKNOD", CAP_MKNOD }, { "BPF", CAP_BPF }, { "PERFMON", CAP_PERFMON },
		{ "SYSLOG", CAP_SYSLOG }, { "DAC_READ_SEARCH", CAP_DAC_READ_SEARCH },
		{ "MAC_ADMIN", CAP_MAC_ADMIN }, { "SYS_NICE", CAP_SYS_NICE },
		{ "SYS_RESOURCE", CAP_SYS_RESOURCE }, { "AUDIT_CONTROL", CAP_AUDIT_CONTROL },
	};

	for (size_t i = 0; i < sizeof(never) / sizeof(*never); i++)
		ok(!((vs_ceiling_guest() | vs_ceiling_context()) >> never[i].cap & 1),
		   "%s is above the usual ceilings", never[i].name);
	ok(vs_ceiling_user() == CAP(SYS_ADMIN), "in a user namespace there is one more");
	ok(!(vs_ceiling_host() & (vs_ceiling_guest() | vs_ceiling_user())),
	   "nothing usual is for the host only");
	ok(vs_ceiling_guest() & CAP(SYS_BOOT), "a guest may reboot itself");
	ok(!(vs_ceiling_context() & CAP(SYS_BOOT)), "a bare context, in the host's, may not");
	ok((vs_ceiling_context() & ~vs_ceiling_guest()) == 0,
	   "a bare context has nothing that a guest has not");
	ok(vs_ceiling_context() & CAP(SETUID), "control: it has what its daemons need");
}

int main(void)
{
	lists();
	printing();
	usual();
	return done_testing();
}
