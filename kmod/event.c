// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Events, told to whoever listens on the multicast group.  One that cannot be
 * told is lost, which a listener sees by the sequence: the table is the truth,
 * and can be read.
 */
#include <net/genetlink.h>

#include "context.h"
#include "event.h"
#include "netlink.h"

static u64 sequence;		/* of the last event; vs_table_lock */

u64 vs_event_sequence(void)
{
	lockdep_assert_held(&vs_table_lock);
	return sequence;
}

/* How the first process of a context ended, once there is none in it. */
static int put_status(struct sk_buff *skb, enum vs_event event,
		      const struct vs_context *ctx)
{
	if (event != VS_EVENT_EMPTIED && event != VS_EVENT_ENDED)
		return 0;
	/* vs_context_exit_process() has written the status before */
	if (!smp_load_acquire(&ctx->has_status))
		return 0;
	return nla_put_u32(skb, VS_ATTR_STATUS, READ_ONCE(ctx->status));
}

static int put_refused(struct sk_buff *skb, u32 rule, u64 count)
{
	if (!count)
		return 0;
	return nla_put_u32(skb, VS_ATTR_RULE, rule) ?:
	       nla_put_u64_64bit(skb, VS_ATTR_COUNT, count, VS_ATTR_PAD);
}

static void send(enum vs_event event, const struct vs_context *ctx, u32 rule, u64 count)
{
	struct sk_buff *skb;
	void *header;

	lockdep_assert_held(&vs_table_lock);
	sequence++;
	if (!genl_has_listeners(&vs_genl_family, &init_net, VS_GROUP_EVENTS))
		return;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return;

	header = genlmsg_put(skb, 0, 0, &vs_genl_family, 0, VS_CMD_EVENT);
	if (!header || nla_put_u32(skb, VS_ATTR_EVENT, event) ||
	    nla_put_u64_64bit(skb, VS_ATTR_SEQUENCE, sequence, VS_ATTR_PAD) ||
	    nla_put_u32(skb, VS_ATTR_XID, ctx->xid) ||
	    nla_put_string(skb, VS_ATTR_NAME, ctx->name) ||
	    nla_put_u64_64bit(skb, VS_ATTR_FLAGS, READ_ONCE(ctx->flags), VS_ATTR_PAD) ||
	    put_status(skb, event, ctx) || put_refused(skb, rule, count)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	genlmsg_multicast(&vs_genl_family, skb, 0, VS_GROUP_EVENTS, GFP_KERNEL);
}

void vs_event_send(enum vs_event event, const struct vs_context *ctx)
{
	send(event, ctx, 0, 0);
}

void vs_event_send_refused(const struct vs_context *ctx, u32 rule, u64 count)
{
	send(VS_EVENT_REFUSED, ctx, rule, count);
}
