# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Guests on a file system of another kind, made in a file.  The machine's own is ext4,
# and no other of that is made.

guests=/var/lib/vserver/guests

# on_filesystem KIND [SIZE]: GUESTS_DIR is one of that kind, empty.
on_filesystem()
{
	local kind=$1 file=/var/tmp/filesystem.$1

	mkdir -p "$guests"
	[ "$kind" != ext4 ] || return 0
	rm -f "$file"
	truncate -s "${2-400M}" "$file"
	case $kind in
	xfs) mkfs.xfs -q -f -m reflink=1 "$file" ;;
	btrfs) mkfs.btrfs -q -f "$file" ;;
	esac >/dev/null || bail_out "cannot make a file system of $kind"
	mount -o loop "$file" "$guests" || bail_out "cannot mount a file system of $kind"
}

# off_filesystem: what is below is back.
off_filesystem()
{
	mountpoint -q "$guests" && umount "$guests"
	rm -f /var/tmp/filesystem.*
}

# entries DIRECTORY: all that can be said of what is in it, a line each.
entries()
{
	(
		cd "$1" || exit
		find . -type f -printf '%p f %m %U %G %n %s %T@\n' -o \
			-type l -printf '%p l %U %G %l %T@\n' -o \
			-printf '%p %y %m %U %G %T@\n' | sort
		find . -type f -exec cksum {} + | sort
		find . \( -type c -o -type b \) -exec stat -c '%n %t %T' {} + | sort
		getfattr -Rhd -m- . 2>/dev/null
	)
}
