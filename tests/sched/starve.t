#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Whatever a context does with its tasks, none of them waits so long that the
# kernel, which allows 30 s, would end the scheduler: not one that is as nice as
# can be beside many that are not, not one beside others that fork without end,
# and not those in another context or of the host.

. tests/sched/sched.sh
need_scheduler
before=$(generation)

# found NAME: the process whose last argument that is, into pid_of[NAME]; those
# that start it have it among others.
declare -A pid_of=()
found()
{
	pid_of[$1]=$(pgrep -f " $1\$")
}

# goes_on PID SECONDS: it gets some time within so many seconds.
goes_on()
{
	local was now
	read -r was _ <"/proc/$1/schedstat" || return
	more_than()
	{
		read -r now _ <"/proc/$1/schedstat" && [ "$now" -gt "$was" ]
	}
	eventually "$2" more_than "$1"
}

tasks_of 42 --cpu 10% -- bash -c '
	nice -n 19 bash -c "while :; do :; done" the-nice-one &
	for ((i = 0; i < 31; i++)); do (while :; do :; done) & done
	wait'
eventually 60 found the-nice-one
ok $? 'control: a task is as nice as can be, beside 31 others in 10 %'

tasks_of 43 --cpu 20% -- bash -c '
	bash -c "while :; do :; done" the-old-one &
	link() { (link) & }
	for ((i = 0; i < 6; i++)); do link; done
	wait'
eventually 60 found the-old-one
ok $? 'control: a task is older than six chains of forks in 20 %'
last_pid()
{
	cut -d' ' -f5 /proc/loadavg
}
from=$(last_pid)
more_forks()
{
	[ $(($(last_pid) - from)) -gt 20 ] || [ "$(last_pid)" -lt "$from" ]
}
eventually 30 more_forks
ok $? 'control: they fork' || diag "from $from to $(last_pid)"

for i in 1 2 3; do
	expect 0 "the nice one goes on ($i)" goes_on "${pid_of[the-nice-one]}" 25
	expect 0 "the old one goes on ($i)" goes_on "${pid_of[the-old-one]}" 25
done
expect 0 'the host starts a process' timeout 20 true
is "$(generation)" "$before" 'the scheduler runs on'
done_testing
