#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Where things are installed, the units that start them look for them.

. tests/tap.sh

scratch=$(mktemp -d)
cleanup rm -rf "$scratch"

# units NAME VARIABLE…: as they are installed there.
units()
{
	make -s --no-print-directory install-vserverd-units DESTDIR="$scratch/$1" "${@:2}"
}
expect 0 'the units are installed' units plain
for unit in vserverd/*.service vserverd/*.socket vserverd/*.slice vserverd/*.target vserverd/*.timer; do
	expect 0 "${unit#*/} is as it is in the tree" cmp "$unit" "$scratch/plain/usr/lib/systemd/system/${unit#*/}"
done
expect 0 'with another prefix too' units prefix PREFIX=/opt/vs
into=$scratch/prefix/opt/vs/lib/systemd/system
expect_output '^ExecStart=/opt/vs/sbin/vserverd' 'the daemon is looked for there' \
	cat "$into/vserverd.service"
expect_output '^ExecStart=/opt/vs/lib/vserver/vserver-supervisor ' 'so is the supervisor' \
	cat "$into/vserver@.service"
is "$(grep -rhoE '/usr/(sbin|lib)/vserver[^ ]*' "$into")" '' 'and nothing where it is not'
expect 0 'with other folders' units folders SBINDIR=/sbin/of LIBEXECDIR=/lib/exec
expect_output '^ExecStart=/sbin/of/vserverd' 'the daemon is looked for there' \
	cat "$scratch/folders/usr/lib/systemd/system/vserverd.service"
expect_output '^ExecStopPost=/lib/exec/vserver-supervisor ' 'and the supervisor, to clean up too' \
	cat "$scratch/folders/usr/lib/systemd/system/vserver@.service"
done_testing
