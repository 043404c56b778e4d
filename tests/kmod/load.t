#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Loading and unloading the module, and its self-tests.

. tests/tap.sh
. tests/bpf/bpf.sh

expect 0 "control: the module is loaded" test -d /sys/module/vserver
expect 0 "it has type information" test -s /sys/kernel/btf/vserver
expect 1 "it cannot be unloaded while links are held" rmmod vserver
expect 0 "and is still there" test -d /sys/module/vserver

systemctl stop vserverd 2>/dev/null
vserver_unloads() { rmmod vserver; }
expect 0 "enforcement is taken away" "$context" unload 0
expect 0 "and the scheduler" "$context" unload-scheduler 0
expect 0 "then it unloads, once the programs have gone" eventually 30 vserver_unloads
expect 1 "and is gone" test -d /sys/module/vserver

selftest=build/kmod/selftest/vserver.ko
[ -e $selftest ] || bail_out "no module with self-tests"
since=$(cut -d' ' -f1 /proc/uptime)
expect 0 "the module with self-tests loads" insmod $selftest
expect_output "self-tests passed" "and says that they passed" \
	awk -v since="$since" -F'[][]' '$2 + 0 >= since - 1' <(dmesg)
expect 0 "and unloads" eventually 30 vserver_unloads

expect 0 "the daemon loads it again" systemctl start vserverd
expect 0 "with enforcement" "$context" make 42
expect 0 "and a table" "$context" end 42

done_testing
