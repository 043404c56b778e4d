#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Whom a context reaches, from which address, and what it is told about it.

. tests/tap.sh
. tests/bpf/net.sh

for kind in tcp udp; do
	server 0 $kind 10.9.0.1 700 host
	server 0 $kind 127.0.0.1 701 host-loopback
	server 0 $kind 0.0.0.0 702 host-wildcard
	server 0 $kind ::1 703 host-loopback6
	server 0 ${kind}6only fd09::1 704 host6
	for xid in 44 45 46 47; do
		server $xid $kind 127.0.0.1 711 loopback-$xid
		server $xid ${kind}6only ::1 711 loopback6-$xid
		server $xid $kind 0.0.0.0 712 wildcard-$xid
		server $xid ${kind}6only :: 712 wildcard6-$xid
	done
done

for kind in tcp udp; do
	# --- the source is its own address -----------------------------------------------
	says "self 10.9.0.1 peer 10.9.0.1 answer (host) ok" \
		"control: the host reaches itself ($kind)" host ask $kind 10.9.0.1 700
	says "self 10.9.0.2 peer 10.9.0.1 answer (host) ok" \
		"both reaches the host from its address ($kind)" both ask $kind 10.9.0.1 700
	says "self 10.9.0.3 peer 10.9.0.1 answer (host) ok" \
		"four too ($kind)" four ask $kind 10.9.0.1 700
	says "self ::ffff:10.9.0.3 peer ::ffff:10.9.0.1 answer (host) ok" \
		"four, mapped ($kind)" four ask $kind ::ffff:10.9.0.1 700
	says "self fd09::2 peer fd09::1 answer (host6) ok" \
		"both by IPv6 ($kind)" both ask $kind fd09::1 704
	says "self fd09::4 peer fd09::1 answer (host6) ok" \
		"six by IPv6 ($kind)" six ask $kind fd09::1 704
	says "self 10.9.0.2 peer 10.9.0.3 answer (wildcard-45) ok" \
		"both reaches four's wildcard at its address ($kind)" both ask $kind 10.9.0.3 712
	says "self fd09::4 peer fd09::2 answer (wildcard6-44) ok" \
		"six reaches both's ($kind)" six ask $kind fd09::2 712

	# --- a family without an address is out of reach -----------------------------------
	says ENETUNREACH "four has no IPv6 ($kind)" four ask $kind fd09::1 704
	says ENETUNREACH "six has no IPv4 ($kind)" six ask $kind 10.9.0.1 700
	says ENETUNREACH "bare has no IPv4 ($kind)" bare ask $kind 10.9.0.1 700
	says ENETUNREACH "bare has no IPv6 ($kind)" bare ask $kind fd09::1 704

	# --- the loopback is its own ---------------------------------------------------------
	says "self 127.0.0.1 peer 127.0.0.1 answer (host-loopback) ok" \
		"control: the host reaches its loopback ($kind)" host ask $kind 127.0.0.1 701
	says "self ::1 peer ::1 answer (host-loopback6) ok" \
		"control: and its IPv6 loopback ($kind)" host ask $kind ::1 703
	says "self 127.0.0.1 peer 127.0.0.1 answer (host-wildcard) ok" \
		"control: and its wildcard there ($kind)" host ask $kind 127.0.0.1 702
	for who in both:44 four:45 six:46 bare:47; do
		xid=${who#*:} who=${who%:*}
		says "*ECONNREFUSED" "$who does not reach the host's ($kind)" \
			$who ask $kind 127.0.0.1 701
		says "*ECONNREFUSED" "nor the host's IPv6 one ($kind)" $who ask $kind ::1 703
		says "*ECONNREFUSED" "nor the host's wildcard ($kind)" $who ask $kind 127.0.0.1 702
		says "self 127.0.0.1 peer 127.0.0.1 answer (loopback-$xid) ok" \
			"but its own ($kind)" $who ask $kind 127.0.0.1 711
		says "*answer (loopback-$xid) ok" "by 0.0.0.0 too ($kind)" $who ask $kind 0.0.0.0 711
		says "*answer (loopback-$xid) ok" "by any 127/8 ($kind)" $who ask $kind 127.77.9.1 711
		says "self ::1 peer ::1 answer (loopback6-$xid) ok" \
			"and its own ::1 ($kind)" $who ask $kind ::1 711
		says "*answer (wildcard-$xid) ok" "its own wildcard by the loopback ($kind)" \
			$who ask $kind 127.0.0.1 712
		says "*answer (wildcard6-$xid) ok" "and by ::1 ($kind)" $who ask $kind ::1 712
	done
	says "ECONNREFUSED" "the host's loopback is not four's ($kind)" host connect tcp 127.0.0.1 711
done

# --- bound to the wildcard before -------------------------------------------------------
for kind in tcp udp; do
	says "self fd09::1 peer fd09::1 answer (host6) ok" \
		"control: of the host ($kind)" host bound-ask $kind fd09::1 704
	for only in "" 6only; do
		says "self fd09::2 peer fd09::1 answer (host6) ok" \
			"a socket that is bound reaches IPv6 ($kind$only)" both bound-ask $kind$only fd09::1 704
		for who in both:44 six:46; do
			says "self ::1 peer ::1 answer (loopback6-${who#*:}) ok" \
				"and its own ::1" ${who%:*} bound-ask $kind$only ::1 711
		done
	done
	says "self ::ffff:10.9.0.2 peer ::ffff:10.9.0.1 answer (host) ok" \
		"and IPv4 ($kind)" both bound-ask $kind ::ffff:10.9.0.1 700
	says ENETUNREACH "one of IPv6 alone does not" both bound-ask ${kind}6only ::ffff:10.9.0.1 700
	says ENETUNREACH "control: nor one of the host" host bound-ask ${kind}6only ::ffff:10.9.0.1 700
	says ENETUNREACH "who has no IPv6 reaches none" four bound-ask $kind fd09::1 704
done

# --- datagrams of a socket that is not connected ----------------------------------------------
says "from 10.9.0.1 answer (host) ok" "control: the host is answered" host send udp 10.9.0.1 700
says "from 10.9.0.1 answer (host) ok" "both is answered by the host" both send udp 10.9.0.1 700
says "from fd09::1 answer (host6) ok" "by IPv6" both send udp fd09::1 704
says "from 10.9.0.3 answer (wildcard-45) ok" "by four" both send udp 10.9.0.3 712
says "from 127.0.0.1 answer (loopback-44) ok" "by its own loopback" both send udp 127.0.0.1 711
says EAGAIN "control: where nobody is, nobody answers the host" host send udp 127.0.0.1 799
says EAGAIN "nor the host's wildcard both, on the loopback" both send udp 127.0.0.1 702
says ENETUNREACH "four has no IPv6" four send udp fd09::1 704
says ENETUNREACH "six has no IPv4" six send udp 10.9.0.1 700
says "from ::1 answer (loopback6-44) ok" "by its own ::1" both send udp ::1 711
says "from ::1 answer (wildcard6-44) ok" "by a wildcard of its own there" both send udp ::1 712
says "from ::1 answer (loopback6-47) ok" "by ::1 also who has no address" bare send udp ::1 711
says "from ::1 answer (loopback6-44) ok" "from a socket of IPv6 alone" both send udp6only ::1 711
says ENETUNREACH "which sends nothing to IPv4 for that" both send udp6only ::ffff:10.9.0.1 700
says "from ::ffff:10.9.0.1 answer (host) ok" "control: one of both families does" \
	both send udp ::ffff:10.9.0.1 700
says EAGAIN "control: where nobody is, nobody answers the host" host send udp ::1 799
says EAGAIN "nor the host both, on ::1" both send udp ::1 703

finish
