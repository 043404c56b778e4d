#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Guests built by Linux-VServer's methods: each has its files and starts, what is
# wrong is refused in words, and nothing is left of what was.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh
. tests/image/packages.sh

guests=/var/lib/vserver/guests
tree=$scratch/tiny
tiny "$scratch/tiny.tar"
echo mark >"$tree/mark"
tar -C "$tree" -cf "$scratch/tiny.tar" .
setting() { field "$1" ".settings[] | select(.key == \"$2\" and .source != \"default\").value"; }
remove() { vserver stop "$1"; vserver delete "$1" --yes; }
for name in tt cg cd rs db sk; do
	cleanup remove $name
done
vserver list >/dev/null
traces >"$scratch/before"

# boots GUEST: it starts, and has the files.
boots()
{
	expect 0 "$1 starts" vserver start "$1"
	is "$(vserver exec "$1" -- cat /mark)" mark "$1 has its files"
}

# --- each method --------------------------------------------------------------------------
expect_output "^tt: built from $scratch/tiny.tar\$" "template" \
	vserver build tt -m template --context 4242 --interface one=lo:192.0.2.7/255.255.255.0 \
	memory=64M tasks=50 -- -d debian -t "$scratch/tiny.tar"
is "$(setting tt memory) $(setting tt xid) $(setting tt address)" "64M 4242 192.0.2.7/24 dev lo" \
	"settings, and classic options that are settings"
boots tt

expect_output '^cg: cloned from tt$' "clone: a guest, which runs" \
	vserver build cg --method clone memory=96M xid=4343 -- --source=tt
echo "$output" >"$scratch/said"
expect 0 "that it lacks the other's address is told" grep -q '^cg: has no address yet' "$scratch/said"
expect 1 "of its number, which it has, nothing is" grep -q 'no xid' "$scratch/said"
is "$(setting cg memory) $(setting cg xid) $(setting cg tasks)" "96M 4343 50" \
	"settings are those given, and else the other's"
expect 0 "it is stopped" state cg stopped
boots cg
is "$(setting tt memory) $(setting tt xid)" "64M 4242" "the other's stay as they are"

expect_output "^cd: built from $tree/\$" "clone: a directory" \
	vserver build cd -m clone -- --source "$tree/"
boots cd

# What it is copied into is below what is copied.
cp -a "$tree/." /var/lib/vserver/
expect_output '^rs: built from /var/lib/vserver$' "rsync" \
	vserver build rs -m rsync -- --source /var/lib/vserver
for part in bin etc lib lib64 mark proc sys dev run root sbin tmp usr; do rm -r "/var/lib/vserver/$part"; done
is "$(find "$(root_of rs)" -mindepth 1 -maxdepth 1 \( -name images -o -name guests \))" "" \
	"without the guests, or images"
boots rs

publish tiny "$tree"
rm -r "$tree/DEBIAN"
expect_output '^db: built from Debian trixie$' "debootstrap" \
	vserver build db -m debootstrap memory=64M -- -d trixie -m "$mirror" -- --include=tiny --variant=extract
is "$(ls -A "$guests/db")" root "nothing is left beside its tree"
is "$(setting db memory)" 64M "it has its settings"
boots db

expect_output '^sk: built with an empty tree$' "skeleton" vserver build sk -m skeleton memory=64M
is "$(ls -A "$(root_of sk)")" "" "nothing is in it"
expect_error 1 'init' "it does not start without an init" vserver start sk
cp -a "$tree/." "$(root_of sk)"
boots sk

expect_error 2 '--force is refused.* vserver delete sk' "no guest is overwritten" \
	vserver build sk -m skeleton --force
expect_error 1 'a guest of that name exists' "also without a word" vserver build sk -m skeleton
expect 0 "control: it runs on" vserver exec sk -- cat /mark
for name in tt cg cd rs db sk; do remove $name; done >/dev/null
expect 0 "all are deleted, and nothing is left" nothing_left

# --- what is refused ------------------------------------------------------------------------
# refused STATUS REGEX NAME ARGUMENT…: of a build of tt
refused()
{
	local status=$1 regex=$2 name=$3
	shift 3
	expect_error "$status" "$regex" "$name" vserver build tt "$@"
}
refused 2 "no method 'yum'; there are" "a method that is none" -m yum
refused 2 "did you mean 'skeleton'" "one with a slip" -m skeletn
refused 2 "template -- -t $scratch/tiny.tar" "an archive and a method" --from "$scratch/tiny.tar" -m template
refused 2 "'-t' behind '--' is an option of a method" "an option of no method" -- -t "$scratch/tiny.tar"
refused 2 '-t FILE is missing; usage: ' "template: no archive" -m template
refused 2 '-d SUITE is missing; usage: ' "debootstrap: no suite" -m debootstrap -- -m "$mirror"
refused 2 'leave -s out' "debootstrap: a script" -m debootstrap -- -d trixie -s /bin/true
refused 2 "no option '--arch'" "debootstrap: another option" -m debootstrap -- -d trixie -- --arch=i386
refused 2 '--source GUEST\|DIRECTORY is missing' "clone: no source" -m clone
refused 2 'first: rsync .* root@other:/srv/' "rsync: another host" -m rsync -- --source root@other:/srv
refused 2 "unexpected 'x'; usage: " "skeleton: a word too many" -m skeleton -- x
refused 1 'no suite' "debootstrap: a suite that is none" -m debootstrap -- -d 'x;y'
refused 1 'mmdebstrap: .*nowhere' "debootstrap: a package that is none" \
	-m debootstrap -- -d trixie -m "$mirror" -- --include=nowhere --variant=extract
refused 1 'not a regular file' "template: a directory" -m template -- -t "$tree"
refused 1 "cannot clone 'none': no such guest" "clone: no such guest" -m clone -- --source none
refused 1 'not a directory' "clone: a file" -m clone -- --source "$scratch/tiny.tar"
refused 1 'No such file' "rsync: no such directory" -m rsync -- --source "$scratch/none"
refused 1 'has no init' "rsync: no system" -m rsync -- --source "$tree/etc"
refused 1 'VServer keeps its own' "rsync: the guests" -m rsync -- --source "$guests"
refused 1 'no layer over an image' "a layer" -m skeleton image=none
refused 1 'xid: ' "a context that is none" -m skeleton --context 70000
refused 1 'address: ' "an address that is none" -m skeleton --interface lo:300.0.2.7/24
expect 0 "both of two sources" refuses Build \
	"{\"name\":\"tt\",\"from\":\"$scratch/tiny.tar\",\"empty\":true,\"settings\":[]}" "$errors.InvalidValue .*one thing"
expect 0 "no source" refuses Build '{"name":"tt","settings":[]}' "$errors.InvalidValue .*one thing"
expect 0 "nothing is left of any" nothing_left
expect_output 'built' "control: of each alone a guest is made" vserver build tt -m rsync -- --source "$tree"
expect_error 1 'image: ' "clone: a layer" vserver build cg -m clone image=none -- --source tt
expect_error 1 'memory: ' "clone: a value that is none" vserver build cg -m clone memory=lots -- --source tt
expect_output 'cloned' "control: without it" vserver build cg -m clone memory=64M -- --source tt
remove tt >/dev/null 2>&1
remove cg >/dev/null 2>&1

# --- cut off ----------------------------------------------------------------------------------
# A server that answers nothing.
socat TCP-LISTEN:8099,bind=127.0.0.1,reuseaddr,fork EXEC:'sleep 300' &
cleanup kill $!
vserver build db -m debootstrap -- -d trixie -m "deb [trusted=yes] http://127.0.0.1:8099/ ./" \
	-- --variant=extract --include=tiny >/dev/null 2>&1 &
client=$!
expect 0 "control: mmdebstrap runs" eventually 60 compgen -G "$guests/.db.*/scratch/*"
kill "$client"
gone() { ! pgrep -f mmdebstrap >/dev/null && nothing_left; }
expect 0 "the client goes: nothing runs, nothing is left" eventually 30 gone
done_testing
