#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A guest that works against its own snapshots: it gets nothing of the host into them,
# stops nothing, and runs on.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh
. tests/image/filesystem.sh

root=$guests/sn/root
shots=$guests/sn/snapshots
cleanup vserver delete sn --yes
cleanup vserver stop sn

tiny "$scratch/tiny.tar"
vserver build sn --from "$scratch/tiny.tar" >/dev/null
for program in mv ln rm mkdir perl; do add_program sn "$program"; done
mkdir "$scratch/outside"
echo of-the-host-alone >"$scratch/outside/secret"
vserver start sn >/dev/null

frozen() { [ "$(cat /sys/fs/cgroup/vserver.slice/vserver@sn.service/guest/cgroup.freeze)" = "$1" ]; }
secrets() { grep -rls --devices=skip of-the-host-alone "$shots"; }

# --- directories that become links, and come and go, while they are looked at ----------------
# shellcheck disable=SC2016 # the guest's
vserver exec sn -- sh -c 'mkdir /d /d/secret; while :; do
	mv /d /e; ln -s "$0" /d; rm /d; mv /e /d; echo x >>/swapped
	mkdir /many; echo >/many/file; rm -rf /many; done' "$scratch/outside" >/dev/null 2>&1 &
expect 0 "control: the guest swaps a directory for a link" eventually 20 test -s "$root/swapped"
for i in 1 2 3; do
	expect_output 'paused for' "a snapshot meanwhile, $i" vserver snapshot sn "swap$i"
done
lines=$(wc -l <"$root/swapped")
expect 0 "control: it still does" eventually 20 \
	sh -c "[ \$(wc -l <$root/swapped) -gt $lines ]"
expect 1 "nothing of the host is in any" secrets
expect 0 "control: it would be found" grep -rqs of-the-host-alone "$scratch/outside"
expect_output cloned "nor is a clone troubled" vserver clone sn sc
expect 0 "which goes again" vserver delete sc --yes
vserver stop sn >/dev/null
wait

# --- a lease, that who opens the file waits for ------------------------------------------------
echo x >"$root/leased"
vserver start sn >/dev/null
# shellcheck disable=SC2016 # perl's; F_SETLEASE, F_WRLCK
vserver exec sn -- perl -e 'open(F, "+<", "/leased") or die; fcntl(F, 1024, 1) or die;
	open(G, ">", "/held"); close(G); sleep(1) while 1' >/dev/null 2>&1 &
expect 0 "control: the guest has a lease" eventually 20 test -e "$root/held"
expect_error 1 "leased: a process has a lease on it" "what would wait for the guest is refused" \
	vserver snapshot sn leased
expect 0 "the guest runs on" frozen 0
expect 1 "and nothing is left" test -e "$shots/leased"
vserver stop sn >/dev/null
wait
expect 0 "control: without it" vserver snapshot sn leased

for snap in swap1 swap2 swap3 leased; do
	expect 0 "$snap is removed" vserver snapshots sn --remove "$snap"
done
expect 0 "deleted" vserver delete sn --yes

done_testing
