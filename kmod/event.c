// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Events, told to whoever listens on the multicast group.  One that cannot be
 * told is lost: the table is the truth, and a listener can read it.
 */
#include <net/genetlink.h>

#include "event.h"
#include "netlink.h"

void vs_event_send(enum vs_event event, u32 xid, const char *name)
{
	struct sk_buff *skb;
	void *header;

	if (!genl_has_listeners(&vs_genl_family, &init_net, VS_GROUP_EVENTS))
		return;
	skb = genlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return;

	header = genlmsg_put(skb, 0, 0, &vs_genl_family, 0, VS_CMD_EVENT);
	if (!header || nla_put_u32(skb, VS_ATTR_EVENT, event) ||
	    nla_put_u32(skb, VS_ATTR_XID, xid) ||
	    nla_put_string(skb, VS_ATTR_NAME, name)) {
		nlmsg_free(skb);
		return;
	}
	genlmsg_end(skb, header);
	genlmsg_multicast(&vs_genl_family, skb, 0, VS_GROUP_EVENTS, GFP_KERNEL);
}
