#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A context that has very many tasks makes itself slow, not the scheduler: the
# kernel ends one that lets a task wait for 30 s.

. tests/sched/sched.sh
need_scheduler

# They begin together, when the last of them is there.
gate=$(mktemp -u)
mkfifo "$gate"
cleanup rm "$gate"
HOG='for ((i = 1; i < $1; i++)); do (read -r _ <'$gate'; while :; do :; done) & done
	read -r _ <'$gate'; while :; do :; done'
before=$(generation)
hogs 42 200
eventually 120 has_hogs 42 200
ok $? 'control: 200 tasks are there' || diag "$(hog_pids 42 | wc -l)"
hogs_of[42]=$(hog_pids 42 | tr '\n' ' ')
is "$(limit 42 4)" ok 'they get 4 %'
begin 42
: >"$gate"

# What they have is not looked at: where a change of tasks takes as long as in
# a machine that is emulated, it need not pay for a turn of each in time, and then
# they get more.
sleep 45	# longer than the kernel's watchdog waits
is "$(generation)" "$before" 'after 45 s of 200 hogs in 4 % the scheduler runs'
# those that have not run since
waiting()
{
	local pid
	local -a use=() when=()
	read_use 42
	for pid in "${!begin_use[@]}"; do
		[ "${use[pid]-0}" -gt "${begin_use[pid]}" ] || echo "$pid"
	done
}
is "${#begin_use[@]} $(waiting)" '200 ' 'each of them has run meanwhile'

begin=$(date +%s%N)
for _ in $(seq 20); do true & wait $!; done
took=$((($(date +%s%N) - begin) / 1000000))
[ "$took" -lt 10000 ]
ok $? 'meanwhile the host starts processes' || diag "20 took $took ms"
is "$(generation)" "$before" 'and it still does'

expect 0 'they can be killed' stop_hogs 42
hogs 43 60
eventually 120 has_hogs 43 60
ok $? 'control: 60 tasks are there' || diag "$(hog_pids 43 | wc -l)"
hogs_of[43]=$(hog_pids 43 | tr '\n' ' ')
is "$(limit 43 20)" ok 'they get 20 %'
: >"$gate"
keep 100 43 2000 'and have 20 %, all together'
is "$(generation)" "$before" 'and the scheduler runs on'
done_testing
