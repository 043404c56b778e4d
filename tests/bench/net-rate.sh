#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# How well a guest is kept to its net-rate over a wire whose queue is fq, and what
# of that a neighbour on the same wire feels: its round trips while the guest sends
# all that it may, beside those while a process of the host sends as much that asks
# for that pace itself.  On this one processor the work of sending is felt, too, as
# the round trips beside nobody show.
#
# machine: --icount --cpus 1

cd "$(dirname "$0")/../.." || exit
. tests/bench/figures
. tests/cli/cli.sh

rounds=${ROUNDS:-3}
net=build/tests/bench/net
rate=$PWD/build/tests/bench/rate
guest=10.11.0.3 neighbour=10.11.0.4 far=10.11.0.2

# --- a wire, who is at its other end, a guest and its neighbour ---------------------------

ip netns add vs-far && ip link add vs-wire type veth peer eth0 netns vs-far &&
	ip link set vs-wire up && tc qdisc add dev vs-wire root fq || fail 'no wire'
cleanup ip netns delete vs-far
ip address add $neighbour/24 dev vs-wire && ip -n vs-far address add $far/24 dev eth0 &&
	ip -n vs-far link set eth0 up || fail 'no addresses'

tiny "$scratch/tiny.tar"
install -D "$rate" "$scratch/tiny/$rate"
tar -C "$scratch/tiny" -cf "$scratch/tiny.tar" .
systemctl start vserverd || fail 'no daemon'
vserver build -q bench --from "$scratch/tiny.tar" --address "$guest/32 dev vs-wire" \
	--net-rate 100mbit || fail 'no guest'
cleanup vserver delete -q bench --yes
vserver start -q bench || fail 'the guest does not start'
cleanup vserver stop -q bench

# --- what is measured ---------------------------------------------------------------------

# kept NAME PROTOCOL STREAMS: percent off 100 Mbit/s, over five seconds.
kept()
{
	local got
	coproc RECEIVER { exec ip netns exec vs-far "$rate" receive "$2" 5; }
	read -r -t 60 got <&"${RECEIVER[0]}"
	vserver exec bench -- "$rate" send "$2" "$3" $far </dev/null >/dev/null 2>&1 &
	read -r -t 600 got <&"${RECEIVER[0]}" || fail "nothing comes of $1"
	wait "$RECEIVER_PID" "$!"
	awk -v got="$got" 'BEGIN { off = got - 100; print off < 0 ? -off : off }' >>"$work/rate.$1"
}

# felt NAME: ns of the neighbour's round trips.
felt()
{
	sample "ping.$1" chbind --silent --ip $neighbour -- "$net" udp-rtt 300 $far </dev/null
}

# felt_beside NAME PROTOCOL COMMAND…: while that sends.
felt_beside()
{
	local name=$1 ready sender
	coproc RECEIVER { exec ip netns exec vs-far "$rate" receive "$2" 3600; }
	read -r -t 60 ready <&"${RECEIVER[0]}"
	shift 2
	"$@" </dev/null >/dev/null 2>&1 &
	sender=$!
	sleep 2
	felt "$name"
	kill "$RECEIVER_PID"
	wait "$RECEIVER_PID" "$sender"
	: "$ready"
}

tail -f /dev/null | ip netns exec vs-far "$net" serve any >"$scratch/server" &
cleanup kill $!
for ((i = 0; i < 600; i++)); do
	grep -q ready "$scratch/server" && break
	sleep 0.1
done
for ((i = 0; i < rounds; i++)); do
	kept tcp-1 tcp 1
	kept tcp-20 tcp 20
	kept udp-1 udp 1
	felt quiet
	for what in 'tcp 1' 'tcp 20' 'udp 1'; do
		read -r protocol streams <<<"$what"
		name=$protocol-$streams
		felt_beside "$name.guest" "$protocol" \
			vserver exec bench -- "$rate" send "$protocol" "$streams" $far
		felt_beside "$name.host" "$protocol" \
			"$rate" send "$protocol" "$streams" $far $((12500000 / streams))
	done
done

for name in tcp-1 tcp-20 udp-1; do
	alone=1 figure net/rate/$name rate.$name - - 3 '% of 100 Mbit/s'
done
for name in tcp-1 tcp-20 udp-1; do
	figure net/rate-ping/$name ping.$name.guest ping.$name.host 'as much at its own pace' - ns
done
alone=1 figure net/rate-ping/quiet ping.quiet - - - ns
finish
