#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Enforcement does not end by accident, and without it nothing is confined:
# no context can be made or entered.

. tests/tap.sh
. tests/bpf/bpf.sh

contexts $none
host=$(start sleep infinity)
cleanup kill "$host"

says EPERM "A cannot signal the host" A kill "$host" 0

# --- it survives the daemon and its own pins -----------------------------------
expect 0 "the daemon is killed" systemctl kill -s KILL vserverd
systemctl stop vserverd 2>/dev/null	# nor does systemd start it again
says EPERM "without a daemon A cannot either" A kill "$host" 0
late=$(start "$context" enter 42 0 "$probe" wait-and-kill "$scratch/go" "$host" "$scratch/told")
cleanup kill "$late"
rm -rf /sys/fs/bpf/vserver
: >"$scratch/go"
expect 0 "a process in A has tried" eventually 10 test -s "$scratch/told"
says EPERM "without pins it was refused all the same" cat "$scratch/told"
expect 1 "without pins nobody enters" "$context" enter 42 0 true
expect 0 "the daemon pins again" systemctl restart vserverd
says EPERM "and A cannot signal the host" A kill "$host" 0

# --- it cannot be taken away while there are contexts ---------------------------------
expect 1 "enforcement stays while there are contexts" "$context" unload 0
says EPERM "and A cannot signal the host" A kill "$host" 0
kill "${members[@]}"
expect 0 "A is gone" gone 42
expect 0 "B is gone" gone 43
systemctl stop vserverd 2>/dev/null
expect 0 "control: without contexts it can be taken away" "$context" unload 0
says "E*" "then no context can be made" "$context" make 42
says "E*" "nor entered" "$context" enter 42 0 true
says ok "control: the host is not hindered" host kill "$host" 0
systemctl start vserverd
says "" "control: with the daemon there is enforcement again" "$context" make 42
says "" "and a context ends" "$context" end 42

done_testing
