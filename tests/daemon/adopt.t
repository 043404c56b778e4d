#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Guests do not depend on the daemon: killed, it leaves them running and
# enforced; started again, it adopts them.  A supervisor that is killed is
# another thing: its guest ends, and nothing is left of it.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh

sleep infinity &
host=$!
cleanup kill "$host"

init_of() { field "$1" .init; }
kill_daemon()
{
	systemctl kill -s KILL vserverd
	systemctl stop vserverd.socket vserverd.service
}
start_daemon() { systemctl start vserverd.socket vserverd.service; }
cleanup start_daemon

tiny "$scratch/tiny.tar"
traces >"$scratch/before"
for name in web db; do
	cleanup vserver delete "$name" --yes
	cleanup vserver stop "$name"
	vserver build "$name" --from "$scratch/tiny.tar"
done
expect 0 "two guests" vserver start web db
init=$(init_of web)
db=$(init_of db)
expect 0 "control: the guest's init is a process of this host" test -e "/proc/$init"

# --- the daemon is killed -------------------------------------------------------------
kill_daemon
expect 1 "control: the daemon is gone" pgrep -x vserverd
expect 0 "the guest's init runs on" test -e "/proc/$init"
expect 0 "control: the host can signal the process" kill -0 "$host"
expect 1 "a context still cannot" chcontext --silent -- kill -0 "$host"
expect 0 "control: a context can be made without a daemon" chcontext --silent -- true

# What ends meanwhile is seen later.
kill -KILL "$db"
expect 0 "a guest ends meanwhile" eventually 20 test ! -e "/proc/$db"

start_daemon
expect 0 "the daemon adopts the guest" state web running
is "$(init_of web)" "$init" "it is the same init"
expect 0 "and has seen that the other one ended" eventually 20 state db failed
expect 0 "an adopted guest can be entered" vserver exec web -- true
expect 0 "changed" vserver set web --tasks 77
is "$(cat /sys/fs/cgroup/vserver.slice/vserver*web*/guest/pids.max)" 77 "at once"
expect 0 "the ended one starts again" vserver start db
expect 0 "and stops" vserver stop db
for i in 1 2 3; do
	systemctl kill -s KILL vserverd
	systemctl restart vserverd
	is "$(init_of web)" "$init" "killed and started $i times: the same init"
done
expect 0 "an adopted guest is stopped" vserver stop web
expect 0 "its init has ended" test ! -e "/proc/$init"

# --- a supervisor is killed -------------------------------------------------------------
expect 0 "it starts again" vserver start web
init=$(init_of web)
systemctl kill -s KILL --kill-whom=main vserver@web.service
expect 0 "without its supervisor the guest ends" eventually 20 test ! -e "/proc/$init"
expect 0 "which is told" eventually 20 state web failed
expect 0 "the next start works" vserver start web
expect 0 "and the next stop" vserver stop web
for name in web db; do
	expect 0 "$name is deleted" vserver delete "$name" --yes
done
expect 0 "nothing is left" eventually 20 nothing_left

done_testing
