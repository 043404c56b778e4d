#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A context ends while it is held, its number can be had again, and the second
# one has its own share, not the first one's debt.

. tests/sched/sched.sh
need_scheduler

hogs 42 4 --cpu 2%
within "$(share 3 42)" 200 150 'control: 2 % is kept, so it is on hold most of the time'
# shellcheck disable=SC2046
kill -KILL $(hog_pids 42)
eventually 30 no_hogs 42
ok $? 'a context that is on hold can be killed'
gone()
{
	! vserver contexts --no-legend | grep -q '^ *42 '
}
eventually 10 gone
ok $? 'and leaves the table'

hogs 42 2 --cpu 40%
within "$(share 4 42)" 4000 300 'the next context of that number has its own share'
is "$(cat $STATE)" enabled 'the scheduler still runs'
done_testing
