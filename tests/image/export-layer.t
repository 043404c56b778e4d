#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Guests of images exported, and snapshots of guests that run: what is imported is
# a tree of its own, with the files that were seen from inside.

. tests/tap.sh
. tests/guest/image.sh

for guest in im im2; do
	cleanup vserver delete $guest --yes
	cleanup vserver stop $guest
done
tree_of() { (cd "$guests/$1/root" && find . -printf '%p %y %m %U %G %n %l\n' | LC_ALL=C sort); }

tiny "$scratch/tiny.tar"
mkdir "$scratch/tiny/old"
echo image | tee "$scratch/tiny/old/file" "$scratch/tiny/gone" >"$scratch/tiny/changed"
ln "$scratch/tiny/changed" "$scratch/tiny/second"
image small "$scratch/tiny"
guest la small memory=64M || bail_out 'a guest cannot be created'
for program in rm mkdir; do	# the guest's own from now on
	mkdir -p "$(upper la)/usr/bin"
	cp -L "$(type -P "$program")" "$(upper la)/usr/bin/$program"
done
vserver start la >/dev/null
expect 0 "control: the guest writes, and removes what is the image's" inside la sh -c \
	'rm /gone && rm -r /old && mkdir /old && echo layer >/old/new && echo layer >/changed'
expect_error 1 'running; stop it first, or export a snapshot' "it runs" \
	vserver export la --output "$scratch/none"
expect 0 "a snapshot" vserver snapshot -q la one
expect 0 "control: the guest goes on writing" inside la sh -c 'echo later >/old/later'
expect_output 'exported to' "is exported while it runs" \
	vserver export la --snapshot one --output "$scratch/one"
for snap in two ../one; do
	expect_error 1 'no snapshot' "there is no $snap" \
		vserver export la --snapshot $snap --output "$scratch/none"
done
expect 1 "nothing is left of these" test -e "$scratch/none"
vserver stop la >/dev/null
expect_output 'exported to' "the guest itself, stopped" vserver export la --output "$scratch/la"
expect_output '"image":"sha256-' "it says of which image it was" \
	sh -c "zstd -dc '$scratch/la' | tar -xO vserver/export.json"
expect 1 "no setting does" sh -c "zstd -dc '$scratch/la' | tar -xO vserver/guest.conf | grep image"

expect_output '^im: imported$' "imported" vserver import "$scratch/la" --name im
expect_output '^im2: imported$' "the snapshot, too" vserver import "$scratch/one" --name im2
expect 1 "it is of no image" test -e "$guests/im/image"
expect 1 "what the guest has removed is not there" test -e "$guests/im/root/gone"
expect 1 "nor is any whiteout" sh -c "find $guests/im/root -type c | grep ."
is "$(cd $guests/im/root && cat old/* changed second)" "later
layer
layer
image" "what it has written is, and what it has not"
expect 1 "what came after the snapshot is not in that" test -e "$guests/im2/root/old/later"
rm -f "$guests/im/root/old/later"
expect 0 "control: else they are the same" diff <(tree_of im) <(tree_of im2)
is "$(getfattr -Rhd -m trusted $guests/im/root 2>/dev/null)" "" "no attributes of an overlay"
expect 0 "it starts" vserver start im
is "$(inside im cat /old/new)" layer "with its files"
expect_error 1 'no layer over an image' "it cannot be made one" \
	vserver import "$scratch/la" --name im3 image=small
done_testing
