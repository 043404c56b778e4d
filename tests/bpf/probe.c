// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * probe VERB [ARGUMENT...] - tries one thing that the BPF programs may refuse
 * and prints "ok" or the errno's name, so that a test reads as a policy.  It
 * judges nothing: its exit status is 0 whenever the thing was tried.
 */
#include <stdio.h>
#include <string.h>

#include "probe.h"

static const struct probe *find(const char *verb)
{
	const struct probe *const tables[] = { probe_tasks, probe_sockets, probe_datagrams,
					       probe_passed, probe_system, probe_kernel,
					       probe_reach };

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct probe *p = tables[i]; p->verb; p++)
			if (!strcmp(p->verb, verb))
				return p;
	return NULL;
}

int main(int argc, char **argv)
{
	const struct probe *p = argc > 1 ? find(argv[1]) : NULL;
	int err;

	if (!p || (p->args >= 0 ? argc - 2 != p->args : argc < 3)) {
		fprintf(stderr, "probe: bad verb or number of arguments\n");
		return 2;
	}
	err = p->run(argv + 2);
	if (err)
		puts(strerrorname_np(err) ?: "unknown");
	else
		puts("ok");
	return 0;
}
