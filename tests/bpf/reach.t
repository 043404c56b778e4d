#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What reaches past a context by a number or a handle that the kernel looks up
# for all: refused whatever the ceiling has, but where it says so.

. tests/tap.sh
. tests/bpf/bpf.sh

contexts $all
host=$(start sleep infinity)
cleanup kill "$host"

# --- perf events ------------------------------------------------------------------
says ok "control: the host counts what a processor does" host perf
says EPERM "A does not, with all capabilities" A perf

# --- keys: root's keyring is one for all that are uid 0 ------------------------------
key=$(host key-add vserver-test)
key=${key%% *}
says ok "control: the host reads a key by its number" host key-read "$key"
says ok "control: and finds it by its name" host key-find vserver-test
refused="@(EPERM|ENOKEY)"		# not allowed, or not found
says "$refused" "A does not read it" A key-read "$key"
says "$refused" "nor find it" A key-find vserver-test
says "$refused" "nor add one" A key-add vserver-other
says "$refused" "nor in a user namespace of its own" \
	"$context" enter 42 0 unshare -Ur "$probe" key-read "$key"
if [ -e /sbin/request-key ]; then
	skip 3 "this machine has a helper of its own for keys"
else
	printf '#!/bin/sh\n: >%s/asked\nexit 1\n' "$scratch" >/sbin/request-key
	chmod 755 /sbin/request-key
	cleanup rm /sbin/request-key
	says "$refused" "A asks for a key that is not there" A key-find vserver-none
	expect 1 "no helper of the host's is run for it" test -e "$scratch/asked"
	host key-find vserver-none >/dev/null
	expect 0 "control: for the host it is" eventually 20 test -e "$scratch/asked"
fi
expect_output "vserver-test" "control: the host sees it in /proc/keys" cat /proc/keys
expect 1 "A does not" "$context" enter 42 0 grep -q vserver-test /proc/keys

# --- rings: workers of the kernel are in the context -----------------------------------
file=/proc/sys/kernel/core_pattern
says ok "control: the host opens a sysctl by io_uring" host uring-open-write $file
says EPERM "A does not" A uring-open-write $file
: >"$scratch/file"
says ok "control: A opens a file of its own" A uring-open-write "$scratch/file"

# --- foreign namespaces -------------------------------------------------------------------
for ns in mnt pid net uts user ipc cgroup; do
	says "@(EACCES|EPERM|ENOENT)" "A joins no namespace of the host's ($ns)" A setns "/proc/$host/ns/$ns"
done
for ns in mnt net uts ipc; do
	says ok "control: the host does ($ns)" host setns "/proc/$host/ns/$ns"
done
says ok "control: the host joins by a process" host setns-pidfd "$host"
says EPERM "A does not" A setns-pidfd "$host"

# --- by the ceiling ---------------------------------------------------------------------
handed() { "$@" 9</proc/1/ns/uts; }
says ok "control: A joins one that was handed in, with CAP_SYS_ADMIN" handed A setns-fd 9
says ok "control: A has userfaultfd with CAP_SYS_PTRACE" A userfaultfd
says ok "control: and ports with CAP_SYS_RAWIO" A iopl
"$context" set 42 ceiling=$none
says EPERM "without CAP_SYS_ADMIN it does not join what is handed in" handed A setns-fd 9
says EPERM "without CAP_SYS_PTRACE there is no userfaultfd" A userfaultfd
says EPERM "without CAP_SYS_RAWIO there are no ports" A iopl
says ok "control: the host has them" host iopl

finish
