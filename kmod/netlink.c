// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Generic netlink: attributes -> call -> attributes.  What a command means is
 * written in uapi/linux/vserver.h and done by context.c and link.c.
 */
#include <linux/capability.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "bounds.h"
#include "ceiling.h"
#include "context.h"
#include "kfuncs.h"
#include "link.h"
#include "netlink.h"

/* --- policies: what is not listed is refused -------------------------------- */

static const struct netlink_range_validation static_xids = {
	.min = VS_XID_MIN,
	.max = VS_XID_STATIC_MAX,
};

static const struct netlink_range_validation xids = {
	.min = VS_XID_MIN,
	.max = VS_XID_MAX,
};

static const struct nla_policy address_policy[VS_ADDRESS_ATTR_MAX + 1] = {
	[VS_ADDRESS_ATTR_IP4] = NLA_POLICY_EXACT_LEN(sizeof(__be32)),
	[VS_ADDRESS_ATTR_IP6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
};

static const struct nla_policy addresses_policy[VS_ATTR_MAX + 1] = {
	[VS_ATTR_ADDRESS] = NLA_POLICY_NESTED(address_policy),
};

static const struct nla_policy bucket_policy[VS_BUCKET_ATTR_MAX + 1] = {
	[VS_BUCKET_ATTR_RATE] = { .type = NLA_U64 },
	[VS_BUCKET_ATTR_INTERVAL] = { .type = NLA_U64 },
	[VS_BUCKET_ATTR_SIZE] = { .type = NLA_U64 },
	[VS_BUCKET_ATTR_RELEASE] = { .type = NLA_U64 },
};

#define NAME_POLICY { .type = NLA_NUL_STRING, .len = VS_NAME_MAX }

static const struct nla_policy new_policy[VS_ATTR_MAX + 1] = {
	[VS_ATTR_XID] = NLA_POLICY_FULL_RANGE(NLA_U32, &static_xids),
	[VS_ATTR_NAME] = NAME_POLICY,
	[VS_ATTR_FLAGS] = NLA_POLICY_MASK(NLA_U64, VS_FLAGS_ALL),
	[VS_ATTR_CEILING] = { .type = NLA_U64 },
	[VS_ATTR_ADDRESSES] = NLA_POLICY_NESTED(addresses_policy),
	[VS_ATTR_BUCKET] = NLA_POLICY_NESTED(bucket_policy),
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
	[VS_ATTR_ADDRESSES] = NLA_POLICY_NESTED(addresses_policy),
	[VS_ATTR_BUCKET] = NLA_POLICY_NESTED(bucket_policy),
};

static const struct nla_policy end_policy[VS_ATTR_MAX + 1] = {
	[VS_ATTR_XID] = NLA_POLICY_FULL_RANGE(NLA_U32, &xids),
};

static const struct nla_policy links_policy[VS_ATTR_MAX + 1] = {
	[VS_ATTR_LINK] = { .type = NLA_S32 },
};

static const struct nla_policy enforce_policy[VS_ATTR_MAX + 1] = {
	[VS_ATTR_LINKS] = NLA_POLICY_NESTED(links_policy),
	[VS_ATTR_GENERATION] = { .type = NLA_U32 },
};

/* --- attributes in ----------------------------------------------------------- */

static int parse_addresses(const struct nlattr *nest, struct vs_change *change,
			   struct netlink_ext_ack *extack)
{
	struct vs_addresses *set __free(kfree) = kzalloc(sizeof(*set), GFP_KERNEL);
	struct nlattr *tb[VS_ADDRESS_ATTR_MAX + 1];
	const struct nlattr *attr;
	struct in6_addr ip6;
	int rest, err;

	if (!set)
		return -ENOMEM;
	nla_for_each_nested(attr, nest, rest) {
		err = nla_parse_nested(tb, VS_ADDRESS_ATTR_MAX, attr,
				       address_policy, extack);
		if (err)
			return err;
		if (!tb[VS_ADDRESS_ATTR_IP4] == !tb[VS_ADDRESS_ATTR_IP6]) {
			NL_SET_ERR_MSG(extack, "an address is one of IPv4 and IPv6");
			return -EINVAL;
		}
		if (tb[VS_ADDRESS_ATTR_IP4]) {
			err = vs_addresses_add4(set, nla_get_in_addr(tb[VS_ADDRESS_ATTR_IP4]),
						extack);
		} else {
			ip6 = nla_get_in6_addr(tb[VS_ADDRESS_ATTR_IP6]);
			err = vs_addresses_add6(set, &ip6, extack);
		}
		if (err)
			return err;
	}
	change->set_addresses = true;
	if (!vs_addresses_none(set))
		change->addresses = no_free_ptr(set);
	return 0;
}

static int parse_bucket(const struct nlattr *nest, struct vs_change *change,
			struct netlink_ext_ack *extack)
{
	struct vs_bucket *bucket __free(kfree) = kzalloc(sizeof(*bucket), GFP_KERNEL);
	struct nlattr *tb[VS_BUCKET_ATTR_MAX + 1];
	int err;

	if (!bucket)
		return -ENOMEM;
	change->set_bucket = true;
	if (!nla_len(nest))
		return 0;
	err = nla_parse_nested(tb, VS_BUCKET_ATTR_MAX, nest, bucket_policy, extack);
	if (err)
		return err;
	if (!tb[VS_BUCKET_ATTR_RATE] || !tb[VS_BUCKET_ATTR_INTERVAL] ||
	    !tb[VS_BUCKET_ATTR_SIZE] || !tb[VS_BUCKET_ATTR_RELEASE]) {
		NL_SET_ERR_MSG(extack, "a bucket has rate, interval, size and release level, all four");
		return -EINVAL;
	}
	bucket->rate = nla_get_u64(tb[VS_BUCKET_ATTR_RATE]);
	bucket->interval = nla_get_u64(tb[VS_BUCKET_ATTR_INTERVAL]);
	bucket->size = nla_get_u64(tb[VS_BUCKET_ATTR_SIZE]);
	bucket->release = nla_get_u64(tb[VS_BUCKET_ATTR_RELEASE]);
	err = vs_bucket_check(bucket, extack);
	if (err)
		return err;
	change->bucket = no_free_ptr(bucket);
	return 0;
}

static void free_change(struct vs_change *change)
{
	kfree(change->addresses);
	kfree(change->bucket);
}

/* What is in the message; free_change() whatever this returns. */
static int parse_change(struct nlattr **attrs, struct vs_change *change,
			struct netlink_ext_ack *extack)
{
	int err;

	if (attrs[VS_ATTR_FLAGS])
		change->flags = nla_get_u64(attrs[VS_ATTR_FLAGS]);
	if (attrs[VS_ATTR_CEILING]) {
		change->set_ceiling = true;
		change->ceiling = nla_get_u64(attrs[VS_ATTR_CEILING]);
		err = vs_ceiling_check(change->ceiling, extack);
		if (err)
			return err;
	}
	if (attrs[VS_ATTR_ADDRESSES]) {
		err = parse_addresses(attrs[VS_ATTR_ADDRESSES], change, extack);
		if (err)
			return err;
	}
	if (attrs[VS_ATTR_BUCKET])
		return parse_bucket(attrs[VS_ATTR_BUCKET], change, extack);
	return 0;
}

/* --- attributes out ---------------------------------------------------------- */

static int put_address(struct sk_buff *skb, const struct vs_addresses *set, bool ip6)
{
	struct nlattr *nest = nla_nest_start(skb, VS_ATTR_ADDRESS);
	int err;

	if (!nest)
		return -EMSGSIZE;
	err = ip6 ? nla_put_in6_addr(skb, VS_ADDRESS_ATTR_IP6, &set->ip6) :
		    nla_put_in_addr(skb, VS_ADDRESS_ATTR_IP4, set->ip4);
	nla_nest_end(skb, nest);
	return err;
}

static int put_addresses(struct sk_buff *skb, const struct vs_addresses *set)
{
	struct nlattr *nest;

	if (!set)
		return 0;
	nest = nla_nest_start(skb, VS_ATTR_ADDRESSES);
	if (!nest || (set->ip4 && put_address(skb, set, false)) ||
	    (set->has6 && put_address(skb, set, true)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_bucket(struct sk_buff *skb, const struct vs_bucket *bucket)
{
	struct nlattr *nest;

	if (!bucket)
		return 0;
	nest = nla_nest_start(skb, VS_ATTR_BUCKET);
	if (!nest ||
	    nla_put_u64_64bit(skb, VS_BUCKET_ATTR_RATE, bucket->rate, VS_BUCKET_ATTR_PAD) ||
	    nla_put_u64_64bit(skb, VS_BUCKET_ATTR_INTERVAL, bucket->interval, VS_BUCKET_ATTR_PAD) ||
	    nla_put_u64_64bit(skb, VS_BUCKET_ATTR_SIZE, bucket->size, VS_BUCKET_ATTR_PAD) ||
	    nla_put_u64_64bit(skb, VS_BUCKET_ATTR_RELEASE, bucket->release, VS_BUCKET_ATTR_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_context(struct sk_buff *skb, const struct vs_context *ctx)
{
	if (nla_put_u32(skb, VS_ATTR_XID, ctx->xid) ||
	    nla_put_string(skb, VS_ATTR_NAME, ctx->name) ||
	    nla_put_u64_64bit(skb, VS_ATTR_FLAGS, ctx->flags, VS_ATTR_PAD) ||
	    nla_put_u64_64bit(skb, VS_ATTR_CEILING, ctx->ceiling, VS_ATTR_PAD) ||
	    nla_put_u32(skb, VS_ATTR_TASKS, vs_context_tasks(ctx)) ||
	    put_addresses(skb, rcu_dereference_protected(ctx->addresses,
							 lockdep_is_held(&vs_table_lock))))
		return -EMSGSIZE;
	return put_bucket(skb, rcu_dereference_protected(ctx->bucket,
							 lockdep_is_held(&vs_table_lock)));
}

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
	err = put_context(skb, ctx);
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, header);
	return genlmsg_reply(skb, info);
}

/* --- commands: vs_table_lock is held ------------------------------------------ */

/* GENL_ADMIN_PERM has asked for CAP_NET_ADMIN; this asks for the rest. */
static int may_use_table(struct netlink_ext_ack *extack)
{
	u32 generation;

	if (!vs_links_held(&generation)) {
		NL_SET_ERR_MSG(extack, "no enforcement is held: nothing would keep a context in");
		return -ENOKEY;
	}
	if (vs_caller_is_host() != 1) {
		NL_SET_ERR_MSG(extack, "only the host may use the table of contexts");
		return -EPERM;
	}
	return 0;
}

static struct vs_context *find(struct genl_info *info)
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
	err = may_use_table(info->extack);
	if (err)
		return err;
	err = parse_change(attrs, &change, info->extack);
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
	free_change(&change);
	return err;
}

static int context_get(struct sk_buff *skb, struct genl_info *info)
{
	struct vs_context *ctx;
	int err;

	guard(mutex)(&vs_table_lock);
	err = may_use_table(info->extack);
	if (err)
		return err;
	ctx = find(info);
	return IS_ERR(ctx) ? PTR_ERR(ctx) : reply_context(info, ctx);
}

static int context_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	unsigned long xid = cb->args[0];
	struct vs_context *ctx;
	void *header;
	int err;

	guard(mutex)(&vs_table_lock);
	err = may_use_table(cb->extack);
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
		if (put_context(skb, ctx)) {
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
	err = may_use_table(info->extack);
	if (err)
		return err;
	ctx = find(info);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	if (!attrs[VS_ATTR_FLAGS] != !attrs[VS_ATTR_FLAGS_MASK]) {
		NL_SET_ERR_MSG(info->extack, "flags and their mask are given together");
		return -EINVAL;
	}
	if (attrs[VS_ATTR_FLAGS_MASK])
		change.flags_mask = nla_get_u64(attrs[VS_ATTR_FLAGS_MASK]);
	err = parse_change(attrs, &change, info->extack);
	if (!err) {
		vs_context_change(ctx, &change);
		vs_context_changed(ctx);
	}
	free_change(&change);
	return err;
}

static int context_end(struct sk_buff *skb, struct genl_info *info)
{
	struct vs_context *ctx;
	int err;

	guard(mutex)(&vs_table_lock);
	err = may_use_table(info->extack);
	if (err)
		return err;
	ctx = find(info);
	return IS_ERR(ctx) ? PTR_ERR(ctx) : vs_context_end(ctx, info->extack);
}

static struct vs_links *parse_links(const struct nlattr *nest, u32 generation,
				    struct netlink_ext_ack *extack)
{
	struct vs_links *links;
	const struct nlattr *attr;
	unsigned int n = 0;
	int rest, err;

	nla_for_each_nested(attr, nest, rest)
		n++;
	if (n > VS_LINKS_MAX) {
		NL_SET_ERR_MSG(extack, "too many links");
		return ERR_PTR(-EINVAL);
	}
	links = vs_links_alloc(n, generation);
	if (!links)
		return ERR_PTR(-ENOMEM);
	nla_for_each_nested(attr, nest, rest) {
		err = vs_links_add(links, nla_get_s32(attr), extack);
		if (err) {
			vs_links_free(links);
			return ERR_PTR(err);
		}
	}
	return links;
}

static int enforce_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr **attrs = info->attrs;
	struct vs_links *links;

	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	if (GENL_REQ_ATTR_CHECK(info, VS_ATTR_LINKS)) {
		NL_SET_ERR_MSG(info->extack, "no links were given");
		return -EINVAL;
	}
	links = parse_links(attrs[VS_ATTR_LINKS],
			    attrs[VS_ATTR_GENERATION] ?
			    nla_get_u32(attrs[VS_ATTR_GENERATION]) : 0, info->extack);
	if (IS_ERR(links))
		return PTR_ERR(links);

	scoped_guard(mutex, &vs_table_lock) {
		if (!links->n && vs_context_any()) {
			vs_links_free(links);
			NL_SET_ERR_MSG(info->extack, "there are contexts: they would be set free");
			return -EBUSY;
		}
		links = vs_links_hold(links);
	}
	vs_links_free(links);
	return 0;
}

static int enforce_get(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	u32 n, generation;
	void *header;

	scoped_guard(mutex, &vs_table_lock)
		n = vs_links_held(&generation);
	reply = reply_new(info, &header);
	if (!reply)
		return -ENOMEM;
	if (nla_put_u32(reply, VS_ATTR_LINK_COUNT, n) ||
	    nla_put_u32(reply, VS_ATTR_GENERATION, generation)) {
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
	{ OP(VS_CMD_CONTEXT_GET, get_policy, context_get), .dumpit = context_dump },
	{ OP(VS_CMD_CONTEXT_SET, set_policy, context_set) },
	{ OP(VS_CMD_CONTEXT_END, end_policy, context_end) },
	{ OP(VS_CMD_ENFORCE_SET, enforce_policy, enforce_set) },
	{ OP(VS_CMD_ENFORCE_GET, enforce_policy, enforce_get) },
};

static const struct genl_multicast_group groups[] = {
	[VS_GROUP_EVENTS] = {
		.name = VS_GENL_GROUP_EVENTS,
		.flags = GENL_MCAST_CAP_NET_ADMIN,
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
