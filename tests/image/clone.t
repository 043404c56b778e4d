#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Guests made of others, and renamed: what the new one has, what it has not, and
# what goes with a name.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh
. tests/image/filesystem.sh

cleanup vserver delete b --yes
cleanup vserver delete a --yes
cleanup vserver stop b
cleanup vserver stop a
setting() { field "$1" ".settings[] | select(.key == \"$2\" and .source != \"default\").value"; }

tiny "$scratch/tiny.tar"
traces >"$scratch/before"
vserver build a --from "$scratch/tiny.tar" memory=64M xid=4242 hostname=alpha \
	address='192.0.2.7/24 dev lo' protect=yes >/dev/null
vserver set a tasks=99 >/dev/null
echo hello >"$guests/a/root/file"
vserver snapshot a one >/dev/null

# --- clone ---------------------------------------------------------------------------------
entries "$guests/a/root" >"$scratch/a"
expect_output '^b: cloned from a' "a guest is cloned" vserver clone a b
echo "$output" >"$scratch/said"
for left in xid address hostname; do
	expect 0 "it is told that it lacks the other's $left" grep -q "^b: has no $left yet" "$scratch/said"
	is "$(setting b "$left")" '' "and it has none"
done
expect 0 "it has the same files" diff "$scratch/a" <(entries "$guests/b/root")
is "$(setting b memory) $(setting b tasks)" "64M 99" "and settings, from all files"
expect 1 "no snapshots" test -e "$guests/b/snapshots"
expect_error 1 "a guest of that name exists" "no other is replaced" vserver clone a b
expect_error 1 "no such guest" "there is nothing to clone" vserver clone none c
expect_error 1 "not a name" "a name that is none" vserver clone a ../c
vserver start a b >/dev/null
expect 0 "both start" vserver status b
expect 1 "with user ids of their own" cmp "$guests/a/ids" "$guests/b/ids"
expect_output '^c: cloned from a' "one that runs is cloned, too" vserver clone a c
vserver set c protect=no >/dev/null
expect 0 "and deleted" vserver delete c --yes
expect 0 "control: the other runs on" vserver exec a -- true

# --- rename ---------------------------------------------------------------------------------
expect_error 1 "running; stop it first" "none that runs is renamed" vserver rename b d
vserver stop b >/dev/null
expect_error 1 "a guest of that name exists" "to no other's name" vserver rename b a
ids=$(cat "$guests/b/ids")
vserver snapshot b two >/dev/null
echo '# mine' >>/etc/vserver/guests/b.conf
expect_output '^b: is called d now$' "a guest is renamed" vserver rename b d
cleanup vserver delete d --yes
cleanup vserver stop d
is "$(vserver list --quiet | paste -sd ' ')" "a d" "there is one of the new name only"
is "$(cat "$guests/d/ids")" "$ids" "its user ids go with it"
is "$(vserver snapshots d --quiet)" two "and its snapshots"
expect 0 "and its file as it stands" grep -q '^# mine' /etc/vserver/guests/d.conf
is "$(setting d memory) $(setting d tasks)" "64M 99" "and its settings"
expect 0 "it starts" vserver start d
is "$(vserver exec d -- hostname)" d "and is called so inside"
vserver stop a d >/dev/null
vserver set a protect=no >/dev/null
vserver set d protect=no >/dev/null
expect 0 "both are deleted" sh -c 'vserver delete a --yes && vserver delete d --yes'
expect 0 "nothing is left" nothing_left

done_testing
