#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The programs of another build replace those that are there: twice, while
# processes of a context try what they may not, one act for each family of
# hooks, as fast as they can.  Not one of them is let through.

. tests/tap.sh
. tests/bpf/bpf.sh

next=build/tests/bpf/next/context
ip link add vs-test type dummy || bail_out "no dummy interface"
cleanup ip link delete vs-test
ip link set vs-test up
ip address add 10.9.0.1/24 dev vs-test

contexts $all
host=$(start sleep infinity)
cleanup kill "$host"
cleanup systemctl start vserverd.socket vserverd.service
systemctl stop vserverd.socket vserverd.service

# Which programs: a pin that is made anew is another inode.
programs() { stat -c %i /sys/fs/bpf/vserver/links/vs_{task_kill,capable,file_open,bind4} | xargs; }

for act in signals traces renices bpf opens binds packets; do
	says ok "control: the host may ($act)" host act $act "$host"
	says EPERM "A may not" "$context" enter 42 42 "$probe" act $act "$host"
done
hammers=()
for i in 1 2; do
	"$context" enter 42 42 "$probe" hammer "$host" "$scratch/stop" >"$scratch/told.$i" 2>&1 &
	hammers+=($!)
	cleanup kill $!
done
first=$(programs)
expect 0 "another build loads its programs" "$next" load 0
second=$(programs)
expect 1 "they are others" test "$first" = "$second"
expect 0 "the first build loads its own again" "$context" load 0
third=$(programs)
expect 1 "they are others again" test "$third" = "$second"
says EPERM "a new process of A is held" A kill "$host" 0
says ok "control: the host is not" host kill "$host" 0
sleep 1		# what the old ones would still have held
: >"$scratch/stop"
wait "${hammers[@]}"
for i in 1 2; do
	says "* rounds EPERM" "hammer $i tried all the time, in vain" cat "$scratch/told.$i"
	diag "$(cat "$scratch/told.$i")"
done
expect 0 "control: what is there now is adopted, not loaded again" "$context" load 0
is "$(programs)" "$third" "it is the same"
finish
