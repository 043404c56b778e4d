// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (C) 2026 The VServer developers
 *
 * TRAFFIC: what a guest sends and receives is counted, and kept to a rate.
 *
 * What it does.  Three programs hang on the cgroup of each guest, with maps of its
 * own; they and the maps live as long as that cgroup, and nothing has to hold or
 * pin them.  Each packet of a socket of the guest is counted, by family and
 * direction, and so is each connection of TCP once it stands.  Where there is a
 * rate, a clock says until when what has passed so far would have taken at that
 * rate ("due"): it advances by the time of each packet, and stays at most a burst
 * behind.  What runs ahead of it
 *
 *   leaves later, where the device has the queue fq: the packet says when (EDT).
 *     A socket whose packets wait has them charged to its buffer, so senders
 *     are slowed down and nothing is lost.
 *   is dropped elsewhere (policing), once it is too far ahead.  The sender is
 *     told: of TCP nothing is lost, it is sent again later.  So that a connection
 *     is not sent in bursts with long pauses, its own pacing is set to the rate.
 *   is dropped when it comes in.  The acknowledgements of what came in ahead wait
 *     until it is due, where they leave by fq: that slows TCP down
 *     before anything has to be dropped.
 *
 * Bytes are those of IP packets.  A segment that the device or the kernel cuts or
 * has joined is counted as the packets that it is on the wire; the rate sees it
 * as it is, with one header, so that programs get what the rate says.
 *
 * What is not counted and not limited: loopback, 127/8 and ::1.  What guests of one
 * machine send to each other's addresses is.
 *
 * When it is good.  The host's packets run none of this.  A guest without a rate
 * pays two additions a packet.
 *
 * What it cannot stop.  Sockets belong to the cgroup in which they were made: one
 * that the host handed in is the host's traffic.  Answers of the kernel without a
 * socket (resets, what a connection that has ended is asked) are nobody's.  What
 * comes in has used the wire by then.  fq holds 10000 packets of all: a guest fills
 * it no further than small packets count as 256 bytes while it is ahead.
 *
 * If a look-up fails.  Nothing is looked up but maps that are there.
 */
#define BPF_NO_KFUNC_PROTOTYPES
#include "vmlinux.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "traffic_packet.bpf.h"
#include "vs_traffic.h"

char LICENSE[] SEC("license") = "GPL";

/* What the hooks return. */
#define DROP		0
#define PASS		1
#define DROP_TOLD	2	/* its socket goes slower */

/* Not in BTF. */
#define AF_INET6	10
#define SOL_SOCKET	1
#define SO_MAX_PACING_RATE 47
#define NO_PACE		(~0U)

/* How far ahead a packet may be. */
#define MS		1000000ULL
#define AHEAD_FQ	(100 * MS)	/* and wait: that, or the time of so many bytes, */
#define AHEAD_FQ_BYTES	(512 << 10)	/* which is more than a socket holds, */
#define AHEAD_FQ_MOST	(4000 * MS)	/* but less than fq would wait for */
#define AHEAD_POLICED	(150 * MS)	/* and pass all the same */
#define AHEAD_IN	(200 * MS)	/* a sender that hears nothing tries again after that */
#define AHEAD_IN_FQ	(50 * MS)	/* what it waits for waits: it need not get so far */

/* How far connections get that pace themselves. */
#define PACE_AHEAD	(40 * MS)

/* While it is ahead, a packet counts as no less: it takes a place in a queue. */
#define LEAST_QUEUED	256
/* As small as what only says that something was received. */
#define MOST_ACK	128

extern void *bpf_cast_to_kern_ctx(void *context) __ksym;

/* The inode of the host's network namespace, from whoever loads this. */
const volatile __u32 host_net;

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct vs_traffic_counters);
} traffic SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, VS_TRAFFIC_DIRECTIONS);
	__type(key, u32);
	__type(value, struct vs_traffic_rate);
} rates SEC(".maps");

/* Of a connection: the pace that it was given last.  One that never was given any
 * has no entry. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, u32);
} paces SEC(".maps");

/* ns of CLOCK_MONOTONIC: until then what has passed would have taken. */
static u64 due[VS_TRAFFIC_DIRECTIONS];
/* Acknowledgements do wait. */
static u64 acks_wait;

/* --- counting -------------------------------------------------------------------- */

static __always_inline struct vs_traffic_counts *counts_of(u32 family, u32 direction)
{
	struct vs_traffic_counters *all;
	u32 zero = 0;

	all = bpf_map_lookup_elem(&traffic, &zero);
	return all ? &all->of[family == VS_TRAFFIC_IP6][direction] : NULL;
}

static __always_inline void count(const struct packet *packet, u32 direction, bool passes)
{
	struct vs_traffic_counts *counts = counts_of(packet->family, direction);

	if (!counts)
		return;
	if (!passes) {
		__sync_fetch_and_add(&counts->drops, packet->packets);
		return;
	}
	__sync_fetch_and_add(&counts->bytes, packet->bytes);
	__sync_fetch_and_add(&counts->packets, packet->packets);
}

/* --- the rate -------------------------------------------------------------------- */

/* NULL: there is none. */
static __always_inline struct vs_traffic_rate *rate_of(u32 direction)
{
	struct vs_traffic_rate *rate = bpf_map_lookup_elem(&rates, &direction);

	return rate && rate->cost ? rate : NULL;
}

/*
 * The clock advances by one packet; *@ret is when it may go.  False: it would be
 * more than @ahead ns ahead, and the clock stays.  Of packets that come at once on
 * several processors each is charged; one that is beaten to it eight times is
 * charged without looking.
 */
static __always_inline bool take(u32 direction, const struct vs_traffic_rate *rate, u32 bytes,
				 u64 now, u64 ahead, u64 *ret)
{
	u64 *clock = &due[direction & 1], earliest = now - rate->burst_ns, old, from, cost;

	for (int i = 0; i < 8; i++) {
		old = *clock;
		from = (s64)(old - earliest) < 0 ? earliest : old;
		if ((s64)(from - now) > (s64)ahead)
			return false;
		if ((s64)(from - now) > 0 && bytes < LEAST_QUEUED)
			bytes = LEAST_QUEUED;
		cost = bytes * rate->cost >> VS_TRAFFIC_SHIFT;
		if (__sync_val_compare_and_swap(clock, old, from + cost) == old) {
			*ret = from;
			return true;
		}
	}
	*ret = __sync_fetch_and_add(clock, bytes * rate->cost >> VS_TRAFFIC_SHIFT);
	return true;
}

/*
 * Does the device that it leaves by wait until a packet is due?  In the host's
 * network: in one of its own a guest may have what queues it likes.
 */
static __always_inline bool has_fq(struct __sk_buff *skb)
{
	struct sk_buff *kernel = bpf_cast_to_kern_ctx(skb);
	struct net_device *device = kernel->dev;
	char id[4] = {};

	if (!device || BPF_CORE_READ(device, nd_net.net, ns.inum) != host_net)
		return false;
	bpf_probe_read_kernel(id, sizeof(id), &BPF_CORE_READ(device, _tx, qdisc, ops)->id);
	return id[0] == 'f' && id[1] == 'q' && !id[2];
}

static __always_inline u64 ahead_fq(const struct vs_traffic_rate *rate)
{
	u64 ahead = AHEAD_FQ_BYTES * rate->cost >> VS_TRAFFIC_SHIFT;

	if (ahead < AHEAD_FQ)
		return AHEAD_FQ;
	return ahead < AHEAD_FQ_MOST ? ahead : AHEAD_FQ_MOST;
}

static __always_inline void wait_until(struct __sk_buff *skb, u64 now, u64 when)
{
	if (when > now && when > skb->tstamp)
		skb->tstamp = when;
}

static __always_inline bool is_ack(const struct __sk_buff *skb, u32 family)
{
	void *data = (void *)(long)skb->data, *end = (void *)(long)skb->data_end;
	struct ipv6hdr *ip6 = data;
	struct iphdr *ip = data;

	if (skb->len > MOST_ACK)
		return false;
	if (family == VS_TRAFFIC_IP4)
		return (void *)(ip + 1) <= end && ip->protocol == IPPROTO_TCP;
	return (void *)(ip6 + 1) <= end && ip6->nexthdr == IPPROTO_TCP;
}

SEC("cgroup_skb/egress")
int vs_traffic_out(struct __sk_buff *skb)
{
	const struct vs_traffic_rate *out = rate_of(VS_TRAFFIC_OUT), *in = rate_of(VS_TRAFFIC_IN);
	struct packet packet;
	bool passes = true;
	u64 now, when;

	if (!read_packet(skb, &packet))
		return PASS;
	if (out || in) {
		bool waits = has_fq(skb);

		now = bpf_ktime_get_ns();
		if (out) {
			passes = take(VS_TRAFFIC_OUT, out, skb->len, now,
				      waits ? ahead_fq(out) : AHEAD_POLICED, &when);
			if (passes && waits)
				wait_until(skb, now, when);
		}
		if (in && waits && is_ack(skb, packet.family))
			wait_until(skb, now, due[VS_TRAFFIC_IN]);
		if (in)
			acks_wait = waits;
	}
	count(&packet, VS_TRAFFIC_OUT, passes);
	return passes ? PASS : DROP_TOLD;
}

SEC("cgroup_skb/ingress")
int vs_traffic_in(struct __sk_buff *skb)
{
	const struct vs_traffic_rate *rate = rate_of(VS_TRAFFIC_IN);
	struct packet packet;
	bool passes = true;
	u64 when;

	if (!read_packet(skb, &packet))
		return PASS;
	if (rate)
		passes = take(VS_TRAFFIC_IN, rate, skb->len, bpf_ktime_get_ns(),
			      acks_wait ? AHEAD_IN_FQ : AHEAD_IN, &when);
	count(&packet, VS_TRAFFIC_IN, passes);
	return passes ? PASS : DROP;
}

/* --- connections of TCP --------------------------------------------------------------- */

/* The peer of a connection. */
struct peer {
	u32 family;		/* of its packets */
	bool is_local;
};

static __always_inline struct peer peer_of(const struct bpf_sock_ops *ctx)
{
	u32 family = ctx->family, ip4 = ctx->remote_ip4;
	u32 to[] = { ctx->remote_ip6[0], ctx->remote_ip6[1], ctx->remote_ip6[2],
		     ctx->remote_ip6[3] };
	bool high = to[0] || to[1];

	/* Both are read, or clang chooses between their places, which the verifier
	 * refuses. */
	barrier_var(ip4);
	barrier_var(to[3]);
	if (family == AF_INET6 && (high || to[2] != bpf_htonl(0xffff)))
		return (struct peer){ VS_TRAFFIC_IP6, !high && !to[2] && to[3] == bpf_htonl(1) };
	if (family == AF_INET6)
		ip4 = to[3];
	return (struct peer){ VS_TRAFFIC_IP4, bpf_ntohl(ip4) >> 24 == 127 };
}

/*
 * What brings the clock to between 0 and PACE_AHEAD ahead, and so nothing is dropped:
 * about the rate; much more while not all of it is used, for timers are late, and less
 * where it is more than that, for headers count.
 */
static __always_inline u32 pace_of(const struct vs_traffic_rate *rate)
{
	s64 ahead = due[VS_TRAFFIC_OUT] - bpf_ktime_get_ns();
	u64 bytes;

	if (!rate)
		return NO_PACE;
	bytes = rate->bits / 8;
	if (ahead < 0)
		bytes *= 4;
	else if (ahead > (s64)PACE_AHEAD)
		bytes -= bytes / 16;
	return bytes < NO_PACE ? bytes : NO_PACE;
}

/* A pace that its program has set is left alone where it is slower. */
static __always_inline void set_pace(struct bpf_sock_ops *ctx)
{
	const struct vs_traffic_rate *rate = rate_of(VS_TRAFFIC_OUT);
	u32 pace = pace_of(rate), now = NO_PACE, *given;
	struct bpf_sock *sk = ctx->sk;

	if (!sk)
		return;
	given = bpf_sk_storage_get(&paces, sk, NULL, rate ? BPF_SK_STORAGE_GET_F_CREATE : 0);
	if (!given || *given == pace)
		return;
	bpf_getsockopt(ctx, SOL_SOCKET, SO_MAX_PACING_RATE, &now, sizeof(now));
	if (now > pace || now == *given)
		bpf_setsockopt(ctx, SOL_SOCKET, SO_MAX_PACING_RATE, &pace, sizeof(pace));
	*given = pace;
}

static __always_inline void begin(struct bpf_sock_ops *ctx, u32 direction)
{
	struct peer peer = peer_of(ctx);
	struct vs_traffic_counts *counts = counts_of(peer.family, direction);

	if (peer.is_local)
		return;
	if (counts)
		__sync_fetch_and_add(&counts->connections, 1);
	bpf_sock_ops_cb_flags_set(ctx, ctx->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_RTT_CB_FLAG);
	set_pace(ctx);
}

SEC("sockops")
int vs_traffic_tcp(struct bpf_sock_ops *ctx)
{
	switch (ctx->op) {
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
		begin(ctx, VS_TRAFFIC_OUT);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		begin(ctx, VS_TRAFFIC_IN);
		break;
	case BPF_SOCK_OPS_RTT_CB:	/* now and then: the rate may be another */
		set_pace(ctx);
		break;
	}
	return 1;
}
