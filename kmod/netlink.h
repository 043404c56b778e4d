/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_NETLINK_H
#define VS_NETLINK_H

struct genl_family;

enum vs_group {
	VS_GROUP_EVENTS,
};

extern struct genl_family vs_genl_family;

int vs_netlink_init(void);
void vs_netlink_exit(void);

#endif /* VS_NETLINK_H */
