/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * One exchange with the module; between nl.c and nl_task.c.
 */
#ifndef VS_NL_H
#define VS_NL_H

#include <netlink/msg.h>

#include "vserver.h"

static inline void vs_nl_cleanup_msg(struct nl_msg **msg)
{
	nlmsg_free(*msg);
}

#define _cleanup_msg_	__attribute__((cleanup(vs_nl_cleanup_msg)))

/* A message to the module, empty; NULL: no memory. */
struct nl_msg *vs_nl_message(struct vs *vs, int cmd, int flags);
/* Send @msg; @take (NULL: no reply is wanted) sees each reply's attributes. */
int vs_nl_exchange(struct vs *vs, struct nl_msg *msg,
		   int (*take)(struct nlattr **attrs, void *data), void *data);
/* Failures that need no exchange. */
int vs_nl_no_module(struct vs *vs);
int vs_nl_no_memory(struct vs *vs);

#endif /* VS_NL_H */
