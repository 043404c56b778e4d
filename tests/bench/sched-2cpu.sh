#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Shares on two processors, two hogs in each context; else as in sched.sh.  The
# processors of this machine take turns, up to milliseconds each.
#
# machine: --icount --cpus 2

cd "$(dirname "$0")/../.." || exit
. tests/bench/scheduled

share_errors "${WINDOWS:-10}" 1000 2cpu/ '4ctx 0.4 x x 2 10 30 50 80
20ctx 0.4 x x 2 4*2 4*4 4*6 2*8 2*10 12 14 20 40
100ctx 0.4 x x 2 60*1 25*2 10*3 5*6
80x4 1.0 x x 4 80'
of=mean curve share-error-1.000s 'Error of shares on two processors, mean of windows of 1.000 s' \
	contexts '% of one processor' "$peer_is" <<'POINTS'
4 1000.4ctx.error.ours 1000.4ctx.error.peer
20 1000.20ctx.error.ours 1000.20ctx.error.peer
100 1000.100ctx.error.ours 1000.100ctx.error.peer
POINTS
finish
