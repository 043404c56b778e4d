#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Which netlink a context may speak: what a guest's userland asks, and nothing
# that tells of the host's processes or writes to the host's logs.

. tests/tap.sh
. tests/bpf/bpf.sh

contexts $all
NETLINK=16 RAW=3

# --- route, sock_diag, kobject_uevent, generic -------------------------------------
for protocol in 0 4 15 16; do
	says ok "control: A speaks netlink $protocol" A socket $NETLINK $RAW $protocol
done

# --- usersock, audit, connector -----------------------------------------------------
for protocol in 2 9 11; do
	says ok "control: the host speaks netlink $protocol" host socket $NETLINK $RAW $protocol
	says EPROTONOSUPPORT "to A it is not there" A socket $NETLINK $RAW $protocol
done
says EPROTONOSUPPORT "control: what is not there" host socket $NETLINK $RAW 31
"$context" set 42 ceiling=$none
says EPROTONOSUPPORT "A without capabilities finds no connector either" \
	A socket $NETLINK $RAW 11
says EPROTONOSUPPORT "nor in a user namespace of its own" \
	"$context" enter 42 0 unshare -U "$probe" socket $NETLINK $RAW 11

finish
