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

begin=$SECONDS
expect 7 'the status of the command is passed on' \
	$run --results "$here/results" -- bash -c 'echo from inside; echo figure >out/file; exit 7'
is "$output" 'from inside' '… and its output, and no more than that'
is "$(cat "$here/results/file")" figure '… and what it wrote to /vserver/out'

boot=$((SECONDS - begin))		# and shut down

expect_output '^(running|starting)$' 'the stable kernel boots to a whole systemd' \
	$run --kernel stable -- bash -c 'systemctl is-system-running --wait; systemctl --failed -q | cat'
expect 126 'a warning of the kernel fails a command that passed' \
	$run -- bash -c 'echo "<4>vserver-test: x" >/dev/kmsg; echo "<4>WARNING: CPU: 1 at made.c" >/dev/kmsg'
[[ $output == *'in x:'*'WARNING: CPU: 1 at made.c'* ]]
ok $? '… and is shown, with the test that it came in' || diag "$output"
expect 0 '… but not one that is expected' \
	$run --allow 'at made\.c' -- bash -c 'echo "<4>WARNING: CPU: 1 at made.c" >/dev/kmsg'
expect 124 'a hang ends at the time limit' \
	$run --time-limit $((3 * boot + 15)) -- bash -c 'echo "<3>the last words" >/dev/kmsg; sleep infinity'
[[ $output == *'the last words'* ]]
ok $? '… with the end of the console' || diag "$output"
expect 125 'a machine that dies has no status' \
	$run -- bash -c 'echo c >/proc/sysrq-trigger; sleep infinity'
[[ $output == *'Kernel panic'* ]]
ok $? '… and says of what' || diag "$output"

# --- a test that is killed leaves nothing to the next ----------------------------
cat >"$here/inside" <<'INSIDE'
mkdir tests/made
cat >tests/made/hangs.t <<'TEST'
#!/bin/bash
. tests/cli/cli.sh
scratch=$(mktemp -d)
tiny "$scratch/tiny.tar"
vserver build -q left --from "$scratch/tiny.tar" && vserver start -q left
chcontext --silent --xid 42 --flag persistent -- true
(trap '' TERM; exec setsid sleep 987654) &
systemctl stop vserverd.socket vserverd.service
echo 'ok 1 - so far'
sleep infinity
TEST
cat >tests/made/next.t <<'TEST'
#!/bin/bash
. tests/tap.sh
expect 0 'control: the limit was reached' grep -qx 124 out/made/hangs.status
expect 1 'no process is left' pgrep -f 'sleep 98765[4]'
expect 0 'the daemon runs again' systemctl is-active vserverd
expect 0 'control: guests can be listed' vserver list -q
is "$output" '' 'none is left'
expect 0 'control: contexts can be listed' vserver contexts --no-legend
is "$output" '' 'none is left'
done_testing
TEST
chmod +x tests/made/*.t
systemctl start vserverd
TEST_LIMIT=40 tests/vm/suite tests/made/hangs.t tests/made/next.t
INSIDE
expect 1 'a suite with a test that hangs fails' $run --results "$here/suite" -- bash -c "$(cat "$here/inside")"
is "$(cat "$here/suite/made/hangs.status")" 124 '… for that test'
is "$(cat "$here/suite/made/next.status")" 0 '… and the next finds nothing of it' ||
	diag "$(cat "$here/suite/made/next.tap")"
is "$(grep -c '^ok' "$here/suite/made/next.tap")" 7 '… in all that it looked at'

expect 2 'an unknown option is a wrong use' $run --nonsense x -- true
expect 125 'an unknown kernel is no machine' $run --kernel 2.4 -- true

# --- what is ended takes its machines with it -----------------------------------
# machines TEXT: those of QEMU whose command line has it.
machines()
{
	local file
	for file in /proc/[0-9]*/cmdline; do
		tr '\0' ' ' <"$file" | grep -q "^[^ ]*qemu-system-.*$1" || continue
		file=${file%/cmdline}
		echo "${file##*/}"
	done 2>/dev/null
}
# shellcheck disable=SC2317 # these are named
{
	runs() { [ -n "$(machines "$1")" ]; }
	gone() { [ -z "$(machines "$1")" ]; }
}
for signal in TERM KILL; do
	$run --append "this-is-$$ " -- sleep infinity >/dev/null 2>&1 &
	pid=$!
	eventually 60 runs "this-is-$$ "
	ok $? "control: a machine runs (SIG$signal)"
	kill -$signal "$pid"
	wait "$pid" 2>/dev/null
	eventually 30 gone "this-is-$$ "
	ok $? "and ends when its run is ended by SIG$signal"
done

# below PID: it and all that it has started.
below()
{
	local stat child parent rest
	echo "$1"
	for stat in /proc/[0-9]*/stat; do
		read -r rest <"$stat" || continue
		child=${rest%% *} rest=${rest##*) }
		read -r _ parent _ <<<"$rest"
		[ "$parent" != "$1" ] || below "$child"
	done 2>/dev/null
}
# shellcheck disable=SC2317
{
	# how many machines make check has now
	has_machines()
	{
		local all
		all=" $(below "$1" | xargs) "
		[ "$(for pid in $(machines .); do [[ $all != *" $pid "* ]] || echo; done | wc -l)" -ge "$2" ]
	}
	# none of what it had runs any more
	ended()
	{
		local process
		for process; do
			! grep -q '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$process/status" || return
		done 2>/dev/null
	}
}
both=$(($(nproc) > 1 ? 2 : 1))
for signal in TERM KILL; do
	RESULTS=$here/check KERNEL='latest stable' tests/vm/check tests/daemon/interrupted-start.t \
		>"$here/check.out" 2>&1 &
	pid=$!
	eventually 300 has_machines $pid $both
	ok $? "control: make check has booted $both machine(s) (SIG$signal)" || cat "$here/check.out"
	mapfile -t all < <(below $pid)
	kill -$signal "$pid"
	wait "$pid" 2>/dev/null
	for process in "${all[@]}"; do
		eventually 30 ended "$process" || diag "left: $process $(tr '\0' ' ' <"/proc/$process/cmdline")"
	done
	ended "${all[@]}"
	ok $? "and all ${#all[@]} processes end when it is ended by SIG$signal"
done
done_testing
