#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Identical files of guests share blocks: that they do, what is left alone, and that
# what is written to one is its own.

. tests/tap.sh
. tests/daemon/daemon.sh
. tests/image/filesystem.sh

cleanup off_filesystem
cleanup vserver delete b --yes
cleanup vserver delete a --yes
tiny "$scratch/tiny.tar"

# used: KiB of the file system.
used()
{
	sync -f "$guests"
	df -k --output=used "$guests" | tail -1
}
# first_block FILE: where it begins, by FIEMAP.
first_block()
{
	perl -e 'open(F, "<", $ARGV[0]) or die;
		my $map = pack("QQLLLL", 0, ~0, 1, 0, 1, 0) . "\0" x 56;
		ioctl(F, 0xc020660b, $map) or die;
		print((unpack("QQ", substr($map, 32)))[1], "\n")' "$1"
}
works() { pgrep -x vserverd-worker; }
no_worker() { ! works; }
same_block() { [ "$(first_block "$1")" = "$(first_block "$2")" ]; }

vserver build a --from "$scratch/tiny.tar" >/dev/null
expect_error 1 "cannot unify: unify: .*cannot share blocks.*; btrfs and xfs can" \
	"not on ext4" vserver unify
vserver delete a --yes >/dev/null

for kind in xfs btrfs; do
	on_filesystem "$kind"
	vserver build a --from "$scratch/tiny.tar" >/dev/null
	vserver build b --from "$scratch/tiny.tar" >/dev/null
	head -c 20M /dev/urandom >"$guests/a/root/large"
	cp --reflink=never "$guests/a/root/large" "$guests/b/root/large"
	head -c 1M "$guests/a/root/large" >"$guests/a/root/alike"
	{ head -c 1048575 "$guests/a/root/large"; printf '\0'; } >"$guests/b/root/alike"
	printf x | dd of="$guests/a/root/alike" bs=1 seek=1048575 conv=notrunc status=none
	ln -s large "$guests/b/root/link"
	mkfifo "$guests/b/root/fifo"
	chown 7:8 "$guests/b/root/large"
	touch -d '2001-02-03 UTC' "$guests/b/root/large"
	sync -f "$guests"
	entries "$guests/a/root" >"$scratch/a" && entries "$guests/b/root" >"$scratch/b"
	before=$(used)

	expect 1 "$kind: control: the two files are in two places" \
		same_block "$guests/a/root/large" "$guests/b/root/large"
	expect_output '^[0-9]+ files could share blocks with another: [0-9.]+M would be saved$' \
		"$kind: what would be saved" vserver unify --dry-run
	expect 1 "$kind: and nothing is done" same_block "$guests/a/root/large" "$guests/b/root/large"
	vserver unify --dry-run >/dev/null 2>&1 &
	client=$!
	eventually 20 works && kill -STOP "$(works)"
	expect 0 "$kind: control: it is under way" works
	kill -9 $client
	wait $client
	expect 0 "$kind: it ends with its client" eventually 20 no_worker
	expect_output '^[0-9]+ files now share blocks with another: [2-9][0-9](\.[0-9])?M saved$' \
		"$kind: unified" vserver unify a b
	expect 0 "$kind: they are in one place" same_block "$guests/a/root/large" "$guests/b/root/large"
	expect 0 "$kind: programs, too" same_block "$guests/a/root/usr/bin/ls" "$guests/b/root/usr/bin/ls"
	expect 1 "$kind: but not what is only alike" \
		same_block "$guests/a/root/alike" "$guests/b/root/alike"
	after=$(used)
	[ $((before - after)) -gt 20000 ]
	ok $? "$kind: the file system has that much more room" || diag "$before KiB, then $after"
	expect 0 "$kind: nothing of the one is changed" diff "$scratch/a" <(entries "$guests/a/root")
	expect 0 "$kind: nor of the other" diff "$scratch/b" <(entries "$guests/b/root")
	expect_output '^0 files' "$kind: once is enough" vserver unify
	echo mine | dd of="$guests/b/root/large" conv=notrunc status=none
	expect 0 "$kind: what is written to one" sh -c "head -c 4 $guests/b/root/large | grep -q mine"
	expect 1 "$kind: is not the other's" sh -c "head -c 4 $guests/a/root/large | grep -q mine"
	expect_error 1 "no such guest|NoSuchGuest" "$kind: a guest that is not there" vserver unify none
	vserver delete a --yes >/dev/null
	vserver delete b --yes >/dev/null
	off_filesystem
done

done_testing
