/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A terminal of a guest's and its way out; between terminal.c, usher.c, exec.c,
 * space_init.c and run.c.
 */
#ifndef VS_TERMINAL_H
#define VS_TERMINAL_H

#include <sys/ioctl.h>

#include "vserver.h"

/* One of the guest's own devpts, seen from inside of it.  @owner: the id of its
 * root here; 0: whose the caller is. */
int vs_terminal_open(struct vs *vs, const struct winsize *size, uint32_t owner,
		     int *ret_master, int *ret_slave);
/* In the command: it becomes the terminal of the session, and 0, 1 and 2. */
int vs_terminal_take(struct vs *vs, int slave);

/* A process has come so far: its pid, and the terminal's master where there is one
 * (-1).  Return: 0, or a negative errno. */
int vs_arrival_send(int channel, pid_t pid, int master);
int vs_arrival_receive(int channel, pid_t *ret_pid, int *ret_master);

#endif /* VS_TERMINAL_H */
