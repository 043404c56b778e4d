# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# TAP for tests in shell.  A test is a bash script that sources this file and
# reads as a list of what is allowed and what is refused:
#
#	. tests/tap.sh
#	expect 0 "control: host can signal the process" kill -0 "$host"
#	expect 1 "guest cannot signal the host process" guest kill -0 "$host"
#	done_testing
#
# What a command printed is in $output afterwards, and is shown as diagnostics
# where it was not what was expected.

tap_count=0
tap_failed=0
tap_done=
tap_cleanups=()
output=

diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

# ok STATUS NAME: passed if STATUS is 0.
ok()
{
	local status=$1
	shift
	tap_count=$((tap_count + 1))
	if [ "$status" = 0 ]; then
		printf 'ok %d - %s\n' "$tap_count" "$*"
	else
		tap_failed=$((tap_failed + 1))
		printf 'not ok %d - %s\n' "$tap_count" "$*"
	fi
	return "$((status != 0))"
}

# expect STATUS NAME COMMAND…: it ends with that status.
expect()
{
	local want=$1 name=$2 got=0
	shift 2
	output=$("$@" 2>&1 </dev/null) || got=$?
	ok "$((got != want))" "$name" && return 0
	diag "command: $*"
	diag "status $got, expected $want; output:"
	diag "$output"
	return 1
}

# expect_output REGEX NAME COMMAND…: it succeeds and prints a match.
expect_output()
{
	local regex=$1 name=$2 got=0
	shift 2
	output=$("$@" 2>&1 </dev/null) || got=$?
	[ "$got" = 0 ] && grep -qE -- "$regex" <<<"$output"
	ok $? "$name" && return 0
	diag "command: $*"
	diag "status $got; expected output matching: $regex; got:"
	diag "$output"
	return 1
}

# expect_error STATUS REGEX NAME COMMAND…: that status, nothing on stdout, and
# exactly one line on stderr, which matches.
expect_error()
{
	local want=$1 regex=$2 name=$3 got=0 errors
	shift 3
	errors=$(mktemp)
	output=$("$@" 2>"$errors" </dev/null) || got=$?
	[ "$got" = "$want" ] && [ -z "$output" ] && [ "$(wc -l <"$errors")" = 1 ] &&
		grep -qE -- "$regex" "$errors"
	ok $? "$name" || {
		diag "command: $*"
		diag "status $got, expected $want; expected one line matching: $regex; got:"
		diag "$(cat "$errors")"
		diag "on stdout: $output"
	}
	output=$(cat "$errors")
	rm -f "$errors"
}

is()
{
	local got=$1 want=$2
	shift 2
	[ "$got" = "$want" ]
	ok $? "$*" && return 0
	diag "got:      $got"
	diag "expected: $want"
	return 1
}

# eventually SECONDS COMMAND…: wait until it succeeds, but no longer; $TEST_PATIENCE
# times as long on a machine that is as many times slower.
eventually()
{
	local until=$((SECONDS + $1 * ${TEST_PATIENCE:-1}))
	shift
	while ! "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$until" ] || return 1
		sleep 0.1
	done
}

# skip N REASON: N tests that cannot be had here.
skip()
{
	local n=$1
	shift
	for ((; n > 0; n--)); do
		tap_count=$((tap_count + 1))
		printf 'ok %d # SKIP %s\n' "$tap_count" "$*"
	done
}

skip_all()
{
	tap_done=1
	printf '1..0 # SKIP %s\n' "$*"
	exit 0
}

# bail_out REASON: this test cannot go on.  Others can: TAP's own bail-out would
# end them too.
bail_out()
{
	ok 1 "$*"
	done_testing
}

# cleanup COMMAND…: run it when the test ends, however it ends; last first.
cleanup()
{
	tap_cleanups+=("$(printf '%q ' "$@")")
}

done_testing()
{
	tap_done=1
	printf '1..%d\n' "$tap_count"
	exit "$((tap_failed != 0))"
}

tap_exit()
{
	local status=$? i
	for ((i = ${#tap_cleanups[@]} - 1; i >= 0; i--)); do
		eval "${tap_cleanups[i]}" >/dev/null 2>&1 || :
	done
	if [ -z "$tap_done" ]; then
		ok 1 "ended before done_testing, with status $status"	# and no plan
		[ "$status" != 0 ] || status=1
	fi
	exit "$status"
}
trap tap_exit EXIT
