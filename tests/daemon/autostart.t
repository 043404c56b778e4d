#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Guests that start with the host: once a boot, and not when the daemon alone
# starts again.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh

tiny "$scratch/tiny.tar"
for name in with without; do
	cleanup vserver delete "$name" --yes
	cleanup vserver stop "$name"
done
expect 0 "a guest that starts with the host" \
	vserver build with --from "$scratch/tiny.tar" autostart=yes
expect 0 "a guest that does not" vserver build without --from "$scratch/tiny.tar"

# Whoever cannot start is named.
for name in broken absent; do
	cleanup vserver delete "$name" --yes
	cleanup vserver stop "$name"
	expect 0 "a guest that cannot: $name" vserver build "$name" --from "$scratch/tiny.tar"
done
printf 'autostart = yes\ncolour = red\n' >/etc/vserver/guests/broken.conf
printf 'autostart = yes\naddress = 192.0.2.9/24 dev nosuch0\n' >/etc/vserver/guests/absent.conf

# What a boot of the host looks like to the daemon: /run is empty.
rm /run/vserver/autostarted
expect 0 "the daemon starts" systemctl restart vserverd
expect 0 "the guest that asks for it is started" eventually 30 state with running
expect 0 "the other one is not" state without stopped
said()
{
	journalctl -q -u vserverd -b -o cat | grep -E "$1"
}
expect_output colour "a file with errors is told" said '^broken: is not started: '
expect_output nosuch0 "an interface that is not there, too" said '^absent: cannot start: '
expect 0 "control: with the interface it can" sh -c \
	'sed -i s/nosuch0/lo/ /etc/vserver/guests/absent.conf && vserver start absent'
expect_output network-online.target "the daemon waits for the network" \
	systemctl show -P After vserverd

expect 0 "stopped by hand" vserver stop with
expect 0 "the daemon starts again" systemctl restart vserverd
expect 0 "and leaves it as it is" state with stopped

done_testing
