/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A verb of the intruder: 0 or an errno.
 */
#ifndef INTRUDER_H
#define INTRUDER_H

struct intrusion {
	const char *verb;
	int args;		/* how many it wants */
	int (*run)(char **args);
};

#define ANY (-1)

extern const struct intrusion file_intrusions[], user_intrusions[], frame_intrusions[],
	network_intrusions[], wall_intrusions[], havoc_intrusions[];

/* Run a verb with its arguments, up to NULL. */
int intrude(char **argv);

/* Listen on a socket for a descriptor. */
int receive_file(const char *path);

#endif /* INTRUDER_H */
