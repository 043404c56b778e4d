#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Snapshots of guests that are down and of guests that run: what is in one, that it
# comes back, that it is of one moment, and that a guest which writes, and one whose
# tree is full of traps, gets nothing.  On each file system that guests can be on.

. tests/tap.sh
. tests/daemon/daemon.sh
. tests/image/filesystem.sh

root=$guests/sn/root
shots=$guests/sn/snapshots
cleanup off_filesystem
cleanup vserver delete sn --yes
cleanup vserver stop sn

# Two files are written one after the other, always the same one first.
tiny "$scratch/tiny.tar" 'trap "exit 0" TERM INT PWR
	while :; do echo x >>/root/a; echo x >>/root/b; sleep 0.01; done'

# acl PERMISSIONS USER: as the kernel takes it.
acl()
{
	printf '0x02000000%s' 01000700ffffffff "0200${1}00$(printf %02x "$2")000000" \
		04000500ffffffff 10000700ffffffff 20000500ffffffff | sed 's/0x02000000//2g'
}

# in_place DIRECTORY: what is made in it is; of btrfs only.
in_place()
{
	perl -e 'open(F, "<", $ARGV[0]); my $f = pack("L!", 0x800000); ioctl(F, 0x40086602, $f)' "$1"
}

# traps: what a tree of a guest's may have in it.
traps()
{
	echo secret >"$scratch/secret"
	mkdir -p "$root/d"
	echo hello >"$root/d/file"
	chown 1234:567 "$root/d/file"
	chmod 6751 "$root/d/file"
	ln "$root/d/file" "$root/hard"
	ln -s "$scratch/secret" "$root/soft"
	ln -s / "$root/d/up"
	mkfifo "$root/fifo"
	mknod "$root/white" c 0 0
	mknod "$root/null" c 1 3
	truncate -s 4M "$root/sparse"
	echo end | dd of="$root/sparse" bs=1M seek=2 conv=notrunc status=none
	setfattr -n user.test -v value "$root/d/file"
	setfattr -n trusted.overlay.opaque -v y "$root/d"
	setfattr -n system.posix_acl_access -v "$(acl 07 77)" "$root/d/file"
	setfattr -n system.posix_acl_default -v "$(acl 05 78)" "$root/d"
	setcap cap_net_raw+ep "$root/usr/bin/id"
	printf 'x' >"$root/$(printf 'new\nline')"
	touch -d '2001-02-03 04:05:06.789 UTC' "$root/d/file" "$root/d"
	touch -hd '2002-02-03 04:05:06.789 UTC' "$root/soft"
	in_place "$root/d"
	head -c 100000 /dev/urandom >"$root/d/in-place"
}

# moment SNAP: as many lines in one file as in the other, or one more.
moment()
{
	local a b

	a=$(wc -l <"$shots/$1/root/root/a") b=$(wc -l <"$shots/$1/root/root/b")
	echo "$a lines, and $b"
	[ "$a" -gt 0 ] && [ $((a - b)) -ge 0 ] && [ $((a - b)) -le 1 ]
}
goes_on()
{
	local lines
	lines=$(wc -l <"$root/root/a")
	eventually 10 sh -c "[ \$(wc -l <$root/root/a) -gt $lines ]"
}
only() { [ "$(ls -A "$shots")" = "$1" ]; }

for kind in ext4 xfs btrfs; do
	on_filesystem "$kind"
	vserver build sn --from "$scratch/tiny.tar" memory=64M >/dev/null
	traps

	# --- a guest that is down ----------------------------------------------------------
	entries "$root" >"$scratch/was"
	is "$(grep -oE 'white c|posix_acl_(access|default)|overlay.opaque|capability|user.test' \
		"$scratch/was" | sort -u | wc -l)" 6 "$kind: control: all of it is in the list"
	expect_output '^sn: snapshot one taken$' "$kind: a snapshot" vserver snapshot sn one
	expect 0 "$kind: is the same in every respect" diff "$scratch/was" <(entries "$shots/one/root")
	is "$(stat -c %h "$shots/one/root/d/file")" 2 "$kind: hard links are, of one file"
	expect 0 "$kind: a hole stays one" sh -c "[ \$(stat -c %b '$shots/one/root/sparse') -lt 1000 ]"
	is "$(vserver snapshots sn --json | jq -r '.[0].shared')" \
		"$([ "$kind" = ext4 ] && echo false || echo true)" "$kind: shares its blocks, or cannot"
	expect_error 1 "one of that name" "$kind: there is one already" vserver snapshot sn one
	expect 0 "$kind: and it stays" only one
	vserver set sn memory=65M >/dev/null
	rm -rf "$root/d" "$root/soft"
	echo new >"$root/new"
	expect 1 "$kind: control: the guest is another" diff "$scratch/was" <(entries "$root")
	expect_output '^sn: rolled back to one$' "$kind: back to it" vserver rollback sn one
	expect 0 "$kind: the guest is what it was" diff "$scratch/was" <(entries "$root")
	expect 0 "$kind: and so is the snapshot" diff "$scratch/was" <(entries "$shots/one/root")
	expect 0 "$kind: and nothing else is left" only one
	is "$(field sn '.settings[] | select(.key == "memory").value')" 65M "$kind: its settings stay"
	expect 0 "$kind: with --config" vserver rollback sn one --config
	is "$(field sn '.settings[] | select(.key == "memory").value')" 64M "$kind: they come back"

	# --- a guest that runs ----------------------------------------------------------------
	vserver start sn >/dev/null
	eventually 10 test -s "$root/root/b"
	expect_output '^sn: snapshot two taken, paused for [0-9.]+ (ns|us|ms|s)$' \
		"$kind: of one that runs, and how long it stood still" vserver snapshot sn two
	expect 0 "$kind: it is of one moment" moment two
	expect 0 "$kind: and the guest goes on" goes_on
	[ "$kind" = btrfs ] && break
	vserver stop sn >/dev/null
	vserver delete sn --yes >/dev/null
	off_filesystem
done
expect_error 1 "running; stop it first" "no rollback of it" vserver rollback sn two
vserver stop sn >/dev/null
expect 0 "control: stopped it can be" vserver rollback sn two
expect 0 "and starts" vserver start sn
vserver stop sn >/dev/null
is "$(vserver snapshots sn --quiet | paste -sd ' ')" "one two" "both are listed"
expect_output 'snapshot two removed' "one is removed" vserver snapshots sn --remove two
expect 0 "with all that it had" only one
expect_error 1 "no such snapshot" "and is none any more" vserver rollback sn two

# --- what cannot be ------------------------------------------------------------------------
expect_error 1 "no snapshot can be called so" "a name that leads out" vserver snapshot sn ../x
expect_error 1 "no such guest" "no such guest" vserver snapshot none
mkdir "$root/mounted" && mount --bind "$scratch" "$root/mounted"
expect_error 1 "mounted: something is mounted there" "no mount is entered" vserver snapshot sn three
expect 0 "nothing is left of it" only one
expect_error 1 "something is mounted" "nor is what has one put away" vserver rollback sn one
umount "$root/mounted"
expect 0 "control: without it" vserver snapshot sn three
deep=$root/$(printf 'd/%.0s' {1..900})
mkdir -p "$deep"
expect 0 "what is deep" vserver snapshot sn deep
(cd "$deep" && mkdir -p "$(printf 'd/%.0s' {1..200})")
expect_error 1 "nested too deep" "but not what is deeper" vserver snapshot sn deeper
rm -rf "$root/d"
for snap in three deep; do vserver snapshots sn --remove "$snap" >/dev/null; done

# --- on a schedule ------------------------------------------------------------------------------
vserver snapshot --scheduled
expect 0 "without the setting there is none" only one
expect_error 1 "is no schedule.*daily keep 7" "a schedule that is none" vserver set sn snapshots=often
vserver set sn 'snapshots=daily keep 2' >/dev/null
for day in 1 2 3; do	# as the timer has left them
	cp -a "$shots/one" "$shots/daily-2001-01-0$day"
	printf 'created %s\nscheduled 1\n' "$((978307200 + day * 86400))" \
		>"$shots/daily-2001-01-0$day/info"
done
expect_output '^sn: snapshot daily-20[0-9-]+ taken$' "it is time for one" \
	vserver snapshot --scheduled
today=$(date -u +%F)
is "$(vserver snapshots sn --quiet | sort | paste -sd ' ')" "daily-2001-01-03 daily-$today one" \
	"the oldest of its kind go, and none that was made by hand"
is "$(vserver snapshot --scheduled)" '' "once a day"
expect 0 "the timer is there" systemctl cat vserver-snapshots.timer

# --- protected ------------------------------------------------------------------------------------
vserver set sn protect=yes >/dev/null
expect_error 1 "protected: /etc/.* has protect = yes.*vserver set sn protect=no" \
	"a guest that is protected stays" vserver delete sn --yes
echo 'colour = red' >>/etc/vserver/guests/sn.conf
expect_error 1 "is protected" "with a wrong file, too" vserver delete sn --yes
sed -i '/colour/d' /etc/vserver/guests/sn.conf
expect 0 "control: it is there" test -x "$root/usr/sbin/init"
vserver set sn protect=no >/dev/null
expect 0 "control: lifted, it goes, with its snapshots" vserver delete sn --yes
expect 1 "all of them" test -e "$guests/sn"
off_filesystem

done_testing
