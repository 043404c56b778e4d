#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the hooks cost: fork + exit, kill, bind, connect (each with its socket)
# and open, by a task of the host and by one in a context, beside the same
# without enforcement.  In one boot, in turn, medians of ROUNDS rounds.

set -u
rounds=${ROUNDS:-15}
hooks=build/tests/bench/hooks
context=build/tests/bpf/context
xid=42 ip=10.9.0.2
work=$(mktemp -d)
out=${OUT:-/vserver/out}

# What, how often a round, and the most that it may be: for the host, in a
# context.  kill is the shortest call that there is a hook on, so a hook is the
# most of it.
acts="fork 400 1.05 1.10
kill 40000 1.25 1.40
bind 6000 1.10 1.40
connect 6000 1.10 1.40
open 20000 1.05 1.10"

fail()
{
	echo "hooks: $*" >&2
	exit 1
}

# Attaching and detaching leave work behind (freed programs and trampolines).
settle()
{
	sleep 2
}

# round MODE [COMMAND...]: every act once.
round()
{
	local act count mode=$1
	shift

	while read -r act count _; do
		"$@" "$hooks" "$act" "$count" $ip >>"$work/$act.$mode" || fail "$act, $mode"
	done <<<"$acts"
}

median()
{
	sort -g "$1" | awk '{ v[NR] = $1 } END { m = int((NR + 1) / 2)
		printf "%.4f", (NR % 2 ? v[m] : (v[m] + v[m + 1]) / 2) / 1000 }'
}

# row ACT MODE GOAL: a line of the table and one of JSON.
row()
{
	local ours peer

	ours=$(median "$work/$1.$2")
	peer=$(median "$work/$1.none")
	awk -v name="hooks/$1/$2" -v ours="$ours" -v peer="$peer" -v goal="$3" -v n="$rounds" \
	    -v kernel="$(uname -r)" -v json="$work/rows" 'BEGIN {
		ratio = ours / peer
		printf "%-22s %10.3f %10.3f %7.3f %6.2f  %s\n", name, ours, peer, ratio, goal,
			ratio <= goal ? "" : "missed"
		printf "{\"name\": \"%s\", \"ours\": %s, \"peer\": %s, \"peer_is\": \"no enforcement\"," \
			" \"ratio\": %.4f, \"goal\": %s, \"unit\": \"us\", \"n\": %d," \
			" \"kernel\": \"%s\"}\n", name, ours, peer, ratio, goal, n, kernel >>json
	}'
}

trap 'rm -rf "$work"' EXIT
modprobe vserver || fail "no module"
systemctl stop vserverd
ip link add vs-bench type dummy && ip link set vs-bench up &&
	ip address add $ip/24 dev vs-bench || fail "no address to bind to"

for ((i = 0; i < rounds; i++)); do
	"$context" unload 0 || fail "enforcement does not go"
	settle
	round none
	"$context" load 0 || fail "enforcement does not come"
	"$context" make $xid ip=$ip flags=1 || fail "no context"
	settle
	round host
	round context "$context" enter $xid $xid
	end=$((SECONDS + 60))
	until "$context" end $xid >"$work/end"; do
		grep -q EBUSY "$work/end" && [ "$SECONDS" -lt "$end" ] || fail "the context does not end"
	done
done

printf '%-22s %10s %10s %7s %6s\n' "" "us" "without" "ratio" "goal"
while read -r act _ host_goal context_goal; do
	row "$act" host "$host_goal"
	row "$act" context "$context_goal"
done <<<"$acts"
mkdir -p "$out"
{ echo '['; sed '$!s/$/,/' "$work/rows"; echo ']'; } >"$out/bench-hooks.json"
missed=$(awk '/goal/ { match($0, /"ratio": [0-9.]+/); r = substr($0, RSTART + 9, RLENGTH - 9)
	match($0, /"goal": [0-9.]+/); g = substr($0, RSTART + 8, RLENGTH - 8)
	n += r + 0 > g + 0 } END { print n + 0 }' "$work/rows")
echo "hooks: $missed of $(wc -l <"$work/rows") goals missed"
systemctl start vserverd
