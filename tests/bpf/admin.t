#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What is refused to a context whatever its ceiling: bpf(), modules, kernels,
# and the file systems that are windows on the kernel.

. tests/tap.sh
. tests/bpf/bpf.sh

contexts $all
without_mknod=1fff7ffffff		# bit 27

says ok "control: the host can call bpf()" host bpf
says EPERM "A cannot, with all capabilities" A bpf
says ENOEXEC "control: a bad module of the host is looked at" host init-module
says EPERM "A's is not" A init-module
says ENOEXEC "control: a bad module in a file of the host is looked at" \
	host finit-module /etc/passwd
says EPERM "A's is not" A finit-module /etc/passwd
says ENOEXEC "control: a bad kernel of the host is looked at" host kexec /etc/passwd
says EPERM "A's is not" A kexec /etc/passwd

# --- CAP_SYS_BOOT, which a guest has: reboot() and nothing else -------------------
for flags in 0 2; do	# 2: the kernel that kdump boots
	says ok "control: the host unloads a kernel (flags $flags)" host kexec-unload $flags
	says EPERM "A does not" A kexec-unload $flags
done
says ok "control: the host does, under any disguise" host kexec-unload-disguised
says EPERM "A does not under the disguise of reboot()" A kexec-unload-disguised
for call in kexec-load kexec-load32; do
	says ok "control: the host may call $call" host $call
	says EPERM "A may not" A $call
done
for call in reboot reboot32; do
	says ok "control: A reboots a PID namespace ($call)" A $call
done
"$context" set 42 ceiling=1fffbfffff		# without bit 22
says EPERM "without CAP_SYS_BOOT it does not" A reboot
"$context" set 42 ceiling=$all

# sysfs, and what is mounted below it
for mount in "debugfs /sys/kernel/debug" "tracefs /sys/kernel/tracing" \
	     "configfs /sys/kernel/config"; do
	set -- $mount
	mountpoint -q "$2" || mount -t "$1" "$1" "$2" 2>/dev/null
done
for file in kernel/uevent_helper kernel/mm/transparent_hugepage/enabled power/state \
	    kernel/debug/sched/verbose kernel/tracing/tracing_on; do
	[ -e "/sys/$file" ] || continue
	says ok "control: the host opens /sys/$file to write" host open-write "/sys/$file"
	says EPERM "A cannot" A open-write "/sys/$file"
	says EPERM "A cannot change its mode" A chmod "/sys/$file" 0666
done
says ok "control: A can read sysfs" A read /sys/kernel/mm/transparent_hugepage/enabled

for file in kernel/debug/sched/verbose kernel/tracing/tracing_on; do
	[ -e "/sys/$file" ] || continue
	says ok "control: the host reads /sys/$file" host read "/sys/$file"
	says EPERM "A cannot even read it" A read "/sys/$file"
done

says EPERM "A cannot unlink a pin" A unlink /sys/fs/bpf/vserver/enter
says EPERM "nor make a directory beside it" A mkdir /sys/fs/bpf/other
says EPERM "nor a link" A symlink /sys/fs/bpf/link
says ok "control: the host can" host symlink /sys/fs/bpf/link
rm /sys/fs/bpf/link
says ok "control: the host can" host mkdir /sys/fs/bpf/other
says EPERM "A cannot remove it" A rmdir /sys/fs/bpf/other
rmdir /sys/fs/bpf/other
says ok "control: A can make a directory elsewhere" A mkdir "$scratch/directory"

# --- devices ------------------------------------------------------------------------
disk=$(findmnt -no SOURCE /)
"$context" set 42 ceiling=$without_mknod
for device in "$disk" /dev/kmsg /dev/console; do
	says ok "control: the host opens $device" host open-write "$device"
	says EPERM "A does not" A open-write "$device"
done
for device in null zero full random urandom ptmx; do
	says ok "A opens /dev/$device" A open-write /dev/$device
done
"$context" set 42 ceiling=$all
says ok "control: with CAP_MKNOD in its ceiling A opens $disk" A open-write "$disk"
says EPERM "A types nothing into a terminal" A tty-type
says "@(ok|EIO)" "control: the host would, where the kernel still lets" host tty-type

# --- by its ceiling ---------------------------------------------------------------
says ok "control: the host reads the kernel's log" host klog
says ok "A does, with CAP_SYSLOG in its ceiling" A klog
says ok "control: A has CAP_SYS_ADMIN" A quota-sync
"$context" set 42 ceiling=$none
says EPERM "without, it does not" A klog
says EPERM "without CAP_SYS_ADMIN no quotas" A quota-sync
says ok "control: the host syncs quotas" host quota-sync

finish
