// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Generic netlink: the commands about the tasks of a context.  What they do is
 * task.c's.
 */
#include <linux/mm.h>
#include <linux/signal.h>
#include <linux/threads.h>
#include <net/genetlink.h>

#include "context.h"
#include "netlink.h"
#include "task.h"

static const struct netlink_range_validation xids = {
	.max = VS_XID_MAX,
};

static const struct netlink_range_validation pids = {
	.min = 1,
	.max = PID_MAX_LIMIT,
};

const struct nla_policy vs_kill_policy[VS_ATTR_MAX + 1] = {
	[VS_ATTR_XID] = NLA_POLICY_FULL_RANGE(NLA_U32, &xids),
	[VS_ATTR_SIGNAL] = NLA_POLICY_MAX(NLA_U32, _NSIG),
	[VS_ATTR_PID] = NLA_POLICY_FULL_RANGE(NLA_U32, &pids),
};

const struct nla_policy vs_task_get_policy[VS_ATTR_MAX + 1] = {
	[VS_ATTR_XID] = NLA_POLICY_FULL_RANGE(NLA_U32, &xids),
};

int vs_netlink_kill(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct vs_context *ctx;
	int err, sig;

	guard(mutex)(&vs_table_lock);
	err = vs_may_use_table(info->extack);
	if (err)
		return err;
	ctx = vs_netlink_find(info);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	if (GENL_REQ_ATTR_CHECK(info, VS_ATTR_SIGNAL)) {
		NL_SET_ERR_MSG(info->extack, "which signal? none was given");
		return -EINVAL;
	}
	sig = nla_get_u32(attrs[VS_ATTR_SIGNAL]);
	if (!attrs[VS_ATTR_PID])
		return vs_tasks_signal(ctx->xid, sig);
	err = vs_task_signal(ctx->xid, nla_get_u32(attrs[VS_ATTR_PID]), sig);
	if (err == -ESRCH)
		NL_SET_ERR_MSG(info->extack, "no such process in the context");
	return err;
}

/* --- the dump: what was found at its beginning ---------------------------------- */

struct position {
	struct vs_tasks *tasks;
	unsigned int next;
};

static struct position *position_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct position) > sizeof(cb->ctx));
	return (struct position *)cb->ctx;
}

int vs_netlink_tasks_start(struct netlink_callback *cb)
{
	struct nlattr *xid = genl_info_dump(cb)->attrs[VS_ATTR_XID];
	struct vs_tasks *tasks;
	int err;

	/* The question whose a process is, too, is asked by one at a time: the
	 * kernel does not run a BPF program on a processor where it is preempted
	 * in the same one, and "the host's" would be the answer. */
	guard(mutex)(&vs_table_lock);
	err = vs_may_use_table(cb->extack);
	if (err)
		return err;
	tasks = vs_tasks_find(xid ? nla_get_u32(xid) : VS_TASKS_OF_ALL);
	if (IS_ERR(tasks))
		return PTR_ERR(tasks);
	position_of(cb)->tasks = tasks;
	return 0;
}

int vs_netlink_tasks_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct position *position = position_of(cb);
	const struct vs_tasks *tasks = position->tasks;
	void *header;

	for (; position->next < tasks->n; position->next++) {
		header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				     cb->nlh->nlmsg_seq, &vs_genl_family,
				     NLM_F_MULTI, VS_CMD_TASK_GET);
		if (!header)
			break;
		if (nla_put_u32(skb, VS_ATTR_PID, tasks->found[position->next].pid) ||
		    nla_put_u32(skb, VS_ATTR_XID, tasks->found[position->next].xid)) {
			genlmsg_cancel(skb, header);
			break;
		}
		genlmsg_end(skb, header);
	}
	return skb->len;
}

int vs_netlink_tasks_done(struct netlink_callback *cb)
{
	kvfree(position_of(cb)->tasks);
	return 0;
}
