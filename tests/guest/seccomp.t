#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the filter on system calls costs a real guest, Debian 13 with systemd:
# nothing.  It boots to multi-user, and what fails without the filter is all that
# fails with it.

. tests/tap.sh
. tests/cli/cli.sh

ARCHIVE=/usr/share/vserver-test/debian13.tar
systemctl start vserverd || bail_out 'vserverd does not start'
[ -s $ARCHIVE ] || bail_out "no $ARCHIVE"
traces >"$scratch/before"
in_guest() { vserver exec web -- "$@" </dev/null; }
cleanup vserver delete --yes web
cleanup vserver stop web

expect 0 'a guest is built from the archive' vserver build -q web --from $ARCHIVE --memory 512M
for filter in none default; do
	expect 0 "it gets the filter '$filter'" vserver set -q web seccomp=$filter
	expect 0 'it starts, and is waited for' vserver start --wait web
	expect_output '^active$' 'it is at multi-user.target' \
		in_guest systemctl is-active multi-user.target
	expect 0 'its units have come up or failed' eventually 120 \
		sh -c '! vserver exec web -- systemctl list-jobs --no-legend </dev/null | grep -q .'
	in_guest systemctl list-units --state=failed --no-legend --plain |
		awk '{ print $1 }' | sort >"$scratch/failed.$filter"
	diag "failed with '$filter': $(xargs <"$scratch/failed.$filter")"
	in_guest grep -h '^Seccomp:' /proc/1/status /proc/self/status | xargs >"$scratch/told.$filter"
	expect 0 'it stops' vserver stop web
done
is "$(cat "$scratch/told.none")" 'Seccomp: 0 Seccomp: 0' 'control: without it there is none'
is "$(cat "$scratch/told.default")" 'Seccomp: 2 Seccomp: 2' 'with it there is one'
expect 0 'what fails with it fails without it, too' diff "$scratch/failed.none" "$scratch/failed.default"
expect 0 'it is deleted' vserver delete --yes web
expect 0 'nothing is left' eventually 20 nothing_left
done_testing
