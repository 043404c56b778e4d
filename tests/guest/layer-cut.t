#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A layered guest that a command said it had made is on the disk: a copy of the disk
# as it is the moment after has all of it.  tests/vm/power-cut.t cuts at any moment;
# this at those.

. tests/tap.sh
. tests/guest/image.sh
. tests/image/filesystem.sh

copies=$(mktemp -d /var/tmp/copies.XXXXXX)
cleanup rm -rf "$copies"
cleanup umount "$copies/disk"
cleanup off_filesystem
mkdir "$copies/disk"

# copied COMMAND…: what is on the disk once it has ended, and of what was not written none.
copied()
{
	expect 0 "$kind: $1" vserver "$@"
	cp --sparse=always "/var/tmp/filesystem.$kind" "$copies/$1"
}

# has VERB DIRECTORY: that copy, all of a layered guest
has()
{
	local guest=$copies/disk/$2 status=0

	mount -o loop "$copies/$1" "$copies/disk" || return
	ls -lR "$copies/disk"
	[[ $(readlink "$guest/image") == *"/$(digest base)" ]] && [ -d "$guest/layer/work" ] &&
		[ "$(stat -c %a "$guest/layer/upper")" = 751 ] &&
		[ "$(cat "$guest/layer/name")" = base ] || status=1
	umount "$copies/disk"
	return $status
}

tiny "$scratch/tiny.tar"
chmod 751 "$scratch/tiny"
image base "$scratch/tiny"

for kind in xfs btrfs; do
	on_filesystem $kind
	copied create made --image base
	copied clone made other
	copied rename other renamed
	copied snapshot made shot
	vserver delete made --yes
	cp --sparse=always "/var/tmp/filesystem.$kind" "$copies/delete"
	vserver delete renamed --yes
	off_filesystem
	expect 0 "$kind: a guest that was created is there" has create made
	expect 0 "$kind: one that was cloned" has clone other
	expect 0 "$kind: one that was renamed" has rename renamed
	expect 1 "$kind: and not by its old name" has rename other
	expect 0 "$kind: a snapshot" has snapshot made/snapshots/shot
	expect 1 "$kind: and none that was deleted" has delete made
done

done_testing
