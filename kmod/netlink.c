// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Generic netlink: attributes -> call -> attributes.  What a command means is
 * written in uapi/linux/vserver.h and done by context.c and link.c; what an
 * attribute says is read and written by attribute.c.  The commands about tasks
 * are in netlink_task.c.
 */
#include <linux/capability.h>
#include <net/genetlink.h>

#include "attribute.h"
#include "bounds.h"
#include "context.h"
#include "event.h"
#include "kfuncs.h"
#include "link.h"
#include "netlink.h"

/* --- policies: what is not listed is refused -------------------------------- */

static const struct netlink_range_validation static_xids = {
	.min = VS_XID_WATCHER,
	.max = VS_XID_STATIC_MAX,
};

static const struct netlink_range_validation xids = {
	.min = VS_XID_WATCHER,
	.max = VS_XID_MAX,
};

#define NAME_POLICY { .type = NLA_NUL_STRING, .len = VS_NAME_MAX }

static const struct nla_policy new_policy[VS_ATTR_MAX + 1] = {
	[VS_ATTR_XID] = NLA_POLICY_FULL_RANGE(NLA_U32, &static_xids),
	[VS_ATTR_NAME] = NAME_POLICY,
	[VS_ATTR_FLAGS] = NLA_POLICY_MASK(NLA_U64, VS_FLAGS_ALL),
	[VS_ATTR_CEILING] = { .type = NLA_U64 },
	[VS_ATTR_ADDRESSES] = NLA_POLICY_NESTED(vs_addresses_policy),
	[VS_ATTR_BUCKET] = NLA_POLICY_NESTED(vs_bucket_policy),
};

static const struct nla_policy get_policy[VS_ATTR_MAX + 1] = {
	[VS_ATTR_XID] = NLA_POLICY_FULL_RANGE(NLA_U32, &xids),
	[VS_ATTR_NAME] = NAME_POLICY,
};

static const struct nla_policy set_policy[VS_ATTR_MAX + 1] = {
	[VS_ATTR_XID] = NLA_POLICY_FULL_RANGE(NLA_U32, &xids),
	[VS_ATTR_FLAGS] = NLA_POLICY_MASK(NLA_U64, VS_FLAGS_ALL),
	[VS_ATTR_FLAGS_MASK] = NLA_POLICY_MASK(NLA_U64, VS_FLAGS_ALL),
	[VS_ATTR_CEILING] = { .type = NLA_U64 },
	[VS_ATTR_ADDRESSES] = NLA_POLICY_NESTED(vs_addresses_policy),
	[VS_ATTR_BUCKET] = NLA_POLICY_NESTED(vs_bucket_policy),
};

static const struct nla_policy end_policy[VS_ATTR_MAX + 1] = {
	[VS_ATTR_XID] = NLA_POLICY_FULL_RANGE(NLA_U32, &xids),
};

static const struct nla_policy enforce_set_policy[VS_ATTR_MAX + 1] = {
	[VS_ATTR_LINKS] = NLA_POLICY_NESTED(vs_links_policy),
	[VS_ATTR_GENERATION] = { .type = NLA_U32 },
};

static const struct nla_policy enforce_get_policy[VS_ATTR_MAX + 1] = {};

/* --- replies ----------------------------------------------------------------- */

/* A reply that has room for one context, begun. */
static struct sk_buff *reply_new(struct genl_info *info, void **header)
{
	struct sk_buff *skb = genlmsg_new(VS_REPLY_SIZE, GFP_KERNEL);

	if (!skb)
		return NULL;
	*header = genlmsg_put_reply(skb, info, &vs_genl_family, 0, info->genlhdr->cmd);
	if (*header)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

static int reply_context(struct genl_info *info, const struct vs_context *ctx)
{
	struct sk_buff *skb;
	void *header;
	int err;

	skb = reply_new(info, &header);
	if (!skb)
		return -ENOMEM;
	err = vs_context_put(skb, ctx);
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

/* --- commands: vs_table_lock is held ------------------------------------------ */

/* GENL_ADMIN_PERM has asked for CAP_NET_ADMIN; this asks for the rest. */
int vs_may_use_table(struct netlink_ext_ack *extack)
{
	u32 generation;

	if (!vs_links_attached(&generation)) {
		NL_SET_ERR_MSG(extack, "no enforcement is held: nothing would keep a context in");
		return -ENOKEY;
	}
	if (vs_caller_is_host() != 1) {
		NL_SET_ERR_MSG(extack, "only the host may use the table of contexts");
		return -EPERM;
	}
	return 0;
}

struct vs_context *vs_netlink_find(struct genl_info *info)
{
	struct vs_context *ctx;

	if (info->attrs[VS_ATTR_XID]) {
		ctx = vs_context_find(nla_get_u32(info->attrs[VS_ATTR_XID]));
	} else if (info->attrs[VS_ATTR_NAME]) {
		ctx = vs_context_find_name(nla_data(info->attrs[VS_ATTR_NAME]));
	} else {
		NL_SET_ERR_MSG(info->extack, "which context? neither number nor name was given");
		return ERR_PTR(-EINVAL);
	}
	if (!ctx) {
		NL_SET_ERR_MSG(info->extack, "no such context");
		return ERR_PTR(-ESRCH);
	}
	return ctx;
}

static int context_new(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct vs_change change = { .flags_mask = VS_FLAGS_ALL };
	struct vs_context *ctx;
	int err;

	guard(mutex)(&vs_table_lock);
	err = vs_may_use_table(info->extack);
	if (err)
		return err;
	if (!vs_links_whole()) {
		NL_SET_ERR_MSG(info->extack, "a link that enforces was detached: a context would not be kept in");
		return -ENOKEY;
	}
	err = vs_change_parse(attrs, &change, info->extack);
	if (err)
		goto out;
	ctx = vs_context_create(attrs[VS_ATTR_XID] ? nla_get_u32(attrs[VS_ATTR_XID]) : 0,
				attrs[VS_ATTR_NAME] ? nla_data(attrs[VS_ATTR_NAME]) : NULL,
				&change, info->extack);
	if (IS_ERR(ctx)) {
		err = PTR_ERR(ctx);
		goto out;
	}
	err = reply_context(info, ctx);
	if (err)		/* whoever asked will never know its number */
		vs_context_end(ctx, NULL);
out:
	vs_change_free(&change);
	return err;
}

static int context_get(struct sk_buff *skb, struct genl_info *info)
{
	struct vs_context *ctx;
	int err;

	guard(mutex)(&vs_table_lock);
	err = vs_may_use_table(info->extack);
	if (err)
		return err;
	ctx = vs_netlink_find(info);
	return IS_ERR(ctx) ? PTR_ERR(ctx) : reply_context(info, ctx);
}

static int context_dump_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = genl_info_dump(cb)->attrs;

	if (attrs[VS_ATTR_XID] || attrs[VS_ATTR_NAME]) {
		NL_SET_ERR_MSG(cb->extack, "a dump is of all contexts");
		return -EINVAL;
	}
	return 0;
}

static int context_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	unsigned long xid = cb->args[0];
	struct vs_context *ctx;
	void *header;
	int err;

	guard(mutex)(&vs_table_lock);
	err = vs_may_use_table(cb->extack);
	if (err)
		return err;
	cb->seq = vs_context_generation();
	for (ctx = vs_context_next(&xid); ctx; ctx = vs_context_next(&xid)) {
		header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				     cb->nlh->nlmsg_seq, &vs_genl_family,
				     NLM_F_MULTI, VS_CMD_CONTEXT_GET);
		if (!header)
			break;
		genl_dump_check_consistent(cb, header);
		if (vs_context_put(skb, ctx)) {
			genlmsg_cancel(skb, header);
			break;
		}
		genlmsg_end(skb, header);
		cb->args[0] = ++xid;
	}
	return skb->len;
}

static int context_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct vs_change change = {};
	struct vs_context *ctx;
	int err;

	guard(mutex)(&vs_table_lock);
	err = vs_may_use_table(info->extack);
	if (err)
		return err;
	ctx = vs_netlink_find(info);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	if (!attrs[VS_ATTR_FLAGS] != !attrs[VS_ATTR_FLAGS_MASK]) {
		NL_SET_ERR_MSG(info->extack, "flags and their mask are given together");
		return -EINVAL;
	}
	if (attrs[VS_ATTR_FLAGS_MASK])
		change.flags_mask = nla_get_u64(attrs[VS_ATTR_FLAGS_MASK]);
	err = vs_change_parse(attrs, &change, info->extack);
	if (!err)
		err = vs_context_change(ctx, &change);
	if (!err)
		vs_context_changed(ctx);
	vs_change_free(&change);
	return err;
}

static int context_end(struct sk_buff *skb, struct genl_info *info)
{
	struct vs_context *ctx;
	int err;

	guard(mutex)(&vs_table_lock);
	err = vs_may_use_table(info->extack);
	if (err)
		return err;
	ctx = vs_netlink_find(info);
	return IS_ERR(ctx) ? PTR_ERR(ctx) : vs_context_end(ctx, info->extack);
}

static int may_enforce(struct netlink_ext_ack *extack)
{
	if (!capable(CAP_SYS_ADMIN)) {
		NL_SET_ERR_MSG(extack, "enforcement wants CAP_SYS_ADMIN");
		return -EPERM;
	}
	return 0;
}

/*
 * Whoever is in a context has one in the table, so with an empty table there
 * is nothing to ask, and the first links can come.
 */
static int may_change_links(const struct vs_links *links,
			    struct netlink_ext_ack *extack)
{
	if (!vs_context_any())
		return 0;
	if (vs_caller_is_host() != 1) {
		NL_SET_ERR_MSG(extack, "only the host may change what is enforced");
		return -EPERM;
	}
	if (!links->n) {
		NL_SET_ERR_MSG(extack, "there are contexts: they would be set free");
		return -EBUSY;
	}
	return 0;
}

static int enforce_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct vs_links *links;
	int err;

	err = may_enforce(info->extack);
	if (err)
		return err;
	if (GENL_REQ_ATTR_CHECK(info, VS_ATTR_LINKS)) {
		NL_SET_ERR_MSG(info->extack, "no links were given");
		return -EINVAL;
	}
	links = vs_links_parse(attrs[VS_ATTR_LINKS],
			       attrs[VS_ATTR_GENERATION] ?
			       nla_get_u32(attrs[VS_ATTR_GENERATION]) : 0, info->extack);
	if (IS_ERR(links))
		return PTR_ERR(links);

	scoped_guard(mutex, &vs_table_lock) {
		err = may_change_links(links, info->extack);
		if (!err)
			links = vs_links_hold(links);
	}
	if (!err)
		synchronize_rcu();	/* vs_links_whole() may look at the old ones */
	vs_links_free(links);	/* those, or the new ones where they were refused */
	return err;
}

static int enforce_get(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	u32 n, generation;
	u64 sequence;
	void *header;
	int err;

	err = may_enforce(info->extack);
	if (err)
		return err;
	scoped_guard(mutex, &vs_table_lock) {
		n = vs_links_attached(&generation);
		sequence = vs_event_sequence();
	}
	reply = reply_new(info, &header);
	if (!reply)
		return -ENOMEM;
	if (nla_put_u32(reply, VS_ATTR_LINK_COUNT, n) ||
	    nla_put_u32(reply, VS_ATTR_GENERATION, generation) ||
	    nla_put_u64_64bit(reply, VS_ATTR_SEQUENCE, sequence, VS_ATTR_PAD)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, header);
	return genlmsg_reply(reply, info);
}

#define OP(command, attributes, what)						\
	.cmd = command, .policy = attributes, .maxattr = VS_ATTR_MAX,		\
	.flags = GENL_ADMIN_PERM, .doit = what

static const struct genl_ops ops[] = {
	{ OP(VS_CMD_CONTEXT_NEW, new_policy, context_new) },
	{ OP(VS_CMD_CONTEXT_GET, get_policy, context_get),
	  .start = context_dump_start, .dumpit = context_dump },
	{ OP(VS_CMD_CONTEXT_SET, set_policy, context_set) },
	{ OP(VS_CMD_CONTEXT_END, end_policy, context_end) },
	{ OP(VS_CMD_ENFORCE_SET, enforce_set_policy, enforce_set) },
	{ OP(VS_CMD_ENFORCE_GET, enforce_get_policy, enforce_get) },
	{ OP(VS_CMD_CONTEXT_KILL, vs_kill_policy, vs_netlink_kill) },
	{ OP(VS_CMD_TASK_GET, vs_task_get_policy, NULL), .start = vs_netlink_tasks_start,
	  .dumpit = vs_netlink_tasks_dump, .done = vs_netlink_tasks_done },
};

static const struct genl_multicast_group groups[] = {
	[VS_GROUP_EVENTS] = {
		.name = VS_GENL_GROUP_EVENTS,
		/* Whose bind() says no is not heard: capabilities must do. */
		.flags = GENL_MCAST_CAP_NET_ADMIN | GENL_MCAST_CAP_SYS_ADMIN,
	},
};

struct genl_family vs_genl_family __ro_after_init = {
	.name = VS_GENL_NAME,
	.version = VS_GENL_VERSION,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.resv_start_op = VS_CMD_CONTEXT_NEW,	/* reserved header bits are 0 */
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

int __init vs_netlink_init(void)
{
	return genl_register_family(&vs_genl_family);
}

void vs_netlink_exit(void)
{
	genl_unregister_family(&vs_genl_family);
}
