# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# For the tests of the daemon: methods called without the command line, and
# what is left of guests.

# shellcheck source=tests/cli/cli.sh
. tests/cli/cli.sh	# tiny, scratch, nothing_left

socket=/run/vserver/io.vserver.Manager
errors=io.vserver.Manager

# call METHOD JSON: its reply, or the error's name and parameters.
call()
{
	varlinkctl call --json=short "$socket" "io.vserver.Manager.$1" "$2" 2>&1
}

# refuses METHOD JSON REGEX: it is an error, and name and parameters match.
refuses()
{
	local status=0

	output=$(call "$1" "$2") || status=$?
	echo "$output"
	[ "$status" != 0 ] && tr '\n' ' ' <<<"$output" | grep -qE -- "failed: $3"
}

systemctl start vserverd || bail_out 'vserverd does not start'
