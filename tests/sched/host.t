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
for _ in $(seq "$cpus"); do
	bash -c 'while :; do :; done' hog-of-host &
	cleanup kill -KILL $!
done
eventually 5 pgrep -f hog-of-host
host()
{
	local pid ns sum=0
	for pid in $(pgrep -f hog-of-host); do
		read -r ns _ <"/proc/$pid/schedstat" && sum=$((sum + ns))
	done
	echo "$sum"
}
a=$(host)
sleep 4		# the measurement
b=$(host)
got=$(((b - a) / 40000000))	# percent of one processor
[ "$got" -gt $((cpus * 100 - 25 - 20)) ]
ok $? 'the host has what the context leaves' || diag "got $got % of $((cpus * 100))"

systemctl kill -s KILL vserverd
eventually 20 systemctl is-active --quiet vserverd
within "$(share 5 42)" 2500 300 'the share is kept when the daemon was killed'
is "$(cat $STATE)" enabled 'the scheduler still runs'
done_testing
