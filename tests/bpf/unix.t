#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Unix sockets.  Abstract names are one name space for all who share a network
# name space, and whoever answers goes by user ids: so the rule goes by context.
# Datagrams to a path are the file system's matter.

. tests/tap.sh
. tests/bpf/bpf.sh

contexts $all		# paths are not to be a matter of permission bits
name=vserver-test-$$

# listener XID KIND NAME: 0 is the host.
listener()
{
	local enter=() line

	[ "$1" = 0 ] || enter=("$context" enter "$1" 0)
	coproc LISTENER { exec "${enter[@]}" "$probe" unix-serve "$2" "$3" 2>&1; }
	read -r -t 20 line <&"${LISTENER[0]}"
	members+=("$LISTENER_PID")
	cleanup kill "$LISTENER_PID"
	[ "$line" = ready ] || diag "listener $*: $line"
} 2>/dev/null

for kind in stream dgram; do
	listener 0 $kind "@$name-$kind-host"
	listener 42 $kind "@$name-$kind-a"
	listener 43 $kind "@$name-$kind-b"
	listener 0 $kind "$scratch/$kind"
	says ok "control: the host reaches its own ($kind)" host unix-connect $kind "@$name-$kind-host"
	says ok "control: the host reaches A's ($kind)" host unix-connect $kind "@$name-$kind-a"
	says ok "A reaches its own ($kind)" A unix-connect $kind "@$name-$kind-a"
	says EPERM "A does not reach the host's ($kind)" A unix-connect $kind "@$name-$kind-host"
	says EPERM "A does not reach B's ($kind)" A unix-connect $kind "@$name-$kind-b"
	says ok "control: the host reaches one with a path ($kind)" \
		host unix-connect $kind "$scratch/$kind"
done
says EPERM "A does not connect to the host's with a path" A unix-connect stream "$scratch/stream"
says ok "A may send datagrams to one with a path" A unix-connect dgram "$scratch/dgram"
listener 42 stream "$scratch/own"
says ok "control: A connects to its own with a path" A unix-connect stream "$scratch/own"
says ok "control: the host sends to its own" host unix-send "@$name-dgram-host"
says ok "A sends to its own" A unix-send "@$name-dgram-a"
says EPERM "A cannot send to the host's" A unix-send "@$name-dgram-host"
says EPERM "A cannot send to B's" A unix-send "@$name-dgram-b"

finish
