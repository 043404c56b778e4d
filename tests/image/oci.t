#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# OCI image layouts, as umoci makes them, with several layers, whiteouts and opaque
# directories: the tree is the one that umoci unpacks.  And layouts that are damaged
# or hostile.
#
# any-kernel

. tests/tap.sh
. tests/image/image.sh

layout=$work/layout
umoci() { command umoci "$@" >>"$work/umoci.log" 2>&1; }

# same NAME TAG WHAT: the image is what umoci unpacks of the tag.
same()
{
	rm -rf "$work/theirs"
	umoci unpack --image "$layout:$2" "$work/theirs"
	expect 0 "$3: the same tree as umoci's" diff <(listing "$work/theirs/rootfs") <(listing "$(root_of_image "$1")")
}

# --- as umoci makes them ------------------------------------------------------------
umoci init --layout "$layout"
umoci new --image "$layout:base"
expect 0 "control: umoci makes a layout" umoci unpack --image "$layout:base" "$work/bundle" ||
	diag "$(<"$work/umoci.log")"
rootfs=$work/bundle/rootfs
everything "$rootfs"
mkdir -p "$rootfs"/{going/deep,opaque/sub,swap-dir/in,keep}
touch "$rootfs"/{going/a,going/deep/b,opaque/old,opaque/sub/old,swap-dir/in/x,swap-file,keep/one,keep/two}
ln -s keep "$rootfs/swap-link"
setfattr -n user.first -v 1 "$rootfs/keep"
umoci repack --refresh-bundle --image "$layout:one" "$work/bundle"
expect_output '^one: imported' "a layer" vserver image import one "$layout" --tag one
same one one "a layer"

# The second takes away, and puts one kind in the place of another.
rm -r "$rootfs/going" "$rootfs/keep/one" "$rootfs/swap-dir" "$rootfs/swap-file" "$rootfs/swap-link"
touch "$rootfs/swap-dir" "$rootfs/keep/three"
mkdir "$rootfs/swap-file" "$rootfs/swap-link"
touch "$rootfs/swap-file/y" "$rootfs/swap-link/z"
chmod 700 "$rootfs/keep"
setfattr -x user.first "$rootfs/keep"
setfattr -n user.second -v 2 "$rootfs/keep"
echo more >>"$rootfs/etc/file"
chown 7:8 "$rootfs/bin/capable"
setcap cap_chown+ep "$rootfs/bin/capable"
umoci repack --refresh-bundle --image "$layout:two" "$work/bundle"
mkdir -p "$work/insert/new"
touch "$work/insert/fresh" "$work/insert/new/file"
umoci insert --image "$layout:two" --tag three --opaque "$work/insert" /opaque
umoci insert --image "$layout:three" --tag four --whiteout /deep/er
manifest=$(jq -r '.manifests[] | select(.annotations."org.opencontainers.image.ref.name" == "four").digest' "$layout/index.json")
layers=$(jq -r '.layers[].digest' "$layout/blobs/sha256/${manifest#sha256:}" | sed 's/sha256://')
is "$(wc -l <<<"$layers")" 4 "control: there are four layers"
for layer in $layers; do tar -tf "$layout/blobs/sha256/$layer"; done >"$work/entries"
expect 0 "control: with whiteouts" grep -q '\.wh\.going' "$work/entries"
expect 0 "control: and an opaque directory" grep -q 'opaque/\.wh\.\.wh\.\.opq' "$work/entries"
for tag in two three four; do
	expect_output "^$tag: imported" "layers: $tag" vserver image import "$tag" "$layout" --tag "$tag"
	same "$tag" "$tag" "layers: $tag"
done
expect 1 "what was taken away is not there" test -e "$(root_of_image four)/going" -o -e "$(root_of_image four)/deep/er"
is "$(find "$(root_of_image four)/opaque" -type f -printf '%P\n' | sort | xargs)" "fresh new/file" \
	"and of an opaque directory only what is above"
expect_error 1 'several images: one, two, three, four; say which: --tag TAG|several images: .*base.*--tag' \
	"a layout of several wants a tag" vserver image import any "$layout"
expect_error 1 "no image of it is tagged 'five'; there are: " "one that is there" \
	vserver image import any "$layout" --tag five

tar -C "$layout" -cf "$work/layout.tar" .
expect_output '^packed: imported' "an archive of a layout" vserver image import packed "$work/layout.tar" --tag four
is "$(digest packed)" "$(digest four)" "is the same image"
tar -C "$layout" -czf "$work/layout.tar.gz" blobs index.json oci-layout
expect_output '^packed: imported' "compressed, in another order" vserver image import packed "$work/layout.tar.gz" --tag four
is "$(digest packed)" "$(digest four)" "is the same image too"
expect_error 1 'no OCI image layout' "a directory that is none has no tags" \
	vserver image import any "$rootfs" --tag four
expect 0 "all are whole" vserver image verify
for name in $(vserver image list --quiet); do vserver image remove "$name" >/dev/null; done
is "$(ls -A "$images")" "" "nothing is left"

# --- made by hand: of the archives that are given, a layer each -------------------------
# blob FILE TYPE: a descriptor of it, and it is in the layout.
blob()
{
	local hex

	hex=$(sha256sum <"$1" | cut -d' ' -f1)
	cp "$1" "$hand/blobs/sha256/$hex"
	jq -nc --arg t "$2" --arg d "sha256:$hex" --argjson s "$(stat -c %s "$1")" '{mediaType: $t, digest: $d, size: $s}'
}

# hand ARCHIVE…: $hand; $config may be another than this machine's.
hand=$work/hand
config='{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}'
hand()
{
	local layers=

	rm -rf "$hand"
	mkdir -p "$hand/blobs/sha256"
	echo '{"imageLayoutVersion":"1.0.0"}' >"$hand/oci-layout"
	for layer in "$@"; do
		layers+=$(blob "$layer" "${type-application/vnd.oci.image.layer.v1.tar}")
	done
	echo "$config" >"$work/config"
	jq -sc --argjson c "$(blob "$work/config" application/vnd.oci.image.config.v1+json)" \
		'{schemaVersion: 2, config: $c, layers: .}' <<<"$layers" >"$work/manifest"
	blob "$work/manifest" application/vnd.oci.image.manifest.v1+json |
		jq -c '{schemaVersion: 2, manifests: [.]}' >"$hand/index.json"
}

# refused REGEX NAME: $hand
refused()
{
	expect_error 1 "$1" "$2" vserver image import bad "$hand"
	is "$(ls -A "$images")" "" "$2: nothing is left"
}

# good NAME: $hand can be imported
good()
{
	expect 0 "$1" vserver image import bad "$hand"
	listing "$(root_of_image bad)" >"$work/good"
	vserver image remove bad >/dev/null
}

outside=$work/outside
mkdir -p "$work/lower/dir" "$outside"
touch "$work/lower/dir/file" "$outside/precious"
ln -s "$outside" "$work/lower/out"
ln -s dir "$work/lower/in"
tar -C "$work/lower" -cf "$work/lower.tar" .

# whiteout NAME: an archive with an empty file that is called so
whiteout()
{
	rm -f "$work/upper.tar"
	: >"$work/void"
	tar -P -C "$work" -cf "$work/upper.tar" --transform "s,^void,$1," void
	tar -tPf "$work/upper.tar" | grep -qxF -- "$1" || ok 1 "control: there is such an archive: $1"
}

hand "$work/lower.tar"
good "control: by hand"
tar -cf "$work/empty.tar" -T /dev/null
hand "$work/lower.tar" "$work/empty.tar"
good "a layer that changes nothing"
head -c 1024 /dev/urandom >"$work/noise.tar"
hand "$work/lower.tar" "$work/noise.tar"
refused 'layer 2: it is not a tar archive' "one that is noise"
whiteout dir/.wh.file
hand "$work/lower.tar" "$work/upper.tar"
good "control: a whiteout"
expect 1 "and it does what it is for" grep -q 'dir/file' "$work/good"
for name in .wh... .wh.. .wh. dir/.wh...; do
	whiteout "$name"
	hand "$work/lower.tar" "$work/upper.tar"
	refused "whiteout '$name' leads outside" "a whiteout that is called $name"
done
for name in ../.wh.precious "$outside/.wh.precious"; do
	whiteout "$name"
	hand "$work/lower.tar" "$work/upper.tar"
	refused 'leads outside' "a whiteout in ${name%%/*}/"
done
for name in out/.wh.precious in/.wh.file out/.wh..wh..opq; do
	whiteout "$name"
	hand "$work/lower.tar" "$work/upper.tar"
	refused "whiteout '$name' leads through a link" "a whiteout through a link, $name"
done
whiteout .wh.out
hand "$work/lower.tar" "$work/upper.tar"
good "control: a whiteout of the link itself"
tar -P -C "$work" -cf "$work/upper.tar" --transform 's,^void,out/planted,' void
hand "$work/lower.tar" "$work/upper.tar"
refused 'link' "a name through a link of the layer below"
tar -P -C "$work" -cf "$work/upper.tar" --transform "s,^void,../planted," void
hand "$work/lower.tar" "$work/upper.tar"
refused 'leads outside' "a name with .."
mkdir "$work/links"
touch "$work/links/file"
ln "$work/links/file" "$work/links/second"
tar -P -C "$work/links" -cf "$work/upper.tar" --transform "s,^file,$outside/precious,RSh" file second
is "$(tar -tvPf "$work/upper.tar" | grep -c "link to $outside/precious")" 1 "control: a hard link to outside"
hand "$work/lower.tar" "$work/upper.tar"
refused 'outside' "a hard link to outside"
is "$(ls -A "$outside")" precious "nothing outside was touched"
mknod "$work/device" c 1 3
tar -C "$work" -cf "$work/upper.tar" --transform 's,^device,dir/file,' device
hand "$work/lower.tar" "$work/upper.tar"
good "a device"
expect 1 "is left out" grep -q '^c' "$work/good"

# --- damaged -------------------------------------------------------------------------------
hand "$work/lower.tar"
layer=$hand/blobs/sha256/$(sha256sum <"$work/lower.tar" | cut -d' ' -f1)
printf X | dd of="$layer" bs=1 seek=600 conv=notrunc status=none
refused 'blobs/sha256/[0-9a-f]* is damaged: its digest is' "a layer with another byte"
truncate -s -1 "$layer"
refused 'has [0-9]+ bytes, not [0-9]+' "a layer that is cut off"
rm "$layer"
refused 'blobs/sha256/[0-9a-f]*: it is missing' "a layer that is not there"
ln -s "$work/lower.tar" "$layer"
refused 'blobs/sha256/' "a layer that is a link"
head -c 100 "$work/lower.tar" >"$work/cut.tar"
hand "$work/cut.tar"
refused 'layer 1: it is' "an archive that is cut off, with its digest"
type=application/x-other hand "$work/lower.tar"
refused "a kind that is not known: 'application/x-other'" "a layer of another kind"
config='{"architecture":"arm64","os":"linux"}' hand "$work/lower.tar"
refused 'is for linux on arm64' "one for another machine"
hand "$work/lower.tar"
jq -c '.manifests[0].platform = {architecture: "s390x", os: "linux"}' "$hand/index.json" >"$work/index" && cp "$work/index" "$hand/index.json"
refused 'no image for linux on amd64' "an index of others"
hand "$work/lower.tar"
jq -c '.manifests[0].platform = {architecture: "amd64", os: "linux"} |
	.manifests += [.manifests[0] | .platform.architecture = "arm64" | .digest = "sha256:" + ("0" * 64)]' \
	"$hand/index.json" >"$work/index" && cp "$work/index" "$hand/index.json"
good "control: of an index of several that of this machine"
for digest in md5:abc sha256:../../../../etc/passwd "sha256:$(printf 'A%.0s' {1..64})"; do
	jq -c --arg d "$digest" '.manifests[0].digest = $d' "$work/index" >"$hand/index.json"
	refused 'one by SHA-256 is wanted' "a digest that is none: $digest"
done
echo '{"manifests": 7}' >"$hand/index.json"
refused 'its index has no manifests' "an index without manifests"
echo '{' >"$hand/index.json"
refused 'its index is not JSON' "an index that is not JSON"
hand "$work/lower.tar"
good "control: by hand, again"
done_testing
