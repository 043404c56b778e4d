#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A crowd so large that its share does not pay for a turn of each, and one that
# does not leave the kernel, have turns in debt, so that the kernel, which allows
# 30 s, does not end the scheduler; but no more of the machine than these cost,
# which is bounded, and nobody else of the context gets any by it.

. tests/sched/sched.sh
need_scheduler
[ "$(nproc)" -ge 2 ] || bail_out 'this wants two processors'
before=$(generation)

# use SECONDS NAME…: of the processes in hogs_of[NAME], hundredths of a percent.
use()
{
	local measured name
	local seconds=$1
	shift
	begin "$@"
	sleep "$seconds"	# the measurement itself
	for name in "$@"; do
		measure "$name"
		echo "$measured"
	done
}

# --- many, on one processor ---------------------------------------------------------
# They begin together, when the last of them is there.
gate=$(mktemp -u)
mkfifo "$gate"
exec 8<>"$gate"
tasks_of 42 --cpu 60% -- bash -c '
	taskset -p -c 1 $$ >/dev/null
	bash -c "read -r _ <'$gate'; while :; do :; done" rider-42 1 &
	taskset -p -c 0 $$ >/dev/null
	for ((i = 0; i < 350; i++)); do (read -r _ <'$gate'; while :; do :; done) & done
	wait' crowd-42
crowd() { pgrep -f ' crowd-42$' | tail -n +2; }
all_there() { [ "$(crowd | wc -l)" -ge 350 ] && pgrep -f ' rider-42 1$'; }
eventually 120 all_there
ok $? 'control: a crowd is tied to one processor, and one of its context to another' ||
	diag "$(crowd | wc -l)"
hogs_of[1]=$(pgrep -f ' rider-42 1$') hogs_of[2]=$(crowd | tr '\n' ' ')
is "$(build/tests/kmod/netlink set xid:u32=42 'bucket[' rate:u64=100000 interval:u64=100000000 \
	size:u64=1000000 release:u64=100000 ']')" ok 'they get a thousandth'
rm "$gate"
exec 8>&-
sleep 40	# longer than the kernel's watchdog waits
is "$(generation)" "$before" 'after 40 s on a processor that is idle otherwise the scheduler runs'

is "$(limit 42 1)" ok 'they get 1 %'
bash -c 'while :; do :; done' beside 1 &
hogs_of[3]=$!
cleanup kill $!
taskset -p -c 0 $! >/dev/null
mapfile -t got < <(use 25 1 2 3)
diag "one beside, the crowd, the host: ${got[*]} (hundredths of a percent)"
[ "${got[0]}" -le 300 ]
ok $? 'the one on the other processor gets nothing by it'
[ "${got[1]}" -gt 0 ] && [ "${got[1]}" -le 2500 ]
ok $? 'the crowd has what its turns cost'
[ "${got[2]}" -ge 7000 ]
ok $? 'the host has the rest'
is "$(generation)" "$before" 'and the scheduler runs on'
expect 0 'they end' end_tasks 42

# --- many, in the kernel --------------------------------------------------------------
# sendfile(), 2 GiB at once: it comes to user space never, as good as.
LONG='until (-e $ARGV[0]) { select undef, undef, undef, 0.2 }
	open I, "<", "/dev/zero"; open O, ">", "/dev/null";
	syscall 40, fileno O, fileno I, 0, 0x7ffff000 while 1'
gate=$(mktemp -u)
tasks_of 43 --cpu 50% -- bash -c '
	bash -c "while :; do :; done" reniced-43 1 &
	for ((i = 0; i < 100; i++)); do perl -e "$1" "$2" & done
	wait' many-calls "$LONG" "$gate"
long() { pgrep -x perl; }
hundred() { [ "$(long | wc -l)" = 100 ]; }
eventually 120 hundred
ok $? 'control: a hundred tasks are there' || diag "$(long | wc -l)"
hogs_of[4]=$(long | tr '\n' ' ') reniced=$(pgrep -f ' reniced-43 1$')
is "$(limit 43 1)" ok 'they get 1 %'
touch "$gate"
cleanup rm "$gate"
sleep 5
used=$(use 20 4)
diag "in long system calls: $used (hundredths of a percent)"
[ "$used" -gt 0 ] && [ "$used" -le 900 ]
ok $? 'they have a part of the machine that is bounded'

# Whoever is given another nice value is queued anew.
for ((i = 0; i < 8; i++)); do
	renice -n $((i % 2)) -p "$reniced" >/dev/null
	sleep 5
done
is "$(generation)" "$before" 'the scheduler runs on, though one that waits is reniced all the time'
expect 0 'they end' end_tasks 43
done_testing
