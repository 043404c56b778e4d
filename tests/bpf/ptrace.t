#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Tracing, and what asks the same question: memory, descriptors, comparisons.

. tests/tap.sh
. tests/bpf/bpf.sh

contexts $all
host=$(start sleep infinity)
cleanup kill "$host"

for verb in attach seize read-memory write-memory pidfd-getfd kcmp; do
	says ok "control: the host can $verb the host" host "$verb" "$host"
	says ok "control: the host can $verb A" host "$verb" "$member_of_a"
	says ok "A can $verb its own" A "$verb" "$member_of_a"
	says EPERM "A cannot $verb the host" A "$verb" "$host"
	says EPERM "A cannot $verb B" A "$verb" "$member_of_b"
done

says ok "control: a process of A can be traced by its parent in A" A child-traceme
says EPERM "a process of A cannot make the host trace it" A traceme

finish
