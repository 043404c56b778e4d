#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Enforcement is loaded again, and a call of the kernel fails while the map of
# identities is looked for.  The load may fail; nobody in a context is free.

. tests/tap.sh
. tests/bpf/bpf.sh
command -v strace >/dev/null || bail_out "no strace"

contexts $none
host=$(start sleep infinity)
cleanup kill "$host"
cleanup systemctl restart vserverd
systemctl stop vserverd.socket vserverd.service
pins=/sys/fs/bpf/vserver

# Without its pins everything is loaded anew.
unpin() { rm -rf $pins/{tasks,sockets,enter,links}; }

# entered N: a process in A that will signal the host once "asks N" tells it to;
# they enter before the first fault, while there is a pin to enter by.
entered()
{
	local pid

	pid=$(start "$context" enter 42 0 "$probe" wait-and-kill "$scratch/go.$1" "$host" \
		"$scratch/told.$1")
	cleanup kill "$pid"
}
asks() { : >"$scratch/go.$1"; eventually 10 test -s "$scratch/told.$1"; cat "$scratch/told.$1"; }

# load OPTION...: of strace.
load() { strace -f -q -o "$scratch/trace" -e trace=bpf "$@" "$context" load 0; }

# --- what a load that nothing happens to asks first ---------------------------------
entered 0
unpin
expect 0 "control: without pins everything is loaded again" load
calls=$(awk '/BPF_(MAP_CREATE|PROG_LOAD|BTF_LOAD)/ { exit } { n++ } END { print n + 0 }' "$scratch/trace")
expect 0 "after some calls that look for the map" test "$calls" -ge 5
says EPERM "control: A cannot signal the host" asks 0

# --- they fail ----------------------------------------------------------------------------
# All kinds of them, at the beginning, at the end, and between: each map is asked for by
# three calls, and there may be a hundred maps.
chosen=()
for ((i = 1; i <= calls; i += i < 24 || i > calls - 24 ? 1 : 7)); do
	chosen+=("$i")
done
n=0
for ((i = 0; i <= ${#chosen[@]} + 4; i++)); do
	entered $i.
done
unpin

# fails ERROR CALL
fails()
{
	load -e inject=bpf:error="$1":when="$2" >"$scratch/load" && unpin
	says EPERM "$1 for call $2: A cannot signal the host" asks $((n++)).
}
for i in "${chosen[@]}"; do
	fails EMFILE "$i"
done
# As if it had gone; of the first calls that is what they say, or may.
for ((i = calls - 3; i <= calls; i++)); do
	fails ENOENT $i
done
expect 0 "control: then it is loaded again" load
says EPERM "and A cannot signal the host" asks $n.
says EPERM "nor does a new process in A" A kill "$host" 0
finish
