#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Enforcement that is not whole is seen, told and mended, and meanwhile nobody
# makes or enters a context.  What can be lost: the pins, with bpffs; a link of a
# cgroup or of the network namespace, which root of the host can detach.

. tests/tap.sh
. tests/bpf/bpf.sh

contexts $none
host=$(start sleep infinity)
cleanup kill "$host"
cleanup systemctl start vserverd.socket vserverd.service
links=/sys/fs/bpf/vserver/links
without_daemon() { systemctl stop vserverd.socket vserverd.service; }
with_daemon() { systemctl start vserverd.socket vserverd.service; }
row() { vserver check --json | jq -r '.. | objects | select(.name? == "enforcement") | .ok' | head -n 1; }

# inside N: a process in A that tries once "asks N" tells it to.
inside()
{
	local pid

	pid=$(start "$context" enter 42 0 "$probe" wait-and-kill "$scratch/go.$1" "$host" \
		"$scratch/told.$1")
	cleanup kill "$pid"
}
asks() { : >"$scratch/go.$1"; eventually 10 test -s "$scratch/told.$1"; cat "$scratch/told.$1"; }

# --- bpffs is unmounted -------------------------------------------------------------
is "$(row)" true "control: enforcement is whole"
inside umount
without_daemon
expect 0 "bpffs is unmounted" umount /sys/fs/bpf
expect 1 "no pin is there" test -e $links
says EPERM "A is held" asks umount
expect 1 "the module cannot be unloaded" rmmod vserver
says "ENOKEY*not whole*restart vserverd" "nobody enters" "$context" enter 42 0 true
is "$(row)" false "vserver check says that it is not whole"
with_daemon
is "$(row)" true "the daemon mends it"
says EPERM "A is held" A kill "$host" 0

# --- a link is detached ----------------------------------------------------------------
inside detach
without_daemon
says EOPNOTSUPP "control: those of LSM hooks cannot be detached" host detach $links/vs_task_kill
says EPERM "A detaches none" A detach $links/vs_bind4
says ok "one of a cgroup can be, by the host" host detach $links/vs_bind4
says EPERM "A is held by the others" asks detach
says "ENOKEY*" "no context is made" "$context" make 44
says "ENOKEY*" "and none is entered" "$context" enter 42 0 true
expect 1 "nor by chcontext" chcontext --silent -- true
is "$(row)" false "vserver check says that it is not whole"
with_daemon
is "$(row)" true "the daemon mends it"
says "" "control: then a context is made" "$context" make 44
says "" "and entered" "$context" enter 44 0 true
"$context" end 44 2>/dev/null

without_daemon
says ok "one of the network namespace can be detached too" host detach $links/vs_sk_lookup
says "ENOKEY*" "then no context is made" "$context" make 44
is "$(row)" false "vserver check says that it is not whole"
with_daemon
is "$(row)" true "the daemon mends it"

# --- while the daemon runs ------------------------------------------------------------
told() { [ "$(journalctl -q -b --no-pager -o cat VSERVER_EVENT="$1" | wc -l)" -gt "$2" ]; }
seen() { journalctl -q -b --no-pager -o cat VSERVER_EVENT="$1" | wc -l; }
vserver events --json >"$scratch/events" 2>/dev/null &
cleanup kill $!
heard() { chcontext --silent -- true; test -s "$scratch/events"; }
expect 0 "control: somebody is told events" eventually 30 heard
lost=$(seen enforcement-lost) restored=$(seen enforcement-restored)
says ok "a link is detached" host detach $links/vs_bind4
expect 0 "the journal tells that it is lost" eventually 60 told enforcement-lost "$lost"
expect 0 "and that it is whole again" eventually 60 told enforcement-restored "$restored"
expect 0 "both are events" eventually 10 grep -q '"enforcement-restored"' "$scratch/events"
expect 0 "the first too, with why" grep -q '"enforcement-lost".*"reason":"enforcement is not whole' "$scratch/events"
is "$(row)" true "it is"
says EPERM "A is held" A kill "$host" 0
lost=$(seen enforcement-lost)
rm -r $links
expect 0 "so it is with pins that are removed" eventually 60 told enforcement-lost "$lost"
expect 0 "they come back" eventually 60 test -e $links/vs_bind4

finish
