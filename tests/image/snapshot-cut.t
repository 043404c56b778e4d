#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Snapshots, rollbacks and renames that are cut off by a kill: the guest runs on,
# nothing half-made is listed, and what there is of it is swept up.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh
. tests/image/filesystem.sh

root=$guests/sn/root
shots=$guests/sn/snapshots
cleanup off_filesystem
cleanup vserver delete sn --yes
cleanup vserver stop sn

daemon() { systemctl show -P MainPID vserverd; }
worker() { pgrep -P "$(daemon)" -x vserverd-worker; }
frozen()
{
	[ "$(cat /sys/fs/cgroup/vserver.slice/vserver@sn.service/guest/cgroup.freeze)" = "$1" ]
}
half() { compgen -G "$shots/.*.??????" >/dev/null; }
only() { [ "$(ls -A "$shots")" = "$1" ]; }
replaced() { [ "$(stat -c %i "$root")" != "$1" ]; }

# Blocks cannot be shared here, so that there is time for a kill.
on_filesystem ext4
tiny "$scratch/tiny.tar"
vserver build sn --from "$scratch/tiny.tar" >/dev/null
vserver snapshot sn one >/dev/null
dd if=/dev/zero of="$root/large" bs=1M count=300 status=none

# --- a worker ------------------------------------------------------------------------------
vserver start sn >/dev/null
vserver snapshot sn two >"$scratch/out" 2>&1 &
expect 0 "control: the guest stands still" eventually 20 frozen 1
kill -9 "$(worker)"
wait $!
is "$?" 1 "a snapshot whose worker is killed fails"
expect 0 "and says so" grep -q "cannot snapshot 'sn': .*killed" "$scratch/out"
expect 0 "the guest runs again" eventually 10 frozen 0
expect 0 "control: and answers" vserver exec sn -- true
expect 0 "nothing is left of it" only one

# --- the daemon -------------------------------------------------------------------------------
vserver snapshot sn two >/dev/null 2>&1 &
expect 0 "control: the guest stands still again" eventually 20 frozen 1
expect 0 "control: there is half a snapshot" half
kill -9 "$(daemon)"
wait $!
expect 0 "the guest runs again without it" eventually 10 frozen 0
expect 0 "the daemon comes again" eventually 30 vserver list
is "$(vserver snapshots sn --quiet)" one "half a snapshot is none"
expect 0 "and it is swept up" eventually 20 only one
expect 0 "control: and then one can be taken" vserver snapshot sn two
vserver stop sn >/dev/null

# --- a rollback ----------------------------------------------------------------------------------
echo mine >"$root/mine"
inode=$(stat -c %i "$root")
vserver rollback sn two >/dev/null 2>&1 &
expect 0 "control: a rollback is under way" eventually 20 half
kill -9 "$(worker)"
wait $!
expect 0 "killed while it copies, it changed nothing" test -e "$root/mine"
expect 1 "control: it is the tree that was" replaced "$inode"
expect 0 "what it had copied is swept up" eventually 20 sh -c "! ls -d $shots/.*.??????"
expect 0 "control: not killed it changes it" vserver rollback sn two
expect 1 "so that what was is gone" test -e "$root/mine"

# --- a rename --------------------------------------------------------------------------------------
# As a crash leaves it after the first of its steps.
systemctl stop vserverd.socket vserverd
echo other >"$guests/sn/renamed"
mv /etc/vserver/guests/sn.conf /etc/vserver/guests/other.conf
systemctl start vserverd
cleanup vserver delete other --yes
expect 0 "a rename that was cut off is completed" eventually 10 \
	sh -c "vserver list --quiet | grep -qx other"
is "$(vserver list --quiet)" other "and there is no guest of the old name"
expect 1 "nor a trace of it" test -e "$guests/other/renamed"
expect 0 "it starts" vserver start other
vserver stop other >/dev/null
expect 0 "deleted" vserver delete other --yes
off_filesystem

done_testing
