#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Tasks of one context that may run on one processor each share what it has:
# none takes it all for its own processor, and what they wait for is not a
# reason to give the context more.

. tests/sched/sched.sh
need_scheduler
[ "$(nproc)" -ge 2 ] || bail_out 'this wants two processors'
before=$(generation)

HOG='for cpu in 0 1; do taskset -c $cpu bash -c "while :; do :; done" hogs-42 1 & done; wait'
pinned()
{
	pgrep -f "^bash -c while :; do :; done hogs-42 1\$"
}
two()
{
	[ "$(pinned | wc -l)" = 2 ]
}
tasks_of 42 --cpu 20% -- bash -c "$HOG"
eventually 30 two
ok $? 'control: two tasks, one for each processor' || diag "$(pgrep -af hogs-42)"
hogs_of[42]=$(pinned | tr '\n' ' ')
keep 100 42 2000 'they have 20 %, together'
read -r first second <<<"${hogs_of[42]}"
hogs_of[1]=$first hogs_of[2]=$second
mapfile -t got < <(begin 1 2; sleep 10; for i in 1 2; do measure $i; echo "$measured"; done)
within "${got[0]}" 1000 500 'the one has about half of it'
within "${got[1]}" 1000 500 'and so has the other'
is "$(generation)" "$before" 'the scheduler runs on'
done_testing
