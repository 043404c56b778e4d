#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The walls of a guest: its root tries to get out by paths, descriptors, IPC,
# cgroups, kernel settings, devices and system calls.

. tests/tap.sh
. tests/guest/guest.sh

probe=build/tests/bpf/probe
secret=/run/vserver-host-secret
echo of-the-host >$secret
cleanup rm -f $secret

hostile web
cp $probe "$tree/usr/bin/probe"
inside() { vserver exec web -- "$@" </dev/null; }
# says PATTERN DESCRIPTION COMMAND...
says()
{
	local got
	got=$("${@:3}" 2>&1)
	# shellcheck disable=SC2053
	[[ $got == $1 ]]
	ok $? "$2" || diag "wanted $1, got: $got"
}

# --- .. and chroot -----------------------------------------------------------------
mkdir "$scratch/box"
cp $intruder "$scratch/box/intruder"
says ok "control: root of the host walks out of a chroot" \
	chroot "$scratch/box" /intruder walk $secret
says ENOENT "the guest's root does not" inside intruder walk $secret
says ok "control: it comes to its own root" inside intruder walk /etc/passwd

# --- a directory that is handed in ------------------------------------------------------
# hand NAME SENDER...: what the guest can do with a directory that SENDER has
hand()
{
	local name=$1
	shift
	rm -f "$tree/root/$name"
	vserver exec web -- intruder receive-directory "/root/$name" "${file-passwd}" \
		>"$scratch/$name" 2>&1 </dev/null &
	eventually 20 test -S "$tree/root/$name"
	"$@" >/dev/null 2>&1
	wait $!
	cat "$scratch/$name"
}
says EBADF "a directory of the host is not received" \
	hand one $intruder send "$tree/root/one" /etc
says ok "control: one of the guest's is" \
	hand two vserver exec web -- intruder send /root/two /etc

# --- IPC --------------------------------------------------------------------------------
says ok "the host makes shared memory" $probe shm-make 4243
cleanup ipcrm -M 4243
says ok "control: the host finds it" $probe shm-find 4243
says ENOENT "the guest does not" inside probe shm-find 4243
says ok "control: it makes some of that number" inside probe shm-make 4243
says ok "the host makes a message queue" $probe queue-make /vserver-walls
cleanup rm -f /dev/mqueue/vserver-walls
says ok "control: the host finds it" $probe queue-find /vserver-walls
says ENOENT "the guest does not" inside probe queue-find /vserver-walls
says ok "control: it makes one of that name" inside probe queue-make /vserver-walls
echo x >/dev/shm/vserver-walls
cleanup rm -f /dev/shm/vserver-walls
says ENOENT "nor does it see the host's /dev/shm" inside probe read /dev/shm/vserver-walls

# --- cgroups ------------------------------------------------------------------------------
cgroup=/sys/fs/cgroup/$(field web .cgroup)
limit=$(cat "$cgroup/pids.max")
expect 1 "the guest does not raise its own limit" \
	inside sh -c 'echo 77777 >/sys/fs/cgroup/pids.max || exit 1'
is "$(cat "$cgroup/pids.max")" "$limit" "it is what it was"
expect 1 "nor does it see the host's cgroups" inside sh -c "test -e /sys/fs/cgroup/vserver.slice"
cp "$(type -P mkdir)" "$(type -P rmdir)" "$tree/usr/bin/"
expect 0 "control: it makes cgroups of its own" \
	inside sh -c 'mkdir /sys/fs/cgroup/own && rmdir /sys/fs/cgroup/own'
# There are 65536 in the machine, and no limit of memory or tasks counts them.
fill() { inside sh -c 'cd /sys/fs/cgroup && n=0 && while mkdir c$n 2>/dev/null; do n=$((n + 1)); done; echo $n'; }
some=$(fill)
[ "${some:-0}" -gt 100 ] && [ "$some" -le 1000 ]
ok $? "but no more than a thousand" || diag "$some"
expect 0 "control: the host makes one meanwhile" mkdir "$cgroup/../made"
rmdir "$cgroup/../made"
expect 0 "and they can be removed" inside sh -c 'rmdir /sys/fs/cgroup/c[0-9]*'

# --- settings of the kernel, helpers that it runs ------------------------------------------
for file in /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sysrq-trigger \
	    /sys/kernel/uevent_helper /sys/kernel/mm/transparent_hugepage/enabled; do
	[ -e $file ] || continue
	says ok "control: the host opens $file to write" $probe open-write $file
	case $(inside probe open-write $file) in
	EROFS | EPERM | EACCES) ok 0 "the guest does not" ;;
	ok) [ $file = /proc/sysrq-trigger ] && [ "$(stat -c %t:%T "/proc/$(field web .init)/root$file")" = 1:3 ]
		ok $? "for the guest it is /dev/null" ;;
	*) ok 1 "the guest opens $file: $(inside probe open-write $file)" ;;
	esac
done

# --- /dev -------------------------------------------------------------------------------------
says "console fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero" \
	"/dev has the classic nodes" inside sh -c 'cd /dev; echo *'
for node in null zero full random urandom ptmx; do
	says ok "control: the guest opens /dev/$node" inside probe open-write /dev/$node
done
disk=$(findmnt -no SOURCE /)
init=$(field web .init)
mknod "/proc/$init/root/dev/disk" b $((0x$(stat -c %t "$disk"))) $((0x$(stat -c %T "$disk")))
chmod 666 "/proc/$init/root/dev/disk"
says ok "control: the host opens its disk" $probe open-read "$disk"
says "@(EPERM|EACCES)" "the guest does not, if there is a node" inside probe open-read /dev/disk
# What BPF's rule on files would not see: a process of the host's in that cgroup.
joined() { sh -c "echo \$\$ >$cgroup/joined/cgroup.procs && exec $probe $*"; }
mkdir "$cgroup/joined"
says EPERM "the cgroup alone refuses it" joined open-read "$disk"
says EPERM "and to make one" joined make-node "$scratch/node"
says ok "control: but not /dev/null" joined open-read /dev/null
rmdir "$cgroup/joined"
says ok "control: elsewhere the host makes one" $probe make-node "$scratch/node"

# --- terminals, keys, signals, system calls ---------------------------------------------------
says ptmx "no terminal of the host is there" inside sh -c 'cd /dev/pts; echo *'
says EPERM "there are no keys" inside probe key-add x
says EPERM "nor rings" inside probe call 425
says EPERM "for 32-bit programs neither" inside probe call32 425
says "Seccomp: 2" "init has the filter" inside sh -c 'echo $(grep ^Seccomp: /proc/1/status)'
says "Seccomp: 2" "and a command" inside sh -c 'echo $(grep ^Seccomp: /proc/self/status)'
vserver exec web -- probe signals-hold 100000000 >"$scratch/held" 2>&1 </dev/null &
holder=$!
eventually 120 test -s "$scratch/held"
says few "the guest cannot have as many signals wait as it likes" cat "$scratch/held"
says ok "the host has some left" $probe signal-queue
kill $holder
vserver stop web

# --- settings ----------------------------------------------------------------------------------
expect 0 "a guest can be given no filter and no new privileges" \
	vserver set web seccomp=none no-new-privs=yes
expect 0 "control: it starts" vserver start web
says "Seccomp: 0" "init has no filter" inside sh -c 'echo $(grep ^Seccomp: /proc/1/status)'
says "Seccomp: 0" "nor a command" inside sh -c 'echo $(grep ^Seccomp: /proc/self/status)'
says "NoNewPrivs: 1" "init gets no new privileges" inside sh -c 'echo $(grep ^NoNewPrivs: /proc/1/status)'
says "NoNewPrivs: 1" "nor a command" inside sh -c 'echo $(grep ^NoNewPrivs: /proc/self/status)'
says "@(EPERM|ENOKEY)" "there are no keys, by the rules" inside probe key-add x
expect_error 1 "none of default" "another filter is refused" vserver set web seccomp=loose
done_testing
