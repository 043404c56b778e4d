#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A context ends while it is held, its number can be had again, and the second
# one has its own share, not the first one's debt.

. tests/sched/sched.sh
need_scheduler

hogs 42 4 --cpu 2%
keep 100 42 200 'control: 2 % is kept, so it is on hold most of the time'
expect 0 'control: the table has it' listed 42
# shellcheck disable=SC2046
kill -KILL $(hog_pids 42)
eventually 30 no_hogs 42
ok $? 'a context that is on hold can be killed'
expect 0 'and leaves the table' eventually 10 not_listed 42

hogs 42 2 --cpu 40%
keep 100 42 4000 'the next context of that number has its own share'
is "$(cat $STATE)" enabled 'the scheduler still runs'
done_testing
