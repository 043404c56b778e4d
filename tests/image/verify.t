#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# An image that was changed: each kind of change is found and said, and one that
# was not is not.
#
# any-kernel

. tests/tap.sh
. tests/image/image.sh

tree=$work/tree
everything "$tree"
vserver image import one "$tree" >/dev/null
root=$(root_of_image one)
[ -d "$root" ] || bail_out "there is an image"

# finds REGEX NAME CHANGE UNDO: each a command for sh, in the tree.
finds()
{
	(cd "$root" && eval "$3") || { ok 1 "$2: can be done"; return; }
	output=$(vserver image verify one 2>"$work/errors") && { ok 1 "$2: found"; diag "$output"; }
	grep -qE "^one: $1\$" <<<"$output" && [ "$(wc -l <"$work/errors")" = 1 ]
	ok $? "$2" || diag "$output; $(<"$work/errors")"
	(cd "$root" && eval "$4")
	expect 0 "control: undone" vserver image verify one
}

expect_output '^one: as it was made$' "control: it is as it was made" vserver image verify one
touch -d '2001-02-03' "$root/etc/file"
expect 0 "a time is not looked at" vserver image verify
finds '\./etc/file: its content is another' "content" 'printf HELLO | dd of=etc/file conv=notrunc status=none' \
	'printf hello | dd of=etc/file conv=notrunc status=none'
finds '\./etc/file: mode is 0666, not 0640' "mode" 'chmod 666 etc/file' 'chmod 640 etc/file'
finds '\./empty: mode is 0660.*|\./empty: .*posix_acl_access.*' "an ACL" 'chmod 670 empty' 'chmod 640 empty'
finds '\./sticky: uid is 1, not 65534' "owner" 'chown 1 sticky' 'chown 65534 sticky'
finds '\./sticky: gid is 1, not 65534' "group" 'chgrp 1 sticky' 'chgrp 65534 sticky'
finds '\./etc/file: its attribute user.test is another' "an attribute" 'setfattr -n user.test -v other etc/file' \
	'setfattr -n user.test -v value etc/file'
finds '\./bin/capable: its attribute security.capability is gone' "capabilities" \
	'setcap -r bin/capable' 'setcap cap_net_raw+ep bin/capable'
finds '\./deep: its attribute user.more is new' "an attribute more" 'setfattr -n user.more -v 1 deep' \
	'setfattr -x user.more deep'
finds '\./deep/new: it was added' "a file more" 'touch deep/new' 'rm deep/new'
finds '\./fifo: it is missing' "a file less" 'rm fifo' 'mkfifo -m 600 fifo'
finds '\./dangling: link is /etc, not /nowhere' "a link's target" 'ln -sfn /etc dangling' 'ln -sfn /nowhere dangling'
finds '\./fifo: type is file, not fifo.*' "a type" 'rm fifo; touch fifo; chmod 600 fifo' 'rm fifo; mkfifo -m 600 fifo'
finds '\./deep/er/hard: nlink is 1, not 2.*' "a hard link" \
	'cp -a deep/er/hard x; mv x deep/er/hard' 'ln -f etc/file deep/er/hard'
finds '\./etc/odd.* it is missing' "a name that is odd" 'mv etc/odd* ../odd' 'mv ../odd* "etc/odd \\ # = * [name
ä"'
manifest=$images/$(digest one)/manifest
cp -a "$manifest" "$work/manifest"
finds 'manifest: it is not the one that the image is named by' "the manifest" \
	"sed -i 's/mode=0640/mode=0666/' $manifest" "cp $work/manifest $manifest"
mount -t tmpfs tmpfs "$root/sticky"
expect_error 1 'something is mounted on ./sticky' "a mount" vserver image verify one
umount "$root/sticky"
touch "$root/deep/new"
is "$(vserver image verify --json one | jq -r '.[0].differences[0] | .path + " " + .what')" \
	"./deep/new it was added" "in JSON too"
expect 1 "of all that is changed" vserver image verify
rm "$root/deep/new"
for i in {1..50}; do touch "$root/deep/$i"; done
[ "$(vserver image verify one 2>/dev/null | wc -l)" -le 11 ]
ok $? "of many differences the first are told"
rm "$root"/deep/[0-9]*
expect 0 "control: and none afterwards" vserver image verify
expect 0 "removed" vserver image remove one
done_testing
