#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Guests that start with the host: once a boot, and not when the daemon alone
# starts again.

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

state()
{
	[ "$(field "$1" .state)" = "$2" ]
}

# What a boot of the host looks like to the daemon: /run is empty.
rm /run/vserver/autostarted
expect 0 "the daemon starts" systemctl restart vserverd
expect 0 "the guest that asks for it is started" eventually 30 state with running
expect 0 "the other one is not" state without stopped

expect 0 "stopped by hand" vserver stop with
expect 0 "the daemon starts again" systemctl restart vserverd
expect 0 "and leaves it as it is" state with stopped

done_testing
