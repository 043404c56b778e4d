#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The scheduler of another build replaces the one that runs, under load, several
# times, by a loader and by a daemon that starts: a guest has what it was given
# throughout, whoever was on hold is let go, and the new one is in force.  One that
# cannot be loaded leaves the old one in force.

. tests/sched/sched.sh
# shellcheck source=tests/daemon/daemon.sh
. tests/daemon/daemon.sh
need_scheduler
[ "$(nproc)" -ge 2 ] || bail_out 'this wants two processors'
context=build/tests/bpf/context
next=build/tests/bpf/next/context

enables() { cat /sys/kernel/sched_ext/enable_seq; }

# build_that_runs: the pin says so.
build_that_runs()
{
	basename /sys/fs/bpf/vserver/scheduler/build_*
}

# guest_used: us; and when.
guest_used()
{
	local key
	read -r key used <"$cgroup/cpu.stat"
	now=${EPOCHREALTIME/[^0-9]/}
	: "$key"
}

tiny "$scratch/tiny.tar" '(while :; do :; done) & while :; do :; done'
cleanup vserver delete web --yes
cleanup vserver stop web
vserver build web --from "$scratch/tiny.tar" --cpu 20%
expect 0 'a guest that wants all and has 20 %' vserver start web
cgroup=/sys/fs/cgroup/$(field web .cgroup)
hogs 42 2 --cpu 30%
hogs 43 16	# without a share, in which they would start slowly
is "$(limit 43 4)" ok 'control: a crowd has a small one'
keep 600/150 42 3000 'control: 30 % of a context'
keep 300/150 43 400 'control: 4 % of a crowd, which is on hold most of the time'
cleanup systemctl start vserverd.socket vserverd.service
systemctl stop vserverd.socket vserverd.service
first=$(build_that_runs)
before=$(generation)
expect_output 'tokens=' 'control: this build can read what runs' $context usage 42

# --- one that cannot be loaded ------------------------------------------------------------
expect 1 'another build is not loaded without the right to load programs' \
	setpriv --bounding-set=-bpf,-sys_admin $next load-scheduler 0
is "$(generation) $(build_that_runs)" "$before $first" 'and the first one is in force'

# --- others that can --------------------------------------------------------------------------
# A bucket that is new is full, and so is the quota of cpu.max that comes between,
# of which each processor has a slice besides; and a load forgives what is owed: a
# tick of each processor, and the time for which one of a virtual machine stood still.
LOADS=4 BUCKET=20000			# us
SLICES=$((2 * 5000)) OWED=$((2 * 4000 + 50000))
AT_A_LOAD=$((2 * BUCKET + SLICES + OWED))
AT_THE_EDGES=66000			# us, as in stress.t
guest_used
# shellcheck disable=SC2154 # guest_used sets them
from=$used since=$now loads=$(enables)
begin 42
expect 0 'another build loads its own' $next load-scheduler 0
second=$(build_that_runs)
[ "$second" != "$first" ] && [ "$(enables)" = $((loads + 1)) ]
ok $? 'which is in force' || diag "$first, $second; $loads, $(enables)"
expect_output 'tokens=' 'it knows the contexts' $next usage 42
expect_output ENODATA 'control: the first build cannot read it' sh -c "$context usage 42; :"
expect 0 'the first build loads its own again' $context load-scheduler 0
is "$(build_that_runs)" "$first" 'which is in force'
expect 0 'and the other one' $next load-scheduler 0
is "$(build_that_runs)" "$second" 'which is in force'
expect 0 'control: what is there now is adopted' $next load-scheduler 0
expect 0 'a daemon of the first build starts' systemctl start vserverd.socket vserverd.service
expect 0 'and loads its own' eventually 60 eval '[ "$(build_that_runs)" = "$first" ]'
is "$(enables)" $((loads + LOADS)) 'it was loaded four times'
guest_used
guest_us=$((used - from)) took=$((now - since))
measure 42
diag "in $((took / 1000)) ms the guest had $((guest_us / 1000)) ms; 42, of 30 %, $measured hundredths of a percent"
[ "$guest_us" -le $((took * 20 / 100 + BUCKET + LOADS * AT_A_LOAD + AT_THE_EDGES)) ]
ok $? 'meanwhile the guest had no more than it was given' || diag "$guest_us us of $((took * 20 / 100))"
[ "$guest_us" -ge $((took * 15 / 100)) ]
ok $? 'nor much less' || diag "$guest_us us of $((took * 20 / 100))"

# --- afterwards ---------------------------------------------------------------------------------
keep 600/150 42 3000 '30 % of the context'
begin 43
declare -A had=()
for pid in "${!begin_use[@]}"; do
	had[$pid]=${begin_use[pid]}
done
keep 300/150 43 400 '4 % of the crowd'
crowd_goes_on()
{
	local pid
	local -a use=() when=()
	read_use 43
	for pid in "${!had[@]}"; do
		[ "${use[pid]-0}" -gt "${had[$pid]}" ] || return
	done
}
expect 0 'none of it was left on hold' eventually 25 crowd_goes_on
is "${#had[@]}" 16 'control: that is sixteen'
expect 0 'the guest can be stopped' vserver stop web
done_testing
