#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Signals cross from the host into a context, and no other way.

. tests/tap.sh
. tests/bpf/bpf.sh

contexts $all
host=$(start setsid sleep infinity)
cleanup kill "$host"

for verb in "kill PID 0" "kill PID 18" "sigqueue PID" "tgkill PID" "pidfd-signal PID"; do
	for pid in "$host" "$member_of_a" "$member_of_b"; do
		# shellcheck disable=SC2086
		says ok "control: the host can ${verb/PID/$pid}" host ${verb/PID/$pid}
	done
	# shellcheck disable=SC2086
	{
		says ok "A can ${verb/PID/its own}" A ${verb/PID/$member_of_a}
		says EPERM "A cannot ${verb/PID/the host}" A ${verb/PID/$host}
		says EPERM "A cannot ${verb/PID/B}" A ${verb/PID/$member_of_b}
		says EPERM "B cannot ${verb/PID/A}" B ${verb/PID/$member_of_a}
	}
done

says ESRCH "kill() of nobody ends, and says so" A kill 4194303 0
says ok "control: the host can signal its group" host kill "-$host" 0
says EPERM "A cannot signal a group of the host" A kill "-$host" 0

# --- the kernel sends for a file: user ids are all that it looks at -----------
says ok "control: the host can have SIGIO sent to anybody" host setown "$host"
says EPERM "A cannot have SIGIO sent to the host" A setown "$host"
says EPERM "nor with F_SETOWN_EX" A setown-ex "$host"
says EPERM "nor with FIOSETOWN" A setown-ioctl "$host"
says ok "control: A can have it sent to itself" A setown self

# --- all that he may: this ends A --------------------------------------------------
"$context" enter 42 0 "$probe" kill -1 9 >/dev/null
expect 0 "kill(-1) in A spares the host" kill -0 "$host"
expect 0 "and B" kill -0 "$member_of_b"
expect 0 "control: but not A" gone 42

finish
