/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_NETLINK_H
#define VS_NETLINK_H

#include <linux/vserver.h>
#include <net/genetlink.h>

struct vs_context;

enum vs_group {
	VS_GROUP_EVENTS,
};

extern struct genl_family vs_genl_family;

int vs_netlink_init(void);
void vs_netlink_exit(void);

/* For the commands; vs_table_lock is held.  May the caller use the table: 0, or
 * the errno; the context that a message is about, or an ERR_PTR(). */
int vs_may_use_table(struct netlink_ext_ack *extack);
struct vs_context *vs_netlink_find(struct genl_info *info);

/* netlink_task.c */
extern const struct nla_policy vs_kill_policy[VS_ATTR_MAX + 1];
extern const struct nla_policy vs_task_get_policy[VS_ATTR_MAX + 1];
int vs_netlink_kill(struct sk_buff *skb, struct genl_info *info);
int vs_netlink_tasks_start(struct netlink_callback *cb);
int vs_netlink_tasks_dump(struct sk_buff *skb, struct netlink_callback *cb);
int vs_netlink_tasks_done(struct netlink_callback *cb);

#endif /* VS_NETLINK_H */
