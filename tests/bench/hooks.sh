#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the hooks cost: short acts by a task of the host, by one in a guest and
# by one in a guest beside 999 other contexts, each beside the same without
# enforcement.  The guest is without the filter on system calls, which is no
# hook; with it, beside the same guest without, is a row of its own.  The
# scheduler is not loaded: what that costs is another set.
#
# machine: --icount --cpus 1

cd "$(dirname "$0")/../.." || exit
. tests/bench/figures
. tests/cli/cli.sh

rounds=${ROUNDS:-3}
hooks=build/tests/bench/hooks
context=build/tests/bpf/context
ip=10.9.0.2

# What, how often a round, and the most that it may be: for the host, in a
# guest, with 1,000 contexts.
acts="getpid 20000 1.05 1.08 1.05
kill 20000 1.20 1.25 1.05
open 5000 1.05 1.08 1.05
connect 1000 1.05 1.08 1.05
datagram 5000 1.05 1.08 1.05
fork 200 1.05 1.08 1.05
exec 100 1.05 1.08 1.05"

# What goes leaves work behind: programs and trampolines are freed, services end.
settle()
{
	sleep 5
}

# round MODE [COMMAND…]: every act three times, for processes differ.
round()
{
	local act count mode=$1
	shift

	while read -r act count _; do
		for _ in 1 2 3; do
			sample "$act.$mode" "$@" "$hooks" "$act" "$count" $ip </dev/null
		done
	done <<<"$acts"
}

# guest_begins SECCOMP: a guest with the measuring program in it.  Its daemon and its scheduler are
# away while it is measured: a shell that is inside already does it.
guest_begins()
{
	systemctl start vserverd.socket vserverd || fail 'no daemon'
	vserver set bench seccomp="$1" && vserver start bench || fail 'the guest does not start'
	coproc INSIDE { exec vserver exec bench -- sh; }
	ask_inside hostname >/dev/null
	systemctl stop -q vserverd.socket vserverd
	"$context" unload-scheduler 0 || fail 'the scheduler does not go'
	settle
}

# ask_inside COMMAND…: one line.
ask_inside()
{
	local line
	echo "$*" >&"${INSIDE[1]}"
	read -r -t 600 line <&"${INSIDE[0]}" || fail "the guest does not answer: $*"
	echo "$line"
}

inside()
{
	shift	# the program's path outside
	ask_inside hooks "$@"
}

guest_ends()
{
	# shellcheck disable=SC1083,SC2093 # it closes a descriptor
	exec {INSIDE[1]}>&-
	systemctl start vserverd.socket vserverd
	vserver stop bench || fail 'the guest does not stop'
	systemctl stop -q vserverd.socket vserverd
	"$context" unload-scheduler 0
}

others()
{
	local i
	for ((i = 2; i < 1001; i++)); do
		"$context" "$1" $i ${2-} || fail "context $i"
	done
}

modprobe vserver || fail 'no module'
ip link add vs-bench type dummy && ip link set vs-bench up &&
	ip address add $ip/24 dev vs-bench || fail 'no address'
cleanup ip link delete vs-bench

tiny "$scratch/tiny.tar"
cp $hooks "$scratch/tiny/usr/bin/hooks"
echo bench >"$scratch/tiny/etc/hostname"
tar -C "$scratch/tiny" -cf "$scratch/tiny.tar" .
systemctl start vserverd.socket vserverd && vserver build bench --from "$scratch/tiny.tar" --address $ip ||
	fail 'no guest'
cleanup vserver delete bench --yes
cleanup systemctl start vserverd.socket vserverd
systemctl stop -q vserverd.socket vserverd

for ((i = 0; i < rounds; i++)); do
	"$context" unload-scheduler 0
	"$context" unload 0 || fail 'enforcement does not go'
	settle
	round none
	"$context" load 0 || fail 'enforcement does not come'
	settle
	round host
	guest_begins none
	round guest inside
	others make flags=1
	settle
	round thousand inside
	others end
	guest_ends
	guest_begins default
	round filter inside
	guest_ends
done

while read -r act _ host guest thousand; do
	figure "hooks/host/$act" "$act.host" "$act.none" 'no enforcement' "$host" ns
	figure "hooks/guest/$act" "$act.guest" "$act.none" 'no enforcement' "$guest" ns
	figure "hooks/contexts-1000/$act" "$act.thousand" "$act.guest" 'one context' "$thousand" ns
	figure "hooks/filter/$act" "$act.filter" "$act.guest" 'no filter' "$guest" ns
done <<<"$acts"
finish
