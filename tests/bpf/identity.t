#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Who is in which context: entering once, never leaving, children included,
# and counted.

. tests/tap.sh
. tests/bpf/bpf.sh

contexts 1c0		# CAP_SETGID, CAP_SETUID, CAP_SETPCAP: what setpriv wants
host=$(start sleep infinity)
cleanup kill "$host"
enter() { "$context" enter "$@"; }

# --- entering ----------------------------------------------------------------
expect 0 "control: the host can enter" enter 42 0 true
expect 0 "control: and act on what is inside" kill -0 "$member_of_a"
says "EPERM*" "A cannot enter A again" enter 42 0 "$context" enter 42 0 true
says "EPERM*" "A cannot enter B" enter 42 0 "$context" enter 43 0 true
says "EPERM*" "A cannot take the addresses of B" enter 42 0 "$context" enter 0 43 true
says "EPERM*" "a nid is chosen once" enter 0 42 "$context" enter 0 43 true
says "" "control: the xid may come after the nid" enter 0 42 "$context" enter 43 0 true
says "ESRCH*" "nobody enters a context that is not there" enter 99 0 true
says "ESRCH*" "nor its addresses" enter 0 99 true
says "ESRCH*" "nor one of two" enter 42 99 true
says "EINVAL*" "nor one out of range" enter 65536 0 true
says "EINVAL*" "nor none" enter 0 0 true
expect 0 "failed entries leave no count" counts 42 1

# --- private -------------------------------------------------------------------
private=4
"$context" make 44 flags=$private ceiling=0
says "" "control: a private context is entered once" enter 44 0 true
expect 0 "and ends" gone 44
"$context" make 44 flags=$private ceiling=0
inside=$(start "$context" enter 44 0 sh -c 'sleep infinity & exec sleep infinity')
cleanup kill "$inside"
expect 0 "its own processes multiply" counts 44 2
says "EACCES*" "nobody else enters it" enter 44 0 true
says "EACCES*" "nor takes its addresses" enter 0 44 true
expect 0 "which leaves no count" counts 44 2
says "" "the host can make it public" "$context" set 44 flags=0
says "" "control: then it can be entered" enter 44 0 true
pkill -P "$inside"
kill "$inside"
expect 0 "it ends with its last task" gone 44

# --- threads ------------------------------------------------------------------
says "EBUSY*" "a process with threads cannot enter" "$context" threaded 42
says "EPERM" "a thread is in the context of its process" A child-thread "$host"
says "ok" "control: the host's thread is in none" host child-thread "$host"

# --- children -----------------------------------------------------------------
for way in fork vfork thread exec setsid orphan; do
	says "EPERM" "a child by $way is in A" A "child-$way" "$host"
	says "ok" "control: a child of the host by $way is not" host "child-$way" "$host"
done

# --- counting -----------------------------------------------------------------
expect 0 "all of them are uncounted" counts 42 1
six=$(start "$context" enter 42 0 sh -c '
	for i in 1 2 3 4; do sleep infinity & done; exec sleep infinity')
expect 0 "five tasks more are counted" counts 42 6
pkill -P "$six"
expect 0 "four less" counts 42 2
kill "$six"
expect 0 "and the fifth" counts 42 1
both=$(start "$context" enter 42 42 sleep infinity)
expect 0 "xid and nid of one context count once" counts 42 2
kill "$both"
both=$(start "$context" enter 42 43 sleep infinity)
expect 0 "xid of A" counts 42 2
expect 0 "and nid of B count in both" counts 43 2
kill "$both"
expect 0 "and are uncounted in both" counts 43 1

storm() { local i; for i in 1 2 3 4; do A forks 200 & done; wait; }
says "ok*ok*ok*ok" "many forks at a time" storm
expect 0 "leave no count" counts 42 1

says "EAGAIN" "control: forks fail at RLIMIT_NPROC" \
	setpriv --reuid 12345 --clear-groups bash -c "ulimit -u 3; exec $probe forks 10"
says "EAGAIN" "forks of A fail at RLIMIT_NPROC" \
	enter 42 0 setpriv --reuid 12345 --clear-groups bash -c "ulimit -u 3; exec $probe forks 10"
expect 0 "and leave no count" counts 42 1
mkdir /sys/fs/cgroup/few && echo 3 >/sys/fs/cgroup/few/pids.max
says "EAGAIN" "forks of A fail at pids.max" \
	sh -c "echo \$\$ >/sys/fs/cgroup/few/cgroup.procs; exec $context enter 42 0 $probe forks 10"
expect 0 "and leave no count either" counts 42 1
rmdir /sys/fs/cgroup/few

finish
