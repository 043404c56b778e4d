#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What a bare context has of its own, though it shares the host's files: the
# filter on system calls, terminals, IPC, and its part of what the kernel counts
# by user number.

. tests/tap.sh
. tests/bpf/bpf.sh

bare() { chcontext --silent "${options[@]}" -- "$@"; }
in_bare() { bare "$probe" "$@"; }
options=()
field() { awk -v name="$1:" '$1 == name { print $2 }' "${2-/proc/self/status}"; }
export -f field

# --- the filter -----------------------------------------------------------------
URING_SETUP=425 KEYCTL=250 KEYCTL32=288 USTAT=136 GETPID=39
says 0 "control: the host has no filter" bash -c 'field Seccomp'
says 2 "a context has one" bare bash -c 'field Seccomp'
options=(--seccomp none)
says 0 "control: but with --seccomp none" bare bash -c 'field Seccomp'
for gate in call call32; do
	options=(--seccomp none)
	says "@(EFAULT|EINVAL)" "control: without it there is io_uring ($gate)" in_bare $gate $URING_SETUP
	options=()
	says EPERM "with it there is none ($gate)" in_bare $gate $URING_SETUP
done
options=(--seccomp none)
says EINVAL "control: without it there is ustat()" in_bare call $USTAT
options=()
says EPERM "nor keys" in_bare call $KEYCTL
says EPERM "of 32-bit programs neither" in_bare call32 $KEYCTL32
says ENOSYS "what is old is not there" in_bare call $USTAT
says ENOSYS "nor is the gate of x32" in_bare callx32 $GETPID
says ok "control: other calls are" in_bare call $GETPID
says "ok" "control: a 32-bit program has others" in_bare call32 20
options=(--seccomp none)
says ok "control: without it behaviour of old can be had" bare bash -c 'setarch -R true && echo ok'
options=()
expect 1 "with it not" bare setarch -R true
expect 0 "control: that of 32 bits can" bare setarch linux32 true
says EPERM "what wants a capability wants it in the ceiling" in_bare userfaultfd
options=(--cap SYS_PTRACE)
says ok "control: with it the filter lets it pass" in_bare userfaultfd
options=(--cap SYS_ADMIN)
says ok "control: so it is with mounts" in_bare mount none tmpfs
options=()
says EPERM "which are refused otherwise" in_bare mount none tmpfs
expect_error 2 "no filter 'loose'" "another filter is no option" chcontext --seccomp loose -- true

# --- no new privileges --------------------------------------------------------------
install -m 4755 "$(type -P id)" "$scratch/setuid"
chmod 755 "$scratch"
as_user=(setpriv --reuid 12345 --clear-groups "$scratch/setuid" -u)
says 0 "control: a setuid program is root's" bare "${as_user[@]}"
options=(--no-new-privs)
says 1 "with --no-new-privs" bare bash -c 'field NoNewPrivs'
says 12345 "it is not" bare "${as_user[@]}"
options=()

# --- terminals: a context has its own /dev/pts ------------------------------------------
script -qec "tty >$scratch/tty; sleep 300" /dev/null >/dev/null 2>&1 </dev/null &
cleanup kill $!
eventually 20 grep -q /dev/pts/ "$scratch/tty"
terminal=$(cat "$scratch/tty")
says ok "control: the host opens a terminal of the host's" host open-write "$terminal"
says ENOENT "for a context it is not there" in_bare open-write "$terminal"
says ptmx "nor is any other" bare ls /dev/pts
says "*made*" "control: it makes its own" bare script -qec "echo made" /dev/null
says ok "control: by /dev/ptmx" in_bare open-write /dev/ptmx

# --- IPC ------------------------------------------------------------------------------
says ok "the host makes shared memory" host shm-make 4242
cleanup ipcrm -M 4242
says ok "control: the host finds it" host shm-find 4242
says ENOENT "a context does not" in_bare shm-find 4242
says ok "control: it makes some of that number" in_bare shm-make 4242
says ok "the host makes a message queue" host queue-make /vserver-test
says ok "control: the host finds it" host queue-find /vserver-test
says ENOENT "a context does not" in_bare queue-find /vserver-test
says ok "control: it makes one of that name" in_bare queue-make /vserver-test
[ ! -e /dev/mqueue/vserver-test ] || cleanup rm /dev/mqueue/vserver-test

# --- what is counted by user number: signals that wait -----------------------------------
coproc HOLD { exec chcontext --silent -- "$probe" signals-hold 100000000 2>&1; }
cleanup kill "$HOLD_PID"
read -r -t 120 line <&"${HOLD[0]}" || line=nothing
is "$line" few "a context cannot hold as many signals as it likes"
says EAGAIN "another context has none left" in_bare signal-queue
says ok "the host has" host signal-queue
kill "$HOLD_PID"
expect 0 "control: it has them again" eventually 30 verdict ok in_bare signal-queue

done_testing
