#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Scheduling, priorities, limits and process groups of foreign tasks.

. tests/tap.sh
. tests/bpf/bpf.sh

contexts $all
host=$(start sleep infinity)
cleanup kill "$host"

for verb in setscheduler getscheduler setaffinity setnice setioprio getioprio setrlimit \
	    getpgid getsid migrate-pages; do
	says ok "control: the host can $verb the host" host "$verb" "$host"
	says ok "control: the host can $verb A" host "$verb" "$member_of_a"
	says ok "A can $verb its own" A "$verb" "$member_of_a"
	says EPERM "A cannot $verb the host" A "$verb" "$host"
	says EPERM "A cannot $verb B" A "$verb" "$member_of_b"
done

says EPERM "A cannot setnice all of a user's" A setnice-user 0
says ok "control: the host can" host setnice-user 0

# Of others than oneself and one's children the kernel says ESRCH by itself.
says EPERM "A cannot setpgid a child that is the host's" "$context" leave 42 0 $probe setpgid
says ok "control: one of its own it can" A child-setpgid

finish
