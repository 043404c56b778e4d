#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A context that starts very many tasks makes itself slow, not the scheduler:
# the kernel ends one that lets a task wait for 30 s.

. tests/sched/sched.sh
need_scheduler

hogs 42 400 --cpu 1%
sleep 40	# longer than the kernel's watchdog waits
is "$(cat $STATE)" enabled 'after 40 s of 400 hogs in 1 % the scheduler runs'
within "$(share 5 42)" 100 150 'and they have 1 %, all together'

begin=$(date +%s%N)
for _ in $(seq 20); do true & wait $!; done
took=$((($(date +%s%N) - begin) / 1000000))
[ "$took" -lt 10000 ]
ok $? 'meanwhile the host starts processes' || diag "20 took $took ms"
done_testing
