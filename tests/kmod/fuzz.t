#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# 200,000 messages to the module, right ones and wrong ones, from several
# senders at once while contexts come and go: nothing is leaked, and whoever may
# do nothing has done nothing.  That the kernel does not complain is seen by the
# suite.  $FUZZ_SEED repeats the messages of another run, $FUZZ_MESSAGES is how
# many.

. tests/tap.sh
. tests/bpf/bpf.sh
. tests/kmod/leak.sh

nl=build/tests/kmod/netlink
fuzz=build/tests/kmod/fuzz
seed=${FUZZ_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
messages=${FUZZ_MESSAGES:-200000}
kept=30583	# a number that no message is about
diag "FUZZ_SEED=$seed"

# Who sends: root of the host, a user, root of a context with every capability.
root() { "$fuzz" "$@"; }
user() { setpriv --reuid 12345 --clear-groups "$fuzz" "$@" denied; }
inside() { "$context" enter $kept 0 "$fuzz" "$@" denied; }

# sender NAME N WHO: that many messages in the background, a seed of its own.
senders=() names=()
sender()
{
	"$3" $((seed + ${#names[@]})) "$2" >"$scratch/$1" 2>&1 &
	senders+=($!)
	names+=("$1")
}

# ended DESCRIPTION: all senders are waited for, and were content.
ended()
{
	local i bad=0

	for i in "${!senders[@]}"; do
		wait "${senders[i]}" || { bad=1; diag "${names[i]}: status $?"; }
		diag "${names[i]}: $(paste -sd';' "$scratch/${names[i]}")"
	done
	senders=() names=()
	ok $bad "$1"
}

# answered NAME REGEX: the answers that this sender got have it.
answered()
{
	grep -qE "$2" "$scratch/$1"
}

# All that may be seen of the module, but that somebody was refused, which it counts
# and tells of.
state()
{
	{ "$nl" dump; "$nl" enforce-get; } | sed 's/ refused\>//; s/sequence=[0-9]* //'
	references
}

# end_all: contexts that senders have left; some are called by a name.
end_all()
{
	local xid

	for xid in $("$nl" dump | grep -o 'xid=[0-9]*'); do
		[ "$xid" = xid=$kept ] || "$nl" end "${xid/=/:u32=}" >/dev/null
	done
}

as_many_references() { [ "$(references)" = "$held" ]; }

# Contexts come, are entered, and go; that others meddle is the point.
churn()
{
	local xid

	while [ -e "$scratch/churning" ]; do
		for xid in 5 15 25 35; do
			"$context" make $xid ceiling=$all
			"$context" enter $xid 0 true
			"$nl" end xid:u32=$xid
		done
	done >/dev/null 2>&1
}

systemctl stop vserverd.socket vserverd
make_context $kept 0 ceiling=$all

held=$(references)

# --- those who may do nothing --------------------------------------------------------
state >"$scratch/before"
sender denied-user $((messages / 10)) user
sender denied-context $((messages / 10)) inside
ended 'neither a user nor a context is told or allowed a thing'
expect 0 'control: the user was answered, and refused' answered denied-user '^new: .*EPERM [0-9]{3}'
expect 0 'control: so was the context, which gets as far as the policies' \
	answered denied-context '^set: EPERM [0-9]{3}.*EINVAL [0-9]{3}.*ERANGE'
expect 1 'the user is not even told how many links there are' answered denied-user ': ok'
state >"$scratch/after"
expect 0 'and nothing has changed' diff "$scratch/before" "$scratch/after"

# --- root, beside them ------------------------------------------------------------------
sender control 2000 root
ended 'control: root of the host is answered'
expect 0 'control: and allowed each command' test "$(grep -cE \
	'^(new|get|set|end|enforce-set|enforce-get): ok [0-9]{2}' "$scratch/control")" = 6
state >"$scratch/after"
expect 1 'control: the same messages of his change something' diff "$scratch/before" "$scratch/after"
end_all
"$context" load 0
before=$(settled_objects)

: >"$scratch/churning"
churn &
churning=$!
cleanup rm -f "$scratch/churning"
sender root-1 $((messages * 3 / 10)) root
sender root-2 $((messages * 3 / 10)) root
sender user $((messages / 10)) user
sender context $((messages / 10)) inside
ended "$messages messages from four senders at once: those who may not were refused"
rm "$scratch/churning"
wait $churning
for command in new get set end enforce-set enforce-get; do
	expect 0 "control: some of $command were accepted and some were not" \
		answered root-1 "^$command: ok [0-9]+, E.* [0-9]+"
done

# --- what is left -----------------------------------------------------------------------------
end_all
expect 0 'the links of enforcement are given back' "$context" load 0
says "xid=$kept name=$kept *tasks=1 ok" 'one context is left: it was never empty' "$nl" dump
eventually 30 as_many_references
is "$(references)" "$held" 'no link is held that was not before'
# One object in a hundred messages would be 1,200.
eventually 60 no_more_objects "$before" 1000
ok $? 'no memory is lost'
diag "objects before: $before, now: $(objects)"
says EPERM 'and what is in it is still kept in' "$context" enter $kept 0 "$probe" kill $$ 0
says ok 'control: the host is not' host kill $$ 0
finish
