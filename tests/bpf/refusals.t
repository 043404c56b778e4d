#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What is refused is counted, by the family of the rule, for the context that
# asked; and told at the first, the tenth, the hundredth time.

. tests/tap.sh
. tests/bpf/bpf.sh

contexts $all
ip link add vs-test type dummy || bail_out "no dummy interface"
cleanup ip link delete vs-test
ip link set vs-test up
ip address add 10.9.0.2/24 dev vs-test
make_context 44 44 ip=10.9.0.2
bound() { "$context" enter 44 44 "$probe" "$@"; }
host=$(start sleep infinity)
cleanup kill "$host"

# refusals XID FAMILY: how often.
refusals()
{
	vserver contexts --json | jq -r ".[] | select(.xid == $1) | .refused.$2 // 0"
}
sum() { vserver contexts --json | jq -r ".[] | select(.xid == $1) | .refused | add // 0"; }

# counted FAMILY DESCRIPTION ERRNO WHO ACT…: refused to WHO, and counted once.
counted()
{
	local family=$1 xid=42 before all_before
	[ "$4" = bound ] && xid=44
	before=$(refusals "$xid" "$family") all_before=$(sum "$xid")
	says "$3" "$2" "${@:4}"
	is "$(refusals "$xid" "$family") $(sum "$xid")" "$((before + 1)) $((all_before + 1))" \
		"… which is counted as $family, once"
}

is "$(sum 42)" 0 "at first nothing was refused"
counted signal "A cannot signal the host" EPERM A kill "$host" 0
counted trace "nor attach to it" EPERM A attach "$host"
counted priority "nor change its priority" EPERM A setnice "$host"
counted kernel "nor use bpf()" EPERM A bpf
counted kernel "nor load a module" EPERM A init-module
counted proc "nor write a sysctl" EPERM A open-write /proc/sys/kernel/core_pattern
counted proc "nor read what the host's process is" ENOENT A read "/proc/$host/status"
counted file "nor make a directory in bpffs" EPERM A mkdir /sys/fs/bpf/other
counted cgroup "nor a cgroup" EPERM A mkdir /sys/fs/cgroup/other
counted cgroup "nor be born in one" EPERM A clone-into /sys/fs/cgroup
counted mount "nor mount a /proc that shows all" EPERM A mount-proc ""
counted signal "nor have the host's process signalled" EPERM A setown "$host"
"$context" set 42 ceiling=1fff7ffffff	# without bit 27
counted device "nor open the kernel's log without CAP_MKNOD" EPERM A open-write /dev/kmsg
"$context" set 42 ceiling=$none
counted capability "nor set the time without CAP_SYS_TIME" EPERM A settime
"$context" set 42 ceiling=$all
counted socket "audit is not there for it" EPROTONOSUPPORT A socket 16 3 9
counted address "so is an address that it has not" EADDRNOTAVAIL bound bind tcp 10.9.0.1 80

# --- and what is not counted -----------------------------------------------------
before=$(sum 42)
says ok "control: A can signal its own" A kill "$member_of_a" 0
says ok "and read what it is" A read "/proc/$member_of_a/status"
says EPERM "B cannot signal A" B kill "$member_of_a" 0
says ok "control: the host can" host kill "$member_of_a" 0
expect 0 "control: A lists /proc" "$context" enter 42 0 ls /proc
is "$(sum 42)" "$before" "none of that is counted for A"
is "$(refusals 43 signal)" 1 "B's is for B"

# --- telling -----------------------------------------------------------------------
nl=build/tests/kmod/netlink
coproc LISTEN { "$nl" listen 3 2>&1; }
read -r -t 20 line <&"${LISTEN[0]}"
is "$line" ready "control: the host listens"
exec {events}<&"${LISTEN[0]}"
# shellcheck disable=SC2016 # inside
many() { "$context" enter 43 0 bash -c 'for ((i = 0; i < $1; i++)); do kill -0 $2; done 2>/dev/null' - "$1" "$host"; }
many 8
many 1
many 990
read -r -t 60 line <&"$events"
[[ $line =~ ^event=5\ xid=43\ .*rule=2\ count=10\ flags=0\ event=5\ xid=43\ .*rule=2\ count=100\ flags=0\ event=5\ xid=43\ .*rule=2\ count=1000\ flags=0\ ok$ ]]
ok $? "the tenth, the hundredth and the thousandth are told, and no other" || diag "$line"
is "$(refusals 43 signal)" 1000 "control: all of them are counted"

finish
