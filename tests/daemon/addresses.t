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
expect_error 1 "192.0.2.30 is an address of this host, on vst0; write it without dev .* ip address del 192.0.2.30/32 dev vst0" \
	"an address that the host has is not put there once more" vserver start web
expect 0 "it stays the host's" has 192.0.2.30
vserver set web 'address=192.0.2.30/24 dev lo'
expect_error 1 "192.0.2.30 is an address of this host, on vst0" "nor elsewhere" vserver start web
ip link set vst0 down
expect_error 1 "192.0.2.30 is an address of this host, on vst0" \
	"nor where its interface is down" vserver start web
ip link set vst0 up
expect 0 "control: as it is" vserver set web address=192.0.2.30
expect 0 "control: it starts" vserver start web
expect 0 "control: it has it" has 192.0.2.30
expect 0 "stopped" vserver stop web
expect 0 "stays the host's" has 192.0.2.30
ip address del 192.0.2.30/32 dev vst0
vserver set web 'address=192.0.2.30/32 dev vst0'
expect 0 "control: once the host has it no more it is put there" vserver start web
expect 0 "control: with the guest's stop" vserver stop web
expect 1 "control: it goes" has 192.0.2.30

# --- whose it is -------------------------------------------------------------------------
long=a-guest-with-a-long-name
cleanup vserver delete "$long" --yes
cleanup vserver stop "$long"
vserver build "$long" --from "$scratch/tiny.tar" --address '192.0.2.31/32 dev vst0'
vserver set web 'address=192.0.2.30/32 dev vst0' 'address=2001:db8:1::30/128 dev vst0'
expect 0 "a guest" vserver start web
expect 0 "and one with a long name" vserver start "$long"
expect_output ' vst0:web( |\\|$)' "the label names it" ip -o -4 address show to 192.0.2.30
expect_output " vst0:$(field "$long" .xid)( |\\\\|\$)" "or its context, where that is too long" \
	ip -o -4 address show to 192.0.2.31
expect_output 'proto (118|0x76)' "IPv6 has no label, but says who" \
	ip -6 address show to 2001:db8:1::30
vserver stop "$long" web
vserver delete "$long" --yes

# --- left over ---------------------------------------------------------------------------
vserver set web 'address=192.0.2.32/32 dev vst0'
ip address add 192.0.2.32/32 dev vst0 label vst0:web
expect_error 1 "192.0.2.32 is an address of this host, on vst0 \\(vst0:web\\)" \
	"a label alone does not make it the guest's" vserver start web
ip address del 192.0.2.32/32 dev vst0
ip address add 192.0.2.32/32 dev vst0 label vst0:db proto 118
expect_error 1 "192.0.2.32 is an address of this host, on vst0 \\(vst0:db\\)" \
	"nor is what VServer put there for another" vserver start web
ip address del 192.0.2.32/32 dev vst0
ip address add 192.0.2.32/32 dev vst0 label vst0:web proto 118
expect 0 "what it put there for this guest is" vserver start web
expect 0 "and goes" vserver stop web
expect 1 "with it" has 192.0.2.32

# --- another machine's -------------------------------------------------------------------
unshare --net sleep infinity &
machine=$!
cleanup kill "$machine"
there() { nsenter --net --target "$machine" ip "$@"; }
is_there() { [ "$(readlink /proc/$machine/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; }
if eventually 20 is_there && ip link add vst1 type veth peer name vst2; then
	ip link set vst2 netns "$machine"
	there link set vst2 up
	ip link set vst1 up
	there address add 2001:db8:3::7/64 dev vst2 nodad
	vserver set web 'address=2001:db8:3::7/64 dev vst1'
	expect_error 1 "2001:db8:3::7 is in use by another machine in the network of vst1" \
		"an address that another machine has" vserver start web
	expect 0 "is off the host again" eventually 20 sh -c "! ip -o address | grep -q 2001:db8:3::7"
	vserver set web 'address=2001:db8:3::8/64 dev vst1'
	expect 0 "control: another one" vserver start web
	expect_output 2001:db8:3::8 "is there" ip -o address show to 2001:db8:3::8
	expect 1 "and can be used" grep -q tentative <<<"$output"
	vserver stop web
	vserver set web 'address=2001:db8:3::7/64 dev vst1 nodad'
	expect 0 "with nodad nobody is asked" vserver start web
	vserver stop web
	there link set vst2 down
	vserver set web 'address=2001:db8:3::8/64 dev vst1'
	expect 0 "nor without a carrier" vserver start web
	expect_output 2001:db8:3::8 "it is there" ip -o address show to 2001:db8:3::8
	expect 1 "and can be used" grep -q tentative <<<"$output"
	vserver stop web
	ip link delete vst1
else
	ok 1 "a pair of interfaces is made"
fi
expect_error 1 "after an address comes dev INTERFACE, of IPv6 nodad too" "IPv4 has no nodad" \
	vserver set web 'address=192.0.2.7/32 dev vst0 nodad'
expect_error 1 "'none' is not the only one" "none stands alone" \
	vserver set web address=none 'address=192.0.2.7/32 dev vst0'
expect 0 "control: alone" vserver set web address=none
expect 0 "a guest without an address starts" vserver start web
vserver stop web

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
