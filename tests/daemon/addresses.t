#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Addresses: two never have the same, what is not ours stays, and what is there
# is asked when it counts.

. tests/tap.sh
. tests/daemon/daemon.sh

tiny "$scratch/tiny.tar"
traces >"$scratch/before"
for kind in dummy bridge; do
	ip link add vst0 type "$kind" 2>/dev/null && break
done
ip link set vst0 up 2>/dev/null || bail_out "no interface to put addresses on"
cleanup ip link delete vst0
conf=/proc/sys/net/ipv4/conf
for name in web db; do
	cleanup vserver delete "$name" --yes
	cleanup vserver stop "$name"
	vserver build "$name" --from "$scratch/tiny.tar"
done

has() { ip -o address show to "$1" | grep -q .; }

# --- another's -----------------------------------------------------------------------
vserver set web 'address=192.0.2.7/32 dev vst0'
vserver set db 'address=192.0.2.7/32 dev vst0'
expect 0 "the first of two with one address" vserver start web
expect_error 1 "cannot start 'db': .*192.0.2.7 is used by context [0-9]+, 'web'" \
	"the second is refused, with the name of the first" vserver start db
expect 0 "the first one keeps it" has 192.0.2.7
expect 0 "control: with another address" vserver set db 'address=192.0.2.8/32 dev vst0'
expect 0 "control: it starts" vserver start db
expect 0 "stop of one" vserver stop db
expect 0 "leaves the other's" has 192.0.2.7
expect 1 "control: and takes its own" has 192.0.2.8
vserver stop web

chbind --silent --ip 127.0.0.9 -- sleep infinity &
bound=$!
eventually 20 sh -c "vserver contexts --json | grep -q 127.0.0.9"
vserver set web address=127.0.0.9
expect_error 1 "cannot start 'web': .*127.0.0.9 is used by context" \
	"an address that chbind gave away" vserver start web
kill "$bound"
wait "$bound" 2>/dev/null
expect 0 "control: once that has ended it starts" eventually 20 vserver start web
vserver stop web

# --- the host's ------------------------------------------------------------------------
ip address add 192.0.2.30/32 dev vst0
vserver set web 'address=192.0.2.30/32 dev vst0'
expect 0 "an address that the host has" vserver start web
expect 0 "control: it has it" has 192.0.2.30
expect 0 "stopped" vserver stop web
expect 0 "stays the host's" has 192.0.2.30
ip link set vst0 down
expect 0 "and where its interface is down" vserver start web
expect 0 "stopped" vserver stop web
expect 0 "it stays, too" has 192.0.2.30
ip link set vst0 up
ip address del 192.0.2.30/32 dev vst0

# --- others in one network --------------------------------------------------------------
echo 0 >"$conf/all/promote_secondaries"
echo 0 >"$conf/vst0/promote_secondaries"
ip address add 192.0.2.40/24 dev vst0
ip address add 192.0.2.41/24 dev vst0
ip address del 192.0.2.40/24 dev vst0
expect 1 "control: the first of a network takes the others along" has 192.0.2.41
vserver set web 'address=192.0.2.7/24 dev vst0'
vserver set db 'address=192.0.2.8/24 dev vst0'
expect 0 "two guests in one network" vserver start web
expect 0 "the second" vserver start db
expect_output secondary "control: it is one" ip -o address show to 192.0.2.8
expect 0 "the first is stopped" vserver stop web
expect 1 "control: its address goes" has 192.0.2.7
expect 0 "the other one keeps its own" has 192.0.2.8
vserver stop db
expect 1 "which goes with it" has 192.0.2.8

# --- is it there -------------------------------------------------------------------------
expect 1 "an address of nobody" vserver set web address=203.0.113.9
echo 1 >/proc/sys/net/ipv4/ip_nonlocal_bind
cleanup sh -c 'echo 0 >/proc/sys/net/ipv4/ip_nonlocal_bind'
expect_error 1 "203.0.113.9 is not an address of this host" \
	"nor where everybody may bind to all" vserver set web address=203.0.113.9
expect 0 "control: one of the host's" vserver set web address=127.0.0.1
echo 0 >/proc/sys/net/ipv4/ip_nonlocal_bind

for value in '0.0.0.0/0 dev vst0' '224.0.0.1 dev vst0' '::ffff:1.2.3.4/128 dev vst0' \
	'255.255.255.255/32 dev vst0' 'ff02::1/128 dev vst0'; do
	expect_error 1 "cannot set address of 'web'" "no address for a guest: $value" \
		vserver set web "address=$value"
	expect 1 "nor at a build" vserver build bt --from "$scratch/tiny.tar" --address "$value"
done

ip address add 192.0.2.50/32 dev vst0
expect 0 "an address of the host's" vserver set web address=192.0.2.50
expect 0 "a guest with it" vserver start web
ip address del 192.0.2.50/32 dev vst0
expect 0 "once the host has lost it, the guest can be changed" vserver set web tasks=55
expect_error 1 "192.0.2.50 is not an address of this host" "but not start again" \
	vserver restart web
expect 0 "it is down" state web stopped
ip address add 192.0.2.50/32 dev vst0
expect 0 "control: with the address it starts" vserver start web
vserver stop web

ip link delete vst0
for name in web db; do
	expect 0 "$name is deleted" vserver delete "$name" --yes
done
expect 0 "nothing is left" eventually 20 nothing_left

done_testing
