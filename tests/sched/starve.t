#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Whatever a context does with its tasks, none of them waits so long that the
# kernel, which allows 30 s, would end the scheduler: not one that is as nice as
# can be beside many that are not, and not those of the host.

. tests/sched/sched.sh
need_scheduler
before=$(generation)

# used PATTERN: ns of processor time of the process with that in its arguments.
used()
{
	local ns
	read -r ns _ <"/proc/$(pgrep -f "$1" | head -n 1)/schedstat" && echo "$ns"
}

# goes_on PATTERN SECONDS: it gets some time within so many seconds.
goes_on()
{
	local was
	was=$(used "$1") || return
	eventually "$2" eval "[ \"\$(used '$1')\" != $was ]"
}

tasks_of 42 --cpu 10% -- bash -c '
	nice -n 19 bash -c "while :; do :; done" the-nice-one &
	for ((i = 0; i < 31; i++)); do (while :; do :; done) & done
	wait'
eventually 30 pgrep -f the-nice-one
ok $? 'control: a task is as nice as can be, beside 31 others in 10 %'

for i in 1 2 3; do
	expect 0 "the nice one goes on ($i)" goes_on the-nice-one 25
done
expect 0 'the host starts a process' timeout 20 true
is "$(generation)" "$before" 'the scheduler runs on'
done_testing
