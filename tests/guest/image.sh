# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# For the tests of guests that are made from images: images as the store has
# them, and what they have become.

# shellcheck source=tests/cli/cli.sh
. tests/cli/cli.sh	# tiny, scratch, field

images=/var/lib/vserver/images
guests=/var/lib/vserver/guests

# digest NAME: of an image that is called so here; any will do.
digest() { echo "sha256-$(sha256sum <<<"$1" | cut -d ' ' -f 1)"; }

# image NAME TREE|ARCHIVE: in the store, what is in it.
image()
{
	local of
	of=$images/$(digest "$1")

	[ -d $images ] || mkdir -m 700 $images
	mkdir -p "$of/root"
	if [ -d "$2" ]; then
		cp -aT "$2" "$of/root"
	else
		tar -C "$of/root" --xattrs --xattrs-include='*' --exclude='./dev/*' -xf "$2"
	fi
	ln -sfn "$(digest "$1")" "$images/$1"
	cleanup rm -rf "$of" "$images/$1"
}

# contents IMAGE: of each file what it is, and a sum of all that is in them.
contents()
{
	local root
	root=$images/$(digest "$1")/root

	(cd "$root" && find . -printf '%p %y %m %U %G %s %l %T@ %n\n' | LC_ALL=C sort)
	(cd "$root" && find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum) | sha256sum
}

upper() { echo "$guests/$1/layer/upper"; }
inside() { vserver exec "$1" -- "${@:2}"; }

# guest NAME IMAGE [SETTING…]: one that is deleted in the end.
guest()
{
	vserver create -q "$1" --image "$2" "${@:3}" || return
	cleanup vserver delete "$1" --yes
	cleanup vserver stop "$1"
}

systemctl start vserverd || bail_out 'vserverd does not start'
