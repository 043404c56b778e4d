#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What a context was promised it has also beside others that were promised
# nothing and are not limited; these share with the host what is left.

. tests/sched/sched.sh
need_scheduler

host_hogs "$(nproc)"
hogs 42 2 --cpu 25%
hogs 44 "$(nproc)"
hogs 45 "$(nproc)"
keep 100 42 2500 '25 % beside two that are not limited, and the host'
mapfile -t got < <(share 10 44 45 host)
left=$(($(nproc) * 10000 - 2500))
for i in 0 1 2; do
	within "${got[i]}" $((left / 3)) 700 "a third of what is left ($i)"
done
done_testing
