#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The filter on system calls, as it comes out of the build: every name in the
# list is one, and each group has its mark.

. tests/tap.sh

generate=${B:-build}/libvserver/generate/seccomp
[ -x "$generate" ] || make -s "$generate" || bail_out 'it is not built'
errors=$(mktemp)
filter=$("$generate" 2>"$errors")
is "$(cat "$errors")" '' 'every name is known'
rm -f "$errors"
groups=$(sed -n '/vs_seccomp_groups/,/^};/p' libvserver/seccomp_calls.h | grep -cE '^	\{ ')
[ "$groups" -ge 10 ]
ok $? 'control: there are groups' || diag "$groups"
for ((i = 0; i < groups; i++)); do
	grep -qi "0x06, 0, 0, $(printf '0x%08x' $((0x50000 | 3840 + i)))" <<<"$filter"
	ok $? "group $i has its mark"
done
! grep -qi "$(printf '0x%08x' $((0x50000 | 3840 + groups)))" <<<"$filter"
ok $? 'and there is no other'
grep -qi '0x7fff0000' <<<"$filter"
ok $? 'there are calls that are let through'
done_testing
