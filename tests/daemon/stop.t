#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A stop is heard: by an init that does not listen yet, after a reboot, by one
# whose program has been replaced; and it ends where an init never listens.

. tests/tap.sh
. tests/daemon/daemon.sh

tiny "$scratch/tiny.tar"
traces >"$scratch/before"
cleanup vserver delete web --yes
cleanup vserver stop web
# Dash under another name: what asks it to power off is SIGRTMIN+4.
vserver build web --from "$scratch/tiny.tar" 'init=/usr/lib/systemd/systemd /etc/boot 38'
root=$(root_of web)
mkdir -p "$root/usr/lib/systemd"
add_program web sh usr/lib/systemd/systemd
add_program web perl
cat >"$root/etc/boot" <<'END'
sleep "$(cat /etc/deaf)"
trap 'echo asked >/etc/end; exit 0' "$1"
echo >/etc/listens
while :; do sleep 3600 & wait; done
END

# asked: init has heard it, and nothing was killed.
asked()
{
	[ "$(cat "$root/etc/end" 2>/dev/null)" = asked ]
	local status=$?
	rm -f "$root/etc/end" "$root/etc/listens"
	return "$status"
}

# stops_within SECONDS
stops_within()
{
	local start=$SECONDS
	vserver stop web && [ $((SECONDS - start)) -le "$1" ]
}

echo 0 >"$root/etc/deaf"
expect 0 "control: it starts" vserver start web
expect 0 "control: and listens" eventually 20 test -e "$root/etc/listens"
expect 0 "control: stops at once" stops_within 10
expect 0 "control: it was asked" asked

echo 4 >"$root/etc/deaf"
expect 0 "an init that does not listen yet" vserver start web
expect 1 "control: it does not" test -e "$root/etc/listens"
expect 0 "stops as soon as it does" stops_within 20
expect 0 "it was asked" asked

echo 0 >"$root/etc/deaf"
expect 0 "one that boots again" vserver start web
expect 0 "listens" eventually 20 test -e "$root/etc/listens"
echo 4 >"$root/etc/deaf"
rm "$root/etc/listens"
reboots web
expect 0 "it boots again" eventually 20 booted web 2
expect 0 "stopped before it listens" stops_within 20
expect 0 "it was asked" asked

expect 0 "one that goes down to boot again" vserver start web
expect 0 "listens" eventually 20 test -e "$root/etc/listens"
reboots web
expect 0 "stopped meanwhile" stops_within 20
rm -f "$root/etc/end" "$root/etc/listens"
expect 0 "is down" state web stopped

echo 0 >"$root/etc/deaf"
expect 0 "one whose program is replaced" vserver start web
expect 0 "listens" eventually 20 test -e "$root/etc/listens"
rm "$root/usr/lib/systemd/systemd"
add_program web sh usr/lib/systemd/systemd
expect_output '\(deleted\)$' "control: it is" readlink "/proc/$(field web .init)/exe"
expect 0 "it stops" stops_within 10
expect 0 "it was asked" asked

# It is in a block when it is asked, what was queued is dropped, and then it listens.
cat >"$root/etc/blocks" <<'END'
my $term = pack("Q", 1 << 14);
syscall(14, 0, $term, 0, 8);
open(F, ">/etc/blocks.now"); close(F);
sleep 1 until -e "/etc/end.block";
syscall(14, 1, $term, 0, 8);
sleep 1;
$SIG{TERM} = sub { open(F, ">/etc/end"); print F "asked\n"; close(F); exit 0 };
sleep 1 while 1;
END
expect 0 "one that blocks the signal for a while" \
	vserver set web 'init=/usr/bin/perl /etc/blocks'
expect 0 "starts" vserver start web
expect 0 "blocks it" eventually 20 test -e "$root/etc/blocks.now"
vserver stop web &
sees_pending() { grep -q '^ShdPnd:.*4...$' "/proc/$(field web .init)/status"; }
expect 0 "is asked" eventually 10 sees_pending
touch "$root/etc/end.block"
expect 0 "stops" eventually 20 state web stopped
expect 0 "it was asked again" asked

# It reads the signal, blocks it no more, and is busy for a while.
cat >"$root/etc/reads" <<'END'
my $term = pack("Q", 1 << 14);
syscall(14, 0, $term, 0, 8);
open(F, ">/etc/listens"); close(F);
syscall(128, $term, 0, 0, 8);
syscall(14, 1, $term, 0, 8);
sleep 3;
open(F, ">/etc/end"); print F "asked\n"; close(F);
END
expect 0 "one that reads the signal and then shuts down" \
	vserver set web 'init=/usr/bin/perl /etc/reads'
expect 0 "starts" vserver start web
expect 0 "listens" eventually 20 test -e "$root/etc/listens"
sleep 11	# then one that does not listen is killed
expect 0 "it stops" vserver stop web
expect 0 "and was not killed before" asked

expect 0 "an init that never listens" vserver set web 'init=/usr/bin/sleep 1000'
expect 0 "starts" vserver start web
expect 0 "and is killed soon" stops_within 20

expect 0 "deleted" vserver delete web --yes
expect 0 "nothing is left" eventually 20 nothing_left

done_testing
