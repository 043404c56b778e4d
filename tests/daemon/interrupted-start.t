#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A start that is cut short leaves no process, context, control group, mount
# or address behind, and the next start works: the supervisor is killed at each
# of its steps in turn, and mounts of the guest fail one after the other.  Nor half a
# layer, where the guest is one over an image.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh

command -v strace >/dev/null || bail_out "no strace"

drop_in=/run/systemd/system/vserver@web.service.d
address=192.0.2.7

# inject FILTER...: the supervisor of web is run with strace's help.
inject()
{
	mkdir -p "$drop_in"
	cat >"$drop_in/inject.conf" <<-TEXT
		[Service]
		ExecStart=
		ExecStart=strace -D -q -o /dev/null $* /usr/lib/vserver/vserver-supervisor run %I
	TEXT
	systemctl daemon-reload
}

no_injection()
{
	rm -rf "$drop_in"
	systemctl daemon-reload
}

# What a start makes; what is said of the last one that failed may stay.
made()
{
	traces | grep -v '^/run/vserver/'
	ip -o address | grep -F "$address"
	pgrep -f "[v]server-supervisor run"
}

nothing_made()
{
	made | diff "$scratch/made-before" -
}

tiny "$scratch/tiny.tar"
traces >"$scratch/before"
cleanup vserver image remove base
cleanup vserver delete web --yes
cleanup vserver stop web
cleanup no_injection
vserver build web --from "$scratch/tiny.tar" --address "$address/32 dev lo" \
	--memory 64M --cpu 50%
made >"$scratch/made-before"

expect 0 "control: it starts" vserver start web
expect 0 "control: with its address" ip -o address show to "$address"
expect 0 "control: and stops" vserver stop web
expect 0 "control: a stop leaves nothing" eventually 20 nothing_made

# --- killed ---------------------------------------------------------------------
# sendmsg() tells systemd of each step, and asks the module for each change.
for ((when = 1; when < 40; when++)); do
	inject -e trace=sendmsg -e "inject=sendmsg:signal=KILL:when=$when"
	if vserver start web >"$scratch/out" 2>"$scratch/err"; then
		break
	fi
	is "$(wc -l <"$scratch/err")" 1 "killed at message $when: one line says so"
	grep -qE "^vserver: cannot start 'web': " "$scratch/err"
	ok $? "killed at message $when: it names the guest"
	expect 0 "killed at message $when: nothing is left" eventually 20 nothing_made
done
[ "$when" -gt 7 ]
ok $? "every step was met: $((when - 1)) messages until it ran"
vserver stop web
no_injection
expect 0 "after all of them it starts" vserver start web
expect 0 "and stops" vserver stop web
expect 0 "and leaves nothing" eventually 20 nothing_made

# The state file is written before each thing is made.
for when in 1 2 3 4; do
	inject -e trace=rename,renameat,renameat2 \
		-e "inject=rename,renameat,renameat2:signal=KILL:when=$when"
	expect_error 1 "^vserver: cannot start 'web': " "killed at state $when" vserver start web
	expect 0 "killed at state $when: nothing is left" eventually 20 nothing_made
done

# --- refused --------------------------------------------------------------------
for when in 1 2 5 9; do
	inject -f -e trace=move_mount -e "inject=move_mount:error=ENOSPC:when=$when"
	expect_error 1 "^vserver: cannot start 'web': starting init: mounting .*: No space left" \
		"mount $when fails: the step and the reason are told" vserver start web
	expect 0 "mount $when fails: nothing is left" eventually 20 nothing_made
done
inject -f -e trace=pivot_root -e 'inject=pivot_root:error=EPERM'
expect_error 1 "starting init: changing the root: Operation not permitted" \
	"the root cannot be changed: told" vserver start web
expect 0 "the root cannot be changed: nothing is left" eventually 20 nothing_made

# --- and after all that -----------------------------------------------------------
works()
{
	no_injection
	expect 0 "$1: the next start works" vserver start web
	expect 0 "$1: with its address" ip -o address show to "$address"
	expect 0 "$1: a command runs in it" vserver exec web -- true
	expect 0 "$1: it stops" vserver stop web
}
works "a tree of its own"
expect 0 "it is deleted" vserver delete web --yes

# --- a layer over an image --------------------------------------------------------
# Its own steps only: that it is laid over its image, by the supervisor to look for an
# init, then by what becomes that; and made, where the guest's file is written by hand.

# killed CALL:N…: whoever is there first
killed()
{
	local call

	for call; do
		inject -f -e "trace=${call%:*}" -e "inject=${call%:*}:signal=KILL:when=${call#*:}"
		expect_error 1 "^vserver: cannot start 'web': " "killed at $call" vserver start web
		expect 0 "killed at $call: nothing is left" eventually 20 nothing_made
	done
}

vserver image import base "$scratch/tiny.tar"
vserver create web --image base --address "$address/32 dev lo" --memory 64M
made >"$scratch/made-before"
killed fsopen:1 fsconfig:8 fsmount:1 move_mount:1 move_mount:2 umount2:1
expect 0 "the image is whole" vserver image verify base
mkdir /var/lib/vserver/guests/.web.import	# as an import of what has changed makes it
cleanup rm -rf /var/lib/vserver/guests/.web.import
works "a layer"
expect 0 "what the daemon is making for it stays" rmdir /var/lib/vserver/guests/.web.import

cp /etc/vserver/guests/web.conf "$scratch/web.conf"
vserver delete web --yes
expect_error 1 "no such guest" "control: it is gone" vserver start web
cp "$scratch/web.conf" /etc/vserver/guests/web.conf
made >"$scratch/made-before"
killed symlinkat:1 mkdirat:3 mkdirat:4 fsync:1 renameat2:1
expect 1 "control: its layer was never made" test -e /var/lib/vserver/guests/web
works "a layer made by the start"
expect 0 "the image is still whole" vserver image verify base
expect 0 "it is deleted" vserver delete web --yes
expect 0 "its image can be removed" vserver image remove base
expect 0 "nothing is left" eventually 20 nothing_left

done_testing
