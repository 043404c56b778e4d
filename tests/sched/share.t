#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A context gets what it was promised and no more, against others and against
# a host that wants everything; without a bucket it is not limited.

. tests/sched/sched.sh
need_scheduler

hogs 42 2 --cpu 25%
hogs 43 2 --cpu 50%
keep 100 42 2500 '25 % is what it gets while processors are idle'

host_hogs "$(nproc)"
keep 100 42 2500 '25 % beside a host that wants everything' \
	43 5000 '50 % beside a host that wants everything'

hogs 44 1
((free = $(share 4 44)))
[ "$free" -gt 2000 ]
ok $? 'control: a context without a bucket is not held' || diag "got $free"
is "$(cat $STATE)" enabled 'the scheduler still runs'
done_testing
