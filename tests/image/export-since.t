#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What has changed in a guest since a snapshot, exported and imported: the same
# files as there, from an archive that has little more than the changes; onto a
# guest that has that snapshot, and onto no other.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh

for guest in si sj sk; do
	cleanup vserver delete $guest --yes
	cleanup vserver stop $guest
done
root=$(root_of si)
tree()
{
	(
		cd "$(root_of "$1")" || exit
		find . -printf '%p %y %m %U %G %n %l %T@ ' \( -type d -printf '\n' -o -printf '%s\n' \) | sort
		find . -type f -print0 | sort -z | xargs -0 sha256sum
		getfattr -Rhd -m - .
	) 2>/dev/null
}

tiny "$scratch/tiny.tar"
vserver build -q si --from "$scratch/tiny.tar" memory=64M || bail_out "no guest"
mkdir -p "$root"/{old/er,turns}
echo first | tee "$root/changes" "$root/goes" "$root/mode" "$root/becomes" "$root/old/er/file" \
	"$root/turns/file" "$root/kept" "$root/back" >"$root/twice"
ln "$root/twice" "$root/other"
head -c 3M /dev/urandom >"$root/large"
vserver snapshot -q si base || bail_out "no snapshot"
vserver export si --snapshot base --output "$scratch/whole" -q
for guest in sj sk; do
	vserver import -q "$scratch/whole" --name $guest memory=32M
done
expect 0 "control: the whole is the same" diff <(tree si) <(tree sj)
expect 0 "a snapshot of it, there" vserver snapshot -q sj base
echo first >"$(root_of sk)/kept"
vserver snapshot -q sk base

# --- changes ---------------------------------------------------------------------------
echo second | tee "$root/changes" "$root/new" >"$root/twice"
echo Second >"$root/back" && touch -r "$root/kept" "$root/back"
rm -r "$root/goes" "$root/old" "$root/turns" "$root/becomes"
mkdir "$root/becomes" && echo in >"$root/becomes/file" && echo file >"$root/turns"
chmod 4751 "$root/mode"
setfattr -n user.mine -v value "$root/mode"
vserver start si && vserver exec si -- sh -c 'echo of the guest >/root/own'
vserver stop si
expect_error 1 "no snapshot 'none'" "since no snapshot" vserver export si --since none --output "$scratch/none"
expect_output 'exported to' "since a snapshot" vserver export si --since base --output "$scratch/change"
expect 1 "what is the same is not in it" sh -c \
	"zstd -dc '$scratch/change' | tar -tf - | grep -E 'root/(large|kept|usr/bin/sh)$'"
expect 0 "control: it is in the whole" sh -c \
	"zstd -dc '$scratch/whole' | tar -tf - | grep -E 'root/(large|kept|usr/bin/sh)$'"
[ "$(stat -c %s "$scratch/change")" -lt 100000 ]
ok $? "it is small"

expect_output '^sj: imported$' "it is imported" vserver import "$scratch/change" --name sj
diff <(tree si) <(tree sj) >"$scratch/diff"
ok $? "the files are the same" || diag "$(head -20 "$scratch/diff")"
is "$(grep -v '^#' /etc/vserver/guests/sj.conf)" 'memory = 32M' "the settings are what they were"
expect 0 "it starts" vserver start sj
is "$(vserver exec sj -- cat /root/own)" "of the guest" "with the files"
expect_error 1 'running' "not while it runs" vserver import "$scratch/change" --name sj
vserver stop sj
expect_error 1 'busy: it is being started or changed' "nor while systemd starts it" \
	flock /var/lib/vserver/guests/sj vserver import "$scratch/change" --name sj
expect 0 "control: stopped, once more" vserver import -q "$scratch/change" --name sj

# --- and not ------------------------------------------------------------------------------
tree sk >"$scratch/before.sk"
expect_error 1 "snapshot 'base' of 'sk', and that which is here is another" \
	"a snapshot that is not the same" vserver import "$scratch/change" --name sk
vserver snapshots sk --remove base >/dev/null
expect_error 1 "not here" "no snapshot" vserver import "$scratch/change" --name sk
expect_error 1 "not here" "no guest" vserver import "$scratch/change" --name sl
expect_error 1 'files only' "settings" vserver import "$scratch/change" --name sj memory=16M
expect 0 "nothing has happened to it" diff "$scratch/before.sk" <(tree sk)
expect 0 "nothing is left" sh -c '! ls -d /var/lib/vserver/guests/.[!.]* 2>/dev/null | grep .'
done_testing
