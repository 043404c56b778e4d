/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_NAME_H
#define VS_NAME_H

#include <linux/netlink.h>

/* 0; -EINVAL a context cannot be called so. */
int vs_name_check(const char *name, struct netlink_ext_ack *extack);

#endif /* VS_NAME_H */
