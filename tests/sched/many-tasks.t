#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A context that has very many tasks makes itself slow, not the scheduler: the
# kernel ends one that lets a task wait for 30 s.

. tests/sched/sched.sh
need_scheduler

before=$(generation)
hogs 42 400 --cpu 1%	# in which they start, as many as it pays for
sleep 40	# longer than the kernel's watchdog waits
is "$(generation)" "$before" 'after 40 s of hogs that start others in 1 % the scheduler runs'
begin=$(date +%s%N)
for _ in $(seq 20); do true & wait $!; done
took=$((($(date +%s%N) - begin) / 1000000))
[ "$took" -lt 10000 ]
ok $? 'meanwhile the host starts processes' || diag "20 took $took ms"
within "$(share 5 42)" 100 150 'and they have 1 %, all together'
expect 0 'they can be killed' stop_hogs 42

# These begin together, when the last of them is there.
gate=$(mktemp -u)
mkfifo "$gate"
HOG='for ((i = 1; i < $1; i++)); do (read -r _ <'$gate'; while :; do :; done) & done
	read -r _ <'$gate'; while :; do :; done'
hogs 43 60
eventually 120 has_hogs 43 60
ok $? 'control: 60 tasks are there' || diag "$(hog_pids 43 | wc -l)"
hogs_of[43]=$(hog_pids 43 | tr '\n' ' ')
is "$(limit 43 20)" ok 'they get 20 %'
exec 8<>"$gate"
rm "$gate"	# whoever comes too late shall not wait for it
exec 8>&-
keep 100 43 2000 'and have 20 %, all together'
is "$(generation)" "$before" 'and the scheduler runs on'
done_testing
