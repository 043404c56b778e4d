/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_ATTRIBUTE_H
#define VS_ATTRIBUTE_H

#include <linux/skbuff.h>
#include <net/netlink.h>

#include "context.h"

struct vs_links;

extern const struct nla_policy vs_addresses_policy[VS_ATTR_MAX + 1];
extern const struct nla_policy vs_bucket_policy[VS_BUCKET_ATTR_MAX + 1];
extern const struct nla_policy vs_links_policy[VS_ATTR_MAX + 1];

/* What is in the message; vs_change_free() whatever this returns. */
int vs_change_parse(struct nlattr **attrs, struct vs_change *change,
		    struct netlink_ext_ack *extack);
void vs_change_free(struct vs_change *change);

/* The links of the caller, held; an ERR_PTR() otherwise. */
struct vs_links *vs_links_parse(const struct nlattr *nest, u32 generation,
				struct netlink_ext_ack *extack);

/* A context as attributes; vs_table_lock is held.  -EMSGSIZE: no room. */
int vs_context_put(struct sk_buff *skb, const struct vs_context *ctx);

#endif /* VS_ATTRIBUTE_H */
