#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What /proc and /sys tell of the machine and its memory, raw memory, and disks
# that are mounted.

. tests/tap.sh
. tests/bpf/bpf.sh

contexts $all
without_mknod=1fff7ffffff		# bit 27

# --- what root alone may read -------------------------------------------------------
some=0
for file in /proc/kpagecount /proc/slabinfo /proc/vmallocinfo /proc/sys/net/ipv4/tcp_fastopen_key \
	    /proc/sys/fs/protected_hardlinks /sys/module/vserver/sections/.text /proc/kcore; do
	[ -n "$(find "$file" ! -perm -o=r 2>/dev/null)" ] || continue
	some=$((some + 1))
	says ok "control: the host reads $file" host open-read "$file"
	says EPERM "A does not" A open-read "$file"
done
expect 0 "control: there were some" test "$some" -ge 4
for file in /proc/meminfo /proc/cpuinfo /proc/sys/kernel/osrelease /sys/devices/system/cpu/online; do
	says ok "control: A reads $file, as everybody may" A read "$file"
done

# --- where things are in memory -------------------------------------------------------
symbols() { awk '$1 !~ /^0+$/ { n++ } END { print (n ? "addresses" : "none") }' /proc/kallsyms; }
export -f symbols
"$context" set 42 ceiling=$none
says addresses "control: the host reads addresses in kallsyms" bash -c symbols
says none "A does not" "$context" enter 42 0 bash -c symbols
"$context" set 42 ceiling=$without_mknod

# --- memory and ports as devices ---------------------------------------------------------
for device in /dev/mem /dev/port; do
	[ -e "$device" ] || continue
	says ok "control: the host opens $device" host open-read "$device"
	says EPERM "A does not" A open-read "$device"
done

# --- disks ----------------------------------------------------------------------------
disk=$(findmnt -no SOURCE /) type=$(findmnt -no FSTYPE /)
says ok "control: the host mounts $disk" host mount "$disk" "$type"
says EPERM "A does not, without CAP_MKNOD" A mount "$disk" "$type"
says ok "control: it mounts what is no disk" A mount none tmpfs
"$context" set 42 ceiling=$all
says ok "control: with CAP_MKNOD it does" A mount "$disk" "$type"

# --- version 1 of cgroups: its release_agent is a program of the host's ----------------
"$context" set 42 flags=2 ceiling=$all
mkdir "$scratch/v1"
if mount -t cgroup -o none,name=vserver-test cgroup "$scratch/v1" 2>"$scratch/why"; then
	cleanup umount "$scratch/v1"
	says ok "control: the host writes release_agent" host open-write "$scratch/v1/release_agent"
	says EPERM "A does not, with all capabilities and the flag" \
		A open-write "$scratch/v1/release_agent"
	says EPERM "nor makes a group" A mkdir "$scratch/v1/group"
else
	skip 3 "this kernel mounts no cgroups of version 1: $(cat "$scratch/why")"
fi

finish
