#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A crowd that begins to work in one moment, in a share that hardly pays for a
# turn of each: each of them gets its turn before the kernel, which allows 30 s,
# and 21 s where RCU waits, would end the scheduler.

. tests/sched/sched.sh
need_scheduler
before=$(generation)

# They begin together, when the last of them is there: at the end of a pipe in
# which nobody writes.  Whoever comes too late finds none, and begins, too.
gate=$(mktemp -u)
HOG='for ((i = 1; i < $1; i++)); do (read -r _ <'$gate'; while :; do :; done) & done
	read -r _ <'$gate'; while :; do :; done'

# waiting XID: those that have not run since it began.
waiting()
{
	local pid
	local -a use=() when=()
	read_use "$1"
	for pid in "${!begin_use[@]}"; do
		[ "${use[pid]-0}" -gt "${begin_use[pid]}" ] || echo "$pid"
	done
}

# crowd XID N PERCENT LAST: their share, and what they are given for their end,
# for that is work of theirs, too.
crowd()
{
	local xid=$1 n=$2 percent=$3 last=$4

	mkfifo "$gate"
	hogs "$xid" "$n"
	eventually 200 has_hogs "$xid" "$n"
	ok $? "control: $n tasks are there" || diag "$(hog_pids "$xid" | wc -l)"
	hogs_of[$xid]=$(hog_pids "$xid" | tr '\n' ' ')
	is "$(limit "$xid" "$percent")" ok "they get $percent %"
	begin "$xid"
	exec 8<>"$gate"
	rm "$gate"
	exec 8>&-
	# What they have is not looked at: where a change of tasks takes as long
	# as in a machine that is emulated, the share need not pay for a turn of
	# each in time, and then they get more.
	sleep 45	# longer than the kernel's watchdog waits
	is "$(generation)" "$before" "after 45 s of $n hogs in $percent % the scheduler runs"
	is "${#begin_use[@]} $(waiting "$xid")" "$n " 'each of them has run meanwhile'
	expect 0 'meanwhile the host starts processes' timeout 20 bash -c \
		'for i in 1 2 3 4 5 6 7 8 9 10; do true & wait $!; done'
	is "$(generation)" "$before" 'and it still does'
	is "$(limit "$xid" "$last")" ok "in $last %"
	expect 0 '… they can be killed' stop_hogs "$xid"
	eventually 120 not_listed "$xid"
	ok $? '… and the context ends'
}

crowd 42 200 4 4
done_testing
