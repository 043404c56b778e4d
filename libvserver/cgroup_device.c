// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The devices that a cgroup may use.  The program (bpf/device.bpf.c) is attached
 * to the cgroup itself, without a link: it lives as long as that, and nothing
 * has to hold it.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>

#include "bpf/device.skel.h"
#include "bpf_log.h"
#include "private.h"

static int attach(struct vs *vs, struct bpf_object *object, int cgroup, const char *path)
{
	struct bpf_program *program = bpf_object__find_program_by_name(object, "vs_device");
	struct vs_bpf_log log;
	int r;

	vs_bpf_log_begin(&log);
	r = bpf_object__load(object);
	vs_bpf_log_end(&log);
	if (r < 0)
		return vs_bpf_log_fail(vs, &log, r, "loading the BPF object 'device'");
	r = bpf_prog_attach(bpf_program__fd(program), cgroup, BPF_CGROUP_DEVICE,
			    BPF_F_ALLOW_MULTI);
	return r < 0 ? vs_fail_errno(vs, r, "limiting the devices of the cgroup %s", path) : 0;
}

int vs_cgroup_devices(struct vs *vs, const char *path)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "device");
	_cleanup_close_ int cgroup = vs_cgroup_open(vs, path);
	struct bpf_object *object;
	const void *bytes;
	size_t size;
	int r;

	if (cgroup < 0)
		return cgroup;
	bytes = device__elf_bytes(&size);
	object = bpf_object__open_mem(bytes, size, &opts);
	if (!object)
		return vs_fail_errno(vs, -errno, "reading the BPF object 'device'");
	r = attach(vs, object, cgroup, path);
	bpf_object__close(object);
	return r;
}
