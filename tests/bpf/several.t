#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Contexts of several addresses, single ones, prefixes and ranges: a wildcard
# answers on all of them and nowhere else, from where it was asked, and what is
# bound to one of them by name goes first.

. tests/tap.sh
. tests/bpf/net.sh

ip address add 10.9.0.5/24 dev vs-test
ip address add 10.9.0.6/24 dev vs-test
for address in fd09::{3,5,6}/64; do ip address add "$address" dev vs-test nodad; done
# Of IPv6 the kernel wants an address to bind to; to hear there a route is enough.
for address in fd09:1::{,5,ffff} fd09:2::{10,20,1:1}; do
	ip address add "$address/128" dev vs-test nodad
done
ip route add local 10.9.1.0/24 dev lo
ip route add local 10.9.2.0/24 dev lo
ip -6 route add local fd09:1::/64 dev lo
ip -6 route add local fd09:2::/64 dev lo
cleanup ip route del local 10.9.1.0/24 dev lo
cleanup ip route del local 10.9.2.0/24 dev lo
cleanup ip -6 route del local fd09:1::/64 dev lo
cleanup ip -6 route del local fd09:2::/64 dev lo

make_context 48 48 ip=10.9.0.2 ip=10.9.0.5 ip=fd09::2 ip=fd09::5
make_context 49 49 ip=10.9.1.5/24 ip=fd09:1::5/64
make_context 50 50 ip=10.9.2.10-10.9.2.20 ip=fd09:2::10-fd09:2::20
make_context 51 51 ip=10.9.0.6 ip=10.9.0.3 ip=fd09::6 ip=fd09::3
full=()
for i in {1..32}; do full+=("ip=10.9.2.$((100 + i))" "ip=fd09:2::1:$i"); done
make_context 52 52 "${full[@]}"
says "EINVAL*" "65 are too many" "$context" make 53 "${full[@]}" ip=10.9.2.1
says "EINVAL*" "a prefix and a range are not given together" "$context" make 53 ip=10.9.2.1/24-10.9.2.9
says "EINVAL*" "a range does not go backwards" "$context" make 53 ip=10.9.2.9-10.9.2.8

many() { "$context" enter 48 48 "$probe" "$@"; }
prefix() { "$context" enter 49 49 "$probe" "$@"; }
range() { "$context" enter 50 50 "$probe" "$@"; }
other() { "$context" enter 51 51 "$probe" "$@"; }
full() { "$context" enter 52 52 "$probe" "$@"; }

# --- what may be bound -----------------------------------------------------------
for kind in tcp udp; do
	for address in 10.9.0.2 10.9.0.5 fd09::2 fd09::5 ::ffff:10.9.0.5; do
		says "self $address ok" "many binds $kind to $address" many bind $kind $address 80
	done
	for address in 10.9.0.1 10.9.0.3 10.9.1.5 fd09::1 fd09::3 fd09:1::5 ::ffff:10.9.0.3; do
		says EADDRNOTAVAIL "but not to $address" many bind $kind $address 80
	done
	for address in 10.9.1.0 10.9.1.255 fd09:1:: fd09:1::ffff; do
		says "self $address ok" "prefix binds $kind to $address" prefix bind $kind $address 80
	done
	for address in 10.9.0.255 10.9.2.0 fd09::ffff fd09:2::; do
		says EADDRNOTAVAIL "but not to $address" prefix bind $kind $address 80
	done
	for address in 10.9.2.10 10.9.2.20 fd09:2::10 fd09:2::20; do
		says "self $address ok" "range binds $kind to $address" range bind $kind $address 80
	done
	for address in 10.9.2.9 10.9.2.21 fd09:2::f fd09:2::21; do
		says EADDRNOTAVAIL "but not to $address" range bind $kind $address 80
	done
	says "self 0.0.0.0 ok" "a wildcard is told as one ($kind)" many bind $kind 0.0.0.0 80
	says "self :: ok" "and one of IPv6 ($kind)" many bind $kind :: 80
done

# --- wildcards, all on one port: three contexts, and the host on its own address -----
for kind in tcp udp; do
	server 48 $kind 0.0.0.0 800 many4
	server 48 ${kind}6only :: 800 many6
	server 51 $kind :: 800 other
	server 49 $kind :: 800 prefix
	server 50 $kind 0.0.0.0 800 range4
	server 50 ${kind}6only :: 800 range6
	server 52 $kind :: 800 full
	server 0 $kind 10.9.0.1 800 host4
	server 0 ${kind}6only fd09::1 800 host6
	server 48 $kind :: 801 dual
	server 48 $kind ::ffff:0.0.0.0 802 mapped
	server 48 ${kind}6only :: 803 only6
done
for kind in tcp udp; do
	for pair in 10.9.0.1=host4 fd09::1=host6 \
		    10.9.0.2=many4 10.9.0.5=many4 fd09::2=many6 fd09::5=many6 \
		    10.9.0.6=other 10.9.0.3=other fd09::6=other fd09::3=other \
		    10.9.1.5=prefix 10.9.1.0=prefix 10.9.1.77=prefix fd09:1::5=prefix fd09:1::9:9=prefix \
		    10.9.2.10=range4 10.9.2.15=range4 10.9.2.20=range4 fd09:2::10=range6 fd09:2::1a=range6 \
		    10.9.2.101=full 10.9.2.132=full fd09:2::1:1=full fd09:2::1:32=full; do
		address=${pair%=*} who=${pair#*=}
		says "self * peer $address answer ($who) ok" "the host asks $address ($kind)" \
			host ask $kind "$address" 800
		says "self * peer $address answer ($who) ok" "so does many" \
			many ask $kind "$address" 800
	done
	for address in 10.9.2.9 10.9.2.21 10.9.2.100 fd09:2::f fd09:2::1:33; do
		says "*ECONNREFUSED" "nobody is on $address ($kind)" host ask $kind $address 800
	done
	for address in 10.9.0.2 10.9.0.5 fd09::2 fd09::5; do
		says "*answer (dual) ok" "a dual one is on $address ($kind)" host ask $kind $address 801
	done
	for address in 10.9.0.2 10.9.0.5; do
		says "*answer (mapped) ok" "an IPv4-mapped one is on $address ($kind)" \
			host ask $kind $address 802
		says "*ECONNREFUSED" "one of IPv6 alone is not ($kind)" host ask $kind $address 803
	done
	for address in fd09::2 fd09::5; do
		says "*ECONNREFUSED" "an IPv4-mapped one is not on $address ($kind)" \
			host ask $kind $address 802
		says "*answer (only6) ok" "one of IPv6 alone is ($kind)" host ask $kind $address 803
	done

	# --- the loopback is one more of them ---------------------------------------
	says "self 127.0.0.1 peer 127.0.0.1 answer (many4) ok" "many reaches its own by 127.0.0.1 ($kind)" \
		many ask $kind 127.0.0.1 800
	says "self ::1 peer ::1 answer (many6) ok" "and by ::1" many ask $kind ::1 800
	says "*peer 127.0.0.53 answer (dual) ok" "a dual one by 127.0.0.53" many ask $kind 127.0.0.53 801
	says "self ::1 peer ::1 answer (dual) ok" "and by ::1" many ask $kind ::1 801
	says "*ECONNREFUSED" "one of IPv6 alone not by 127.0.0.1" many ask $kind 127.0.0.1 803
	says "*ECONNREFUSED" "nor an IPv4-mapped one by ::1" many ask $kind ::1 802
	says "*ECONNREFUSED" "the host does not reach many's loopback" \
		host ask $kind 127.0.48.1 800
	says "*ECONNREFUSED" "its ::1 neither" host ask $kind 127.0.48.254 801
done

# --- an answer comes from where it was asked --------------------------------------
for address in 10.9.0.2 10.9.0.5 10.9.0.6 10.9.0.3 10.9.1.77 10.9.2.17 \
	       fd09::2 fd09::5 fd09::6 fd09::3 fd09:1::77 fd09:2::17; do
	says "from $address answer *ok" "the answer of $address comes from there" \
		host send udp $address 800
done
server 48 info 0.0.0.0 804 info4
server 48 info :: 805 info
for address in 10.9.0.2 10.9.0.5; do
	says "from $address answer (info4) ok" "also of a server that says so (IP_PKTINFO)" \
		host send udp $address 804
	says "from $address answer (info) ok" "on a dual wildcard" host send udp $address 805
done
for address in fd09::2 fd09::5; do
	says "from $address answer (info) ok" "of IPv6 (IPV6_PKTINFO)" host send udp $address 805
done

# --- a name goes before a wildcard ----------------------------------------------------
server 0 tcp 10.9.0.5 810 by-host
server 48 tcp 0.0.0.0 810 by-many
says "*answer (by-host) ok" "the host is on an address of many" host ask tcp 10.9.0.5 810
says "*answer (by-many) ok" "many's wildcard on the other" host ask tcp 10.9.0.2 810
server 48 udp 0.0.0.0 811 wildcard
server 48 udp 10.9.0.5 811 named
says "*answer (named) ok" "many's own name goes before its wildcard" host ask udp 10.9.0.5 811
says "*answer (wildcard) ok" "which has the rest" host ask udp 10.9.0.2 811
server 48 tcp 10.9.0.2 812 first
says "*answer (first) ok" "control: a server is on many's first address" host ask tcp 10.9.0.2 812
says "*ECONNREFUSED" "what is bound to that by name is not on the others" host ask tcp 10.9.0.5 812

# --- sources --------------------------------------------------------------------------
server 0 tcp 10.9.0.1 820 host
server 0 udp 10.9.0.1 820 host
server 0 tcp6only fd09::1 820 host
for kind in tcp udp; do
	says "self 10.9.0.6 peer 10.9.0.1 *ok" "other leaves from its first address ($kind)" \
		other ask $kind 10.9.0.1 820
done
says "self fd09::2 *ok" "many reaches IPv6 from its own" many ask tcp fd09::1 820
ip link add vs-test2 type dummy
cleanup ip link delete vs-test2
ip link set vs-test2 up
ip address add 10.8.0.7/24 dev vs-test2
says "" "many is given an address on another network" "$context" set 48 ceiling=0 ip=10.9.0.2 ip=10.8.0.7 \
	ip=10.9.0.5 ip=fd09::2 ip=fd09::5
says "self 10.8.0.7 *" "and reaches that network from there" many connect udp 10.8.0.99 9
says "self 10.9.0.2 *" "and the other as before" many connect udp 10.9.0.99 9
says "*answer (many4) ok" "its wildcards are on it at once" host ask tcp 10.8.0.7 800
says "" "it is taken away" "$context" set 48 ceiling=0 ip=10.9.0.2 ip=10.9.0.5 ip=fd09::2 ip=fd09::5
says "*ECONNREFUSED" "and they are not" host ask tcp 10.8.0.7 800

# --- nothing is left of connections -------------------------------------------------------
sockets() { awk '$1 == "TCP" || $1 == "TCPv6" || $1 == "UDP" { n += $2 } END { print n }' /proc/slabinfo; }
few_more() { [ "$(sockets)" -lt $((before + 500)) ]; }
before=$(sockets)
host churn 10.9.0.5 800 2500 >/dev/null &
one=$!
host churn fd09::3 800 2500 >/dev/null &
two=$!
says ok "2500 connections to IPv4 of the one" host churn 10.9.0.3 800 2500
says ok "and to IPv6 of the other" host churn fd09::5 800 2500
wait $one $two
expect 0 "their sockets have gone" eventually 20 few_more

finish
