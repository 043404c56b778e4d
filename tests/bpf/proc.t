#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Other contexts' processes in /proc, and the files there that are the
# kernel's.

. tests/tap.sh
. tests/bpf/bpf.sh

contexts $all
host=$(start sleep infinity)
cleanup kill "$host"

for file in status cmdline environ maps stat; do
	says ok "control: the host reads $file of A" host read "/proc/$member_of_a/$file"
	says ok "A reads $file of its own" A read "/proc/$member_of_a/$file"
	says ENOENT "A finds no $file of the host" A read "/proc/$host/$file"
	says ENOENT "A finds no $file of B" A read "/proc/$member_of_b/$file"
done
says ENOENT "A finds no directory of the host's process" A read "/proc/$host/task"
says ok "control: the host writes oom_score_adj of A" \
	host open-write "/proc/$member_of_a/oom_score_adj"
says ok "A writes that of its own" A open-write "/proc/$member_of_a/oom_score_adj"
says ENOENT "A finds none of the host" A open-write "/proc/$host/oom_score_adj"
says "E*" "A does not follow exe of the host" A read "/proc/$host/exe"
says "E*" "A does not follow root of the host" A read "/proc/$host/root/etc/passwd"
says ok "control: A follows root of its own" A read "/proc/$member_of_a/root/etc/passwd"

# --- a /proc that hides: what chcontext gives ------------------------------------
expect 0 "a mount of /proc can hide them" unshare -m sh -c "
	mount -t proc -o hidepid=ptraceable proc /proc &&
	$context enter 42 0 sh -c 'test -e /proc/$member_of_a &&
		! test -e /proc/$host && ! test -e /proc/1'"
says EPERM "A cannot mount one that does not" A mount-proc ""
says ok "control: A can mount one that does" A mount-proc hidepid=ptraceable
says ok "control: the host can mount any" host mount-proc ""

# --- what is the kernel's ---------------------------------------------------------
for file in sys/kernel/core_pattern sys/kernel/hostname sys/net/ipv4/ip_forward \
	    sys/vm/drop_caches sysrq-trigger irq/default_smp_affinity; do
	[ -e "/proc/$file" ] || continue
	says ok "control: the host opens $file to write" host open-write "/proc/$file"
	says EPERM "A cannot open $file to write" A open-write "/proc/$file"
done
mode=$(stat -c %a /proc/uptime)
says EPERM "A cannot change the mode of a file of the kernel's" A chmod /proc/uptime 0
says EPERM "nor its owner" A chown /proc/uptime
says EPERM "nor those of a directory" A chmod /proc/bus 0
says EPERM "nor those of /proc itself" A chmod /proc 0700
is "$(stat -c %a:%u /proc/uptime)" "$mode:0" "they are as they were"
says ok "control: the host can" host chmod /proc/uptime "0$mode"
says ok "control: A can change a file of its own" A chmod "$scratch" 0700
says ENOENT "A cannot change what is a process's of the host" A chown "/proc/$host/status"
says ok "control: A can read a sysctl" A read /proc/sys/kernel/hostname
says ok "in a UTS namespace of its own A may set its host name" \
	unshare -u "$context" enter 42 0 "$probe" write /proc/sys/kernel/hostname guest
says "" "also as a shell does it (O_TRUNC)" \
	unshare -u "$context" enter 42 0 bash -c 'echo guest >/proc/sys/kernel/hostname'
says EPERM "but nothing else" \
	unshare -u "$context" enter 42 0 "$probe" open-write /proc/sys/kernel/core_pattern

finish
