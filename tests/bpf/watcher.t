#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The watcher, context 1: it sees every process of every context and of the
# host, and changes none, whatever its ceiling has.

. tests/tap.sh
. tests/bpf/bpf.sh

contexts $all
make_context 1 0 ceiling=$all
watcher_member=${members[2]}
W() { "$context" enter 1 0 "$probe" "$@"; }
host=$(start sleep infinity)
cleanup kill "$host"

# --- it sees --------------------------------------------------------------------
for file in status cmdline maps environ; do
	says ok "the watcher reads $file of A" W read "/proc/$member_of_a/$file"
	says ok "and of the host" W read "/proc/$host/$file"
	says ENOENT "control: B does not" B read "/proc/$member_of_a/$file"
done
for verb in getscheduler getioprio getpgid getsid kcmp; do
	says ok "the watcher can $verb A" W "$verb" "$member_of_a"
	says ok "and the host" W "$verb" "$host"
	says EPERM "control: B cannot" B "$verb" "$member_of_a"
done
sees() { "$context" enter "$1" 0 ps -e -o pid= | grep -cx " *\($host\|$member_of_a\|$member_of_b\)"; }
is "$(sees 1)" 3 "ps shows it all three"

# --- and changes nothing -----------------------------------------------------------
for verb in attach seize read-memory pidfd-getfd setscheduler setaffinity setnice setioprio \
	    setrlimit migrate-pages sigqueue tgkill pidfd-signal; do
	says ok "control: the host can $verb A" host "$verb" "$member_of_a"
	says EPERM "the watcher cannot $verb A" W "$verb" "$member_of_a"
	says EPERM "nor the host" W "$verb" "$host"
done
says EPERM "the watcher cannot kill A" W kill "$member_of_a" 0
says ok "control: it can kill its own" W kill "$watcher_member" 0
says ok "control: the host opens oom_score_adj of A to write" \
	host open-write "/proc/$member_of_a/oom_score_adj"
says ENOENT "the watcher does not" W open-write "/proc/$member_of_a/oom_score_adj"
says ok "control: it can read it" W read "/proc/$member_of_a/oom_score_adj"
says ok "control: the host opens a sysctl to write" host open-write /proc/sys/kernel/hostname
says EPERM "the watcher does not" W open-write /proc/sys/kernel/hostname
says ok "control: the host can make a cgroup" host mkdir /sys/fs/cgroup/watched
says EPERM "the watcher cannot" W mkdir /sys/fs/cgroup/watched2
rmdir /sys/fs/cgroup/watched
says "EPERM*" "nobody enters from the watcher" "$context" enter 1 0 "$context" enter 42 0 true
says "EINVAL*" "nobody can have its addresses" "$context" enter 42 1 true

finish
