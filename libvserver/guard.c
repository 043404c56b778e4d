// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Who stands in front of a guest's own network: the program (bpf/guard.bpf.c) is
 * attached to the host's end itself, without a link, and lives as long as that.
 * What it counts is in a map that is pinned, so that it outlives a reboot of the
 * guest, whose next interface is another.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "bpf/guard.skel.h"
#include "bpf/vs_bpf.h"
#include "bpf_log.h"
#include "network.h"
#include "private.h"

_Static_assert(VS_NETWORK_DROPS == VS_DROPS, "the public number is another");

#define PIN_SIZE	sizeof(VS_PIN_DROPPED "/4294967295")

static void pin_path(uint32_t xid, char (*ret)[PIN_SIZE])
{
	snprintf(*ret, sizeof(*ret), VS_PIN_DROPPED "/%u", xid);
}

static void cleanup_guard(struct guard **guard)
{
	guard__destroy(*guard);
}

/* The map that is pinned is used again, if there is one. */
static int prepare(struct vs *vs, struct guard *guard, uint32_t xid, const uint8_t *mac)
{
	char path[PIN_SIZE];
	int r;

	if (mkdir(VS_PIN_DROPPED, 0700) < 0 && errno != EEXIST)
		return vs_fail_errno(vs, -errno, "making " VS_PIN_DROPPED);
	pin_path(xid, &path);
	r = bpf_map__set_pin_path(guard->maps.dropped, path);
	if (r < 0)
		return vs_fail_errno(vs, r, "pinning %s", path);
	guard->rodata->guest = xid;
	memcpy((uint8_t *)guard->rodata->guest_mac, mac, ETH_ALEN);
	return 0;
}

int vs_guard_attach(struct vs *vs, uint32_t xid, const uint8_t *mac, unsigned int index)
{
	__attribute__((cleanup(cleanup_guard))) struct guard *guard = guard__open();
	LIBBPF_OPTS(bpf_prog_attach_opts, opts, .flags = BPF_F_BEFORE);
	struct vs_bpf_log log;
	int r;

	if (!guard)
		return vs_fail_errno(vs, -errno, "reading the BPF object 'guard'");
	r = prepare(vs, guard, xid, mac);
	if (r < 0)
		return r;
	vs_bpf_log_begin(&log);
	r = guard__load(guard);
	vs_bpf_log_end(&log);
	if (r < 0)
		return vs_bpf_log_fail(vs, &log, r, "loading the BPF object 'guard'");
	r = bpf_prog_attach_opts(bpf_program__fd(guard->progs.vs_guard), (int)index,
				 BPF_TCX_INGRESS, &opts);
	return r < 0 ? vs_fail_errno(vs, r, "guarding the interface") : 0;
}

int vs_guard_forget(struct vs *vs, uint32_t xid)
{
	char path[PIN_SIZE];

	pin_path(xid, &path);
	if (unlink(path) < 0 && errno != ENOENT)
		return vs_fail_errno(vs, -errno, "removing %s", path);
	rmdir(VS_PIN_DROPPED);		/* stays while another is in it */
	return 0;
}

/* --- what was counted ---------------------------------------------------------------- */

const char *vs_network_drop_name(unsigned int reason)
{
	static const char *const names[VS_DROPS] = {
		[VS_DROP_MAC] = "mac",
		[VS_DROP_IPV4] = "ipv4",
		[VS_DROP_IPV6] = "ipv6",
		[VS_DROP_ARP] = "arp",
		[VS_DROP_ND] = "nd",
		[VS_DROP_OTHER] = "other",
	};

	return reason < VS_DROPS ? names[reason] : NULL;
}

int vs_network_dropped(uint32_t xid, uint64_t (*ret)[VS_NETWORK_DROPS])
{
	uint64_t counts[VS_NETWORK_DROPS];
	_cleanup_close_ int map = -1;
	char path[PIN_SIZE];

	pin_path(xid, &path);
	map = bpf_obj_get(path);
	if (map < 0)
		return -errno;
	for (uint32_t i = 0; i < VS_NETWORK_DROPS; i++)
		if (bpf_map_lookup_elem(map, &i, &counts[i]) < 0)
			return -errno;
	memcpy(*ret, counts, sizeof(counts));
	return 0;
}
