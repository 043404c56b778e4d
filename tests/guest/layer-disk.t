#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What guests of one image cost on the disk, on each file system that they may be
# on; and Debian from an image, with a tree that it writes and with one that it
# cannot.

. tests/tap.sh
. tests/guest/image.sh

ARCHIVE=/usr/share/vserver-test/debian13.tar
[ -s $ARCHIVE ] || bail_out "no $ARCHIVE"

# --- Debian -------------------------------------------------------------------------------
image debian $ARCHIVE
contents debian >"$scratch/contents"
guest sys debian memory=512M
guest still debian memory=512M root=read-only 'mount=tmpfs /var/log/nginx' 'mount=tmpfs /var/lib/nginx'
expect 0 "two Debian guests start from one image" vserver start --wait sys still
for name in sys still; do
	expect_output '^active$' "$name is at multi-user.target" \
		inside $name systemctl is-active multi-user.target
	expect_output '^(running|degraded)$' "systemd says so" sh -c \
		"vserver exec $name -- systemctl is-system-running || :"
	diag "$(inside $name systemctl --no-legend --plain --failed 2>&1)"
done
expect 0 "one writes" inside sys sh -c 'apt-mark hold bash && touch /var/lib/made'
expect 1 "the other cannot" inside still touch /var/lib/made
expect 0 "but where it may" inside still touch /var/log/nginx/made /var/tmp/made
expect 1 "it sees nothing of the first" inside still test -e /var/lib/made
vserver stop sys still
contents debian | diff "$scratch/contents" - >"$scratch/changed"
ok $? "the image is as it was"
diag "$(head "$scratch/changed")"
vserver delete sys --yes
vserver delete still --yes
rm -rf "${images:?}/$(digest debian)" $images/debian

# --- a hundred ----------------------------------------------------------------------------
tiny "$scratch/tiny.tar" 'trap "exit 0" TERM INT PWR
cat /usr/large >/dev/null; : >/run/ready; while :; do sleep 3600 & wait; done'
image base "$scratch/tiny"
many() { for ((i = 1; i <= 100; i++)); do vserver create -q "g$i" --image base || return; done; }
none_left() { for ((i = 1; i <= 100; i++)); do vserver delete "g$i" --yes || return; done; }
cleanup none_left
expect 0 "a hundred guests are created" many
most=$(du -sk $guests/g* | sort -n | tail -1 | cut -f 1)
[ "$most" -gt 0 ] && [ "$most" -le 1024 ]
ok $? "each has 1 MB on the disk at most: $most KB"
expect 0 "and deleted" none_left

# --- where they are -----------------------------------------------------------------------
# The machine's own disk has ext4.
sectors() { awk '{ print $3 }' "/sys/class/block/${disk#/dev/}/stat"; }
ready() { inside "$1" cat /run/ready; }
# on_disk KIND: from here on the store is on a new disk of that kind.
on_disk()
{
	image=$(mktemp /var/tmp/disk.XXXXXX)	# not in memory
	truncate -s 400M "$image"
	mkfs."$1" -q "$image" || return
	disk=$(losetup --show -f "$image") || return
	cleanup sh -c "losetup -d $disk; rm -f $image"
	mount "$disk" "$scratch/mnt" || return
	mkdir -m 700 "$scratch/mnt/guests" "$scratch/mnt/images"
	mount --bind "$scratch/mnt/guests" $guests && mount --bind "$scratch/mnt/images" $images
	cleanup umount $guests $images "$scratch/mnt"
}
off_disk()
{
	umount $guests && umount $images && umount "$scratch/mnt" && losetup -d "$disk" &&
		rm -f "$image"
}

head -c 24M /dev/urandom >"$scratch/tiny/usr/large"
mkdir -p "$scratch/mnt"
rm -rf "${images:?}/$(digest base)"
disk=$(findmnt -no SOURCE /)
for kind in ext4 xfs btrfs; do
	[ $kind = ext4 ] || on_disk $kind
	is "$(findmnt -no FSTYPE -T $guests)" $kind "control: the store is on $kind"
	image base "$scratch/tiny"
	guest first base
	guest second base
	sync
	echo 3 >/proc/sys/vm/drop_caches
	zero=$(sectors)
	expect 0 "$kind: the first starts" vserver start first
	expect 0 "and has read what it reads" eventually 60 ready first
	one=$(sectors)
	expect 0 "$kind: the second starts" vserver start second
	expect 0 "likewise" eventually 60 ready second
	two=$(sectors)
	[ $((one - zero)) -ge 40000 ] && [ $(((two - one) * 20)) -lt $((one - zero)) ]
	ok $? "$kind: it reads under 5 % of that: $((two - one)) of $((one - zero)) sectors"
	inside first sh -c ': >/root/made; echo more >>/usr/large'
	is "$(stat -c '%u %s' "$(upper first)/root/made" "$(upper first)/usr/large" | xargs)" \
		"0 0 0 $(((24 << 20) + 5))" "$kind: what it writes is in its layer"
	is "$(stat -c %s "$images/base/root/usr/large")" $((24 << 20)) "$kind: and not in the image"
	expect 0 "$kind: they go" sh -c 'vserver stop first second && vserver delete first --yes &&
		vserver delete second --yes'
	if [ $kind = ext4 ]; then
		rm -rf "${images:?}/$(digest base)"
	else
		expect 0 "control: and the disk" off_disk
	fi
done

done_testing
