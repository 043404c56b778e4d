// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Whether a cgroup's devices are limited (cgroup_device.c); asked without libbpf.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>

#include "private.h"

int vs_cgroup_devices_limited(const char *path)
{
	_cleanup_close_ int cgroup = vs_cgroup_find(path);
	union bpf_attr attr;

	if (cgroup < 0)
		return cgroup;
	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (uint32_t)cgroup;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	if (syscall(SYS_bpf, BPF_PROG_QUERY, &attr, sizeof(attr)) < 0)
		return -errno;
	return attr.query.prog_cnt > 0;
}
