# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the scheduler's tests share: contexts full of hogs, and how much they
# have used.

. tests/tap.sh

STATE=/sys/kernel/sched_ext/state

need_scheduler()
{
	[ -e /sys/kernel/sched_ext ] || skip_all 'this kernel has no sched_ext: cpu.max keeps the shares'
	systemctl start vserverd || bail_out 'vserverd does not start'
	eventually 20 grep -q enabled $STATE || bail_out 'the scheduler does not run'
}

# hogs XID N OPTION…: a context with N hogs, named by its first argument.
hogs()
{
	local xid=$1 n=$2
	shift 2
	chcontext --silent --xid "$xid" "$@" -- \
		bash -c 'for ((i = 1; i < $1; i++)); do (while :; do :; done) & done; while :; do :; done' \
		"hogs-$xid" "$n" &
	cleanup stop_hogs "$xid"
	eventually 20 hog_pids "$xid" || bail_out "no hogs in $xid"
}

hog_pids()
{
	pgrep -f " hogs-$1 [0-9]+\$"
}

no_hogs()
{
	! hog_pids "$1"
}

stop_hogs()
{
	local pids
	while pids=$(hog_pids "$1"); do
		# shellcheck disable=SC2086
		kill -KILL $pids
	done
}

# used XID: ns of processor time that its hogs have used.
used()
{
	local pid sum=0 ns
	for pid in $(hog_pids "$1"); do
		read -r ns _ <"/proc/$pid/schedstat" && sum=$((sum + ns))
	done
	echo "$sum"
}

# share SECONDS XID…: what each used meanwhile, in hundredths of a percent of
# one processor, one a line.
share()
{
	local seconds=$1 xid begin=() i=0 from to
	shift
	from=$(date +%s%N)
	for xid in "$@"; do
		begin+=("$(used "$xid")")
	done
	sleep "$seconds"	# the measurement itself
	to=$(date +%s%N)
	for xid in "$@"; do
		echo $((($(used "$xid") - begin[i++]) * 10000 / (to - from)))
	done
}

# within GOT WANT BAND NAME: hundredths of a percent.
within()
{
	local got=$1 want=$2 band=$3
	shift 3
	((got >= want - band && got <= want + band))
	ok $? "$*" || diag "got $got, expected $want give or take $band (hundredths of a percent)"
}
