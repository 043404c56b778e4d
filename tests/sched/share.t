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
within "$(share 5 42)" 2500 300 '25 % is what it gets while processors are idle'

for _ in $(seq "$(nproc)"); do
	while :; do :; done &
	cleanup kill -KILL $!
done
mapfile -t got < <(share 5 42 43)
within "${got[0]}" 2500 300 '25 % beside a host that wants everything'
within "${got[1]}" 5000 300 '50 % beside a host that wants everything'

hogs 44 1
((free = $(share 4 44)))
[ "$free" -gt 2000 ]
ok $? 'control: a context without a bucket is not held' || diag "got $free"
is "$(cat $STATE)" enabled 'the scheduler still runs'
done_testing
