// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A context as netlink attributes, and attributes as a context: the encoding
 * that linux/vserver.h lays down.  It knows attributes, but neither sockets
 * nor commands.
 */
#include <errno.h>
#include <netlink/attr.h>

#include "attribute.h"
#include "private.h"

/* --- contexts to attributes -------------------------------------------------- */

static int put_address(struct nl_msg *msg, const struct vs_address *a)
{
	struct nlattr *one = nla_nest_start(msg, VS_ATTR_ADDRESS);
	int r;

	if (!one)
		return -ENOMEM;
	if (a->family == AF_INET)
		r = nla_put(msg, VS_ADDRESS_ATTR_IP4, sizeof(a->ip4), &a->ip4);
	else
		r = nla_put(msg, VS_ADDRESS_ATTR_IP6, sizeof(a->ip6), &a->ip6);
	if (r >= 0 && a->prefix)
		r = nla_put_u8(msg, VS_ADDRESS_ATTR_PREFIX, a->prefix);
	if (r >= 0 && a->has_last && a->family == AF_INET)
		r = nla_put(msg, VS_ADDRESS_ATTR_LAST4, sizeof(a->last4), &a->last4);
	if (r >= 0 && a->has_last && a->family == AF_INET6)
		r = nla_put(msg, VS_ADDRESS_ATTR_LAST6, sizeof(a->last6), &a->last6);
	if (r < 0)
		return -ENOMEM;
	nla_nest_end(msg, one);
	return 0;
}

int vs_attribute_put_addresses(struct nl_msg *msg, const struct vs_context *ctx)
{
	struct nlattr *list = nla_nest_start(msg, VS_ATTR_ADDRESSES);

	if (!list)
		return -ENOMEM;
	for (size_t i = 0; i < ctx->n_addresses; i++) {
		int r = put_address(msg, &ctx->addresses[i]);

		if (r < 0)
			return r;
	}
	nla_nest_end_keep_empty(msg, list);
	return 0;
}

int vs_attribute_put_bucket(struct nl_msg *msg, const struct vs_bucket *bucket)
{
	struct nlattr *nest = nla_nest_start(msg, VS_ATTR_BUCKET);

	if (!nest)
		return -ENOMEM;
	if (bucket->rate_ns &&
	    (nla_put_u64(msg, VS_BUCKET_ATTR_RATE, bucket->rate_ns) < 0 ||
	     nla_put_u64(msg, VS_BUCKET_ATTR_INTERVAL, bucket->interval_ns) < 0 ||
	     nla_put_u64(msg, VS_BUCKET_ATTR_SIZE, bucket->size_ns) < 0 ||
	     nla_put_u64(msg, VS_BUCKET_ATTR_RELEASE, bucket->release_ns) < 0 ||
	     nla_put_s32(msg, VS_BUCKET_ATTR_PRIO_BIAS, bucket->prio_bias) < 0 ||
	     nla_put_u32(msg, VS_BUCKET_ATTR_SCOPE, bucket->scope) < 0))
		return -ENOMEM;
	if (bucket->rate_ns && bucket->idle_rate_ns &&
	    (nla_put_u64(msg, VS_BUCKET_ATTR_IDLE_RATE, bucket->idle_rate_ns) < 0 ||
	     nla_put_u64(msg, VS_BUCKET_ATTR_IDLE_INTERVAL, bucket->idle_interval_ns) < 0))
		return -ENOMEM;
	if (bucket->rate_ns && bucket->set_tokens &&
	    nla_put_u64(msg, VS_BUCKET_ATTR_TOKENS, bucket->tokens_ns) < 0)
		return -ENOMEM;
	nla_nest_end_keep_empty(msg, nest);
	return 0;
}

/* --- attributes to contexts -------------------------------------------------- */

/* Is it there?  If so it is copied, if it has the right size. */
static bool take_bytes(struct nlattr *attr, void *ret, size_t size)
{
	if (!attr || (size_t)nla_len(attr) != size)
		return false;
	memcpy(ret, nla_data(attr), size);
	return true;
}

static int take_address(struct nlattr *one, struct vs_address *a)
{
	struct nlattr *attrs[VS_ADDRESS_ATTR_MAX + 1];

	if (nla_parse_nested(attrs, VS_ADDRESS_ATTR_MAX, one, NULL) < 0)
		return -EBADMSG;
	if (take_bytes(attrs[VS_ADDRESS_ATTR_IP4], &a->ip4, sizeof(a->ip4))) {
		a->family = AF_INET;
		a->has_last = take_bytes(attrs[VS_ADDRESS_ATTR_LAST4], &a->last4,
					 sizeof(a->last4));
	} else if (take_bytes(attrs[VS_ADDRESS_ATTR_IP6], &a->ip6, sizeof(a->ip6))) {
		a->family = AF_INET6;
		a->has_last = take_bytes(attrs[VS_ADDRESS_ATTR_LAST6], &a->last6,
					 sizeof(a->last6));
	} else {
		return -EBADMSG;
	}
	take_bytes(attrs[VS_ADDRESS_ATTR_PREFIX], &a->prefix, sizeof(a->prefix));
	return 0;
}

static int take_addresses(struct nlattr *list, struct vs_context *ctx)
{
	struct nlattr *one;
	int rest, r;

	nla_for_each_nested(one, list, rest) {
		if (ctx->n_addresses == VS_ADDRESSES_MAX)
			return -EBADMSG;
		r = take_address(one, &ctx->addresses[ctx->n_addresses++]);
		if (r < 0)
			return r;
	}
	return 0;
}

static uint64_t number_of(struct nlattr *attr)
{
	return attr && nla_len(attr) == sizeof(uint64_t) ? nla_get_u64(attr) : 0;
}

static int take_bucket(struct nlattr *nest, struct vs_bucket *bucket)
{
	struct nlattr *attrs[VS_BUCKET_ATTR_MAX + 1];

	if (nla_parse_nested(attrs, VS_BUCKET_ATTR_MAX, nest, NULL) < 0)
		return -EBADMSG;
	bucket->rate_ns = number_of(attrs[VS_BUCKET_ATTR_RATE]);
	bucket->interval_ns = number_of(attrs[VS_BUCKET_ATTR_INTERVAL]);
	bucket->size_ns = number_of(attrs[VS_BUCKET_ATTR_SIZE]);
	bucket->release_ns = number_of(attrs[VS_BUCKET_ATTR_RELEASE]);
	bucket->idle_rate_ns = number_of(attrs[VS_BUCKET_ATTR_IDLE_RATE]);
	bucket->idle_interval_ns = number_of(attrs[VS_BUCKET_ATTR_IDLE_INTERVAL]);
	if (attrs[VS_BUCKET_ATTR_PRIO_BIAS] &&
	    nla_len(attrs[VS_BUCKET_ATTR_PRIO_BIAS]) == sizeof(int32_t))
		bucket->prio_bias = nla_get_s32(attrs[VS_BUCKET_ATTR_PRIO_BIAS]);
	if (attrs[VS_BUCKET_ATTR_SCOPE] &&
	    nla_len(attrs[VS_BUCKET_ATTR_SCOPE]) == sizeof(uint32_t))
		bucket->scope = nla_get_u32(attrs[VS_BUCKET_ATTR_SCOPE]);
	return 0;
}

/* Families that this library does not know are left out. */
static void take_refused(struct nlattr *nest, uint64_t *refused)
{
	struct nlattr *one;
	int rest;

	nla_for_each_nested(one, nest, rest)
		if (nla_type(one) <= VS_RULE_MAX)
			refused[nla_type(one)] = number_of(one);
}

int vs_attribute_take_context(struct nlattr **attrs, void *data)
{
	struct vs_context ctx = {}, *ret = data;
	int r = 0;

	if (!attrs[VS_ATTR_XID] || nla_len(attrs[VS_ATTR_XID]) != sizeof(uint32_t))
		return -EBADMSG;
	ctx.xid = nla_get_u32(attrs[VS_ATTR_XID]);
	if (attrs[VS_ATTR_NAME])
		nla_strlcpy(ctx.name, attrs[VS_ATTR_NAME], sizeof(ctx.name));
	ctx.flags = number_of(attrs[VS_ATTR_FLAGS]);
	ctx.ceiling = number_of(attrs[VS_ATTR_CEILING]);
	if (attrs[VS_ATTR_TASKS] && nla_len(attrs[VS_ATTR_TASKS]) == sizeof(uint32_t))
		ctx.tasks = nla_get_u32(attrs[VS_ATTR_TASKS]);
	if (attrs[VS_ATTR_REFUSED])
		take_refused(attrs[VS_ATTR_REFUSED], ctx.refused);
	if (attrs[VS_ATTR_ADDRESSES])
		r = take_addresses(attrs[VS_ATTR_ADDRESSES], &ctx);
	if (!r && attrs[VS_ATTR_BUCKET])
		r = take_bucket(attrs[VS_ATTR_BUCKET], &ctx.bucket);
	if (!r)
		*ret = ctx;
	return r;
}
