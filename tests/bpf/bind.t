#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What a context may bind to, what becomes of wildcards, and which sockets it
# may make at all.

. tests/tap.sh
. tests/bpf/net.sh

unavailable="EADDRNOTAVAIL"
for kind in tcp udp; do
	# --- its own, and nobody else's -------------------------------------------
	says "self 10.9.0.1 ok" "control: the host binds $kind to its own" host bind $kind 10.9.0.1 80
	says "self 10.9.0.2 ok" "control: the host binds $kind to any" host bind $kind 10.9.0.2 80
	says "self 10.9.0.2 ok" "both binds $kind to its own" both bind $kind 10.9.0.2 80
	says "self fd09::2 ok" "both binds $kind to its own IPv6" both bind $kind fd09::2 80
	says "self ::ffff:10.9.0.2 ok" "both binds $kind to its own, mapped" \
		both bind $kind ::ffff:10.9.0.2 80
	for address in 10.9.0.1 10.9.0.3 10.9.0.255 224.0.0.251 fd09::1 fd09::4 ::ffff:10.9.0.1; do
		says $unavailable "both cannot bind $kind to $address" both bind $kind $address 80
	done
	says $unavailable "six cannot bind $kind to an IPv4 address" six bind $kind 10.9.0.2 80
	says $unavailable "four cannot bind $kind to an IPv6 address" four bind $kind fd09::4 80
	says $unavailable "bare cannot bind $kind to an address" bare bind $kind 10.9.0.2 80

	# --- loopback: everybody has his own ----------------------------------------
	for address in 127.0.0.1 127.0.0.53 ::1; do
		for who in host both four six bare; do
			says "self $address ok" "$who binds $kind to $address" \
				$who bind $kind $address 80
		done
	done
	says "self ::1 ok" "both binds ${kind}6only to ::1" both bind ${kind}6only ::1 80

	# --- wildcards: what was asked for is what is told -----------------------------
	for who in host both four six bare; do
		says "self 0.0.0.0 ok" "$who binds $kind to 0.0.0.0" $who bind $kind 0.0.0.0 80
		says "self :: ok" "$who binds $kind to ::" $who bind $kind :: 80
		says "self :: ok" "$who binds ${kind}6only to ::" $who bind ${kind}6only :: 80
	done
done

# --- and where they really are -----------------------------------------------------
server 44 tcp 0.0.0.0 80 both
server 45 tcp 0.0.0.0 80 four
server 0 tcp 10.9.0.1 80 host
says "*answer (both) ok" "one port 80 is both's" host ask tcp 10.9.0.2 80
says "*answer (four) ok" "one is four's" host ask tcp 10.9.0.3 80
says "*answer (host) ok" "one is the host's" host ask tcp 10.9.0.1 80
server 44 tcp6only :: 80 both6
says "*answer (both6) ok" "and one is both's for IPv6" host ask tcp fd09::2 80
says "ECONNREFUSED" "but not the host's" host ask tcp fd09::1 80
server 45 tcp :: 81 four81
says "*answer (four81) ok" "a wildcard of both families is on the IPv4 address" \
	host ask tcp 10.9.0.3 81
server 46 tcp :: 81 six81
says "*answer (six81) ok" "or on the IPv6 address of who has no other" host ask tcp fd09::4 81
server 47 tcp 0.0.0.0 82 bare82
says "ECONNREFUSED" "without an address it is on none" host ask tcp 10.9.0.1 82
says "*answer (bare82) ok" "control: but on the loopback" bare ask tcp 127.0.0.1 82
says EADDRINUSE "control: a port that is taken is taken" both bind tcp 10.9.0.2 80

# --- no bind at all ------------------------------------------------------------------
says "hears 00000000 ok" "control: the host's listen() without bind hears everywhere" host listen 4
says "hears 0200090A ok" "both's hears on its address" both listen 4
says "hears 000009FD000000000000000002000000 ok" "both's IPv6 one too" both listen 6
says "hears 00000000 ok" "control: the host's unbound UDP hears everywhere" host autobind 10.9.0.1
says "hears 0300090A ok" "four's hears on its address" four autobind 10.9.0.1
says "hears 000009FD000000000000000004000000 ok" "six's too" six autobind fd09::1
says "hears 012F007F ok" "bare's hears on its loopback" bare autobind 127.0.0.1

# --- privileged ports, without a capability in the ceiling ------------------------------
says EACCES "control: a user of the host cannot bind to port 80" \
	setpriv --reuid 12345 --clear-groups "$probe" bind tcp 10.9.0.1 80

# --- kinds of sockets --------------------------------------------------------------------
INET=2 INET6=10 UNIX=1 NETLINK=16 PACKET=17 ALG=38 VSOCK=40
STREAM=1 DGRAM=2 RAW=3 SEQPACKET=5
for socket in "$UNIX $STREAM 0" "$UNIX $SEQPACKET 0" "$NETLINK $RAW 0" "$INET $STREAM 6" \
	      "$INET6 $DGRAM 17"; do
	# shellcheck disable=SC2086
	says ok "both makes a socket $socket" both socket $socket
done
for socket in "$INET $RAW 1" "$INET $RAW 255" "$INET6 $RAW 58" "$INET $STREAM 262"; do
	# shellcheck disable=SC2086
	{
		says ok "control: the host makes a socket $socket" host socket $socket
		says EPERM "both makes no socket $socket" both socket $socket
	}
done
# refuses ERRNO NAME FAMILY TYPE PROTOCOL: what the host can have, both cannot.
# The host asks first: it loads the kernel's module for it, which both may not.
refuses()
{
	local got
	got=$(host socket "${@:3}" 2>&1)
	[ "$got" = ok ] || { skip 2 "this kernel has no $2: $got"; return; }
	says ok "control: the host makes a socket of $2" host socket "${@:3}"
	says "$1" "both makes none of $2" both socket "${@:3}"
}
refuses EPERM SCTP $INET $STREAM 132
refuses EPERM UDP-Lite $INET $DGRAM 136
says ok "control: the host makes a packet socket" host socket $PACKET $RAW 0
says EPERM "both makes none" both socket $PACKET $RAW 0
refuses EAFNOSUPPORT AF_ALG $ALG $SEQPACKET 0
refuses EAFNOSUPPORT AF_VSOCK $VSOCK $STREAM 0

# --- sockets of others --------------------------------------------------------------------
says ok "control: a socket that both made, both binds" \
	"$context" enter 44 44 "$probe" with-socket "$probe" inherited 9 10.9.0.2 83
says ok "control: one that the host made, the host binds" \
	"$probe" with-socket "$probe" inherited 9 10.9.0.2 83
says EINVAL "but both does not: it is another" \
	"$probe" with-socket "$context" enter 44 44 "$probe" inherited 9 10.9.0.2 83

finish
