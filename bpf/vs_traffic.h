/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What the programs of a guest's traffic (traffic.bpf.c) share with
 * libvserver/traffic.c: the values of their maps.
 */
#ifndef VS_TRAFFIC_BPF_H
#define VS_TRAFFIC_BPF_H

enum vs_traffic_family { VS_TRAFFIC_IP4, VS_TRAFFIC_IP6, VS_TRAFFIC_FAMILIES };
enum vs_traffic_direction { VS_TRAFFIC_IN, VS_TRAFFIC_OUT, VS_TRAFFIC_DIRECTIONS };

/*
 * Value of the per-processor map "traffic", of which there is one: what has
 * passed since the guest was started, [family][direction].  Added to atomically,
 * for a processor that sends may be interrupted by one of its own packets.
 */
struct vs_traffic_counts {
	__u64 bytes;		/* of IP packets, with their headers */
	__u64 packets;
	__u64 drops;		/* packets that the rate did not let through */
	__u64 connections;	/* of TCP: accepted (in), made (out) */
};
struct vs_traffic_counters {
	struct vs_traffic_counts of[VS_TRAFFIC_FAMILIES][VS_TRAFFIC_DIRECTIONS];
};

/* Value of the map "rates", key: the direction.  Written by user space only. */
#define VS_TRAFFIC_SHIFT 20
struct vs_traffic_rate {
	__u64 bits;		/* a second; 0: not limited */
	__u64 cost;		/* of a byte, in ns << VS_TRAFFIC_SHIFT; 0: not limited */
	__u64 burst_ns;		/* what may be saved up, as time at this rate */
	__u64 burst_bytes;	/* the same as it was asked for; 0: it was not */
};

#endif /* VS_TRAFFIC_BPF_H */
