#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Which program is a guest's init: words, commands, and that a wrong one is
# refused before anything is made.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh

tiny "$scratch/tiny.tar" 'echo "$0 $*" >/etc/ran; trap "exit 0" TERM INT PWR; while :; do sleep 3600 & wait; done'
traces >"$scratch/before"
cleanup vserver delete web --yes
cleanup vserver stop web
vserver build web --from "$scratch/tiny.tar"
root=$(root_of web)
traces >"$scratch/built"
nothing_made() { traces | diff "$scratch/built" -; }

# refused INIT REGEX NAME
refused()
{
	vserver set web "init=$1"
	expect_error 1 "cannot start 'web': finding its init: $2" "$3" vserver start web
}

# runs INIT WHAT NAME
runs()
{
	rm -f "$root/etc/ran"
	vserver set web "init=$1"
	expect 0 "$3" vserver start web
	expect 0 "$3: it is that one" eventually 10 grep -qxF "$2" "$root/etc/ran"
	vserver stop web
}

vserver set web tasks=100
traces >"$scratch/built"
for word in systemd openrc runit; do
	refused "$word" "there is no $word in $root" "no $word there"
done
refused /sbin/nowhere 'its init /sbin/nowhere .*No such file' "a command that is not there"
refused /etc/passwd 'its init /etc/passwd .*not a program' "a file that is none"
ln -s "$(type -P strace)" "$root/usr/bin/outside"
expect 0 "control: the host has that program" test -x "$root/usr/bin/outside"
refused /usr/bin/outside 'its init /usr/bin/outside .*No such file' "a link to a program of the host"
expect 0 "nothing was made" nothing_made

runs sysvinit "/sbin/init " "control: sysvinit is /sbin/init"
runs '/sbin/init --x  y' "/sbin/init --x y" "a command with arguments"
cp "$root/usr/sbin/init" "$root/usr/sbin/runit-init"
runs runit "/sbin/runit-init " "runit"
mkdir -p "$root/usr/lib/systemd"
cp "$root/usr/sbin/init" "$root/usr/lib/systemd/systemd"
runs systemd "/usr/lib/systemd/systemd " "systemd"
ln -sf ../lib/systemd/systemd "$root/usr/sbin/init"
refused sysvinit 'there is no sysvinit' "/sbin/init that is systemd"

expect 0 "deleted" vserver delete web --yes
expect 0 "nothing is left" eventually 20 nothing_left

done_testing
