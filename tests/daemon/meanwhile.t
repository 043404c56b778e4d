#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Settings and looks while something else goes on: a change is never lost to a
# reboot, the daemon answers while others wait, and waiting has an end.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh

tiny "$scratch/tiny.tar"
traces >"$scratch/before"
cleanup vserver delete web --yes
cleanup vserver stop web
vserver build web --from "$scratch/tiny.tar" cpu=10%
add_program web perl
guest=/sys/fs/cgroup/vserver.slice/vserver@web.service/guest
quota() { echo $(($(cut -d' ' -f1 "$guest/cpu.max") * 100 / $(cut -d' ' -f2 "$guest/cpu.max"))); }

# --- a reboot -------------------------------------------------------------------------
expect 0 "it starts" vserver start web
is "$(quota)" 10 "control: with its share"
for i in 1 2 3 4; do
	reboots web &
	expect 0 "set while it reboots" vserver set web "cpu=$((10 + i))%"
	wait $!
	expect 0 "it boots again" eventually 20 booted web "$((i + 1))"
	is "$(quota)" $((10 + i)) "and has what was set"
done
expect 0 "until the next start" vserver set web --runtime cpu=20%
reboots web
expect 0 "it boots again" eventually 20 booted web 6
is "$(quota)" 20 "a reboot is none"

# The same with a supervisor that takes its time over each file of the cgroup.
expect 0 "stopped" vserver stop web
slow=/run/systemd/system/vserver@web.service.d
mkdir -p "$slow"
cat >"$slow/slow.conf" <<TEXT
[Service]
ExecStart=
ExecStart=strace -D -q -o /dev/null -P $guest -e trace=openat -e inject=openat:delay_enter=400000 /usr/lib/vserver/vserver-supervisor run %I
TEXT
cleanup systemctl daemon-reload
cleanup rm -rf "$slow"
systemctl daemon-reload
expect 0 "a slow supervisor" vserver start web
init=$(field web .init)
reboots web
expect 0 "its guest goes down" eventually 20 grep -q "^State:.Z" "/proc/$init/status"
expect 0 "set before it is up again" vserver set web cpu=31%
expect 0 "it boots again" eventually 30 booted web 2
is "$(quota)" 31 "with what was set"
expect 0 "stopped" vserver stop web
rm -rf "$slow"
systemctl daemon-reload
expect 0 "a fast one again" vserver start web

# --- others wait ------------------------------------------------------------------------
flock "$(root_of web)/.." sleep 6 &
locker=$!
eventually 5 sh -c "! flock -n '$(root_of web)/..' true"
vserver set web tasks=61 &
setter=$!
answers() { [ "$(timeout 4 vserver list --no-legend --quiet)" = web ]; }
expect 0 "while a change waits the daemon answers" answers
is "$(cat "$guest/pids.max")" max "control: it waits"
expect_output 'set of it is under way' "and another is refused" sh -c '! vserver set web tasks=62 2>&1'
kill "$locker"
pkill -P "$locker" sleep
wait "$setter"
is $? 0 "then it is made"
is "$(cat "$guest/pids.max")" 61 "and in force"

# --- a look -------------------------------------------------------------------------------
look() { call Describe '{"name":"web"}' | jq -c .guest.cpuShare; }
systemctl restart vserverd
look >/dev/null
is "$(look)" null "at the first look no share is known"
sleep 0.6
expect_output '^[0-9]+$' "control: at one shortly after it is" look
sleep 10.5
is "$(look)" null "of a look long ago nothing follows"
is "$(stat -c %a /var/lib/vserver/guests)" 700 "others do not look into guests"
vserver stop web

# --- ready -------------------------------------------------------------------------------
drop_in=/run/systemd/system/vserverd.service.d
mkdir -p "$drop_in"
printf '[Service]\nEnvironment=VSERVERD_READY_SECONDS=2\n' >"$drop_in/ready.conf"
cleanup systemctl restart vserverd
cleanup systemctl daemon-reload
cleanup rm -rf "$drop_in"
systemctl daemon-reload
systemctl restart vserverd
expect_error 1 "waiting until it is ready: its init runs, but has not reported within 2 s" \
	"an init that reports nothing is not waited for without end" vserver start --wait web
expect 0 "control: the guest runs" vserver exec web -- true
expect 0 "it stops" vserver stop web
expect 0 "control: without waiting it starts" vserver start web
vserver stop web

expect 0 "deleted" vserver delete web --yes
expect 0 "nothing is left" eventually 20 nothing_left

done_testing
