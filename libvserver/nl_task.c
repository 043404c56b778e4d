// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The module's generic netlink family: the commands about tasks, as nl.c has
 * those about contexts.
 */
#include <errno.h>
#include <netlink/genl/genl.h>

#include "nl.h"
#include "private.h"

int vs_nl_context_kill(struct vs *vs, uint32_t xid, pid_t pid, int signo)
{
	_cleanup_msg_ struct nl_msg *msg = NULL;

	if (!vs->socket)
		return vs_nl_no_module(vs);
	msg = vs_nl_message(vs, VS_CMD_CONTEXT_KILL, 0);
	if (!msg || nla_put_u32(msg, VS_ATTR_XID, xid) < 0 ||
	    nla_put_u32(msg, VS_ATTR_SIGNAL, (uint32_t)signo) < 0 ||
	    (pid && nla_put_u32(msg, VS_ATTR_PID, (uint32_t)pid) < 0))
		return vs_nl_no_memory(vs);
	return vs_nl_exchange(vs, msg, NULL, NULL);
}

struct list {
	struct vs_process *processes;
	size_t n;
};

static int take_process(struct nlattr **attrs, void *data)
{
	struct list *list = data;
	struct vs_process *more;

	if (!attrs[VS_ATTR_PID] || nla_len(attrs[VS_ATTR_PID]) != sizeof(uint32_t) ||
	    !attrs[VS_ATTR_XID] || nla_len(attrs[VS_ATTR_XID]) != sizeof(uint32_t))
		return -EBADMSG;
	more = reallocarray(list->processes, list->n + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	list->processes = more;
	more[list->n++] = (struct vs_process){
		.pid = (pid_t)nla_get_u32(attrs[VS_ATTR_PID]),
		.xid = nla_get_u32(attrs[VS_ATTR_XID]),
	};
	return 0;
}

int vs_nl_process_list(struct vs *vs, uint32_t xid, struct vs_process **ret, size_t *ret_n)
{
	_cleanup_msg_ struct nl_msg *msg = NULL;
	struct list list = {};
	int r;

	if (!vs->socket)
		return vs_nl_no_module(vs);
	msg = vs_nl_message(vs, VS_CMD_TASK_GET, NLM_F_DUMP);
	if (!msg || (xid != VS_XID_ALL && nla_put_u32(msg, VS_ATTR_XID, xid) < 0))
		return vs_nl_no_memory(vs);
	r = vs_nl_exchange(vs, msg, take_process, &list);
	if (r < 0) {
		free(list.processes);
		return r;
	}
	*ret = list.processes;
	*ret_n = list.n;
	return 0;
}
