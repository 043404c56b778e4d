#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# chbind: a command with addresses of its own; what it says to bad input, and
# that nothing is left of what failed.

. tests/tap.sh
. tests/cli/cli.sh

systemctl start vserverd || bail_out "vserverd does not start"

sleep infinity &
host=$!
cleanup kill "$host"

mapfile -t many < <(for i in {1..65}; do printf '%s\n' --ip "127.0.3.$i"; done)

# --- what it is for: what addresses do, tests/bpf/bind.t says ---------------------------
expect_output '^New network context is 42$' "it tells the number" \
	chbind --nid 42 --ip 127.0.0.5 -- true
expect_output '^New network context is (49[1-9]|5|6)' "without a number one is handed out" \
	chbind --ip 127.0.0.5 -- true
expect 7 "the exit status is the command's" chbind --silent --ip 127.0.0.5 -- sh -c 'exit 7'
is "$(chbind --silent --ip 127.0.0.5 -- echo yes 2>&1)" yes "--silent tells nothing"
expect 0 "one address of each family" chbind --ip 127.0.0.5 --ip ::1 -- true
expect 0 "up to 64" chbind "${many[@]:0:128}" -- true
addresses_of() { "$@" -- sh -c "read line <$scratch/hold" 2>/dev/null & eventually 10 has_context 42; vserver contexts --json | jq -c '.[] | select(.xid == 42) | .addresses'; echo >"$scratch/hold"; wait; }
mkfifo "$scratch/hold"
is "$(addresses_of chbind --nid 42 --ip 127.0.0.5 --ip 127.0.0.6)" '["127.0.0.5","127.0.0.6"]' \
	"several of a family"
is "$(addresses_of chbind --nid 42 --ip 127.0.0.5/24)" '["127.0.0.5"]' \
	"an address with the prefix of its network is that address"
is "$(addresses_of chbind --nid 42 --ip 127.0.9.0/24 --ip 127.0.0.5-127.0.0.9)" \
	'["127.0.9.0/24","127.0.0.5-127.0.0.9"]' "a network is all of it, and so is a range"
expect 0 "it sees and signals as before" chbind --ip 127.0.0.5 -- kill -0 "$host"
expect 0 "chcontext within it" chbind --ip 127.0.0.5 -- chcontext --xid 43 -- true
expect 1 "is separated from the host" \
	chbind --ip 127.0.0.5 -- chcontext --xid 43 --silent -- sh -c "kill -0 $host"
expect 0 "the contexts have ended with their commands" eventually 10 no_contexts

# --- bad input: one line, the right status, nothing made --------------------------------
mkfifo "$scratch/fifo"
chbind --nid 42 --ip 127.0.0.5 -- sh -c "read line <$scratch/fifo" 2>/dev/null &
expect 0 "control: a context with a number" eventually 10 has_context 42
traces >"$scratch/before"
bad() { expect_error "$1" "^chbind: $2" "${@:3}"; }
bad 254 'network context 42 exists$' "a number that is taken" \
	chbind --nid 42 --ip 127.0.0.5 -- true
bad 1 '203.0.113.9 is not an address of this host; add it first: ip address add 203.0.113.9/32 dev' \
	"an address that the host has not" chbind --ip 203.0.113.9 -- true
bad 1 '2001:db8::9 is not an address of this host; add it first: ip address add 2001:db8::9/128' \
	"one of IPv6" chbind --ip 2001:db8::9 -- true
bad 1 '0.0.0.0 is not an address of this host' "the wildcard" chbind --ip 0.0.0.0 -- true
bad 1 '224.0.0.1 is not an address of this host' "a group's" chbind --ip 224.0.0.1 -- true
bad 1 'no address of 203.0.113.0/24 is this host.s; add one, or all: ip route add local 203.0.113.0/24' \
	"a network of which it has none" chbind --ip 203.0.113.0/24 -- true
bad 1 '203.0.113.9 is not an address of this host' "a range that begins elsewhere" \
	chbind --ip 203.0.113.9-203.0.113.12 -- true
for wrong in web 127.0.0.5/33 127.0.0.5/0 127.0.0.5/ ::1/129 127.0.0.5-127.0.0.4 \
	     127.0.0.5-::1 127.0.0.5- 127.0.0.5-127.0.0.9/8; do
	bad 2 "--ip wants an IPv4 or IPv6 address, FIRST-LAST or NETWORK/PREFIX, not '$wrong'" \
		"$wrong for an address" chbind --ip $wrong -- true
done
bad 2 '--ip 127.0.3.65: more than 64 addresses' "65 addresses" chbind "${many[@]}" -- true
bad 2 'which address' "no address" chbind -- true
bad 2 'which command' "no command" chbind --ip 127.0.0.5
bad 2 '--nid 65536: out of range; choose 2 to 49151$' "a number out of range" \
	chbind --nid 65536 --ip 127.0.0.5 -- true
bad 2 "--nid wants a number, not '-3'" "a negative number" \
	chbind --nid -3 --ip 127.0.0.5 -- true
bad 2 "unrecognized option '--bcast'" "an unknown option" \
	chbind --bcast 127.0.0.5 --ip 127.0.0.5 -- true
bad 1 "cannot run 'nosuch': No such file or directory" "no such command" \
	chbind --ip 127.0.0.5 -- nosuch
bad 1 'cannot make a context: only root of the host' "in a context" \
	chcontext --silent -- chbind --ip 127.0.0.5 -- true
bad 1 'a process of a context cannot enter another' "in chbind" \
	chbind --silent --ip 127.0.0.5 -- chbind --ip 127.0.0.6 -- true
expect 0 "nothing is left of all that" eventually 10 nothing_left
echo >"$scratch/fifo"
expect 0 "control: the first context ends with its command" eventually 10 no_contexts

# --- what it needs -----------------------------------------------------------------------
systemctl stop vserverd
expect 0 "enforcement can be taken away" build/tests/bpf/context unload 0
bad 1 'cannot make a context: enforcement is not loaded; start the daemon' "no enforcement" \
	chbind --ip 127.0.0.5 -- true
systemctl start vserverd
expect 0 "control: with it it works again" chbind --ip 127.0.0.5 -- true

done_testing
