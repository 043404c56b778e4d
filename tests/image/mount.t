#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The files of a stopped guest open for repair: what can be done there, what
# cannot, and that the guest waits.

. tests/tap.sh
. tests/daemon/daemon.sh

there=$scratch/there
mkdir "$there"
cleanup vserver delete m --yes
cleanup vserver stop m
cleanup vserver umount m

tiny "$scratch/tiny.tar"
vserver build m --from "$scratch/tiny.tar" >/dev/null
root=$(root_of m)
echo 'echo ran' >"$root/usr/bin/script"
chmod 4755 "$root/usr/bin/script"
ln -s /etc/passwd "$root/passwd"
mknod "$root/null" c 1 3

expect 0 "control: the script runs where it is" "$root/usr/bin/script"
expect 0 "control: the link leads to the host's file" grep -q '^root:' "$root/passwd"
expect 0 "control: the device can be opened" sh -c ": >$root/null"
expect_output "^m: its files are in $there; vserver umount m" "mounted" vserver mount m "$there"
expect 0 "its files are there" test -f "$there/usr/sbin/init"
expect 126 "none of them runs" "$there/usr/bin/script"
expect 1 "a link leads nowhere" cat "$there/passwd"
expect 2 "a device is none" sh -c ": >$there/null"
is "$(findmnt -no OPTIONS "$there" | tr , '\n' | grep -cxE 'nosuid|nodev|noexec|nosymfollow')" 4 \
	"it is mounted so"
expect 0 "it can be repaired" sh -c "echo mended >$there/etc/mended"
expect 0 "in the guest's tree" grep -q mended "$root/etc/mended"
expect_error 1 "its files are mounted on $there" "not twice" vserver mount m
expect_error 1 "cannot start 'm': .*mounted on $there; vserver umount m" "it does not start" \
	vserver start m
expect 1 "nor does its unit" systemctl start vserver@m.service
expect_error 1 "mounted on $there" "nor is it deleted" vserver delete m --yes
expect_error 1 "mounted on $there" "or renamed" vserver rename m n
expect_error 1 "something open in it" "not while somebody is in there" \
	sh -c "cd $there && vserver umount m"
expect_output 'not mounted any more' "unmounted" vserver umount m
expect 1 "nothing is there" test -e "$there/usr"
expect_error 1 "it is not mounted" "it is no longer" vserver umount m
expect 0 "control: it starts" vserver start m
expect_error 1 "running; stop it first" "one that runs is not mounted" vserver mount m "$there"
vserver stop m >/dev/null

expect_output 'its files are in /run/vserver/mounts/m;' "without a directory" \
	vserver mount m --read-only
is "$(stat -c %a /run/vserver/mounts)" 700 "in one that only root can reach"
expect 2 "read-only" sh -c ': >/run/vserver/mounts/m/etc/new'
expect 0 "control: it can be read" test -e /run/vserver/mounts/m/etc/mended
umount /run/vserver/mounts/m
expect 0 "unmounted by hand it starts, too" vserver start m
vserver stop m >/dev/null
expect_error 1 'No such file' "a directory that is not there" vserver mount m "$scratch/none"
expect 0 "and nothing is in its way" vserver start m
vserver stop m >/dev/null
expect 0 "deleted" vserver delete m --yes

done_testing
