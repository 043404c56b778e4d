// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Where a program that enforces hangs: the root of the cgroups, the network
 * namespace of the host, or the hook that the program itself names.
 */
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <unistd.h>

#include "attach.h"
#include "private.h"

struct bpf_link *vs_attach(struct bpf_program *program)
{
	_cleanup_close_ int place = -1;

	switch (bpf_program__type(program)) {
	case BPF_PROG_TYPE_CGROUP_SOCK_ADDR:
		place = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		return place < 0 ? NULL : bpf_program__attach_cgroup(program, place);
	case BPF_PROG_TYPE_SK_LOOKUP:
		place = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
		return place < 0 ? NULL : bpf_program__attach_netns(program, place);
	default:
		return bpf_program__attach(program);
	}
}
