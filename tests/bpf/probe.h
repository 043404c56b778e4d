/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A verb of the probe: tries one thing and returns 0 or an errno; what it
 * learned it prints.
 */
#ifndef PROBE_H
#define PROBE_H

struct probe {
	const char *verb;
	int args;		/* how many it wants; -1: a command */
	int (*run)(char **args);
};

extern const struct probe probe_tasks[];
extern const struct probe probe_sockets[];
extern const struct probe probe_datagrams[];
extern const struct probe probe_passed[];
extern const struct probe probe_system[];
extern const struct probe probe_kernel[];
extern const struct probe probe_reach[];

#endif /* PROBE_H */
