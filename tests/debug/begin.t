#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Before all others on a debug kernel: every detector is on.  One that is not
# would let everything pass.

. tests/tap.sh
. tests/debug/debug.sh

expect 0 'lockdep works' lockdep_works
expect 0 'KASAN works' grep -q 'KernelAddressSanitizer initialized' <(dmesg)
expect 0 'kmemleak works' grep -q 'kmemleak: Kernel memory leak detector initialized' <(dmesg)
expect 0 'it can be asked' test -r /sys/kernel/debug/kmemleak
expect 0 'the kernel is not tainted' no_taint
expect 0 'faults can be injected' test -e /proc/self/fail-nth
for option in PROVE_LOCKING PROVE_RCU DEBUG_ATOMIC_SLEEP DEBUG_OBJECTS UBSAN_SHIFT FAILSLAB; do
	expect 0 "it has $option" zgrep -qx "CONFIG_$option=y" /proc/config.gz
done
expect 0 'from here on leaks are counted' leaks_from_here
done_testing
