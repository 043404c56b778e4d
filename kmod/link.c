// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Holds the BPF links that enforce.  A link lives as long as somebody has it
 * open; pins go when bpffs is unmounted, and daemons die.  Each link that is held
 * keeps the module loaded, whether or not its program calls the kfuncs; contexts
 * are there only while links are, so when the module goes there are none.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "context.h"
#include "link.h"

static struct vs_links *held;		/* vs_table_lock */

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
	lockdep_assert_held(&vs_table_lock);
	swap(held, links);
	return links;
}

unsigned int vs_links_held(u32 *generation)
{
	lockdep_assert_held(&vs_table_lock);
	*generation = held ? held->generation : 0;
	return held ? held->n : 0;
}

/* No link is held: each would hold the module. */
void vs_links_exit(void)
{
	WARN_ON_ONCE(held && held->n);
	kfree(held);
}
