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
expect 0 "what every network context is may be named" \
	chbind --silent --flag lock,single_ip,LBACK_REMAP,hide_lback --ncap tun_create --secure \
	--ip 127.0.0.5 -- true
flags_of_42() { vserver contexts --json | jq -c '.[] | select(.xid == 42) | .flags'; }
background() { chbind --disconnect --ip 127.0.0.5 "$@" >/dev/null 2>&1; }
expect 0 "--disconnect leaves when the command runs" \
	background --nid 42 --flag private -- sh -c "read line <$scratch/hold"
expect 0 "which runs on in its context" has_context 42
is "$(flags_of_42)" '["private"]' "which nobody enters any more"
echo >"$scratch/hold"
expect 0 "and ends with it" eventually 10 no_contexts
printf '#!/nowhere\n' >"$scratch/unfit" && chmod 755 "$scratch/unfit"
expect 1 "--disconnect: a command that cannot be executed is told" \
	chbind --disconnect --ip 127.0.0.5 -- "$scratch/unfit"
expect_output '^New network context is 42$' "--lback chooses the number" \
	chbind --lback 127.0.42.1 --ip 127.0.0.5 -- true
expect_output '^New network context is 42$' "or agrees with it" \
	chbind --lback 127.0.42.1 --nid 42 --ip 127.0.0.5 -- true
# What its 127.0.0.1 is outside, the host's list of sockets says.
listener='$s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1:4711") or die; sleep 600'
chbind --silent --lback 127.1.2.1 --ip 127.0.0.5 -- \
	perl -MIO::Socket::INET -e "$listener" >/dev/null 2>&1 &
listener=$!
expect 0 "and is what 127.0.0.1 is outside" eventually 10 \
	sh -c 'ss -Hltn | grep -q " 127.1.2.1:4711 "'
kill "$listener"

# What the manual says that there is instead of what is refused.
# shellcheck disable=SC2016 # perl's
client='use Socket; socket(my $s, AF_INET, SOCK_STREAM, 0);
	connect($s, pack_sockaddr_in(4712, inet_aton("127.0.0.1"))) or exit 111'
# shellcheck disable=SC2016 # perl's
server='use Socket; socket(my $s, AF_INET, SOCK_STREAM, 0);
	bind($s, pack_sockaddr_in(4712, inet_aton("127.0.0.1"))) && listen($s, 9); sleep 600'
perl -e "$server" &
server=$!
expect 0 "control: a server on the host's loopback" eventually 10 perl -e "$client"
expect 111 "is not the context's" chbind --silent --ip 127.0.0.5 -- perl -e "$client"
expect 0 "but with --ip 127.0.0.1 behind its own, in place of lback_allow" \
	chbind --silent --ip 127.0.0.5 --ip 127.0.0.1 -- perl -e "$client"
kill "$server"
# shellcheck disable=SC2016 # perl's
broadcast='use Socket; socket(my $s, AF_INET, SOCK_DGRAM, 0);
	setsockopt($s, SOL_SOCKET, SO_BROADCAST, pack("i", $ARGV[0]));
	send($s, "x", 0, pack_sockaddr_in(4713, inet_aton("192.0.2.255"))) or exit 13'
ip link add vst0 type dummy && ip address add 192.0.2.7/24 brd + dev vst0 && ip link set vst0 up
expect 0 "broadcasts are sent without an option" \
	chbind --silent --ip 192.0.2.7 -- perl -e "$broadcast" 1
expect 13 "control: a socket has to ask for it" chbind --silent --ip 192.0.2.7 -- perl -e "$broadcast" 0
ip link delete vst0
if modprobe tun 2>/dev/null; then
	expect 0 "tun_create: root makes a device as before" \
		chbind --silent --ip 127.0.0.5 -- ip tuntap add dev vst1 mode tun
	ip link delete vst1
else
	skip 1 "this kernel has no tun"
fi
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
bad 2 "unrecognized option '--dev'" "an unknown option" chbind --dev lo --ip 127.0.0.5 -- true
bad 2 '--bcast: a wildcard is bound to one address here and hears no broadcast; .* without chbind' \
	"broadcasts are refused, with why" chbind --bcast 127.0.0.255 --ip 127.0.0.5 -- true
bad 2 "--lback wants an address in 127.0.0.0/8, not '::1'; ::1 goes with it" "a loopback of IPv6" \
	chbind --lback ::1 --ip 127.0.0.5 -- true
bad 2 "--lback 127.0.0.1 is the host's own; --ip 127.0.0.1 behind the others" "the host's loopback" \
	chbind --lback 127.0.0.1 --ip 127.0.0.5 -- true
bad 2 '--lback 127.0.43.2: choose 127.0.2.1 to 127.191.255.1, by the number' "a loopback of no number" \
	chbind --lback 127.0.43.2 --ip 127.0.0.5 -- true
bad 2 '--lback goes by the number of the context: with --nid 44 it is 127.0.44.1$' "a loopback of another number" \
	chbind --nid 44 --lback 127.0.43.1 --ip 127.0.0.5 -- true
bad 2 "--flag: there is no flag 'lok'; there are: private$" "an unknown flag" \
	chbind --flag lok --ip 127.0.0.5 -- true
bad 2 "--flag: 'hide_netif' is no flag here: lists by netlink are of its own, but /proc and /sys show all; see chbind\(8\)$" \
	"a flag that cannot be had" chbind --flag lock,hide_netif --ip 127.0.0.5 -- true
bad 2 "--flag: 'lback_allow' is no flag here: --ip 127.0.0.1 behind the others" \
	"one that something else does" chbind --flag lback_allow --ip 127.0.0.5 -- true
bad 2 "--flag: every network context is 'lock'$" "what cannot be taken away" \
	chbind --flag '!lock' --ip 127.0.0.5 -- true
bad 2 "--ncap: 'raw_icmp' is no network capability here: it has no raw sockets; ping does without" \
	"a capability that is not had" chbind --ncap raw_icmp --ip 127.0.0.5 -- true
bad 2 "--ncap: there is no network capability 'net_raw'$" "an unknown capability" \
	chbind --ncap net_raw --ip 127.0.0.5 -- true
bad 2 "--ncap: every network context has 'tun_create'$" "a capability that cannot be taken away" \
	chbind --ncap '~tun_create' --ip 127.0.0.5 -- true
bad 1 "cannot run 'nosuch': No such file or directory" "no such command, in the background" \
	chbind --disconnect --ip 127.0.0.5 -- nosuch
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
