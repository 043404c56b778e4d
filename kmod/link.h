/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 */
#ifndef VS_LINK_H
#define VS_LINK_H

#include <linux/netlink.h>
#include <linux/types.h>

struct file;

/**
 * struct vs_links - the BPF links that enforce.
 * @generation: what user space calls this set.
 * @n: how many there are.
 * @files: each holds a link open.
 */
struct vs_links {
	u32 generation;
	unsigned int n;
	struct file *files[];
};

struct vs_links *vs_links_alloc(unsigned int n, u32 generation);
int vs_links_add(struct vs_links *links, int fd, struct netlink_ext_ack *extack);
void vs_links_free(struct vs_links *links);
void vs_links_exit(void);

/* Is every link that was given held and still attached?  Never sleeps. */
bool vs_links_whole(void);

/* All of these: vs_table_lock is held. */
struct vs_links *vs_links_hold(struct vs_links *links);
unsigned int vs_links_attached(u32 *generation);

#endif /* VS_LINK_H */
