// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a process that takes a nid, or enters a context with a network of its own, has
 * open.  From then on it may use sockets of that only, and hooks see how it comes by
 * others: they are made (socket_post_create) or received (file_receive).  So that no
 * hook has to ask whose socket it is at each message, it has none of another when it
 * enters.
 */
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <net/sock.h>

#include "mark.h"
#include "steer.h"

/* @xid: of who has a network of its own; else 0. */
struct owner {
	u32 nid;
	u32 xid;
	struct bpf_local_storage_map *marks;
};

static bool is_foreign_socket(const struct sock *sk, const struct owner *owner)
{
	const struct vs_mark *mark;

	/* Netlink tells of the network that it is of, and is no way into it. */
	if (sk->sk_family == AF_UNIX || (!owner->xid && sk->sk_family == AF_NETLINK))
		return false;
	mark = vs_mark_of(sk, owner->marks);
	return !mark || (owner->xid ? mark->xid != owner->xid : mark->nid != owner->nid);
}

/* Files, sockets among them, that were registered with it are not in the table. */
static bool is_ring(const struct file *file)
{
	return file_inode(file)->i_sb->s_magic == ANON_INODE_FS_MAGIC &&
	       !strcmp(file->f_path.dentry->d_name.name, "[io_uring]");
}

static int look(const void *data, struct file *file, unsigned int fd)
{
	struct socket *sock = sock_from_file(file);

	if (sock && sock->sk)
		return is_foreign_socket(sock->sk, data);
	return is_ring(file);
}

__bpf_kfunc_start_defs();

/*
 * 0: the running task has no sockets but those of @nid, of Unix and of netlink, or,
 * where @own_net is not 0, of that xid and of Unix; nor can it come by one.
 * -EBADF: it has one, or an io_uring; -EBUSY: it shares its table of files with
 * another task; -EINVAL: that is no map of marks.
 */
__bpf_kfunc int vs_files_own(u32 nid, u32 own_net, void *sockets__map)
{
	struct owner owner = { nid, own_net, vs_marks(sockets__map) };
	struct files_struct *files = current->files;

	if (!owner.marks || !files)
		return -EINVAL;
	if (atomic_read(&files->count) != 1)
		return -EBUSY;
	guard(rcu)();
	return iterate_fd(files, 0, look, &owner) ? -EBADF : 0;
}

__bpf_kfunc_end_defs();
