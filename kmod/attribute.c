// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Netlink attributes: what a message says to change, and a context as
 * attributes.  Which attributes a command takes is in netlink.c.
 */
#include <linux/slab.h>
#include <net/netlink.h>

#include "attribute.h"
#include "ceiling.h"
#include "link.h"

/* --- policies of the nests --------------------------------------------------- */

static const struct nla_policy address_policy[VS_ADDRESS_ATTR_MAX + 1] = {
	[VS_ADDRESS_ATTR_IP4] = NLA_POLICY_EXACT_LEN(sizeof(__be32)),
	[VS_ADDRESS_ATTR_IP6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[VS_ADDRESS_ATTR_PREFIX] = NLA_POLICY_RANGE(NLA_U8, 1, 128),
	[VS_ADDRESS_ATTR_LAST4] = NLA_POLICY_EXACT_LEN(sizeof(__be32)),
	[VS_ADDRESS_ATTR_LAST6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
};

const struct nla_policy vs_addresses_policy[VS_ATTR_MAX + 1] = {
	[VS_ATTR_ADDRESS] = NLA_POLICY_NESTED(address_policy),
};

const struct nla_policy vs_bucket_policy[VS_BUCKET_ATTR_MAX + 1] = {
	[VS_BUCKET_ATTR_RATE] = { .type = NLA_U64 },
	[VS_BUCKET_ATTR_INTERVAL] = { .type = NLA_U64 },
	[VS_BUCKET_ATTR_SIZE] = { .type = NLA_U64 },
	[VS_BUCKET_ATTR_RELEASE] = { .type = NLA_U64 },
	[VS_BUCKET_ATTR_IDLE_RATE] = { .type = NLA_U64 },
	[VS_BUCKET_ATTR_IDLE_INTERVAL] = { .type = NLA_U64 },
	[VS_BUCKET_ATTR_PRIO_BIAS] = { .type = NLA_S32 },
	[VS_BUCKET_ATTR_TOKENS] = { .type = NLA_U64 },
	[VS_BUCKET_ATTR_SCOPE] = NLA_POLICY_MAX(NLA_U32, VS_SCOPE_MAX),
};

const struct nla_policy vs_links_policy[VS_ATTR_MAX + 1] = {
	[VS_ATTR_LINK] = { .type = NLA_S32 },
};

/* --- attributes in ----------------------------------------------------------- */

static int parse_address(const struct nlattr *attr, struct vs_addresses *set,
			 struct netlink_ext_ack *extack)
{
	struct nlattr *tb[VS_ADDRESS_ATTR_MAX + 1];
	struct in6_addr ip6, last6;
	__be32 last4;
	u8 prefix;
	int err;

	err = nla_parse_nested(tb, VS_ADDRESS_ATTR_MAX, attr, address_policy, extack);
	if (err)
		return err;
	if (!tb[VS_ADDRESS_ATTR_IP4] == !tb[VS_ADDRESS_ATTR_IP6] ||
	    (tb[VS_ADDRESS_ATTR_IP4] && tb[VS_ADDRESS_ATTR_LAST6]) ||
	    (tb[VS_ADDRESS_ATTR_IP6] && tb[VS_ADDRESS_ATTR_LAST4])) {
		NL_SET_ERR_MSG(extack, "an address is one of IPv4 and IPv6");
		return -EINVAL;
	}
	prefix = tb[VS_ADDRESS_ATTR_PREFIX] ? nla_get_u8(tb[VS_ADDRESS_ATTR_PREFIX]) : 0;
	if (tb[VS_ADDRESS_ATTR_IP4]) {
		if (tb[VS_ADDRESS_ATTR_LAST4])
			last4 = nla_get_in_addr(tb[VS_ADDRESS_ATTR_LAST4]);
		return vs_addresses_add4(set, nla_get_in_addr(tb[VS_ADDRESS_ATTR_IP4]), prefix,
					 tb[VS_ADDRESS_ATTR_LAST4] ? &last4 : NULL, extack);
	}
	ip6 = nla_get_in6_addr(tb[VS_ADDRESS_ATTR_IP6]);
	if (tb[VS_ADDRESS_ATTR_LAST6])
		last6 = nla_get_in6_addr(tb[VS_ADDRESS_ATTR_LAST6]);
	return vs_addresses_add6(set, &ip6, prefix, tb[VS_ADDRESS_ATTR_LAST6] ? &last6 : NULL,
				 extack);
}

static int parse_addresses(const struct nlattr *nest, struct vs_change *change,
			   struct netlink_ext_ack *extack)
{
	struct vs_addresses *set __free(kfree) = kzalloc(sizeof(*set), GFP_KERNEL);
	const struct nlattr *attr;
	int rest, err;

	if (!set)
		return -ENOMEM;
	nla_for_each_nested(attr, nest, rest) {
		err = parse_address(attr, set, extack);
		if (err)
			return err;
	}
	change->set_addresses = true;
	if (set->n)
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
	err = nla_parse_nested(tb, VS_BUCKET_ATTR_MAX, nest, vs_bucket_policy, extack);
	if (err)
		return err;
	if (!tb[VS_BUCKET_ATTR_RATE] || !tb[VS_BUCKET_ATTR_INTERVAL] ||
	    !tb[VS_BUCKET_ATTR_SIZE] || !tb[VS_BUCKET_ATTR_RELEASE]) {
		NL_SET_ERR_MSG(extack, "a bucket has rate, interval, size and release level, all four");
		return -EINVAL;
	}
	if (!tb[VS_BUCKET_ATTR_IDLE_RATE] != !tb[VS_BUCKET_ATTR_IDLE_INTERVAL]) {
		NL_SET_ERR_MSG(extack, "an idle rate has an interval, and an interval a rate");
		return -EINVAL;
	}
	bucket->rate = nla_get_u64(tb[VS_BUCKET_ATTR_RATE]);
	bucket->interval = nla_get_u64(tb[VS_BUCKET_ATTR_INTERVAL]);
	bucket->size = nla_get_u64(tb[VS_BUCKET_ATTR_SIZE]);
	bucket->release = nla_get_u64(tb[VS_BUCKET_ATTR_RELEASE]);
	if (tb[VS_BUCKET_ATTR_IDLE_RATE]) {
		bucket->idle_rate = nla_get_u64(tb[VS_BUCKET_ATTR_IDLE_RATE]);
		bucket->idle_interval = nla_get_u64(tb[VS_BUCKET_ATTR_IDLE_INTERVAL]);
	}
	if (tb[VS_BUCKET_ATTR_PRIO_BIAS])
		bucket->prio_bias = nla_get_s32(tb[VS_BUCKET_ATTR_PRIO_BIAS]);
	if (tb[VS_BUCKET_ATTR_SCOPE])
		bucket->scope = nla_get_u32(tb[VS_BUCKET_ATTR_SCOPE]);
	bucket->tokens = tb[VS_BUCKET_ATTR_TOKENS] ? nla_get_u64(tb[VS_BUCKET_ATTR_TOKENS]) :
						     U64_MAX;
	err = vs_bucket_check(bucket, extack);
	if (err)
		return err;
	change->bucket = no_free_ptr(bucket);
	return 0;
}

void vs_change_free(struct vs_change *change)
{
	kfree(change->addresses);
	kfree(change->bucket);
}

int vs_change_parse(struct nlattr **attrs, struct vs_change *change,
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

struct vs_links *vs_links_parse(const struct nlattr *nest, u32 generation,
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

/* --- attributes out ---------------------------------------------------------- */

static int put_number(struct sk_buff *skb, int ip4, int ip6, u128 number)
{
	struct in6_addr address = vs_ip6_of(number);

	return vs_number_is4(number) ? nla_put_in_addr(skb, ip4, vs_ip4_of(number)) :
				       nla_put_in6_addr(skb, ip6, &address);
}

static int put_address(struct sk_buff *skb, const struct vs_address *a)
{
	struct nlattr *nest = nla_nest_start(skb, VS_ATTR_ADDRESS);

	if (!nest || put_number(skb, VS_ADDRESS_ATTR_IP4, VS_ADDRESS_ATTR_IP6, a->named) ||
	    (a->prefix && nla_put_u8(skb, VS_ADDRESS_ATTR_PREFIX, a->prefix)) ||
	    (!a->prefix && a->last != a->first &&
	     put_number(skb, VS_ADDRESS_ATTR_LAST4, VS_ADDRESS_ATTR_LAST6, a->last)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_addresses(struct sk_buff *skb, const struct vs_addresses *set)
{
	struct nlattr *nest;
	unsigned int i;

	if (!set)
		return 0;
	nest = nla_nest_start(skb, VS_ATTR_ADDRESSES);
	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < set->n; i++)
		if (put_address(skb, &set->at[i]))
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
	    nla_put_u64_64bit(skb, VS_BUCKET_ATTR_RELEASE, bucket->release, VS_BUCKET_ATTR_PAD) ||
	    nla_put_s32(skb, VS_BUCKET_ATTR_PRIO_BIAS, bucket->prio_bias) ||
	    nla_put_u32(skb, VS_BUCKET_ATTR_SCOPE, bucket->scope))
		return -EMSGSIZE;
	if (bucket->idle_rate &&
	    (nla_put_u64_64bit(skb, VS_BUCKET_ATTR_IDLE_RATE, bucket->idle_rate,
			       VS_BUCKET_ATTR_PAD) ||
	     nla_put_u64_64bit(skb, VS_BUCKET_ATTR_IDLE_INTERVAL, bucket->idle_interval,
			       VS_BUCKET_ATTR_PAD)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_refused(struct sk_buff *skb, const struct vs_refusals *refusals)
{
	struct nlattr *nest = NULL;
	u32 rule;
	u64 n;

	for (rule = 1; rule <= VS_RULE_MAX; rule++) {
		n = atomic64_read(&refusals->count[rule]);
		if (!n)
			continue;
		if (!nest)
			nest = nla_nest_start(skb, VS_ATTR_REFUSED);
		if (!nest || nla_put(skb, rule, sizeof(n), &n))
			return -EMSGSIZE;
	}
	if (nest)
		nla_nest_end(skb, nest);
	return 0;
}

int vs_context_put(struct sk_buff *skb, const struct vs_context *ctx)
{
	lockdep_assert_held(&vs_table_lock);
	if (nla_put_u32(skb, VS_ATTR_XID, ctx->xid) ||
	    nla_put_string(skb, VS_ATTR_NAME, ctx->name) ||
	    nla_put_u64_64bit(skb, VS_ATTR_FLAGS, ctx->flags, VS_ATTR_PAD) ||
	    nla_put_u64_64bit(skb, VS_ATTR_CEILING, ctx->ceiling, VS_ATTR_PAD) ||
	    nla_put_u32(skb, VS_ATTR_TASKS, vs_context_tasks(ctx)) ||
	    put_refused(skb, &ctx->refusals) ||
	    put_addresses(skb, rcu_dereference_protected(ctx->addresses,
							 lockdep_is_held(&vs_table_lock))))
		return -EMSGSIZE;
	return put_bucket(skb, rcu_dereference_protected(ctx->bucket,
							 lockdep_is_held(&vs_table_lock)));
}
