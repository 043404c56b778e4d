/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A command on its way into a guest; between exec.c and usher.c.
 */
#ifndef VS_USHER_H
#define VS_USHER_H

#include <sys/ioctl.h>

#include "child.h"
#include "relay.h"
#include "standard.h"
#include "vserver.h"

struct vs_session {
	const struct vs_exec *exec;
	struct vs_child child;
	int init;		/* pidfd */
	int cgroup;		/* of this command alone, in the guest's */
	int channel;		/* usher's end: sends the pid and the terminal */
	int terminal;		/* the command's; -1: it has none */
	struct winsize size;	/* of the caller's, when this began; else 0 */
	uint32_t user_first;	/* the host's id of the guest's id 0 */
	struct vs_bounds bounds;
	struct vs_standard standard;
	struct vs_relay relay;
};

/* The usher's work.  0 once the command is on its way, which does not return
 * here; or a negative errno. */
int vs_usher(struct vs_session *s);

#endif /* VS_USHER_H */
