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

root_of() { echo "/var/lib/vserver/guests/$1/root"; }
state() { [ "$(field "$1" .state)" = "$2" ]; }

# add_program GUEST PROGRAM [AS]: of this machine, with its libraries.
add_program()
{
	local root library
	root=$(root_of "$1")

	cp -L "$(type -P "$2")" "$root/${3-usr/bin/$2}"
	for library in $(ldd "$(type -P "$2")" | grep -o '/[^ ]*'); do
		mkdir -p "$root$(dirname "$library")"
		cp -Ln "$library" "$root$library"
	done
}

# reboots GUEST: from inside, as reboot(8) does.
reboots()
{
	vserver exec "$1" -- perl -e 'syscall(169, 0xfee1dead, 672274793, 0x01234567, 0)'
}

# booted GUEST N: it has booted so often since it was started.
booted()
{
	[ "$(jq .boots "/run/vserver/guests/$1.json")" = "$2" ]
}
