# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# For the tests with guests that mean harm.

# shellcheck source=tests/cli/cli.sh
. tests/cli/cli.sh	# tiny, scratch, field

intruder=build/tests/guest/intruder

# hostile NAME: a guest that runs, with the intruder in it; its tree is $tree.
hostile()
{
	local program library

	tiny "$scratch/tiny.tar"
	for program in grep readlink chmod; do
		cp "$(type -P "$program")" "$scratch/tiny/usr/bin"
	done
	for library in $(ldd "$scratch"/tiny/usr/bin/grep | grep -o '/[^ ]*' | grep -v :); do
		mkdir -p "$scratch/tiny$(dirname "$library")"
		cp -Ln "$library" "$scratch/tiny$library"
	done
	cp $intruder "$scratch/tiny/usr/bin/intruder"
	cp $intruder "$scratch/tiny/usr/bin/victim"
	tar -C "$scratch/tiny" -cf "$scratch/tiny.tar" .
	vserver build "$1" --from "$scratch/tiny.tar"
	cleanup vserver delete "$1" --yes
	cleanup vserver stop "$1"
	vserver start "$1" || bail_out "the guest does not start"
	tree=/var/lib/vserver/guests/$1/root
}

systemctl start vserverd || bail_out 'vserverd does not start'
