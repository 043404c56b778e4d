#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# No way to more than was promised: each is tried in a context with a tenth of a
# processor, which gets that and no more; and in one without a limit, where the
# same takes much more.

. tests/sched/sched.sh
need_scheduler
escape=$PWD/build/tests/sched/escape
before=$(generation)

# usage: what the unit has used, us, and when; of those that have gone as well.
usage()
{
	local key value
	while read -r key value; do
		[ "$key" != usage_usec ] || used=$value
	done <"/sys/fs/cgroup/system.slice/context-42.service/cpu.stat"
	read_at=${EPOCHREALTIME/[^0-9]/}
}

# begins WAY OPTION…: it is on its way, and what its bucket held is spent.
begins()
{
	local way=$1
	shift
	tasks_of 42 --seccomp none "$@" -- "$escape" "$way"
	sleep 1
	usage
	from=$used since=$read_at
}

# gets: hundredths of a percent of one processor, since then.
gets()
{
	usage
	hundredths=$(((used - from) * 10000 / (read_at - since)))
}

# A tenth, give or take what is at the edges: measured from one start on, for 4 s
# at least.  What gets more in the end gets more in half a minute too.
has_a_tenth()
{
	local until=$((SECONDS + 30))
	sleep 4
	while gets; ! ((hundredths > 800 && hundredths <= 1050)); do
		[ "$SECONDS" -lt "$until" ] || return
		sleep 1
	done
}

for way in burn policies nice affinity autogroup cgroups children vforks threads storm ticks \
	   itimer uring; do
	begins $way
	sleep 2
	gets
	((hundredths > 2500))
	ok $? "control: $way takes more without a limit" || diag "got $hundredths"
	end_tasks 42
	begins $way --cpu 10%
	has_a_tenth
	ok $? "$way: a tenth where that was promised" || diag "got $hundredths"
	end_tasks 42
done

for way in realtime deadline; do
	expect_output '^taken$' "control: the host can have $way" "$escape" $way
	expect_output '^refused$' "not so a context" chcontext --silent -- "$escape" $way
done

is "$(generation)" "$before" 'the scheduler runs on'
done_testing
