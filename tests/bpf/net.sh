# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# For the tests about addresses: a host with two addresses of its own, and
#
#	both	context 44, 10.9.0.2 and fd09::2
#	four	context 45, 10.9.0.3
#	six	context 46, fd09::4
#	bare	context 47, no address
#
# each with an empty ceiling, xid and nid alike.

. tests/bpf/bpf.sh

ip link add vs-test type dummy || bail_out "no dummy interface"
cleanup ip link delete vs-test
ip link set vs-test up
for address in 10.9.0.{1,2,3}/24 fd09::{1,2,4}/64; do
	# shellcheck disable=SC2046 # a word or none
	ip address add "$address" dev vs-test $([[ $address == *:* ]] && echo nodad)
done

make_context 44 44 ip=10.9.0.2 ip=fd09::2
make_context 45 45 ip=10.9.0.3
make_context 46 46 ip=fd09::4
make_context 47 47

both() { "$context" enter 44 44 "$probe" "$@"; }
four() { "$context" enter 45 45 "$probe" "$@"; }
six() { "$context" enter 46 46 "$probe" "$@"; }
bare() { "$context" enter 47 47 "$probe" "$@"; }

# server XID KIND ADDRESS PORT NAME: answers NAME; 0 is the host.  KIND info: of
# datagrams, and names its source.
server()
{
	local enter=() line verb=(serve "${@:2}")

	[ "$1" = 0 ] || enter=("$context" enter "$1" "$1")
	[ "$2" != info ] || verb=(serve-info "${@:3}")
	coproc SERVER { exec "${enter[@]}" "$probe" "${verb[@]}" 2>&1; }
	read -r -t 20 line <&"${SERVER[0]}" || line=
	members+=("$SERVER_PID")
	cleanup kill "$SERVER_PID"
	[ "$line" = ready ] || diag "server $*: $line"
} 2>/dev/null
