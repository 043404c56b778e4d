#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A crowd so large that its share does not pay for a turn of each, and one that
# does not leave the kernel, have turns in debt; but no more of the machine than
# these cost, which is bounded, and nobody else of the context gets any by it.

. tests/sched/sched.sh
need_scheduler
[ "$(nproc)" -ge 2 ] || bail_out 'this wants two processors'
before=$(generation)

# They begin together, when the last of them is there.
gate=$(mktemp -u)
mkfifo "$gate"
exec 8<>"$gate"
HOG='
	taskset -p -c 1 $$ >/dev/null
	bash -c "read -r _ <'$gate'; while :; do :; done" rider-42 1 &
	taskset -p -c 0 $$ >/dev/null
	for ((i = 0; i < 150; i++)); do (read -r _ <'$gate'; while :; do :; done) & done
	wait'
tasks_of 42 --cpu 20% -- bash -c "$HOG" crowd-42
crowd() { pgrep -f ' crowd-42$' | tail -n +2; }
all_there() { [ "$(crowd | wc -l)" -ge 150 ] && pgrep -f ' rider-42 1$'; }
eventually 120 all_there
ok $? 'control: a crowd is tied to one processor, and one of its context to another' ||
	diag "$(crowd | wc -l)"
is "$(limit 42 1)" ok 'they get 1 %'
bash -c 'while :; do :; done' beside 1 8>&- &
cleanup kill $!
taskset -p -c 0 $! >/dev/null
hogs_of[1]=$(pgrep -f ' rider-42 1$') hogs_of[host]=$!
hogs_of[2]=$(crowd | tr '\n' ' ')
rm "$gate"
exec 8>&-
sleep 20	# until the first are late
mapfile -t got < <(
	hogs_of[3]=${hogs_of[host]}
	begin 1 2 3
	sleep 25
	for i in 1 2 3; do measure $i; echo "$measured"; done)
diag "rider, crowd, host beside it: ${got[*]} (hundredths of a percent)"
[ "${got[0]}" -le 300 ]
ok $? 'the one gets nothing by it'
[ "${got[1]}" -gt 0 ] && [ "${got[1]}" -le 1500 ]
ok $? 'the crowd has what its turns cost'
[ "${got[2]}" -ge 7000 ]
ok $? 'the host has the rest'
is "$(generation)" "$before" 'the scheduler runs on'
expect 0 'they end' end_tasks 42

# sendfile(), 2 GiB at once: it comes to user space never, as good as.
LONG='until (-e $ARGV[0]) { select undef, undef, undef, 0.2 }
	open I, "<", "/dev/zero"; open O, ">", "/dev/null";
	syscall 40, fileno O, fileno I, 0, 0x7ffff000 while 1'
gate=$(mktemp -u)
tasks_of 43 --cpu 50% -- bash -c '
	for ((i = 0; i < 100; i++)); do perl -e "$1" "$2" & done; wait' many-calls "$LONG" "$gate"
long() { pgrep -x perl; }
hundred() { [ "$(long | wc -l)" = 100 ]; }
eventually 120 hundred
ok $? 'control: a hundred tasks are in the kernel' || diag "$(long | wc -l)"
hogs_of[4]=$(long | tr '\n' ' ')
is "$(limit 43 1)" ok 'they get 1 %'
touch "$gate"
cleanup rm "$gate"
sleep 5
got=$(begin 4; sleep 20; measure 4; echo "$measured")
diag "in long system calls: $got (hundredths of a percent)"
[ "$got" -gt 0 ] && [ "$got" -le 900 ]
ok $? 'they have a part of the machine that is bounded'
is "$(generation)" "$before" 'the scheduler runs on'
expect 0 'they end' end_tasks 43
done_testing
