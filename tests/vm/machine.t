#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What tests/vm/run promises: the status of whatever happens in a machine is
# the right one, and nothing is left of it.  Runs outside, not in a machine.

cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

run=tests/vm/run
here=$(mktemp -d)
cleanup rm -rf "$here"
export TMPDIR=$here		# where run has its files

expect 7 'the status of the command is passed on' \
	$run --results "$here/results" -- bash -c 'echo from inside; echo figure >out/file; exit 7'
is "$output" 'from inside' '… and its output, and no more than that'
is "$(cat "$here/results/file")" figure '… and what it wrote to /vserver/out'

expect_output '^(running|starting)$' 'the stable kernel boots to a whole systemd' \
	$run --kernel stable -- bash -c 'systemctl is-system-running --wait; systemctl --failed -q | cat'
expect 126 'a warning of the kernel fails a command that passed' \
	$run -- bash -c 'echo "<4>vserver-test: x" >/dev/kmsg; echo "<4>WARNING: CPU: 1 at made.c" >/dev/kmsg'
[[ $output == *'in x:'*'WARNING: CPU: 1 at made.c'* ]]
ok $? '… and is shown, with the test that it came in' || diag "$output"
expect 0 '… but not one that is expected' \
	$run --allow 'at made\.c' -- bash -c 'echo "<4>WARNING: CPU: 1 at made.c" >/dev/kmsg'
expect 124 'a hang ends at the time limit' \
	$run --time-limit 25 -- bash -c 'echo "<3>the last words" >/dev/kmsg; sleep infinity'
[[ $output == *'the last words'* ]]
ok $? '… with the end of the console' || diag "$output"
expect 125 'a machine that dies has no status' \
	$run -- bash -c 'echo c >/proc/sysrq-trigger; sleep infinity'
[[ $output == *'Kernel panic'* ]]
ok $? '… and says of what' || diag "$output"

expect 2 'an unknown option is a wrong use' $run --nonsense x -- true
expect 125 'an unknown kernel is no machine' $run --kernel 2.4 -- true

# A run that is ended takes its machine with it.
# shellcheck disable=SC2317 # it is named
mine()
{
	pgrep -f "qemu-system.*this-is-$$ "
}
for signal in TERM KILL; do
	$run --append "this-is-$$ " -- sleep infinity >/dev/null 2>&1 &
	pid=$!
	eventually 30 mine
	ok $? "control: a machine runs (SIG$signal)"
	kill -$signal "$pid"
	eventually 10 eval '! mine'
	ok $? "and ends when its run is ended by SIG$signal"
done
done_testing
