# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# For tests about what guests send and receive: the interface vs-out, behind it the
# network namespace vs-far with 10.77.0.2 and fd77::2, and guests with the program
# flow (flow.c) and addresses on vs-out.

# shellcheck source=tests/daemon/daemon.sh
. tests/daemon/daemon.sh	# call, refuses; cli.sh: tiny, scratch, field

flow=build/tests/guest/flow

ip netns add vs-far || bail_out "no network namespace"
cleanup ip netns delete vs-far
ip link add vs-out type veth peer name eth0 netns vs-far || bail_out "no veth"
cleanup ip link delete vs-out
sysctl -qw net.ipv6.conf.vs-out.accept_dad=0
ip link set vs-out up
ip address add 10.77.0.1/24 dev vs-out
ip address add fd77::1/64 dev vs-out nodad
far() { ip netns exec vs-far "$@"; }
far ip link set lo up
far ip link set eth0 up
far ip address add 10.77.0.2/24 dev eth0
far ip address add fd77::2/64 dev eth0 nodad
far ip address add 10.77.0.3/24 dev eth0

# flowing NAME NUMBER OPTION…: a guest that runs, with 10.77.0.NUMBER and fd77::NUMBER.
flowing()
{
	tiny "$scratch/tiny.tar"
	cp $flow "$scratch/tiny/usr/bin/flow"
	tar -C "$scratch/tiny" -cf "$scratch/tiny.tar" .
	vserver build -q "$1" --from "$scratch/tiny.tar" --address "10.77.0.$2/24 dev vs-out" \
		--address "fd77::$2/64 dev vs-out" "${@:3}" || bail_out "no guest can be built"
	cleanup vserver delete -qy "$1"
	cleanup vserver stop -q "$1"
	vserver start -q "$1" || bail_out "the guest does not start"
}
inside() { vserver exec "$1" -- "${@:2}" </dev/null; }

# sink COMMAND…: flow sink or accept is ready, which $sink ends with; what it
# printed is in $scratch/sink.
sink()
{
	: >"$scratch/sink"	# the one before was ready, too
	"$@" >"$scratch/sink" 2>&1 &
	sink=$!
	eventually 20 grep -q ready "$scratch/sink"
}
# sunk: the bytes that came in.
sunk()
{
	eventually 30 grep -q '^[0-9]' "$scratch/sink"
	sed -n 2p "$scratch/sink"
}
