#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Images from archives and directories: what is kept, what they are called, how
# they are shown and removed, what is refused, and that nothing is left of what
# was cut off.
#
# any-kernel

. tests/tap.sh
. tests/image/image.sh

tree=$work/tree
everything "$tree"
setfattr -n system.posix_acl_default -v \
	0x0200000001000700ffffffff02000500e803000004000500ffffffff10000500ffffffff20000000ffffffff "$tree/deep/er"
listing "$tree" >"$work/tree.list"

# --- what is kept --------------------------------------------------------------------
expect_output '^base: imported, [0-9a-f]{12}, 8\.[0-9]M in 16 entries$' "a directory" \
	vserver image import base "$tree"
expect 0 "the same tree" diff "$work/tree.list" <(listing "$(root_of_image base)")
expect 1 "control: another tree is not the same" diff "$work/tree.list" <(listing /etc/default)
[ "$(stat -c %b "$(root_of_image base)/sparse")" -lt 1000 ]
ok $? "a hole stays one"
is "$(stat -c %Y "$(root_of_image base)/etc/file")" "$(stat -c %Y "$tree/etc/file")" "times are kept"
digest=$(digest base)
is "sha256-$(sha256sum <"$images/$digest/manifest" | cut -d' ' -f1)" "$digest" \
	"its name is the digest of its manifest"
expect 0 "the manifest has capabilities" grep -q '^./bin/capable .*xattr\.security\.capability=' \
	"$images/$digest/manifest"
is "$(stat -c %a "$images")" 700 "nobody but root gets at images"

for how in none gzip bzip2 xz zstd; do
	packer=$how
	[ "$how" != none ] || packer="cat"
	command -v $packer >/dev/null || { skip 2 "no $how here"; continue; }
	tar -C "$tree" --xattrs --xattrs-include='*' --acls -cf - . | $packer >"$work/a.tar"
	expect_output "^from-$how: imported" "an archive, $how" vserver image import "from-$how" "$work/a.tar"
	is "$(digest "from-$how")" "$digest" "is the same image"
done
is "$(find "$images" -maxdepth 1 -name 'sha256-*' | wc -l)" 1 "which is there once"

mkdir -p "$work/mounting/here" "$work/mounting/dev"
mount -t tmpfs tmpfs "$work/mounting/here"
cleanup umount "$work/mounting/here"
touch "$work/mounting/here/inside" "$work/mounting/file"
mknod "$work/mounting/dev/null" c 1 3
expect 0 "a directory with a mount and a device" vserver image import mounting "$work/mounting"
is "$(cd "$(root_of_image mounting)" && find . | LC_ALL=C sort | xargs)" ". ./dev ./file ./here" \
	"neither is in the image"
tar -C "$work/mounting" -cf "$work/device.tar" dev file
expect 0 "control: an archive has a device" sh -c "tar -tvf $work/device.tar | grep -q '^c.*dev/null'"
expect 0 "it is imported" vserver image import device "$work/device.tar"
expect 0 "with its directory" test -d "$(root_of_image device)/dev"
expect 1 "and without the device" test -e "$(root_of_image device)/dev/null"

cp -a "$work/mounting/file" "$work/plain"
mkdir "$work/overlay"
mkdir "$work/overlay/dir"
setfattr -n trusted.overlay.opaque -v y "$work/overlay/dir"
setfattr -n user.overlay.opaque -v y "$work/overlay/dir"
setfattr -n user.mine -v y "$work/overlay/dir"
expect 0 "a directory with overlayfs' attributes" vserver image import overlay "$work/overlay"
is "$(getfattr --absolute-names -d -m - "$(root_of_image overlay)/dir" | grep -o '^[a-z]*\.[^=]*')" user.mine \
	"has its own, and not those"
tar -C "$work/overlay" --xattrs --xattrs-include='*' -cf "$work/overlay.tar" .
expect 0 "so has an archive" vserver image import overlay-tar "$work/overlay.tar"
is "$(digest overlay-tar)" "$(digest overlay)" "which is the same image"

# --- shown ----------------------------------------------------------------------------
expect_output '^NAME +DIGEST +SIZE +ENTRIES +GUESTS +CREATED$' "list" vserver image list
expect_output "^base +${digest:7:12} +8\.[0-9]M +16 +0 " "says of each what it is" vserver image list --no-legend
is "$(vserver image list --json | jq -r '.[] | select(.names | index("base")) | .digest')" \
	"sha256:${digest#sha256-}" "in JSON too"
is "$(vserver image list --quiet | grep -c '^from-')" "$(vserver image show base --json | jq '[.names[] | select(startswith("from-"))] | length')" \
	"names only"
expect_output "^From: +directory $tree\$" "show" vserver image show base
expect_output "^Digest: +sha256:${digest#sha256-}\$" "show by the digest" vserver image show "${digest:7:10}"
expect_error 1 "^vserver: cannot show image 'nobody': no such image; see: vserver image list$" \
	"one that is not there" vserver image show nobody
expect_error 2 "did you mean 'import'" "a command that is none" vserver image imports
expect_error 2 'usage: vserver image import NAME' "too few words" vserver image import base
expect 0 "an image that is not there has an error of its own" refuses DescribeImage '{"name":"nobody"}' \
	"$errors.NoSuchImage"

# --- names ------------------------------------------------------------------------------
expect_error 1 "there is an image of that name, and it is another; .*--replace" "the name of another image" \
	vserver image import base "$work/overlay"
is "$(digest base)" "$digest" "is kept"
expect 0 "control: the same image again" vserver image import base "$tree"
expect 0 "with --replace it is given" vserver image import --replace from-none "$work/overlay"
is "$(digest from-none)" "$(digest overlay)" "to the other"
for name in .hidden a/b -- sha256-12 ''; do
	expect 0 "no image is called '$name'" refuses ImportImage \
		"$(jq -nc --arg n "$name" --arg f "$tree" '{name: $n, from: $f}')" "$errors.InvalidValue .*called so"
done

# --- removed ------------------------------------------------------------------------------
guests=/var/lib/vserver/guests
mkdir -p "$guests/user/snapshots/yesterday" "$guests/other/root"
cleanup rm -rf "$guests/user" "$guests/other"
ln -s "../../images/$(digest mounting)" "$guests/user/image"
expect_error 1 "it is used by 'user'; delete these first" "one that a guest uses is not removed" \
	vserver image remove mounting
expect_output '"user"' "its guests are shown" vserver image show mounting --json
ln -s "../../../../images/$(digest device)" "$guests/user/snapshots/yesterday/image"
expect_error 1 "used by 'user', its snapshot yesterday" "nor one that a snapshot uses" vserver image remove device
mkdir "$guests/.new.a1b2c3"
cleanup rm -rf "$guests/.new.a1b2c3"
ln -s "../../images/$(digest overlay)" "$guests/.new.a1b2c3/image"
expect_error 1 "used by a guest that is being made or removed" "nor for a guest that is being made" \
	vserver image remove "sha256:$(digest overlay | cut -c 8-)"
rm -r "$guests/.new.a1b2c3"
expect 0 "control: all are whole" vserver image verify mounting device overlay
rm -r "$guests/user"
expect_output '^mounting: removed$' "afterwards they are" vserver image remove mounting
expect 0 "the other too" vserver image remove device
expect_output 'has other names' "one of several names" vserver image remove base
expect 0 "and the image is there" vserver image verify "sha256:${digest#sha256-}" from-gzip
expect 0 "by its digest it goes with all names" vserver image remove "sha256:${digest#sha256-}"
expect_error 1 'no such image' "and is gone" vserver image show from-gzip
for name in $(vserver image list --quiet); do
	vserver image remove "$name" >/dev/null
done
is "$(ls -A "$images")" "" "nothing is left"

# --- refused --------------------------------------------------------------------------------
# refused REGEX NAME FILE: one line that says why, and nothing is left
refused()
{
	expect_error 1 "$1" "$2" vserver image import bad "$3"
	is "$(ls -A "$images")" "" "$2: nothing is left"
}
refused 'No such file' "no file" "$work/none"
refused 'neither a file nor a directory' "a device" /dev/zero
head -c 100000 /dev/urandom >"$work/noise"
refused 'not a tar archive' "noise" "$work/noise"
tar -C "$tree" -cf "$work/whole.tar" .
size=$(stat -c %s "$work/whole.tar")
for part in 20 60 95; do
	head -c $((size * part / 100)) "$work/whole.tar" >"$work/cut"
	refused 'cut off' "cut off after $part%" "$work/cut"
done
xz -T0 -c "$work/whole.tar" >"$work/whole.xz" 2>/dev/null
if [ -s "$work/whole.xz" ]; then
	head -c $(($(stat -c %s "$work/whole.xz") / 2)) "$work/whole.xz" >"$work/cut"
	refused 'cut off|not a tar' "compressed and cut off" "$work/cut"
else
	skip 2 "no xz here"
fi
mkdir "$work/outside"
echo evil >"$work/evil"
tar -P -cf "$work/dots.tar" --transform "s,.*,../../../../../..$work/outside/dots," "$work/evil"
refused 'leads outside' "names with .." "$work/dots.tar"
tar -P -cf "$work/absolute.tar" --transform "s,.*,$work/outside/absolute," "$work/evil"
refused 'leads outside' "absolute names" "$work/absolute.tar"
ln -s "$work/outside" "$work/link"
tar -C "$work" -cf "$work/through.tar" link
tar -C "$work" -rf "$work/through.tar" --transform 's,^evil,link/through,' evil
refused 'link' "names through a link" "$work/through.tar"
is "$(ls -A "$work/outside")" "" "nothing was written outside"
deep=$work/deep
mkdir "$deep"
(cd "$deep" && for ((i = 0; i < 300; i++)); do mkdir d && cd d || exit; done)
refused 'nested more than' "a tree that is too deep" "$deep"
expect 0 "control: the archive is good" vserver image import bad "$work/whole.tar"
vserver image remove bad >/dev/null

# --- cut off ----------------------------------------------------------------------------------
mkdir "$work/large"
for i in {1..20}; do head -c 4000000 /dev/zero | tr '\0' "$((i % 10))" >"$work/large/$i"; done
tar -C "$work/large" -cf "$work/large.tar" .
under_way() { compgen -G "$images/.cut.*/root" >/dev/null; }

# cut WHAT: an import of large.tar ends when WHAT does.
cut()
{
	vserver image import cut "$work/large.tar" >/dev/null 2>&1 &
	local client=$!

	expect 0 "control: an import is under way" eventually 20 under_way
	"$@"
	wait "$client"
	expect 0 "$1: the daemon answers" eventually 30 vserver image list
	expect 0 "$1: what the import had made is removed" eventually 30 nothing_half
	is "$(vserver image list --quiet)" "" "$1: and no image is there"
}
kill_client() { kill -9 "$client"; }
kill_worker() { kill -9 "$(pgrep -x vserverd-worker)"; }
kill_daemon() { kill -9 "$(systemctl show -P MainPID vserverd)"; }
cut kill_client
cut kill_worker
cut kill_daemon
expect 0 "control: it can be imported" vserver image import cut "$work/large.tar"
expect 0 "and is whole" vserver image verify cut

# Whoever waits for it is killed; the worker stands still, so that it does not end by itself.
works() { pgrep -x vserverd-worker; }
no_worker() { ! works; }
abandoned()
{
	vserver image "$1" cut >/dev/null 2>&1 &
	client=$!
	eventually 20 works
	kill -STOP "$(works)"
	kill -9 $client
	wait $client
}
abandoned verify
expect 0 "a verification ends with its client" eventually 20 no_worker
expect 0 "control: another does not" vserver image verify cut

# A removal that is cut off: the image is whole, or gone.
vserver image remove cut >/dev/null 2>&1 &
client=$!
eventually 5 sh -c "ls -d $images/.sha256-* || ! ls -d $images/cut"
kill_daemon
wait "$client"
expect 0 "a removal is cut off, and the daemon comes again" eventually 30 vserver image list
expect 0 "nothing of the image is left" eventually 30 nothing_half
is "$(vserver image list --json | jq length)" 0 "nor is it shown"
# As a crash leaves it between the image and its name.
nothing_at_all() { [ -z "$(ls -A "$images")" ]; }
vserver image import cut "$work/outside" >/dev/null
systemctl stop vserverd.socket vserverd
mv "$images/$(digest cut)" "$images/.$(digest cut).aaaaaa"
systemctl start vserverd
is "$(vserver image list --quiet)" "" "one that is half removed is not shown"
expect 0 "and nothing is left of it, its name neither" eventually 30 nothing_at_all
expect 0 "control: and then there is one again" vserver image import cut "$work/outside"
vserver image remove cut >/dev/null

# --- blocks -------------------------------------------------------------------------------------
# used: KiB of the file system that has the images
used()
{
	sync -f "$images"
	df --output=used -k "$images" | tail -n 1
}
mkdir "$work/some"
cp "$work/large"/[1-9] "$work/some"
tar -C "$work/some" -cf "$work/some.tar" .
for kind in xfs btrfs; do
	truncate -s 400M "$work/disk"
	expect 0 "control: there is $kind" "mkfs.$kind" -q "$work/disk" && mount -o loop "$work/disk" "$images"
	cp -r "$work/some" "$images/some"
	before=$(used)
	expect 0 "$kind: a directory on the same file system" vserver image import shared "$images/some"
	[ $(($(used) - before)) -lt 20000 ]
	ok $? "$kind: shares its blocks" || diag "$before, $(used)"
	expect 0 "$kind: and is whole" vserver image verify
	printf X | dd of="$images/some/7" conv=notrunc status=none
	expect 0 "$kind: whatever becomes of the directory" vserver image verify
	vserver image remove shared >/dev/null
	before=$(used)
	vserver image import unpacked "$work/some.tar" >/dev/null
	[ $(($(used) - before)) -gt 30000 ]
	ok $? "control: an archive on $kind has its own" || diag "$before, $(used)"
	umount "$images"
	rm "$work/disk"
done
is "$(ls -A "$images")" "" "nothing is left"
done_testing
