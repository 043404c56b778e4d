/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A context as netlink attributes; between attribute.c and nl.c.
 */
#ifndef VS_ATTRIBUTE_H
#define VS_ATTRIBUTE_H

#include "vserver.h"

struct nl_msg;
struct nlattr;

/* Append a nest, an empty one where there is nothing.  0; -ENOMEM. */
int vs_attribute_put_addresses(struct nl_msg *msg, const struct vs_context *ctx);
int vs_attribute_put_bucket(struct nl_msg *msg, const struct vs_bucket *bucket);
/* @data: struct vs_context, untouched on failure.  0; -EBADMSG. */
int vs_attribute_take_context(struct nlattr **attrs, void *data);

#endif /* VS_ATTRIBUTE_H */
