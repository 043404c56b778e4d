// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What the scheduler knows of a context: its bucket now, and what it has used.
 * Read from the pinned maps, if it is this build's scheduler that runs.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <time.h>

#include "private.h"
#include "bpf/vs_bpf.h"
#include "bpf/vs_slot.h"

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

/* The scheduler counts when somebody looks: here, what it would count now. */
static int64_t tokens_now(const struct vs_slot *slot, uint64_t now)
{
	int64_t tokens = slot->tokens + (int64_t)slot->granted;

	if (now > slot->last)
		tokens += (int64_t)((unsigned __int128)(now - slot->last) * slot->rate >>
				    RATE_SHIFT);
	return tokens < (int64_t)slot->size ? tokens : (int64_t)slot->size;
}

static struct vs_cpu_usage usage_of(const struct vs_slot *slot)
{
	uint64_t now = now_ns();
	struct vs_cpu_usage usage = {
		.limited = slot->limited,
		.held = slot->held != HELD_NOT,
		.tokens_ns = slot->limited ? tokens_now(slot, now) : 0,
		.size_ns = slot->limited ? slot->size : 0,
		.used_ns = slot->used_ns,
		.idle_ns = slot->idle_ns,
		.held_ns = slot->held_ns,
		.holds = slot->holds,
	};

	if (usage.held && now > slot->held_since)
		usage.held_ns += now - slot->held_since;
	return usage;
}

/* Of the buckets that a context has on each processor, what they are together. */
static struct vs_cpu_usage usage_of_each(int cpu_slots, int buckets, uint32_t xid)
{
	struct vs_cpu_usage sum = { .limited = true }, one;
	int n = libbpf_num_possible_cpus();
	struct vs_slot slot;
	uint32_t number;

	for (int cpu = 1; cpu <= n; cpu++) {
		uint64_t key = (uint64_t)cpu << 32 | xid;

		if (bpf_map_lookup_elem(cpu_slots, &key, &number) < 0 ||
		    bpf_map_lookup_elem_flags(buckets, &number, &slot, BPF_F_LOCK) < 0 ||
		    slot.xid != xid)
			continue;
		one = usage_of(&slot);
		sum.held |= one.held;
		sum.tokens_ns += one.tokens_ns;
		sum.size_ns += one.size_ns;
		sum.used_ns += one.used_ns;
		sum.idle_ns += one.idle_ns;
		sum.held_ns += one.held_ns;
		sum.holds += one.holds;
	}
	return sum;
}

int vs_scheduler_usage(struct vs *vs, uint32_t xid, struct vs_cpu_usage *ret)
{
	_cleanup_close_ int slots = -1, cpu_slots = -1, buckets = -1;
	struct vs_slot slot;
	uint32_t number;

	if (!vs_scheduler_is_ours(vs))
		return -ENODATA;
	slots = bpf_obj_get(VS_PIN_SCHEDULER "/slots");
	buckets = bpf_obj_get(VS_PIN_SCHEDULER "/buckets");
	cpu_slots = bpf_obj_get(VS_PIN_SCHEDULER "/cpu_slots");
	if (slots < 0 || cpu_slots < 0 || buckets < 0)
		return -ENODATA;
	if (bpf_map_lookup_elem(slots, &xid, &number) < 0 ||
	    bpf_map_lookup_elem_flags(buckets, &number, &slot, BPF_F_LOCK) < 0 ||
	    slot.xid != xid || !slot.used)
		return -ESRCH;
	*ret = slot.each ? usage_of_each(cpu_slots, buckets, xid) : usage_of(&slot);
	return 0;
}
