/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Descriptors 0, 1 and 2 of a command in a guest; between exec.c and
 * standard.c.
 */
#ifndef VS_STANDARD_H
#define VS_STANDARD_H

#include "relay.h"
#include "vserver.h"

struct vs_standard {
	int fds[3];		/* the command's; -1: the caller's own */
	bool is_null[3];	/* /dev/null, and the guest's own at that */
};

/* Where the caller has closed one, /dev/null; so that nothing of ours becomes
 * a command's.  To be called before anything is opened. */
int vs_standard_fill(struct vs *vs);
/* Decide what the command is given, and what @relay is to pass on.  @own_users:
 * the guest's root is not who made it. */
int vs_standard_open(struct vs *vs, struct vs_standard *s, struct vs_relay *relay,
		     bool own_users);
/* In the command, inside the guest: they become 0, 1 and 2. */
int vs_standard_take(struct vs *vs, const struct vs_standard *s);
void vs_standard_close(struct vs_standard *s);

#endif /* VS_STANDARD_H */
