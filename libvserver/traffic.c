// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The traffic of a cgroup: the programs (bpf/traffic.bpf.c) that count it and
 * keep it to a rate are attached to the cgroup itself, without a link, and their
 * maps are found through them.  So nothing has to be pinned, held or removed:
 * what has been counted is there as long as the cgroup, whoever asks.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "bpf/traffic.skel.h"
#include "bpf/vs_traffic.h"
#include "bpf_log.h"
#include "private.h"

#define PROGRAMS_MAX	16	/* of one kind, on one cgroup */
#define SECOND_NS	1000000000ULL
#define BURST_NS	10000000ULL	/* where nobody says how much */

static const struct {
	const char *name;
	enum bpf_attach_type type;
} programs[] = {
	{ "vs_traffic_out", BPF_CGROUP_INET_EGRESS },
	{ "vs_traffic_in", BPF_CGROUP_INET_INGRESS },
	{ "vs_traffic_tcp", BPF_CGROUP_SOCK_OPS },
};
#define N_PROGRAMS (sizeof(programs) / sizeof(*programs))

/* --- attaching -------------------------------------------------------------------- */

static void cleanup_traffic(struct traffic **traffic)
{
	traffic__destroy(*traffic);
}

/* Its queues are the host's, and known to be what they say. */
static int tell_host(struct vs *vs, struct traffic *traffic)
{
	struct stat st;

	if (stat("/proc/self/ns/net", &st) < 0)
		return vs_fail_errno(vs, -errno, "looking at /proc/self/ns/net");
	traffic->rodata->host_net = (uint32_t)st.st_ino;
	return 0;
}

static int attach(struct vs *vs, struct traffic *traffic, int cgroup, const char *path)
{
	struct vs_bpf_log log;
	int r;

	vs_bpf_log_begin(&log);
	r = traffic__load(traffic);
	vs_bpf_log_end(&log);
	if (r < 0)
		return vs_bpf_log_fail(vs, &log, r, "loading the BPF object 'traffic'");
	for (size_t i = 0; i < N_PROGRAMS && !r; i++) {
		const struct bpf_program *program =
			bpf_object__find_program_by_name(traffic->obj, programs[i].name);

		r = bpf_prog_attach(bpf_program__fd(program), cgroup, programs[i].type,
				    BPF_F_ALLOW_MULTI);
	}
	return r < 0 ? vs_fail_errno(vs, r, "counting the traffic of the cgroup %s", path) : 0;
}

int vs_traffic_count(struct vs *vs, const char *path)
{
	__attribute__((cleanup(cleanup_traffic))) struct traffic *traffic = traffic__open();
	_cleanup_close_ int cgroup = vs_cgroup_open(vs, path);
	int r;

	if (cgroup < 0)
		return cgroup;
	if (!traffic)
		return vs_fail_errno(vs, -errno, "reading the BPF object 'traffic'");
	r = tell_host(vs, traffic);
	return r < 0 ? r : attach(vs, traffic, cgroup, path);
}

/* --- finding ----------------------------------------------------------------------- */

/* What has gone since it was listed is -ENOENT. */
static int map_named(uint32_t id, const char *name, uint32_t value_size)
{
	_cleanup_close_ int map = bpf_map_get_fd_by_id(id);
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info);

	if (map < 0 || bpf_obj_get_info_by_fd(map, &info, &size) < 0)
		return -errno;
	if (strcmp(info.name, name) != 0)
		return -ENOENT;
	return info.value_size == value_size ? TAKE_FD(map) : -ENODATA;
}

/* -ENODATA: it is another build's, with other values. */
static int map_of_program(uint32_t id, const char *name, uint32_t value_size)
{
	_cleanup_close_ int program = bpf_prog_get_fd_by_id(id);
	uint32_t maps[16];
	struct bpf_prog_info info = { .nr_map_ids = 16, .map_ids = (uintptr_t)maps };
	uint32_t size = sizeof(info);

	if (program < 0 || bpf_obj_get_info_by_fd(program, &info, &size) < 0)
		return -errno;
	if (strcmp(info.name, programs[0].name) != 0)
		return -ENOENT;
	for (uint32_t i = 0; i < info.nr_map_ids && i < 16; i++) {
		int map = map_named(maps[i], name, value_size);

		if (map != -ENOENT)
			return map;
	}
	return -ENOENT;
}

static int find_map(struct vs *vs, const char *path, const char *name, uint32_t value_size)
{
	_cleanup_close_ int cgroup = vs_cgroup_open(vs, path);
	uint32_t ids[PROGRAMS_MAX], n = PROGRAMS_MAX, flags = 0;
	int r = -ENOENT;

	if (cgroup < 0)
		return cgroup;
	if (bpf_prog_query(cgroup, programs[0].type, 0, &flags, ids, &n) < 0)
		r = -errno;
	else
		for (uint32_t i = 0; i < n && r == -ENOENT; i++)
			r = map_of_program(ids[i], name, value_size);
	if (r == -ENOENT || r == -ENODATA)
		return vs_fail(vs, -ENODATA, "the traffic of the cgroup %s is not counted by this "
			       "build", path);
	return r < 0 ? vs_fail_errno(vs, r, "finding the traffic of the cgroup %s", path) : r;
}

/* --- counters ----------------------------------------------------------------------- */

static void add(struct vs_traffic_count *sum, const struct vs_traffic_counts *one)
{
	sum->bytes += one->bytes;
	sum->packets += one->packets;
	sum->drops += one->drops;
	sum->connections += one->connections;
}

static struct vs_traffic sum_of(const struct vs_traffic_counters *each, int n)
{
	struct vs_traffic sum = {};

	for (int i = 0; i < n; i++) {
		add(&sum.ip4.in, &each[i].of[VS_TRAFFIC_IP4][VS_TRAFFIC_IN]);
		add(&sum.ip4.out, &each[i].of[VS_TRAFFIC_IP4][VS_TRAFFIC_OUT]);
		add(&sum.ip6.in, &each[i].of[VS_TRAFFIC_IP6][VS_TRAFFIC_IN]);
		add(&sum.ip6.out, &each[i].of[VS_TRAFFIC_IP6][VS_TRAFFIC_OUT]);
	}
	return sum;
}

int vs_traffic_read(struct vs *vs, const char *path, struct vs_traffic *ret)
{
	_cleanup_close_ int map = find_map(vs, path, "traffic", sizeof(struct vs_traffic_counters));
	_cleanup_free_ struct vs_traffic_counters *each = NULL;
	int n = libbpf_num_possible_cpus();
	uint32_t zero = 0, id = 0;
	int r;

	if (map < 0)
		return map;
	each = n > 0 ? calloc((size_t)n, sizeof(*each)) : NULL;
	if (!each)
		return vs_fail_errno(vs, n < 0 ? n : -ENOMEM, "reading the traffic of %s", path);
	r = vs_pin_map_id(map, &id);
	if (!r && bpf_map_lookup_elem(map, &zero, each) < 0)
		r = -errno;
	if (r < 0)
		return vs_fail_errno(vs, r, "reading the traffic of %s", path);
	*ret = sum_of(each, n);
	ret->id = id;
	return 0;
}

/* --- rates -------------------------------------------------------------------------- */

static uint64_t scale(uint64_t a, uint64_t b, uint64_t by)
{
	return (uint64_t)((unsigned __int128)a * b / by);
}

static struct vs_traffic_rate rate_of(const struct vs_rate *rate)
{
	struct vs_traffic_rate value = { 0 };

	if (!rate->bits || rate->bits == UINT64_MAX)
		return value;
	value.bits = rate->bits;
	value.cost = scale(8 * SECOND_NS, 1ULL << VS_TRAFFIC_SHIFT, rate->bits);
	value.burst_bytes = rate->burst_bytes;
	value.burst_ns = rate->burst_bytes ? scale(rate->burst_bytes, 8 * SECOND_NS, rate->bits) :
					     BURST_NS;
	return value;
}

int vs_traffic_limit(struct vs *vs, const char *path, const struct vs_rate *in,
		     const struct vs_rate *out)
{
	_cleanup_close_ int map = find_map(vs, path, "rates", sizeof(struct vs_traffic_rate));
	const struct vs_traffic_rate values[] = {
		[VS_TRAFFIC_IN] = rate_of(in),
		[VS_TRAFFIC_OUT] = rate_of(out),
	};

	if (map < 0)
		return map;
	for (uint32_t key = 0; key < VS_TRAFFIC_DIRECTIONS; key++)
		if (bpf_map_update_elem(map, &key, &values[key], BPF_ANY) < 0)
			return vs_fail_errno(vs, -errno, "limiting the traffic of %s", path);
	return 0;
}

static struct vs_rate asked(const struct vs_traffic_rate *value)
{
	return (struct vs_rate){
		.bits = value->bits ? value->bits : UINT64_MAX,
		.burst_bytes = value->burst_bytes,
	};
}

int vs_traffic_limits(struct vs *vs, const char *path, struct vs_rate *ret_in,
		      struct vs_rate *ret_out)
{
	_cleanup_close_ int map = find_map(vs, path, "rates", sizeof(struct vs_traffic_rate));
	struct vs_traffic_rate values[VS_TRAFFIC_DIRECTIONS];

	if (map < 0)
		return map;
	for (uint32_t key = 0; key < VS_TRAFFIC_DIRECTIONS; key++)
		if (bpf_map_lookup_elem(map, &key, &values[key]) < 0)
			return vs_fail_errno(vs, -errno, "reading the rates of %s", path);
	*ret_in = asked(&values[VS_TRAFFIC_IN]);
	*ret_out = asked(&values[VS_TRAFFIC_OUT]);
	return 0;
}
