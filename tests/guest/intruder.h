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
	int args;
	int (*run)(char **args);
};

extern const struct intrusion file_intrusions[], user_intrusions[], frame_intrusions[],
	network_intrusions[];

/* Listen on a socket for a descriptor. */
int receive_file(const char *path);

#endif /* INTRUDER_H */
