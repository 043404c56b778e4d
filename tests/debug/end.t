#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# After all others on a debug kernel: nothing is leaked, nor when the module has
# gone; the detectors still work, and the kernel is not tainted.

. tests/tap.sh
. tests/bpf/bpf.sh
. tests/debug/debug.sh

is "$(leaks)" '' 'nothing was leaked'
systemctl stop vserverd.socket vserverd
expect 0 'enforcement is taken away' "$context" unload 0
expect 0 'and the scheduler' "$context" unload-scheduler 0
# shellcheck disable=SC2317 # named below
unloads() { rmmod vserver; }
expect 0 'the module unloads' eventually 120 unloads
is "$(leaks)" '' 'and has leaked nothing'
expect 0 'lockdep still works: it has found nothing' lockdep_works
expect 0 'the kernel is not tainted' no_taint
done_testing
