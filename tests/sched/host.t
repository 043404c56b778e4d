#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The host is never held, and the scheduler outlives whoever loaded it: timers
# that let contexts run again die with their map unless it is pinned.

. tests/sched/sched.sh
need_scheduler

hogs 42 2 --cpu 25%
cpus=$(nproc)
host_hogs "$cpus"
((got = $(share 4 host) / 100))	# percent of one processor
[ "$got" -gt $((cpus * 100 - 25 - 20)) ]
ok $? 'the host has what the context leaves' || diag "got $got % of $((cpus * 100))"

# Not only killed: systemd would start a daemon that loads it again.
loads=$(cat /sys/kernel/sched_ext/enable_seq)
[ "$loads" -ge 1 ]
ok $? 'control: the kernel counts schedulers that were enabled' || diag "$loads"
main=$(systemctl show -P MainPID vserverd)
cleanup systemctl start vserverd
systemctl kill -s KILL vserverd
systemctl stop vserverd.socket vserverd.service
expect 0 'the daemon is gone' eventually 20 eval "! kill -0 $main"
expect 3 '… and no other came' systemctl is-active --quiet vserverd
keep 100 42 2500 'the share is kept without a daemon'
expect 3 '… there still is none' systemctl is-active --quiet vserverd
is "$(cat $STATE)" enabled 'the scheduler still runs'
is "$(cat /sys/kernel/sched_ext/enable_seq)" "$loads" '… and is the one that ran before'
expect 0 'a new daemon starts' systemctl start vserverd
is "$(cat /sys/kernel/sched_ext/enable_seq)" "$loads" '… and leaves it running'
done_testing
