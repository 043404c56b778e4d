#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Every allocation of the module is made to fail in turn, three times over, in
# each command and while it is loaded: each ends with ENOMEM and has changed
# nothing.  Only what has code of a module on its stack fails: that is ours
# alone, for this kernel has no other.

. tests/tap.sh
. tests/bpf/bpf.sh
. tests/debug/debug.sh

faults=build/tests/debug/faults
for injector in /sys/kernel/debug/fail*/; do
	[ -e "$injector/require-start" ] || continue
	echo 0xffffffffa0000000 >"$injector/require-start"
	echo 0xfffffffffeffffff >"$injector/require-end"
	echo 32 >"$injector/stacktrace-depth"
	for wait in ignore-gfp-wait ignore-gfp-highmem; do
		[ ! -e "$injector/$wait" ] || echo N >"$injector/$wait"
	done
done
echo 0 >/sys/kernel/debug/fail_page_alloc/min-order

systemctl stop vserverd.socket vserverd
expect 0 'each allocation of each command fails once, and the command cleanly' "$faults" 3
diag "$(paste -sd, <<<"$output")"
for command in new set enforce-set get enforce-get; do
	grep -qE "^$command [1-9]" <<<"$output"
	ok $? "control: some have failed in $command"
done

expect 0 'enforcement is taken away' "$context" unload 0
expect 0 'and the scheduler' "$context" unload-scheduler 0
# shellcheck disable=SC2317 # named below
unloads() { rmmod vserver; }
expect 0 'the module unloads' eventually 120 unloads
expect 0 'each allocation while it is loaded fails once, and loading cleanly' \
	"$faults" load "/usr/lib/modules/$(uname -r)/updates/vserver.ko"
diag "$output"
grep -qE '^load [1-9]' <<<"$output"
ok $? 'control: some have failed'
systemctl start vserverd
expect 0 'the daemon has all of it again' "$context" make 42
expect 0 'and a context ends' "$context" end 42
done_testing
