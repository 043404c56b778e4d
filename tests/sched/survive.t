#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the scheduler outlives: its loader, processors that go and come; and what
# comes between: another scheduler.  Limits hold throughout, measured.

. tests/sched/sched.sh
need_scheduler
[ "$(nproc)" -ge 2 ] || bail_out 'this wants two processors'
foreign=$PWD/build/tests/sched/foreign
before=$(generation)

hogs 42 2 --cpu 20%
hogs 43 2 --cpu 40%
host_hogs 2
# What a machine loses while it stands still, as an emulated one does, nobody gets.
kept()
{
	keep 600/150 42 2000 "$1: 20 %" 43 4000 "$1: 40 %"
}
kept 'control'

systemctl kill -s KILL vserverd
kept 'its loader is killed'

cpu1=/sys/devices/system/cpu/cpu1/online
cleanup sh -c "echo 1 >$cpu1"
echo 0 >$cpu1
is "$(nproc --all) $(<$cpu1)" "2 0" 'a processor goes'
kept 'on one processor'
echo 1 >$cpu1
kept 'it comes again'
for _ in 1 2 3 4 5; do
	echo 0 >$cpu1
	sleep 0.3
	echo 1 >$cpu1
	sleep 0.3
done
kept 'and goes and comes'
is "$(generation)" "$before" 'all the time it was the same scheduler'

# --- another one -------------------------------------------------------------------------

expect_output 'Device or resource busy' 'another scheduler is not loaded beside ours' \
	sh -c "$foreign; :"
is "$(generation)" "$before" 'which runs on'

runs()
{
	[ "$(cat /sys/kernel/sched_ext/root/ops 2>/dev/null)" = "$1" ]
}
systemctl stop vserverd.socket vserverd
stop_hogs 42
stop_hogs 43
stop_hogs host
echo S >/proc/sysrq-trigger
eventually 20 grep -q disabled $STATE
ok $? 'without a daemon ours ends and stays away'
$foreign &
other=$!
cleanup kill $other
eventually 20 runs foreign
ok $? 'control: where ours is not, another one can be loaded'
systemctl start vserverd.socket vserverd
expect_output 'scheduler *missing *another one runs: foreign' 'check tells of it' vserver check
expect 1 'no bare context has a share that nobody keeps' chcontext --silent --cpu 20% -- true
kill $other
eventually 30 runs vserver
ok $? 'it ends, and ours is loaded without being asked'
hogs 42 2 --cpu 20%
keep 150 42 2000 'the limits hold again'
done_testing
