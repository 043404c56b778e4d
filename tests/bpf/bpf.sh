# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# For the tests of the BPF programs: two contexts, A and B, and what somebody
# in them, or the host, is told when he tries a thing (build/tests/bpf/probe).
#
#	says EPERM "A cannot signal the host" A kill "$host" 0
#
# A and B have no nid (sockets are the host's); with_addresses gives them one.

probe=build/tests/bpf/probe
context=build/tests/bpf/context
all=1ffffffffff		# every capability that there is
none=0

scratch=$(mktemp -d /var/tmp/vserver-bpf.XXXXXX)	# no nosuid there
cleanup rm -rf "$scratch"

systemctl reset-failed vserverd 2>/dev/null	# tests start it often
systemctl start vserverd || bail_out "vserverd does not start"

host() { "$probe" "$@"; }
A() { "$context" enter 42 "${nid_of_a:-0}" "$probe" "$@"; }
B() { "$context" enter 43 "${nid_of_b:-0}" "$probe" "$@"; }

xids=()			# contexts of this test
members=()		# processes in them that stay until finish

# make_context XID NID ...: and a member that stays, so that the context does.
make_context()
{
	local member

	"$context" make "$1" "${@:3}" || bail_out "no context can be made"
	member=$(start "$context" enter "$1" "$2" sleep infinity)
	xids+=("$1")
	members+=("$member")
	cleanup kill "$member"
}

# contexts CEILING: A and B.
contexts()
{
	make_context 42 0 ceiling="$1"
	make_context 43 0 ceiling="$1"
	member_of_a=${members[0]} member_of_b=${members[1]}
}

# start COMMAND...: in the background; prints its pid once it runs.
start()
{
	local until=$((SECONDS + 20))

	"$@" >/dev/null 2>&1 </dev/null &
	until [ "$(readlink "/proc/$!/exe")" != "$(readlink -f "$BASH")" ] &&
	      [ "$(readlink "/proc/$!/exe")" != "$(readlink -f "$context")" ]; do
		kill -0 $! || return
		[ "$SECONDS" -lt "$until" ] || { kill -KILL $!; return 1; }
	done
	echo $!
}

# verdict PATTERN COMMAND...: what it prints is like the shell pattern.
verdict()
{
	local pattern=$1 got
	shift

	got=$("$@" 2>&1 </dev/null)
	# shellcheck disable=SC2053
	[[ $got == $pattern ]] || { echo "wanted $pattern, got: $got"; return 1; }
}

# says PATTERN DESCRIPTION COMMAND...
says()
{
	expect 0 "$2" verdict "$1" "${@:3}"
}

# counts XID N: the table comes to count N tasks; the kernel frees with delay.
counts()
{
	eventually 10 verdict "$2" "$context" tasks "$1" || verdict "$2" "$context" tasks "$1"
}

# gone XID: the context comes to leave the table.
gone()
{
	counts "$1" "ESRCH*"
}

# finish: the end of a test; a context ends with its last task.
finish()
{
	local xid

	kill "${members[@]}" 2>/dev/null
	for xid in "${xids[@]}"; do
		expect 0 "context $xid ends with its last task" gone "$xid"
	done
	done_testing
}
