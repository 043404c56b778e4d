#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the network of a context costs: a client and a server, each in a context of
# its own as chbind makes it, beside the same on the host without enforcement, and
# beside two network namespaces with a veth each on a bridge, as containers have
# them.  The server is on the wildcard, and asked at the last of its addresses.
#
# The processor that is emulated here copies a byte an instruction with rep movsb;
# without the two flags the kernel copies a word an instruction, which is nearer to
# real ones, and copying does not hide the rest.
#
# machine: --icount --cpus 1 --append clearcpuid=erms,fsrm

cd "$(dirname "$0")/../.." || exit
. tests/bench/figures

rounds=${ROUNDS:-3}
net=build/tests/bench/net
context=build/tests/bpf/context

# What, and how much of it for a sample; each three times a round.
stream='tcp-stream 32'
acts="$stream
tcp-rtt 1000
connect-rate 500
udp-rtt 1000"

# Name, act, ours, peer, goal, what the peer is.
figures='tcp-stream/host tcp-stream one host 1.02 the host alone
tcp-stream/veth tcp-stream one veth 0.83 veth and bridge
tcp-stream/veth-large tcp-stream one large - veth and bridge with segments as large
connect-rate/host connect-rate one host 1.10 the host alone
udp-rtt/host udp-rtt one host 1.05 the host alone
addresses-64/tcp-stream tcp-stream many one 1.05 one address
addresses-64/connect-rate connect-rate many one 1.05 one address
addresses-64/udp-rtt udp-rtt many one 1.05 one address
tcp-rtt/host tcp-rtt one host - the host alone
tcp-rtt/veth tcp-rtt one veth - veth and bridge
connect-rate/veth connect-rate one veth - veth and bridge
udp-rtt/veth udp-rtt one veth - veth and bridge
tcp-stream/host-loaded tcp-stream loaded host - no enforcement
tcp-rtt/host-loaded tcp-rtt loaded host - no enforcement
connect-rate/host-loaded connect-rate loaded host - no enforcement
udp-rtt/host-loaded udp-rtt loaded host - no enforcement'

declare -A unit=([tcp-stream]=MiB/s [tcp-rtt]=ns [connect-rate]=1/s [udp-rtt]=ns)
declare -A rate=([tcp-stream]=1 [connect-rate]=1)

# What goes leaves work behind: programs and trampolines are freed.
settle()
{
	sleep 5
}

# measure MODE ADDRESS CLIENT -- SERVER: commands that the two are started with.
measure()
{
	local mode=$1 address=$2 client=() act count line
	shift 2
	while [ "$1" != -- ]; do
		client+=("$1")
		shift
	done
	shift
	coproc SERVER { exec "$@" "$net" serve any; }
	read -r -t 60 line <&"${SERVER[0]}" || line=
	[ "$line" = ready ] || fail "no server for $mode"
	while read -r act count; do
		for _ in 1 2 3; do
			sample "$act.$mode" "${client[@]}" "$net" "$act" "$count" "$address" </dev/null
		done
	done <<<"$acts"
	# shellcheck disable=SC1083,SC2093 # it closes a descriptor
	exec {SERVER[1]}>&-
	wait "$SERVER_PID"
}

# --- the host's addresses, and containers --------------------------------------------

modprobe vserver || fail 'no module'
udevadm trigger --action=add --settle /sys/class/net/lo
ip -d link show lo | grep -q 'gso_max_size 262144' || fail 'control: loopback is as it was'
ip link add vs-bench type dummy && ip link set vs-bench up || fail 'no interface'
cleanup ip link delete vs-bench
client=() server=()		# of one: the first
for ((i = 1; i <= 64; i++)); do
	ip address add "10.9.1.$i/32" dev vs-bench && ip address add "10.9.2.$i/32" dev vs-bench ||
		fail 'no addresses'
	client+=(--ip "10.9.1.$i")
	server+=(--ip "10.9.2.$i")
done

ip link add vs-bridge type bridge && ip link set vs-bridge up || fail 'no bridge'
cleanup ip link delete vs-bridge
for i in 1 2; do
	ip netns add vs-bench$i && ip link add vs-veth$i type veth peer eth0 netns vs-bench$i &&
		ip link set vs-veth$i master vs-bridge up || fail 'no veth'
	cleanup ip netns delete vs-bench$i
	ip -n vs-bench$i link set lo up
	ip -n vs-bench$i link set eth0 up
	ip -n vs-bench$i address add 10.10.0.$i/24 dev eth0
done

in_veth=(ip netns exec vs-bench1 -- ip netns exec vs-bench2)

# segments BYTES: the largest of TCP between the two, which loopback has otherwise.
segments()
{
	local i

	for i in 1 2; do
		ip link set vs-veth$i gso_max_size "$1" gso_ipv4_max_size "$1" &&
			ip -n vs-bench$i link set eth0 gso_max_size "$1" gso_ipv4_max_size "$1" || return
	done
}

# --- in turn -----------------------------------------------------------------------------

for ((i = 0; i < rounds; i++)); do
	"$context" unload-scheduler 0
	"$context" unload 0 || fail 'enforcement does not go'
	settle
	measure host 10.9.2.1 env -- env
	segments 65536 && measure veth 10.10.0.2 "${in_veth[@]}"
	segments 262144 && acts=$stream measure large 10.10.0.2 "${in_veth[@]}"
	"$context" load 0 || fail 'enforcement does not come'
	settle
	measure loaded 10.9.2.1 env -- env
	measure one 10.9.2.1 chbind --silent "${client[@]:0:2}" -- chbind --silent "${server[@]:0:2}"
	measure many 10.9.2.64 chbind --silent "${client[@]}" -- chbind --silent "${server[@]}"
done

while read -r name act ours peer goal peer_is; do
	more=${rate[$act]-} figure "net/$name" "$act.$ours" "$act.$peer" "$peer_is" "$goal" "${unit[$act]}"
done <<<"$figures"
finish
