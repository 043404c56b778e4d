#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Guests that are layers over an image: their snapshots, clones and mounts have the
# layer, whiteouts and all, and the image stays what it is.

. tests/tap.sh
. tests/guest/image.sh
. tests/image/filesystem.sh

shots=$guests/la/snapshots

tiny "$scratch/tiny.tar"
for program in rm mkdir; do
	cp -L "$(type -P "$program")" "$scratch/tiny/usr/bin"
	for library in $(ldd "$(type -P "$program")" | grep -o '/[^ ]*'); do
		mkdir -p "$scratch/tiny$(dirname "$library")"
		cp -Ln "$library" "$scratch/tiny$library"
	done
done
mkdir "$scratch/tiny/old"
echo image >"$scratch/tiny/old/file"
echo image >"$scratch/tiny/gone"
image small "$scratch/tiny"
contents small >"$scratch/image"
guest la small || bail_out 'a guest cannot be created'
cleanup vserver delete lc --yes
cleanup vserver stop lc

vserver start la >/dev/null
expect 0 "control: the guest writes, and removes what is the image's" \
	inside la sh -c 'rm /gone && rm -r /old && mkdir /old && echo layer >/old/new'
expect 0 "control: with a whiteout" test -c "$(upper la)/gone"
expect_output 'paused for' "a snapshot of it, while it runs" vserver snapshot la one
entries "$(upper la)" >"$scratch/layer"
expect 0 "has its layer" diff "$scratch/layer" <(entries "$shots/one/layer/upper")
is "$(readlink -f "$shots/one/image")" "$(readlink -f "$guests/la/image")" "and its image"
expect 1 "not the image's files" test -e "$shots/one/root"
expect 0 "what comes later" inside la sh -c 'echo later >/old/later'
vserver stop la >/dev/null
expect 0 "is gone after a rollback" vserver rollback la one
expect 0 "which is the layer that was" diff "$scratch/layer" <(entries "$(upper la)")
expect 0 "it starts" vserver start la
is "$(inside la sh -c 'ls /gone /old/file /old/later 2>/dev/null; cat /old/new')" layer \
	"and has in it what it had"

expect_output '^lc: cloned from la' "it is cloned" vserver clone la lc
expect 0 "the clone starts" vserver start lc
is "$(inside lc sh -c 'ls /gone /old/file 2>/dev/null; cat /old/new')" layer "with the same files"
expect 0 "one writes" inside lc sh -c 'echo clone >/old/new'
is "$(inside la cat /old/new)" layer "the other does not see it"
vserver stop la lc >/dev/null

mkdir "$scratch/there"
expect 0 "its files are mounted" vserver mount la "$scratch/there"
is "$(cat "$scratch/there/old/new")" layer "both layers of them"
expect 0 "as the image's is" test -f "$scratch/there/usr/bin/sh"
expect 1 "and nothing that is removed" test -e "$scratch/there/gone"
expect 126 "none of them runs" "$scratch/there/usr/bin/sh" -c true
echo mended >"$scratch/there/mended"
expect 1 "it does not start meanwhile" vserver start la
expect 0 "unmounted" vserver umount la
expect 0 "it does" vserver start la
is "$(inside la cat /mended)" mended "with what was mended"
vserver stop la >/dev/null
expect 0 "the image is what it was" diff "$scratch/image" <(contents small)

done_testing
