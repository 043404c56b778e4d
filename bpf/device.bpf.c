// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * DEVICES: which nodes a guest's cgroup opens and makes.
 *
 * What it does.  One program, attached to the cgroup of each guest whose ceiling
 * has no CAP_MKNOD.  It lets through the nodes that reach nothing but who opens
 * them, and the making of those, and nothing else.
 *
 * When it is good.  It is the second wall behind lsm/file_open, of another kind:
 * it goes by the cgroup and not by the context, it stands where the kernel asks
 * about a device however it was come by (a mount of a disk, a file system's own
 * log), and it is there for a process of the host that has been moved into the
 * guest.  It lives as long as the cgroup; the host alone may detach it.
 *
 * What it cannot stop.  What is done with a device that is open already.
 */
#define BPF_NO_KFUNC_PROTOTYPES
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include "device_kind.bpf.h"

char LICENSE[] SEC("license") = "GPL";

#define BPF_DEVCG_DEV_CHAR	2	/* not in BTF */

SEC("cgroup/dev")
int vs_device(struct bpf_cgroup_dev_ctx *ctx)
{
	/* The type is below the access. */
	return (ctx->access_type & 0xffff) == BPF_DEVCG_DEV_CHAR &&
	       is_harmless(ctx->major, ctx->minor);
}
