#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# 10,000 connections of each of two guests at once, half of IPv4 and half of IPv6,
# a thousand open at a time: all are made, and nothing is left of them, neither
# sockets nor what BPF keeps with each.

. tests/tap.sh
. tests/cli/cli.sh
. tests/kmod/leak.sh

connections=build/tests/net/connections
leak_caches+=(kmalloc-cg-{64,96,128,192,256})	# BPF's memory is accounted

systemctl start vserverd || bail_out 'vserverd does not start'
ip link add vs-test type dummy || bail_out 'no dummy interface'
cleanup ip link delete vs-test
ip link set vs-test up
ip address add 10.9.0.1/24 dev vs-test
ip address add fd09::1/64 dev vs-test nodad

tiny "$scratch/tiny.tar"
cp $connections "$scratch/tiny/usr/bin/connections"
tar -C "$scratch/tiny" -cf "$scratch/tiny.tar" .
n=1
for guest in web shop; do
	n=$((n + 1))
	cleanup vserver delete --yes $guest
	cleanup vserver stop $guest
	vserver build -q $guest --from "$scratch/tiny.tar" --address "10.9.0.$n/24 dev vs-test" \
		--address "fd09::$n/64 dev vs-test" && vserver start -q $guest || bail_out "no guest $guest"
done

# many COUNT: so many of each family in both guests at once, 500 of each open at a time.
many()
{
	vserver exec web -- connections "$1" 500 10.9.0.2 fd09::2 >"$scratch/web" 2>&1 &
	vserver exec shop -- connections "$1" 500 10.9.0.3 fd09::3 >"$scratch/shop" 2>&1
	wait $!
}

# sockets: TCP's, those that wait for packets that come late excepted.
sockets()
{
	awk '$1 == "TCP" || $1 == "TCPv6" { n += $2 } END { print n }' /proc/slabinfo
}
few_more()
{
	[ "$(sockets)" -le $((sockets_before + 500)) ]
}

many 1000		# what is allocated once
before=$(settled_objects) sockets_before=$(sockets)
many 5000
is "$(cat "$scratch/web")" 10000 'one guest makes 10,000 connections'
is "$(cat "$scratch/shop")" 10000 'so does the other, at the same time'
expect 0 'their sockets have gone' eventually 20 few_more
after=$(settled_objects)
[ "$after" -le $((before + 2000)) ]
ok $? 'and what was kept with them'
diag "$before objects before, $after after"

# --- control: what is kept with a socket is counted ----------------------------------------

# held COMMAND…: objects, while it holds connections.
held()
{
	local line

	coproc HOLDER { exec "$@"; }
	read -r -t 60 line <&"${HOLDER[0]}" || line=
	[ "$line" = held ] || diag "$*: $line"
	objects >"$scratch/held"
	# shellcheck disable=SC1083,SC2093 # it closes a descriptor
	exec {HOLDER[1]}>&-
	wait "$HOLDER_PID"
}

held $connections hold 1000 10.9.0.1 fd09::1
hosts=$(<"$scratch/held")
expect 0 'control: the sockets of the host go' eventually 20 few_more
settled_objects >/dev/null
held vserver exec web -- connections hold 1000 10.9.0.2 fd09::2
guests=$(<"$scratch/held")
[ "$guests" -ge $((hosts + 4000)) ]
ok $? 'control: of 2,000 open connections of a guest more is counted than of as many of the host'
diag "$hosts objects, and $guests"

done_testing
