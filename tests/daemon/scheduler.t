#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The scheduler ends, here by SysRq-S as it would by an error: the daemon tells
# why and loads it again; what guests were given is kept meanwhile.
#
# expects-kernel: sched_ext: .*vserver

. tests/tap.sh
. tests/daemon/daemon.sh

[ -e /sys/kernel/sched_ext ] || skip_all 'this kernel has no sched_ext'
pins=/sys/fs/bpf/vserver/scheduler

runs() { [ "$(cat /sys/kernel/sched_ext/state)" = enabled ]; }
ended() { [ "$(cat /sys/kernel/sched_ext/state)" = disabled ]; }
eject() { echo S >/proc/sysrq-trigger; }
told() { journalctl -q -b -u vserverd -o cat --since "@$since" | grep -E "$1"; }
times_told() { [ "$(told "$1" | wc -l)" = "$2" ]; }

# share SECONDS: of one processor, in percent, that the guest uses meanwhile.
share()
{
	local from to
	from=$(awk '/^usage_usec/ { print $2 }' "$cgroup/cpu.stat")
	sleep "$1"	# the measurement itself
	to=$(awk '/^usage_usec/ { print $2 }' "$cgroup/cpu.stat")
	echo $(((to - from) / ($1 * 10000)))
}

tiny "$scratch/tiny.tar" 'while :; do :; done'
cleanup vserver delete web --yes
cleanup vserver stop web
vserver build web --from "$scratch/tiny.tar" --cpu 20%
expect 0 "a guest that wants all and has 20 %" vserver start web
cgroup=/sys/fs/cgroup/$(field web .cgroup)
expect 0 "control: the scheduler runs" eventually 30 runs
expect_output 'scheduler *ok' "control: check says so" vserver check

# --- with a daemon ----------------------------------------------------------------------
vserver events --json >"$scratch/events" 2>/dev/null &
cleanup kill $!
heard() { chcontext --silent -- true; test -s "$scratch/events"; }
expect 0 "control: somebody is told events" eventually 30 heard
since=$(date +%s)
eject
expect 0 "the daemon tells that it has ended, and why" \
	eventually 20 told 'the scheduler has ended: .*sysrq.*cpu.max.*again in 1 s'
expect 0 "and that it runs again" eventually 30 told 'the scheduler runs again'
expect 0 "which is so" eventually 30 runs
expect_output '"reason":.*sysrq' "both are events" grep scheduler-ejected "$scratch/events"
expect 0 "the second too" grep -q scheduler-restored "$scratch/events"
eject
expect 0 "the second time it waits longer" \
	eventually 20 told 'the scheduler has ended: .*again in 2 s'
expect 0 "it runs again" eventually 30 times_told 'the scheduler runs again' 2
expect 0 "which is so" eventually 30 runs

# --- without ------------------------------------------------------------------------------
systemctl stop vserverd.socket vserverd.service
eject
expect 0 "without a daemon it ends" eventually 20 ended
expect 1 "check says that there is no daemon" vserver check
grep -q 'scheduler *missing.*sysrq' <<<"$output"
ok $? "and why there is no scheduler" || diag "$output"
got=$(share 5)
[ "$got" -ge 15 ] && [ "$got" -le 25 ]
ok $? "the guest has its 20 % from cpu.max" || diag "got $got %"
since=$(date +%s)
systemctl start vserverd.socket vserverd.service
expect 0 "the daemon that starts tells why it had ended" \
	eventually 30 told 'the scheduler had ended: .*sysrq'
expect 0 "it runs again" runs

# --- one that goes by another map of identities -----------------------------------------------
enables() { cat /sys/kernel/sched_ext/enable_seq; }
before=$(enables)
systemctl restart vserverd
is "$(enables)" "$before" "control: the daemon adopts the scheduler that runs"
rm $pins/tasks
systemctl restart vserverd
expect 0 "one that is not known to use the map of identities is replaced" \
	test "$(enables)" -gt "$before"
expect 0 "and runs" runs

done_testing
