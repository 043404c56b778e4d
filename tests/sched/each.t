#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A bucket for each processor: a context has its share on each that it runs on,
# and what it leaves on one is of no use on another.

. tests/sched/sched.sh
need_scheduler
[ "$(nproc)" -ge 2 ] || bail_out 'this wants two processors'
before=$(generation)

hogs 42 2 --cpu 20%
keep 200 42 2000 'control: of the whole machine, two tasks have 20 % together'
stop_hogs 42

hogs 43 2 --cpu 20% --cpu-scope processor
keep 300 43 4000 'on two processors, 20 % of each'
vsched --xid 43 --cpu-scope machine
ok $? 'it is changed while they run'
keep 200 43 2000 'then they have it together'
vsched --xid 43 --cpu-scope processor
ok $? 'and back'
keep 300 43 4000 'then each again'
stop_hogs 43

# Both on one processor.
taskset -pc 0 $$ >/dev/null
hogs 44 2 --cpu 20% --cpu-scope processor
keep 200 44 2000 'on one processor they have 20 %'
stop_hogs 44
is "$(generation)" "$before" 'the scheduler runs on'
done_testing
