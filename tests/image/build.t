#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Images of Debian, by mmdebstrap, from an archive of packages that is made here:
# no network is needed.
#
# any-kernel

. tests/tap.sh
. tests/image/image.sh
. tests/image/packages.sh

# --- an archive of packages -----------------------------------------------------------
# package NAME: with a program that is called so
package()
{
	mkdir -p "$work/$1/usr/bin"
	printf '#!/bin/sh\necho %s\n' "$1" >"$work/$1/usr/bin/$1"
	chmod 755 "$work/$1/usr/bin/$1"
	publish "$1" "$work/$1"
}
package first
package second
package third

# debian ARGUMENT…: an image called debian
debian()
{
	vserver image build debian --debian trixie --variant extract "$@"
}

# --- what is built --------------------------------------------------------------------
expect_output '^debian: built, [0-9a-f]{12}, ' "an image of Debian" \
	debian --include first,second --mirror "$mirror"
root=$(root_of_image debian)
is "$(find "$root/usr/bin" -type f -printf '%f\n' | sort | xargs)" "first second" "has the packages that were named"
is "$("$root/usr/bin/first")" first "whole"
expect 1 "no device is in it" test -e "$root/dev/null"
expect 1 "nor the host's name servers" test -e "$root/etc/resolv.conf"
expect_output "^From: +Debian trixie\$" "it says from what it is" vserver image show debian
expect 0 "and is whole" vserver image verify debian
is "$(find "$images" -name scratch -o -name debian.tar)" "" "nothing else is left"
expect_error 1 'an image of that name, and it is another' "another of that name" \
	debian --include third --mirror "$mirror"
expect 0 "control: with --replace" debian --replace --include third --mirror "$mirror"
expect 0 "it is that" test -x "$(root_of_image debian)/usr/bin/third"
for image in $(vserver image list --json | jq -r '.[].digest'); do vserver image remove "$image" >/dev/null; done
is "$(ls -A "$images")" "" "removed, by their digests"

# --- what is refused --------------------------------------------------------------------
# refused REGEX NAME ARGUMENT…: one line that says why, and nothing is left
refused()
{
	local regex=$1 name=$2
	shift 2
	expect_error 1 "$regex" "$name" "$@"
	is "$(ls -A "$images")" "" "$name: nothing is left"
}
refused 'mmdebstrap: .*nowhere' "a package that is not there: mmdebstrap's own words" \
	debian --include nowhere --mirror "$mirror"
refused 'mmdebstrap: E: ' "no archive of packages" debian --mirror "deb [trusted=yes] copy:$work/none ./"
refused 'is no suite' "a suite that is an option" vserver image build debian --debian=--keyring=x
refused 'is no name of a package' "a package that is more" debian --include 'a;b' --mirror "$mirror"
refused 'is no mirror' "a mirror that is an option" debian --mirror=--setup-hook=x
expect_error 2 '--debian SUITE is missing' "no suite" vserver image build debian
mount --bind /dev/null /usr/bin/mmdebstrap
cleanup umount /usr/bin/mmdebstrap
refused 'mmdebstrap is not there; install it: apt install mmdebstrap' "no mmdebstrap" \
	debian --include first --mirror "$mirror"
umount /usr/bin/mmdebstrap

# --- cut off ------------------------------------------------------------------------------
# A server that answers nothing.
socat TCP-LISTEN:8099,bind=127.0.0.1,reuseaddr,fork EXEC:'sleep 300' &
cleanup kill $!
runs() { pgrep -f '^/usr/bin/perl.*mmdebstrap|^perl.*mmdebstrap' >/dev/null && compgen -G "$images/.debian.*/scratch/*" >/dev/null; }
gone() { ! pgrep -f mmdebstrap >/dev/null && nothing_half; }
for what in client worker daemon; do
	debian --include first --mirror "deb [trusted=yes] http://127.0.0.1:8099/ ./" >/dev/null 2>&1 &
	client=$!
	expect 0 "control: mmdebstrap runs" eventually 30 runs
	case $what in
	client) pkill -9 -P "$client" ;;
	worker) kill -9 "$(pgrep -x vserverd-worker)" ;;
	daemon) kill -9 "$(systemctl show -P MainPID vserverd)" ;;
	esac
	wait "$client"
	expect 0 "$what killed: the daemon answers" eventually 30 vserver image list
	expect 0 "$what killed: nothing runs, nothing is left" eventually 30 gone
	is "$(findmnt -rn -o TARGET | grep -c "$images")" 0 "$what killed: nor is anything mounted"
done
expect 0 "control: and it can be built" debian --include first --mirror "$mirror"
vserver image remove debian >/dev/null
done_testing
