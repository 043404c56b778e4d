// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Holds the BPF links that enforce.  A link lives as long as somebody has it
 * open; pins go when bpffs is unmounted, and daemons die.  Each link that is held
 * keeps the module loaded, whether or not its program calls the kfuncs; contexts
 * are there only while links are, so when the module goes there are none.
 *
 * Held is not attached: a link of a cgroup or of a network namespace can be
 * detached by whoever may call bpf() on the host, and stays behind as an empty
 * thing.  Those of LSM hooks and of tracepoints cannot.  So what counts is what is
 * attached.
 */
#include <linux/bpf-cgroup.h>
#include <linux/bpf.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <net/net_namespace.h>
#include <net/netns/bpf.h>

#include "context.h"
#include "link.h"

static struct vs_links __rcu *held;	/* written under vs_table_lock */

/*
 * The kernel exports nothing that tells a BPF link.  Its file is on the file
 * system of anonymous inodes and is called "bpf_link" when it was made and
 * "bpf-link" when it was got from a pin; root alone makes either.
 */
static bool is_bpf_link(const struct file *file)
{
	const char *name = file->f_path.dentry->d_name.name;

	return file->f_path.dentry->d_sb->s_magic == ANON_INODE_FS_MAGIC &&
	       (!strcmp(name, "bpf_link") || !strcmp(name, "bpf-link"));
}

/* Where contexts are, which is the initial one; its link cannot be looked into. */
static bool is_in_netns(const struct bpf_link *link)
{
	const struct bpf_prog_array *array;
	const struct bpf_prog_array_item *item;

	guard(rcu)();
	array = rcu_dereference(init_net.bpf.run_array[NETNS_BPF_SK_LOOKUP]);
	for (item = array ? array->items : NULL; item && READ_ONCE(item->prog); item++)
		if (item->prog == link->prog)
			return true;
	return false;
}

static bool is_attached(const struct file *file)
{
	struct bpf_link *link = file->private_data;

	if (link->type == BPF_LINK_TYPE_NETNS)
		return is_in_netns(link);
	if (link->type != BPF_LINK_TYPE_CGROUP)
		return true;
	return READ_ONCE(container_of(link, struct bpf_cgroup_link, link)->cgroup);
}

struct vs_links *vs_links_alloc(unsigned int n, u32 generation)
{
	struct vs_links *links;

	links = kzalloc(struct_size(links, files, n), GFP_KERNEL);
	if (links)
		links->generation = generation;
	return links;
}

int vs_links_add(struct vs_links *links, int fd, struct netlink_ext_ack *extack)
{
	struct file *file = fget(fd);

	if (!file) {
		NL_SET_ERR_MSG(extack, "a link is not an open descriptor of the caller");
		return -EBADF;
	}
	if (!is_bpf_link(file)) {
		fput(file);
		NL_SET_ERR_MSG(extack, "a descriptor is not a BPF link");
		return -EINVAL;
	}
	__module_get(THIS_MODULE);	/* a command is running: it is there */
	links->files[links->n++] = file;
	return 0;
}

void vs_links_free(struct vs_links *links)
{
	if (!links)
		return;
	while (links->n) {
		fput(links->files[--links->n]);
		module_put(THIS_MODULE);
	}
	kfree(links);
}

/* Hold these and give back those that were held; the caller frees them. */
struct vs_links *vs_links_hold(struct vs_links *links)
{
	return rcu_replace_pointer(held, links, lockdep_is_held(&vs_table_lock));
}

/* How many are held and attached, of how many that were given. */
static unsigned int count_attached(const struct vs_links *links)
{
	unsigned int i, n = 0;

	for (i = 0; links && i < links->n; i++)
		n += is_attached(links->files[i]);
	return n;
}

unsigned int vs_links_attached(u32 *generation)
{
	const struct vs_links *links;

	links = rcu_dereference_protected(held, lockdep_is_held(&vs_table_lock));
	*generation = links ? links->generation : 0;
	return count_attached(links);
}

bool vs_links_whole(void)
{
	const struct vs_links *links;

	guard(rcu)();
	links = rcu_dereference(held);
	return links && links->n && count_attached(links) == links->n;
}

/* No link is held: each would hold the module. */
void vs_links_exit(void)
{
	struct vs_links *links = rcu_dereference_protected(held, true);

	WARN_ON_ONCE(links && links->n);
	kfree(links);
}
