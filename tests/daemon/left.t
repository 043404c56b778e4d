#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What could not be removed is told, kept in mind, and removed by what comes
# next: a start, or a delete.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh

command -v strace >/dev/null || bail_out "no strace"

drop_in=/run/systemd/system/vserver@web.service.d
file=/run/vserver/guests/web.json

# An address of a network cannot be removed where its interface cannot be told
# to keep the others of it.
inject='-P /proc/sys/net/ipv4/conf -e trace=openat -e inject=openat:error=EACCES'

# By the clean-up of web's unit.
break_cleanup()
{
	mkdir -p "$drop_in"
	cat >"$drop_in/break.conf" <<-TEXT
		[Service]
		ExecStopPost=
		ExecStopPost=strace -q -o /dev/null $inject /usr/lib/vserver/vserver-supervisor cleanup %I
	TEXT
	systemctl daemon-reload
}

mend_cleanup()
{
	rm -rf "$drop_in"
	systemctl daemon-reload
}

has_address() { ip -o address show to 192.0.2.7 | grep -q .; }

tiny "$scratch/tiny.tar"
traces >"$scratch/before"
cleanup vserver delete web --yes
cleanup vserver stop web
cleanup mend_cleanup
vserver build web --from "$scratch/tiny.tar" --address '192.0.2.7/24 dev lo'

# --- a second supervisor ---------------------------------------------------------------
expect 0 "control: it starts" vserver start web
cp "$file" "$scratch/state"
expect_output 'vserver start web' "a supervisor by hand says what makes one" \
	sh -c '! /usr/lib/vserver/vserver-supervisor run web 2>&1'
expect 0 "and leaves the state of the one that runs" cmp "$file" "$scratch/state"
expect 0 "control: and the guest" vserver exec web -- true
expect 0 "control: it stops" vserver stop web
expect 1 "control: with its state" test -e "$file"

# --- a clean-up that fails ---------------------------------------------------------------
vserver start web
break_cleanup
expect_error 1 "cannot stop 'web': removing what is left of it: its addresses: .*denied" \
	"a stop that leaves something says so" vserver stop web
expect 0 "what is left is kept in mind" jq -e '.added | length == 1' "$file"
expect 0 "control: it is there" has_address
expect_output 'web: failed.*: its addresses: ' "and told" sh -c 'vserver status web; :'
mend_cleanup
expect 0 "the next start removes it first" vserver start web
expect 0 "and runs" vserver exec web -- true
expect 0 "with its address" has_address
break_cleanup
expect 1 "again" vserver stop web
mend_cleanup
systemctl restart vserverd
expect_output 'web: something is left of it' "a daemon that starts tells it" \
	journalctl -u vserverd -b
expect 0 "delete removes it" vserver delete web --yes
expect 1 "control: and the address" has_address
expect 0 "nothing is left" eventually 20 nothing_left

# --- a start that cannot remove it -----------------------------------------------------------
vserver build web --from "$scratch/tiny.tar" --address '192.0.2.7/24 dev lo'
vserver start web
break_cleanup
expect 1 "left once more" vserver stop web
cat >>"$drop_in/break.conf" <<TEXT
ExecStart=
ExecStart=strace -D -q -o /dev/null $inject /usr/lib/vserver/vserver-supervisor run %I
TEXT
systemctl daemon-reload
expect_error 1 "cannot start 'web': removing what is left of it: its addresses" \
	"a start that cannot remove it is none" vserver start web
expect 0 "and keeps it in mind" jq -e '.added | length == 1' "$file"
mend_cleanup
expect 0 "control: the next one can" vserver start web
expect 0 "and is stopped" vserver stop web

# --- a process that does not end ---------------------------------------------------------------
# Traced, it stops once more on its way out, and SIGKILL is behind it already.
vserver set web 'init=/usr/bin/sleep 1000'
vserver start web
vserver exec web -- sleep 999 &
cgroup=/sys/fs/cgroup/vserver.slice/vserver@web.service/guest
traced() { cat $cgroup/exec-*/cgroup.procs | grep .; }
eventually 20 sh -c "cat $cgroup/exec-*/cgroup.procs | grep -q ."
pid=$(traced | head -n1)
perl -e 'syscall(101, 0x4206, $ARGV[0] + 0, 0, 0x40) == 0 or die "ptrace: $!"; sleep 1000' "$pid" &
tracer=$!
cleanup kill "$tracer"
expect 0 "control: it is traced" eventually 10 grep -q "^TracerPid:.$tracer" "/proc/$pid/status"
mkdir -p "$drop_in"
printf '[Service]\nTimeoutStopSec=20\n' >"$drop_in/short.conf"
systemctl daemon-reload
expect_error 1 "process $pid \(sleep\) of the cgroup .* does not end; it waits in the kernel, in " \
	"a stop names what does not end" vserver stop web
expect_error 1 "cannot delete 'web': removing what is left of it: .*does not end" \
	"so it cannot be deleted" vserver delete web --yes
expect 0 "control: its tree is there" test -x "$(root_of web)/usr/sbin/init"
kill "$tracer"
expect 0 "control: let go, it ends" eventually 20 test ! -e "/proc/$pid"
mend_cleanup
expect 0 "deleted" vserver delete web --yes
expect 0 "nothing is left" eventually 20 nothing_left

done_testing
