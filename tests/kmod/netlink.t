#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Every command of the module's netlink family: what it takes, what it refuses
# and with which errno, and that what is refused has changed nothing.

. tests/tap.sh
. tests/bpf/bpf.sh

nl=build/tests/kmod/netlink

# refused ERRNO DESCRIPTION COMMAND...: with a sentence.
refused()
{
	says "$1: *" "$2" "$nl" "${@:3}"
}

before=$("$nl" dump)
name63=$(printf 'n%.0s' {1..63})
bucket=(rate:u64=25000000 interval:u64=100000000 size:u64=50000000 release:u64=2500000)

# --- new -------------------------------------------------------------------------
says "xid=60 name=60 flags=1 ceiling=0 tasks=0 ok" "control: a context is made" \
	"$nl" new xid:u32=60 flags:u64=1
cleanup "$nl" end xid:u32=60
says "xid=61 name=$name63 flags=1 ceiling=3 tasks=0 addresses scope=0 bucket ok" \
	"control: with all that there is" \
	"$nl" new xid:u32=61 name:str=$name63 flags:u64=1 ceiling:u64=3 \
	addresses[ address[ ip4:hex=0a090002 ] address[ ip6:hex=fd090000000000000000000000000002 ] ] \
	bucket[ "${bucket[@]}" ]
says ok "and ends" "$nl" end xid:u32=61
for xid in 0 49152 65535 65536; do
	says "ERANGE: *" "not number $xid" "$nl" new xid:u32=$xid
done
says "EINVAL: *" "not a number of two bytes" "$nl" new xid:u16=62
refused EEXIST "not a number that is taken" new xid:u32=60
refused EEXIST "not a name that is taken" new xid:u32=62 name:str=60
for name in "" .web -web "we b" "we/b" wéb; do
	refused EINVAL "not the name '$name'" new xid:u32=62 name:str="$name"
done
refused EINVAL "not a name of 64 characters" new xid:u32=62 name:str="${name63}n"
refused EINVAL "not a name without its NUL" new xid:u32=62 name:raw=web
refused EINVAL "not an unknown flag" new xid:u32=62 flags:u64=1099511627776
refused EINVAL "not a capability that there is not" new xid:u32=62 ceiling:u64=0x8000000000000000
refused EINVAL "not an unknown attribute" new xid:u32=62 200:u32=1
refused EINVAL "not one of another command" new xid:u32=62 mask:u64=1
refused EINVAL "not a ceiling of four bytes" new xid:u32=62 ceiling:u32=1

# --- numbers that are handed out -----------------------------------------------------
handed_out() { "$nl" new | sed -n 's/^xid=\([0-9]*\) .*/\1/p'; }
first=$(handed_out)
expect 0 "control: a number is handed out" test "${first:-0}" -ge 49152
says ok "it ends" "$nl" end xid:u32="$first"
says "xid=62 name=$((first + 1)) *ok" "a context may be named like the next number" \
	"$nl" new xid:u32=62 name:str=$((first + 1))
second=$(handed_out)
is "$second" $((first + 2)) "then the one after it is handed out, not one just used"
says ok "it ends" "$nl" end xid:u32="$second"
says ok "so does the other" "$nl" end xid:u32=62

# --- addresses -----------------------------------------------------------------------
address() { "$nl" new xid:u32=62 addresses[ "$@" ]; }
says "*addresses ok" "control: one address" address address[ ip4:hex=0a090002 ]
says ok "it goes again" "$nl" end xid:u32=62
for ip in 00000000 e0000001 ffffffff; do
	says "EINVAL: *" "not the IPv4 address $ip" address address[ ip4:hex=$ip ]
done
for ip in 00000000000000000000000000000000 ff020000000000000000000000000001 \
	  00000000000000000000ffff0a090002; do
	says "EINVAL: *" "not the IPv6 address $ip" address address[ ip6:hex=$ip ]
done
says "ERANGE: *" "not an IPv4 address of three bytes" address address[ ip4:hex=0a0900 ]
says "ERANGE: *" "not an IPv6 address of four" address address[ ip6:hex=0a090002 ]
says "EINVAL: *" "not none" address address[ ]
ip6=fd090000000000000000000000000002
says "*addresses ok" "control: several, a prefix and a range of each family" address \
	address[ ip4:hex=0a090002 ] address[ ip4:hex=0a090003 prefix:hex=18 ] \
	address[ ip4:hex=0a090002 last4:hex=0a090009 ] address[ ip6:hex=$ip6 prefix:hex=80 ] \
	address[ ip6:hex=$ip6 last6:hex=fd090000000000000000000000000003 ]
says ok "they go again" "$nl" end xid:u32=62
says "EINVAL: *" "not a prefix and a range" address address[ ip4:hex=0a090002 prefix:hex=18 last4:hex=0a090009 ]
says "EINVAL: *" "not a range that goes backwards" address address[ ip4:hex=0a090002 last4:hex=0a090001 ]
says "EINVAL: *" "not one of both families" address address[ ip4:hex=0a090002 last6:hex=$ip6 ]
says "EINVAL: *" "not one that ends in broadcast" address address[ ip4:hex=0a090002 last4:hex=ffffffff ]
says "EINVAL: *" "not a prefix of 33 bits" address address[ ip4:hex=0a090002 prefix:hex=21 ]
says "ERANGE: *" "not one of 129" address address[ ip6:hex=$ip6 prefix:hex=81 ]
says "ERANGE: *" "nor of none" address address[ ip6:hex=$ip6 prefix:hex=00 ]
mapfile -t most < <(for _ in {1..64}; do printf '%s\n' address[ ip6:hex=$ip6 last6:hex=$ip6 ]; done)
says "*addresses ok" "control: 64 addresses" address "${most[@]}"
says "* addresses ok" "which are given back" "$nl" get xid:u32=62
says ok "they go again" "$nl" end xid:u32=62
says "EINVAL: *" "not 65" address "${most[@]}" address[ ip4:hex=0a090002 ]
says "EINVAL: *" "not both in one" \
	address address[ ip4:hex=0a090002 ip6:hex=fd090000000000000000000000000002 ]

says "*addresses ok" "control: one of two contexts" address address[ ip4:hex=0a090002 ]
says "xid=63 *addresses ok" "the other may have the same (chbind)" \
	"$nl" new xid:u32=63 addresses[ address[ ip4:hex=0a090002 ] ]
says ok "it goes again" "$nl" end xid:u32=63
says ok "and the first" "$nl" end xid:u32=62

# --- bucket --------------------------------------------------------------------------------
bucket() { "$nl" new xid:u32=62 bucket[ rate:u64=$1 interval:u64=$2 size:u64=$3 release:u64=$4 ]; }
says "*bucket ok" "control: a bucket" bucket 25000000 100000000 50000000 2500000
says ok "it goes again" "$nl" end xid:u32=62
says "EINVAL: *" "not without a rate" bucket 0 100000000 50000000 2500000
says "EINVAL: *" "not more than the machine has" bucket 100000000000 100000000 50000000 2500000
says "*bucket ok" "control: 0.1 %" bucket 100000 100000000 50000000 100000
says ok "it goes again" "$nl" end xid:u32=62
says "EINVAL: *0.1 %*" "not less than 0.1 %" bucket 99999 100000000 50000000 100000
says "*bucket ok" "control: a hold of 10 s" bucket 25000000 100000000 3600000000000 2500000000
says ok "it goes again" "$nl" end xid:u32=62
says "EINVAL: *10 s*" "not a longer one" bucket 25000000 100000000 3600000000000 2500000001
says "EINVAL: *" "not an interval below 1 ms" bucket 999999 999999 50000000 2500000
says "EINVAL: *" "not one above 10 s" bucket 1000000000 10000000001 50000000 2500000
says "EINVAL: *" "not a release level above the size" bucket 25000000 100000000 1000 1001
says "EINVAL: *" "not one of 0" bucket 25000000 100000000 1000 0
says "EINVAL: *" "not a size above 1 h" bucket 25000000 100000000 3600000000001 1000
plus() { "$nl" new xid:u32=62 bucket[ "${bucket[@]}" "$@" ]; }
says "*bucket ok" "control: an idle rate" plus idle-rate:u64=1000000 idle-interval:u64=1000000000
says ok "it goes again" "$nl" end xid:u32=62
says "EINVAL: *0.1 %*" "not one of less than 0.1 %" plus idle-rate:u64=999999 idle-interval:u64=1000000000
says "EINVAL: *" "not one without an interval" plus idle-rate:u64=1000000
says "EINVAL: *" "not an idle interval above 10 s" plus idle-rate:u64=100000000 idle-interval:u64=10000000001
says "*bucket ok" "control: a bucket that is not full" plus tokens:u64=50000000
says ok "it goes again" "$nl" end xid:u32=62
says "EINVAL: *" "not one that is more than full" plus tokens:u64=50000001
says "*bucket ok" "control: a bias" plus prio-bias:s32=-20
says ok "it goes again" "$nl" end xid:u32=62
says "EINVAL: *" "not one of less than -20" plus prio-bias:s32=-21
says "EINVAL: *" "not one of more than 20" plus prio-bias:s32=21
says "*scope=0 bucket ok" "control: a bucket is the whole machine's" plus
says ok "it goes again" "$nl" end xid:u32=62
says "*scope=1 bucket ok" "control: one for each processor" plus scope:u32=1
says ok "it goes again" "$nl" end xid:u32=62
says "E*" "not one of another scope" plus scope:u32=2
says "E*" "nor of one that is no number of 32 bits" plus scope:u16=1
whole() { "$nl" new xid:u32=62 bucket[ rate:u64=$1 interval:u64=100000000 size:u64=50000000 \
	release:u64=2500000 "${@:2}" ]; }
says "EINVAL: *each processor*" "not more for each than a processor has" whole 100000001 scope:u32=1
says "*scope=1 bucket ok" "control: all that it has" whole 100000000 scope:u32=1
says ok "another setting" "$nl" set xid:u32=62 ceiling:u64=5
says "*scope=1 bucket ok" "lets it be" "$nl" get xid:u32=62
says ok "a bucket without a scope" "$nl" set xid:u32=62 bucket[ "${bucket[@]}" ]
says "*scope=0 bucket ok" "is the whole machine's again" "$nl" get xid:u32=62
says ok "it goes again" "$nl" end xid:u32=62
refused EINVAL "not three of four" new xid:u32=62 bucket[ "${bucket[@]:0:3}" ]

# --- get --------------------------------------------------------------------------------------
says "xid=60 *ok" "control: get by number" "$nl" get xid:u32=60
says "xid=60 *ok" "control: get by name" "$nl" get name:str=60
refused ESRCH "not a number that is not there" get xid:u32=62
refused ESRCH "not a name that is not there" get name:str=nobody
refused EINVAL "not without saying which" get
says "*xid=60 *ok" "control: a dump has it" "$nl" dump
refused EINVAL "not with an unknown attribute" get xid:u32=60 200:u32=1
refused EINVAL "not with one of another command" get xid:u32=60 flags:u64=1
for xid in 0 65536; do
	refused ERANGE "not number $xid, which no context has" get xid:u32=$xid
done
refused EINVAL "not a dump of one, by number" dump xid:u32=60
refused EINVAL "nor by name" dump name:str=60

# --- set ----------------------------------------------------------------------------------------
says ok "control: set" "$nl" set xid:u32=60 ceiling:u64=5 flags:u64=0 mask:u64=2
says "* flags=1 ceiling=5 *ok" "flags outside the mask stay" "$nl" get xid:u32=60
refused ESRCH "not one that is not there" set xid:u32=62 ceiling:u64=1
refused EINVAL "not flags without their mask" set xid:u32=60 flags:u64=1
refused EINVAL "not a mask without flags" set xid:u32=60 mask:u64=1
refused EINVAL "not the name" set xid:u32=60 name:str=other
refused EINVAL "not a bucket that is wrong" set xid:u32=60 ceiling:u64=7 bucket[ "${bucket[@]:0:3}" ]
refused EINVAL "not an address that is wrong" \
	set xid:u32=60 ceiling:u64=7 addresses[ address[ ip4:hex=e0000001 ] ]
refused EINVAL "not a capability that there is not" set xid:u32=60 ceiling:u64=0x8000000000000007
refused EINVAL "not an unknown flag" set xid:u32=60 ceiling:u64=7 flags:u64=1099511627776 mask:u64=1099511627776
refused EINVAL "not a mask of one" set xid:u32=60 ceiling:u64=7 flags:u64=0 mask:u64=1099511627776
refused EINVAL "not an unknown attribute" set xid:u32=60 ceiling:u64=7 200:u32=1
for xid in 0 65536; do
	refused ERANGE "not number $xid" set xid:u32=$xid ceiling:u64=7
done
says "* flags=1 ceiling=5 tasks=0 ok" "and then nothing of the rest" "$nl" get xid:u32=60
says ok "control: an address can be given" \
	"$nl" set xid:u32=60 addresses[ address[ ip4:hex=0a090002 ] ]
says "* addresses ok" "it is there" "$nl" get xid:u32=60
says ok "control: and taken" "$nl" set xid:u32=60 addresses[ ]
says "*tasks=0 ok" "it is gone" "$nl" get xid:u32=60

# --- end --------------------------------------------------------------------------------------------
refused ESRCH "not one that is not there" end xid:u32=62
refused EINVAL "not without saying which" end
refused EINVAL "not with an unknown attribute" end xid:u32=60 200:u32=1
for xid in 0 65536; do
	refused ERANGE "not number $xid" end xid:u32=$xid
done
says "xid=60 *ok" "control: it is there" "$nl" get xid:u32=60
member=$(start "$context" enter 60 0 sleep infinity)
cleanup kill "$member"
refused EBUSY "not one with tasks in it" end xid:u32=60

# --- the watcher --------------------------------------------------------------------------------------
says "xid=1 name=1 *ok" "the watcher is in the table when it is wanted" "$nl" new xid:u32=1
refused EEXIST "once" new xid:u32=1
says ok "and ends like any other" "$nl" end xid:u32=1
refused ESRCH "then it is not there" get xid:u32=1

# --- tasks, signals ------------------------------------------------------------------------------------
says "*pid=$member xid=60 *ok" "control: the member is among all processes" "$nl" tasks
says "pid=$member xid=60 ok" "and the one of its context" "$nl" tasks xid:u32=60
says "*pid=$$ xid=0 *ok" "control: this process is among the host's" "$nl" tasks xid:u32=0
host_tasks=$("$nl" tasks xid:u32=0)
[[ $host_tasks != *"pid=$member "* ]]
ok $? "the member is not" || diag "$host_tasks"
says ok "of a context that is not there there are none" "$nl" tasks xid:u32=62
refused ERANGE "there is no context 65536" tasks xid:u32=65536
refused EINVAL "a signal wants its number" kill xid:u32=60
refused ERANGE "which there is" kill xid:u32=60 signal:u32=65
refused EINVAL "and a context" kill signal:u32=0
refused ESRCH "which is there" kill xid:u32=62 signal:u32=0
refused ERANGE "not process 0" kill xid:u32=60 signal:u32=0 pid:u32=0
refused ESRCH "nor one of the host" kill xid:u32=60 signal:u32=9 pid:u32=$$
refused EINVAL "nor by another attribute" kill xid:u32=60 signal:u32=9 flags:u64=0
says ok "control: the member can be asked for" "$nl" kill xid:u32=60 signal:u32=0 pid:u32="$member"
says ok "so can all" "$nl" kill xid:u32=60 signal:u32=0
other=$(start "$context" enter 60 0 sleep infinity)
says ok "a signal to one" "$nl" kill xid:u32=60 signal:u32=15 pid:u32="$other"
expect 0 "ends that one only" counts 60 1
expect 0 "control: the member lives" kill -0 "$member"

# --- enforcement ---------------------------------------------------------------------------------------
says "*links=* ok" "control: links are held" "$nl" enforce-get
held=$("$nl" enforce-get)
refused EINVAL "not without links" enforce-set
refused EBUSY "not none while there are contexts" enforce-set links[ ]
refused EBADF "not a descriptor that is not open" enforce-set links[ link:s32=99 ]
refused EBADF "not a negative one" enforce-set links[ link:s32=-1 ]
refused EINVAL "not one that is no link" enforce-set links[ link:s32=0 ]
says "$held" "the same are held" "$nl" enforce-get
refused EINVAL "asking for them takes no links" enforce-get links[ ]

# --- by whom -----------------------------------------------------------------------------------------------
"$context" make 42 ceiling=$all
in_context() { "$context" enter 42 0 "$nl" "$@"; }
a_user() { setpriv --reuid 12345 --clear-groups "$nl" "$@"; }
keep=$(start "$context" enter 42 0 sleep infinity)
cleanup kill "$keep"
for command in "new xid:u32=63" "get xid:u32=60" dump "set xid:u32=60 ceiling:u64=0" \
	       "end xid:u32=60" "kill xid:u32=60 signal:u32=0" tasks; do
	# shellcheck disable=SC2086
	{
		says "EPERM: *" "a context cannot $command" in_context $command
		says "EPERM*" "a user of the host cannot $command" a_user $command
	}
done
says "EPERM*" "a user cannot give links" a_user enforce-set links[ ]
says "EPERM: *" "nor can a context, whatever its ceiling" in_context enforce-set links[ ]
says "EPERM*" "a user cannot ask for them" a_user enforce-get
says "*links=* ok" "control: the host can" "$nl" enforce-get
says "EOPNOTSUPP*" "there is no command 99" "$nl" 99

# --- events ---------------------------------------------------------------------------------------------------
coproc LISTEN { "$nl" listen 3 2>&1; }
read -r -t 20 line <&"${LISTEN[0]}"
is "$line" ready "control: the host listens to events"
exec {events}<&"${LISTEN[0]}"
"$nl" new xid:u32=64 name:str=eve >/dev/null
"$nl" set xid:u32=64 ceiling:u64=1 >/dev/null
"$nl" end xid:u32=64 >/dev/null
read -r -t 20 line <&"$events"
[[ $line =~ ^event=1\ xid=64\ name=eve\ sequence=([0-9]+)\ flags=0\ event=2\ .*\ sequence=([0-9]+)\ flags=0\ event=4\ xid=64\ name=eve\ sequence=([0-9]+)\ flags=0\ ok$ ]]
ok $? "created, changed, ended" || diag "$line"
is "$((BASH_REMATCH[2] - BASH_REMATCH[1])) $((BASH_REMATCH[3] - BASH_REMATCH[2]))" "1 1" \
	"each with the next number"
says refused "a user does not" a_user listen 1
"$context" set 42 ceiling=1ffffdfffff		# bit 21
says refused "nor does a context that may change the network only" in_context listen 1

# --- what is left ------------------------------------------------------------------------------------------------
kill "$member" "$keep"
expect 0 "the context empties" counts 60 0
says ok "and ends" "$nl" end xid:u32=60
expect 0 "the other ends by itself" gone 42
is "$("$nl" dump)" "$before" "nothing is left"

done_testing
