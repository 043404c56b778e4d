#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# One port, a wildcard of the host and a context with an address of its own: both
# have it, whoever comes first, of TCP and UDP, with SO_REUSEADDR or without.  Any
# other two are refused as ever.

. tests/tap.sh
. tests/bpf/net.sh

ip address add 10.9.0.5/24 dev vs-test
ip address add fd09::5/64 dev vs-test nodad
make_context 48 48 ip=10.9.0.2 ip=10.9.0.5 ip=fd09::2 ip=fd09::5
many() { "$context" enter 48 48 "$probe" "$@"; }

# all_there KIND PORT WHICH
all_there()
{
	local address hosts="10.9.0.1 fd09::1"

	# A UDP server that does not say answers from where the route has it.
	[[ $1 = udp* ]] || hosts+=" 10.9.0.4 fd09::6"
	for address in $hosts; do
		says "*answer (host) ok" "the host is on $address ($1, $3)" host ask "$1" "$address" "$2"
	done
	for address in 10.9.0.2 10.9.0.5 fd09::2 fd09::5; do
		says "*answer (many) ok" "many is on $address" host ask "$1" "$address" "$2"
	done
	says "*answer (four) ok" "four is on its own" host ask "$1" 10.9.0.3 "$2"
	says "*answer (many) ok" "many reaches itself by the loopback" many ask "$1" 127.0.0.1 "$2"
	says "*answer (host) ok" "the host itself, too" host ask "$1" 127.0.0.1 "$2"
	[ "$1" != udp ] || return	# with SO_REUSEADDR these share whatever they name
	says EADDRINUSE "what four has by name is not the host's" host serve "$1" 10.9.0.3 "$2" again
	says EADDRINUSE "nor another of four's" four serve "$1" 10.9.0.3 "$2" again
	says EADDRINUSE "what many has by a wildcard neither" host serve "$1" 10.9.0.2 "$2" again
	says EADDRINUSE "nor another of many's" many serve "$1" 10.9.0.2 "$2" again
	says EADDRINUSE "a second wildcard of the host is not" host serve "$1" :: "$2" again
}
ip address add 10.9.0.4/24 dev vs-test
ip address add fd09::6/64 dev vs-test nodad

port=830
for kind in tcp udp tcp-alone udp-alone; do
	server 0 $kind :: $port host
	server 48 $kind :: $port many
	server 45 $kind 10.9.0.3 $port four
	all_there $kind $port "the host first"
	port=$((port + 1))
	server 48 $kind :: $port many
	server 45 $kind 10.9.0.3 $port four
	server 0 $kind :: $port host
	all_there $kind $port "the host last"
	port=$((port + 1))
done

# --- a wildcard of one family ---------------------------------------------------------
for kind in tcp udp-alone; do
	server 45 $kind 10.9.0.3 850 four
	server 48 ${kind}-6only :: 850 many
	server 0 $kind 0.0.0.0 850 host
	server 0 ${kind}-6only :: 850 host6
	says "*answer (host) ok" "the host has all of IPv4 ($kind)" host ask $kind 10.9.0.1 850
	says "*answer (host6) ok" "and of IPv6" host ask $kind fd09::1 850
	says "*answer (four) ok" "but what is four's" host ask $kind 10.9.0.3 850
	says "*answer (many) ok" "and many's" host ask $kind fd09::5 850
	server 0 $kind 10.9.0.1 851 named
	server 45 $kind 10.9.0.3 851 four
	says EADDRINUSE "what another of the host has by name is no wildcard's ($kind)" \
		host serve $kind :: 851 again
	server 0 $kind 10.9.0.1 852 named
	says EADDRINUSE "control: nor without a context" host serve $kind :: 852 again
done

# --- connections that have ended ------------------------------------------------------------
server 45 tcp-alone 10.9.0.3 860 four
says "*answer (four) ok" "a connection, which four's server ends" host ask tcp 10.9.0.3 860
kill "$SERVER_PID"
eventually 10 sh -c "! ss -Hltn 'sport = 860' | grep -q ."
waits() { ss -Htan state time-wait 'sport = 860' | grep -q .; }
expect 0 "waits for its time to end" waits
says EADDRINUSE "control: the port is not free for four" four serve tcp-alone 10.9.0.3 860 again
server 0 tcp-alone :: 860 host
says "*answer (host) ok" "it is for the host" host ask tcp 10.9.0.1 860
expect 0 "control: it still waited" waits

# --- and nothing is kept ----------------------------------------------------------------------
for i in {1..50}; do
	many bind udp-alone 10.9.0.99 830 && break
done >/dev/null
says EADDRNOTAVAIL "who fails for another reason fails for that" many bind udp-alone 10.9.0.99 830
ip address del 10.9.0.5/24 dev vs-test
for i in {1..50}; do
	many bind udp-alone 10.9.0.5 832 && break
done >/dev/null
says EADDRNOTAVAIL "also for an address that has gone" many bind udp-alone 10.9.0.5 832
finish
expect 0 "the module goes, nobody holds it" eventually 10 modprobe -r vserver
done_testing
