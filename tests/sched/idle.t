#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Time that nobody is entitled to: contexts with an idle rate share it in the
# ratio of their rates, beyond what they were promised, and give it back at once
# to whoever is entitled to it.  But for the last, everything is on one processor.

. tests/sched/sched.sh
need_scheduler

# On one processor, so that there is one to be shared.
taskset -pc 0 $$ >/dev/null
hogs 42 1 --cpu 10% --cpu-idle 10%
hogs 43 1 --cpu 10% --cpu-idle 30%
hogs 44 1 --cpu 10%
keep 250 42 2750 'a tenth, and a quarter of what is left over' \
	43 6250 'a tenth, and three quarters of it' \
	44 1000 'control: without an idle rate no more than was promised'

limit 43 10 >/dev/null
keep 250 42 8000 'without another one, all that is left over' \
	43 1000 'an idle rate can be taken away'

host_hogs 1
taskset -pc 0 "$(hog_pids host)" >/dev/null
keep 250 42 1000 'nothing is left over: what it was promised' \
	host 7000 'somebody who is entitled has it all'

for xid in 42 43 44 host; do
	stop_hogs $xid
done
taskset -pc 0,1 $$ >/dev/null
hogs 45 2 --cpu 10% --cpu-idle 10%
host_hogs 1
taskset -pc 1 "$(hog_pids host)" >/dev/null
keep 1500 45 10500 'beside one that is tied to a busy processor, the other has what its own is left with'

is "$(cat $STATE)" enabled 'the scheduler still runs'
done_testing
