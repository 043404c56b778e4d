#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A guest has the share of the processors that it was given, whoever keeps it:
# the token bucket, or cpu.max where the kernel has no sched_ext.  Measured
# from what the guest's cgroup has used, while the host wants everything.

. tests/tap.sh
. tests/cli/cli.sh

systemctl start vserverd || bail_out 'vserverd does not start'
tiny "$scratch/tiny.tar"
traces >"$scratch/before"
cleanup vserver delete --yes web
cleanup vserver stop web

# used: the guest's, in microseconds, and when; without a fork.
used()
{
	local key value
	while read -r key value; do
		[ "$key" != usage_usec ] || usage=$value
	done <"/sys/fs/cgroup/$cgroup/cpu.stat"
	now=${EPOCHREALTIME/[^0-9]/}
}

# keeps WANT BAND NAME: hundredths of a percent of one processor, measured from
# one start on; twice in a row after 5 s, or never in 60 s.
keeps()
{
	local want=$1 band=$2 good=0 got=0 usage=0 now=0 from since until
	shift 2
	sleep 2		# what a bucket has saved up is a burst, not the share
	used
	from=$usage since=$now until=$((SECONDS + 60))
	sleep 4
	while [ "$good" -lt 2 ] && [ "$SECONDS" -lt "$until" ]; do
		sleep 1
		used
		((got = (usage - from) * 10000 / (now - since)))
		if ((got >= want - band && got <= want + band)); then
			good=$((good + 1))
		else
			good=0
		fi
	done
	[ "$good" = 2 ]
	ok $? "$*" || diag "got $got, expected $want give or take $band (hundredths of a percent)"
}

hog='while :; do :; done'
expect 0 'a guest with 25 % is built' vserver build -q web --from "$scratch/tiny.tar" --cpu 25%
expect 0 'and starts' vserver start web
cgroup=$(field web .cgroup)
expect 0 'control: its cgroup is there' grep -q usage_usec "/sys/fs/cgroup/$cgroup/cpu.stat"
for _ in 1 2 3; do
	vserver exec web -- sh -c "$hog" >/dev/null 2>&1 &
	cleanup kill $!
done
running() { [ "$(grep -c . "/sys/fs/cgroup/$cgroup/cgroup.procs" "/sys/fs/cgroup/$cgroup"/*/cgroup.procs |
	awk -F: '{ n += $2 } END { print n }')" -ge 4 ]; }
expect 0 'control: hogs run in it' eventually 20 running
keeps 2500 100 'it has 25 % while processors are idle'

for _ in $(seq "$(nproc)"); do
	bash -c "$hog" &
	cleanup kill -KILL $!
done
keeps 2500 100 'and beside a host that wants everything'
expect 0 'it is given 40 % while it runs' vserver set -q web cpu=40%
keeps 4000 100 'and has 40 %'
expect 0 'and no limit' vserver set -q web cpu=infinity
sleep 1
used
from=$usage since=$now
sleep 5
used
[ $(((usage - from) * 100 / (now - since))) -gt 50 ]
ok $? 'control: without a limit it has more' || diag "$(((usage - from) * 100 / (now - since))) %"
if [ -e /sys/kernel/sched_ext/state ]; then
	is "$(cat /sys/kernel/sched_ext/state)" enabled 'the token bucket kept it'
else
	expect 0 'it was cpu.max that kept it' sh -c "vserver set -q web cpu=25% && \
		grep -qv max '/sys/fs/cgroup/$cgroup/cpu.max'"
fi
expect 0 'it stops' vserver stop web
expect 0 'it is deleted' vserver delete --yes web
expect 0 'nothing is left' eventually 20 nothing_left
done_testing
