#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Guests from archives: what is kept, what is refused, that nothing is left of
# what was refused; and guests deleted.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh

root=/var/lib/vserver/guests/bt/root
tree=$scratch/tiny
archive=$scratch/a.tar
tiny "$scratch/tiny.tar"
traces >"$scratch/before"
cleanup vserver delete bt --yes

# build ARGUMENT…: as bt
build()
{
	vserver build bt --from "$@"
}

# pack: the tree, as it is now
pack()
{
	rm -f "$archive"
	tar -C "$tree" --xattrs --xattrs-include='*' -cf "$archive" .
}

# --- what is kept --------------------------------------------------------------------
echo hello >"$tree/file"
ln "$tree/file" "$tree/hard"
ln -s file "$tree/soft"
chown 1234:567 "$tree/file"
chmod 6751 "$tree/file"
mkdir -m 1777 "$tree/sticky"
touch -d '2001-02-03 04:05:06 UTC' "$tree/file"
setfattr -n user.test -v value "$tree/file" 2>/dev/null
mknod "$tree/device" c 1 3
mkfifo "$tree/fifo"
pack
expect_output '^bt: built from' "build" build "$archive" memory=64M
is "$(stat -c '%u %g %a %h %Y' "$root/file")" "1234 567 6751 2 981173106" \
	"owner, group, mode, links and time"
is "$(readlink "$root/soft")" file "a symbolic link"
is "$(stat -c %a "$root/sticky")" 1777 "the mode of a directory"
expect 0 "control: the archive has a device" sh -c "tar -tvf $archive | grep -q '^c.*device'"
expect 1 "devices are left out" test -e "$root/device"
expect 0 "a pipe is there" test -p "$root/fifo"
is "$(stat -c %a /var/lib/vserver/guests/bt)" 700 "nobody on the host gets at it"
is "$(grep -v '^#' /etc/vserver/guests/bt.conf)" "memory = 64M" "its file has the settings"
expect_error 1 'a guest of that name exists' "there is one already" build "$archive"
expect 0 "and it stays" test -e "$root/file"
expect_error 2 'from' "control: the command line wants an archive" vserver build bt2

# --- delete -----------------------------------------------------------------------------
ln -s /etc "$root/etc-link"
touch "$scratch/mine"
mkdir "$root/mounted" && mount --bind "$scratch" "$root/mounted"
expect_error 1 'mounted' "delete enters no mount" vserver delete bt --yes
expect 0 "what is mounted is as it was" test -e "$scratch/mine"
expect 0 "and so is the tree around it" test -e "$root/file" -a -x "$root/usr/sbin/init"
umount "$root/mounted"
mkdir -p "$root/$(printf 'd/%.0s' {1..300})"
expect 0 "delete, also what is deep" vserver delete bt --yes
expect 0 "a link of the guest's leads nowhere" test -e /etc/passwd
expect 0 "nothing is left" nothing_left

for how in gzip xz zstd; do
	command -v "$how" >/dev/null || { skip 2 "no $how here"; continue; }
	rm -f "$scratch/packed"
	"$how" -c <"$archive" >"$scratch/packed"
	expect_output built "$how" build "$scratch/packed"
	expect 0 "and deleted" vserver delete bt --yes
done

# --- what is refused -----------------------------------------------------------------------
# refused REGEX NAME FILE [SETTING…]: one line that says why, and nothing is left
refused()
{
	local regex=$1 name=$2
	shift 2
	expect_error 1 "$regex" "$name" build "$@"
	expect 0 "$name: nothing is left" nothing_left
}

refused 'No such file' "no archive" "$scratch/none.tar"
refused 'not a regular file' "a directory" "$scratch"
refused 'not a regular file' "a device" /dev/zero
head -c $((1 << 20)) /dev/urandom >"$scratch/noise"
refused 'not a tar archive' "noise" "$scratch/noise"
: >"$scratch/empty"
refused 'not a tar archive' "an empty file" "$scratch/empty"
size=$(stat -c %s "$archive")
for part in 10 50 90; do
	head -c $((size * part / 100 + 100)) "$archive" >"$scratch/cut"
	refused 'cut off' "cut off after $part%" "$scratch/cut"
done
# At its end mark, of 1024 zeros or more, libarchive sees nothing amiss.
tar -C "$tree" -b 1 -cf "$scratch/exact.tar" .
size=$(stat -c %s "$scratch/exact.tar")
expect 0 "control: the archive ends with an end mark" cmp <(tail -c 1024 "$scratch/exact.tar") \
	<(head -c 1024 /dev/zero)
head -c $((size - 1024)) "$scratch/exact.tar" >"$scratch/cut"
refused 'cut off after [0-9]+ entries: its end mark' "cut off at a header" "$scratch/cut"
gzip -c "$archive" >"$scratch/whole.gz"
head -c $(($(stat -c %s "$scratch/whole.gz") / 2)) "$scratch/whole.gz" >"$scratch/cut.gz"
refused 'cut off' "compressed and cut off" "$scratch/cut.gz"

# Written as text: libarchive reads that, and runs programs for other forms.
{ echo "begin 644 a.tar"; perl -0777 -ne 'print pack "u", $_' "$archive"; printf '`\nend\n'; } \
	>"$scratch/text"
refused 'not a tar archive' "in a form that is not named" "$scratch/text"

tiny "$scratch/no-init.tar" ''
refused 'no init' "no init in it" "$scratch/no-init.tar"

# Archives that lead outside: each beside what it would have made.
outside=$scratch/outside
mkdir "$outside" "$scratch/evil"
echo evil >"$scratch/evil/file"
tiny "$scratch/tiny.tar"

cp "$scratch/tiny.tar" "$archive"
tar -rf "$archive" -P --transform "s,^file,../../../../../../../..$outside/dots," \
	-C "$scratch/evil" file
refused "leads outside" "names with .." "$archive"

cp "$scratch/tiny.tar" "$archive"
tar -rf "$archive" -P --transform "s,^file,$outside/absolute," -C "$scratch/evil" file
refused "leads outside" "absolute names" "$archive"

cp "$scratch/tiny.tar" "$archive"
ln -s "$outside" "$scratch/evil/link"
tar -rf "$archive" -C "$scratch/evil" link
tar -rf "$archive" --transform "s,^file,link/through," -C "$scratch/evil" file
refused "link" "names through a link in the archive" "$archive"

cp "$scratch/tiny.tar" "$archive"
ln "$scratch/evil/file" "$scratch/evil/second"
tar -rf "$archive" -P --transform "s,^file,$outside/file,RSh" -C "$scratch/evil" file second
is "$(tar -tvPf "$archive" | grep -c "link to $outside/file")" 1 \
	"control: the archive has a hard link to outside"
refused "outside" "hard links to outside" "$archive"
is "$(ls -A "$outside")" "" "nothing was written outside"

expect 0 "a setting that is not known" refuses Build "{\"name\":\"bt\",
	\"from\":\"$scratch/tiny.tar\",\"settings\":[{\"key\":\"colour\",\"value\":\"red\"}]}" \
	"$errors.InvalidValue .*colour"
expect 0 "nothing is left" nothing_left
refused 'memory' "a value that is none" "$scratch/tiny.tar" memory=lots
# --- cut off ------------------------------------------------------------------------------
# Large enough that the kill comes before the end.
tiny "$scratch/tiny.tar"
truncate -s 300M "$tree/usr/large"
large=$(mktemp /var/tmp/large.XXXXXX)	# not in memory
cleanup rm -f "$large"
tar -C "$tree" -cf "$large" .
partly()
{
	compgen -G '/var/lib/vserver/guests/.bt.*/root/usr' >/dev/null
}
build "$large" >/dev/null 2>&1 &
expect 0 "control: a build is under way" eventually 20 partly
kill -9 "$(systemctl show -P MainPID vserverd)"
wait $!
expect 0 "the daemon is killed, and comes again" eventually 30 vserver list
expect 0 "and removes what the build had made" eventually 30 nothing_left
rm -f "$tree/usr/large"

# A delete that is cut off: the guest is whole, or gone.
mkdir -p "$tree/many"
(cd "$tree/many" && for i in {1..200}; do mkdir "$i" && touch "$i"/{1..100}; done)
pack
build "$archive" >/dev/null
vserver delete bt --yes >/dev/null 2>&1 &
hidden() { compgen -G '/var/lib/vserver/guests/.~bt.*' >/dev/null; }
expect 0 "control: a delete is under way" eventually 20 hidden
kill -9 "$(systemctl show -P MainPID vserverd)"
wait $!
expect 0 "the daemon is killed, and comes again" eventually 30 vserver list
expect 1 "half a guest does not start" vserver start bt
expect 0 "what was left of the tree is removed" eventually 30 sh -c '! ls -d /var/lib/vserver/guests/.~bt.*'
vserver delete bt --yes >/dev/null 2>&1	# its file may be there still
expect 0 "nothing is left" eventually 20 nothing_left
rm -r "$tree/many"

# Between a tree and its settings, as a crash leaves them; guests of four kinds.
for name in unborn whole gone alone; do
	vserver build -q $name --from "$scratch/tiny.tar"
	cleanup vserver delete --yes $name
done
guests=/var/lib/vserver/guests
systemctl stop vserverd
touch $guests/.unborn.new $guests/.whole.new
rm /etc/vserver/guests/{unborn,alone}.conf
mv $guests/gone $guests/.~gone.aBcDeF
is "$(vserver list --quiet | xargs)" "alone whole" "what was being made or deleted is not listed; what is whole, or lost its file, is"
settled() { [ "$(find $guests -mindepth 1 -maxdepth 1 -printf '%f\n' | sort | xargs)" = "alone whole" ]; }
expect 0 "and is removed, with what told of it" eventually 30 settled
expect 1 "its settings, too" test -e /etc/vserver/guests/gone.conf
expect 0 "control: the whole one starts" vserver start whole
vserver stop whole
vserver delete --yes whole
vserver delete --yes alone
expect 0 "nothing is left" eventually 20 nothing_left

expect_output built "control: the archive alone is good" build "$scratch/tiny.tar"
expect 124 "while systemd starts it, it is not deleted" \
	flock $guests/bt timeout 3 vserver delete bt --yes
expect 0 "control: then it is" eventually 20 nothing_left

done_testing
