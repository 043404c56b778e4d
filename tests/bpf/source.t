#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Nothing leaves a context from an address that is not its own, whatever a message
# or a socket option says; and a socket that somebody else made is of no use to it.

. tests/tap.sh
. tests/bpf/net.sh

sysctl -q net.ipv4.ping_group_range="0 2147483647"
make_context 48 48 ip=10.9.0.2 ip=10.9.0.3 ip=fd09::2 ip=fd09::4
several() { "$context" enter 48 48 "$probe" "$@"; }

server 0 udp 10.9.0.1 900 host
server 0 udp6only fd09::1 900 host

# --- a source in a message ---------------------------------------------------------
for how in loose connected both; do
	[ $how = connected ] && done="sent ok" || done="*answer*ok"
	for own in 10.9.0.2=10.9.0.1 fd09::2=fd09::1; do
		to=${own#*=} own=${own%=*}
		for kind in udp ping; do
			says "$done" "control: the host names $own ($kind, $how)" \
				host from $kind "$own" "$to" 900 $how
			says "$done" "both names its own $own" both from $kind "$own" "$to" 900 $how
		done
	done
	for foreign in 10.9.0.3=10.9.0.1 10.9.0.1=10.9.0.1 fd09::4=fd09::1 fd09::1=fd09::1; do
		to=${foreign#*=} foreign=${foreign%=*}
		for kind in udp ping; do
			says "$done" "control: the host names $foreign ($kind, $how)" \
				host from $kind "$foreign" "$to" 900 $how
		done
		[ $how = both ] && wanted="one of two ok" || wanted=EADDRNOTAVAIL
		says "$wanted" "both cannot name $foreign (udp, $how)" both from udp "$foreign" "$to" 900 $how
		says "$wanted" "nor in a ping" both from ping "$foreign" "$to" 900 $how
	done
done
says "*answer*ok" "both says that it does not matter (udp)" both from udp 0.0.0.0 10.9.0.1 900 loose
says "sent ok" "when it is connected too" both from udp 0.0.0.0 10.9.0.1 900 connected
says EADDRNOTAVAIL "where the route would decide (ping)" both from ping 0.0.0.0 10.9.0.1 900 loose
says "*answer*ok" "not of IPv6 (udp)" both from udp :: fd09::1 900 loose
says "*answer*ok" "nor that (ping)" both from ping :: fd09::1 900 loose
for own in 10.9.0.3=10.9.0.1 fd09::4=fd09::1; do
	to=${own#*=} own=${own%=*}
	says "*answer*ok" "who has several names the other, $own" \
		several from udp "$own" "$to" 900 loose
	for kind in udp ping; do
		says "sent ok" "on a connected socket too ($kind)" \
			several from $kind "$own" "$to" 900 connected
	done
done

# --- options that make any address one's own -----------------------------------------
for option in freebind transparent; do
	says "self 203.0.113.9 ok" "control: the host binds to what nobody has ($option)" \
		host bind-with $option 203.0.113.9 80
	says "self 2001:db8::9 ok" "and of IPv6" host bind-with $option 2001:db8::9 80
done
for address in 203.0.113.9 10.9.0.1 2001:db8::9 fd09::1; do
	says EADDRNOTAVAIL "both does not bind to $address with IP_FREEBIND" \
		both bind-with freebind $address 80
done
says EPERM "both has no IP_TRANSPARENT" both bind-with transparent 203.0.113.9 80
"$context" set 44 ceiling=3000 ip=10.9.0.2 ip=fd09::2	# NET_ADMIN, NET_RAW
for address in 203.0.113.9 10.9.0.1 2001:db8::9 fd09::1; do
	says EADDRNOTAVAIL "nor, where it has, to $address" both bind-with transparent $address 80
done
says "self 10.9.0.2 ok" "control: to its own it does" both bind-with transparent 10.9.0.2 80
"$context" set 44 ceiling=0 ip=10.9.0.2 ip=fd09::2

# --- sockets of others ------------------------------------------------------------------
# held WHO VERB...: what WHO is told about a socket that the host has bound.
held_udp() { "$probe" with-bound udp 10.9.0.1 901 "${enter[@]}" "$probe" "$@"; }
held_tcp() { "$probe" with-bound tcp 10.9.0.1 901 "${enter[@]}" "$probe" "$@"; }
enter=()
says ok "control: the host sends from its socket" held_udp held-send 10.9.0.1 900
says EAGAIN "control: it may receive" held_udp held-receive
says EAGAIN "control: and accept" held_tcp held-accept
says "a descriptor ok" "control: and take one that is passed" \
	"$probe" with-passed "$probe" receive-passed
refused() { vserver contexts --json | jq '.[] | select(.xid == 44) | .refused.socket // 0'; }
before=$(refused)
enter=("$context" enter 44 44)
says EISCONN "both does not send from it: it is another" held_udp held-send 10.9.0.1 900
says EPIPE "nor write" held_udp held-write
says "0 bytes ok" "nor receive" held_udp held-receive
says EINVAL "nor accept" held_tcp held-accept
says "nothing ok" "nor does it get one that is passed" \
	"$probe" with-passed "${enter[@]}" "$probe" receive-passed
is "$(refused)" $((before + 5)) "each is counted"
enter=("$context" as-it-is 44 44)
says "EBADF*" "nobody enters with it" held_udp held-send 10.9.0.1 900
says "EBADF*" "nor with one of TCP" held_tcp held-accept
says "from 10.9.0.1 answer (host) ok" "control: without it he does" \
	"${enter[@]}" "$probe" send udp 10.9.0.1 900
says "EBADF*" "nor with an io_uring, in which there may be one" \
	"$probe" with-ring "${enter[@]}" "$probe" send udp 10.9.0.1 900
says "*answer (host) ok" "control: for the xid alone he does" \
	"$probe" with-ring "$context" as-it-is 44 0 "$probe" send udp 10.9.0.1 900
says "EBUSY*" "nor while another could give him one" "$context" sharing 44 44 true
says "*answer (host) ok" "control: unless it is for the xid alone" \
	"$context" sharing 44 0 "$probe" send udp 10.9.0.1 900
enter=("$context" enter 44 44)
enter=("$context" enter 44 0)
says ok "control: in a context without a nid it is the host's network" \
	held_udp held-send 10.9.0.1 900

finish
