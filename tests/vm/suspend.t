#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A machine that is suspended under load.  Runs outside and boots it: QEMU's ports,
# by which tests come out of a machine, do not outlive that.  tests/vm/suspended
# runs inside, and tells what it finds on the console.

cd "$(dirname "$0")/../.." || exit
. tests/tap.sh
console=$(mktemp)
cleanup rm -f "$console"
# It ends by itself, without a status.
tests/vm/run --time-limit 400 --console "$console" -- tests/vm/suspended >/dev/null 2>&1 </dev/null
n=0 plan=
while IFS= read -r line; do
	case $line in
	'ok '*) ok 0 "${line#* - }"; n=$((n + 1)) ;;
	'not ok '*) ok 1 "${line#* - }"; n=$((n + 1)) ;;
	'# '*) echo "$line" ;;
	1..*) plan=${line#1..} ;;
	esac
done < <(tr -d '\r' <"$console")
is "$plan" "$n" 'all of that was tried' || diag "$(tail -n 30 "$console")"
expect 0 'the kernel did not complain' tests/vm/complaints "$console"
[ "$n" -gt 15 ]
ok $? 'control: and it was much' || diag "$n"
done_testing
