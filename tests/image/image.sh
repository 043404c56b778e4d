# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# For the tests of images: a tree with everything that a tree can have, trees
# compared, and what is left of images.

# shellcheck source=tests/daemon/daemon.sh
. tests/daemon/daemon.sh

images=/var/lib/vserver/images
work=$(mktemp -d /var/tmp/image.XXXXXX)	# not in memory: with all attributes
cleanup rm -rf "$work"

# root_of_image NAME
root_of_image() { readlink -f "$images/$1/root"; }

# digest NAME: as its directory is called.
digest() { readlink "$images/$1"; }

# listing DIR: of each entry type, mode, owner, names, size, target, content and
# attributes; times are not in it.
listing()
{
	(
		cd "$1" || exit
		find . \( -type f -printf '%y %m %U %G %n %s %p\n' \) -o -printf '%y %m %U %G %l %p\n' | LC_ALL=C sort
		find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum
		find . -print0 | LC_ALL=C sort -z | xargs -0r getfattr -h -d -m - -e hex 2>/dev/null
	)
}

# store: what is in it but whole images and their names.
leftovers() { find "$images" -mindepth 1 -maxdepth 1 -name '.*'; }
nothing_half() { [ -z "$(leftovers)" ]; }

# everything DIR: of each kind of entry one.
everything()
{
	mkdir -p "$1"/{bin,etc,deep/er,sticky}
	echo hello >"$1/etc/file"
	chown 1234:567 "$1/etc/file"
	chmod 640 "$1/etc/file"
	ln "$1/etc/file" "$1/deep/er/hard"
	ln -s ../etc/file "$1/deep/soft"
	ln -s /nowhere "$1/dangling"
	cp /bin/true "$1/bin/set-user-id"
	chmod 4755 "$1/bin/set-user-id"
	cp /bin/true "$1/bin/capable"
	chown 0:50 "$1/bin/capable"
	setcap cap_net_raw+ep "$1/bin/capable"
	chmod 1777 "$1/sticky"
	chown 65534:65534 "$1/sticky"
	mkfifo -m 600 "$1/fifo"
	: >"$1/empty"
	truncate -s 8M "$1/sparse"
	echo end >>"$1/sparse"
	echo odd >"$1/etc/"$'odd \\ # = * [name\n\xc3\xa4'
	setfattr -n user.test -v value "$1/etc/file"
	setfattr -n user.bytes -v 0x00ff "$1/deep"
	setfattr -n system.posix_acl_access -v \
		0x0200000001000600ffffffff02000400e803000004000400ffffffff10000400ffffffff20000000ffffffff "$1/empty"
	chmod 755 "$1"
}
