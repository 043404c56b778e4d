#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Addresses given to a guest and taken from it while it runs: what it may be given,
# what becomes of its sockets, and what is kept for later starts.

. tests/tap.sh
. tests/daemon/daemon.sh

tiny "$scratch/tiny.tar"
traces >"$scratch/before"
for kind in dummy bridge; do
	ip link add vst0 type "$kind" 2>/dev/null && break
done
ip link set vst0 up 2>/dev/null || bail_out "no interface to put addresses on"
cleanup ip link delete vst0
for name in web db; do
	cleanup vserver delete "$name" --yes
	cleanup vserver stop "$name"
	vserver build "$name" --from "$scratch/tiny.tar"
	add_program "$name" perl
	mkdir -p "$(root_of "$name")/usr/lib/x86_64-linux-gnu"
	cp -r /usr/lib/x86_64-linux-gnu/perl-base "$(root_of "$name")/usr/lib/x86_64-linux-gnu"
	# echo KIND ADDRESS PORT [group]: says back what it is told, until its socket ends
	cat >"$(root_of "$name")/root/echo" <<'PERL'
use Socket qw(:DEFAULT pack_sockaddr_in6 inet_pton);
my ($kind, $address, $port, $group) = @ARGV;
my $six = $address =~ /:/;
socket(my $s, $six ? AF_INET6 : AF_INET, $kind eq "tcp" ? SOCK_STREAM : SOCK_DGRAM, 0) or die;
setsockopt($s, SOL_SOCKET, SO_REUSEADDR, 1);
setsockopt($s, SOL_SOCKET, SO_REUSEPORT, 1) if $group;
setsockopt($s, 41, 26, 1) if $six;	# IPV6_V6ONLY
bind($s, $six ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $address)) :
	pack_sockaddr_in($port, inet_pton(AF_INET, $address))) or die "bind: $!\n";
exit 0 if $port == 0;
$SIG{CHLD} = "IGNORE";
if ($kind eq "tcp") {
	listen($s, 16) or die "listen: $!\n";
	while (accept(my $c, $s)) {
		next if fork;
		while (sysread($c, my $text, 100)) { syswrite($c, $text) }
		exit;
	}
} else {
	while (defined(my $peer = recv($s, my $text, 100, 0))) { send($s, $text, 0, $peer) }
}
die "ended: $!\n";
PERL
done

has() { ip -o address show to "$1" | grep -q .; }
has_not() { ! has "$1"; }
kept() { grep -qxF "address = $1" "/etc/vserver/guests/${2-web}.conf.d/50-set.conf"; }
binds() { vserver exec "${2-web}" -- perl /root/echo tcp "$1" 0 || return 1; }
listed() { vserver address "$1" --json | jq -e --arg a "$2" ".[] | select(.address == \$a) | $3" || return 1; }

# answers KIND ADDRESS PORT: somebody is there.
answers()
{
	timeout $((10 * ${TEST_PATIENCE:-1})) perl "$scratch/ask" "$@"
}
cat >"$scratch/ask" <<'PERL'
use Socket qw(:DEFAULT pack_sockaddr_in6 inet_pton);
my ($kind, $address, $port) = @ARGV;
my $six = $address =~ /:/;
socket(my $s, $six ? AF_INET6 : AF_INET, $kind eq "tcp" ? SOCK_STREAM : SOCK_DGRAM, 0) or die;
connect($s, $six ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $address)) :
	pack_sockaddr_in($port, inet_pton(AF_INET, $address))) or exit 1;
syswrite($s, "hi") && sysread($s, my $text, 100) or exit 1;
exit($text ne "hi");
PERL

# serves GUEST KIND ADDRESS PORT [group]: an echo there; $served is its process
serves()
{
	vserver exec "$1" -- perl /root/echo "${@:2}" 2>>"$scratch/ended" &
	served=$!
	cleanup kill "$served"
	disown
}
ended() { ! kill -0 "$1" 2>/dev/null; }
at() { case $1 in 0.0.0.0) echo 192.0.2.7 ;; ::) echo 2001:db8:2::7 ;; *) echo "$1" ;; esac; }

vserver set web 'address=192.0.2.7/24 dev vst0' 'address=2001:db8:2::7/64 dev vst0' -q
vserver set db 'address=192.0.2.8/24 dev vst0' -q
ip address add 192.0.2.30/32 dev vst0
vserver start web db

# --- shown ----------------------------------------------------------------------------
expect_output '^192.0.2.7/24 +vst0 +yes +/etc/vserver/guests/web.conf.d/50-set.conf$' \
	"addresses are shown" vserver address web
expect 0 "as JSON" listed web 2001:db8:2::7 '.used and .added and .dev == "vst0" and .prefix == 64'
expect_error 1 "cannot show the addresses of 'wbe': no such guest; did you mean 'web'" \
	"of no guest" vserver address wbe
expect_error 2 "address: no 'show'" "there is no such word" vserver address show web
expect_error 2 "ADDRESS is missing" "an address is missing" vserver address add web

# --- what may be added -------------------------------------------------------------------
expect_error 1 "cannot add an address to 'web': address: it has that address already" \
	"what it has" vserver address add web 192.0.2.7/24 dev vst0
expect_error 1 "address: '192.0.2' is no address" "what is none" vserver address add web 192.0.2
expect_error 1 "address: 'none' is no address" "nor is that" vserver address add web none
expect_error 1 "there is no interface 'nowhere'" "an interface that is not there" \
	vserver address add web 192.0.2.9/24 dev nowhere
expect_error 1 "192.0.2.9 is not an address of this host" "what the host has not" \
	vserver address add web 192.0.2.9
expect_error 1 "192.0.2.8 is used by context [0-9]+, 'db'; give each its own" \
	"what another guest has, with its name" vserver address add web 192.0.2.8/24 dev vst0
expect_error 1 "192.0.2.30 is an address of this host, on vst0; write it without dev" \
	"what the host has" vserver address add web 192.0.2.30/24 dev vst0
expect 1 "none of them is its own then" binds 192.0.2.8
expect_error 1 "cannot remove an address from 'web': address: it has no such address" \
	"what it has not cannot be removed" vserver address remove web 192.0.2.8
expect 0 "control: the host's, as it is" vserver address add web 192.0.2.30
expect 0 "control: it has it" binds 192.0.2.30
expect 0 "control: and it can be removed" vserver address remove web 192.0.2.30
expect 1 "it has it no more" binds 192.0.2.30
expect 0 "the host has" has 192.0.2.30
expect 0 "over Varlink: what it has" refuses AddAddress \
	'{"name":"web","address":"192.0.2.7"}' "$errors.InvalidValue .*already"
expect 0 "over Varlink: no such guest" refuses RemoveAddress \
	'{"name":"wbe","address":"192.0.2.7"}' "$errors.NoSuchGuest"
expect_output '"used":true' "over Varlink: control" call Addresses '{"name":"web"}'

# --- new sockets -------------------------------------------------------------------------
for address in 0.0.0.0 ::; do
	serves web tcp $address 80
	expect 0 "a server on $address" eventually 30 answers tcp "$(at $address)" 80
done
for added in 192.0.2.9/24 2001:db8:2::9/64; do
	address=${added%/*}
	expect 1 "before: $address is not there" binds "$address"
	expect_output "^web: $added dev vst0 added$" "it is added" \
		vserver address add web "$added" dev vst0
	expect 0 "it is there" has "$address"
	expect 0 "a new socket can have it" binds "$address"
	expect 0 "and the server that was there answers on it" answers tcp "$address" 80
	expect 0 "it is kept" kept "$added dev vst0"
	expect 0 "and shown" listed web "$address" '.used and .added'
done
expect_output 'vst0:web' "its label names the guest" ip -4 -o address show to 192.0.2.9
expect 0 "what it had is kept as well" kept "192.0.2.7/24 dev vst0"
expect 1 "the other guest has none of it" binds 192.0.2.9 db

# --- sockets that are there ------------------------------------------------------------------
# Of the same guest on another address, of another guest, and of the host on the same one.
serves db tcp 0.0.0.0 80
others=$served
perl "$(root_of web)/root/echo" tcp 192.0.2.9 90 &
hosts=$!
cleanup kill "$hosts"
perl "$(root_of web)/root/echo" udp 2001:db8:2::9 90 &
hosts6=$!
cleanup kill "$hosts6"
expect 0 "a server of another guest" eventually 30 answers tcp 192.0.2.8 80
expect 0 "one of the host, on that address" eventually 30 answers tcp 192.0.2.9 90
expect 0 "and one of UDP" eventually 30 answers udp 2001:db8:2::9 90
for address in 192.0.2.9 2001:db8:2::9; do
	other=192.0.2.7 prefix=24 by_name=()
	[[ $address != *:* ]] || other=2001:db8:2::7 prefix=64
	for kind in tcp udp; do
		serves web $kind $address 81
		by_name+=("$served")
		for _ in 1 2 3 4; do
			serves web $kind $address 82 group
			by_name+=("$served")
		done
		expect 0 "a server of $kind on $address" eventually 30 answers $kind $address 81
		expect 0 "and a group of them" eventually 30 answers $kind $address 82
	done
	exec 5<>/dev/tcp/$address/80 6<>/dev/tcp/$other/80 7<>/dev/tcp/192.0.2.8/80
	for fd in 5 6 7; do
		echo hi >&$fd
		read -r -t 30 text <&$fd
		is "$text" hi "control: connection $fd works"
	done
	expect_output "^web: $address removed$" "$address is removed" \
		vserver address remove web $address
	gone=0
	read -r -t 30 text 2>/dev/null <&5 || gone=$?
	[ "$gone" != 0 ] && [ "$gone" -lt 128 ]
	ok $? "the connection over it has ended"
	for fd in 6 7; do
		text=
		echo still >&$fd
		read -r -t 30 text <&$fd
		is "$text" still "connection $fd goes on"
	done
	exec 5>&- 6>&- 7>&-
	for process in "${by_name[@]}"; do
		expect 0 "what was bound to it has ended" eventually 30 ended "$process"
	done
	expect 0 "it is off the host" has_not $address
	expect 1 "a new socket cannot have it" binds $address
	expect 1 "it is not kept" kept "$address/$prefix dev vst0"
	expect 0 "the server of the wildcard is there" answers tcp $other 80
	expect 1 "nor shown" listed web $address .used
done
expect 0 "the other guest's is there" kill -0 "$others"
expect 0 "and answers" answers tcp 192.0.2.8 80
expect 0 "the host's are there" kill -0 "$hosts" "$hosts6"
kill "$hosts" "$hosts6"

# --- the first one ------------------------------------------------------------------------
vserver address add -q web 192.0.2.9/24 dev vst0
serves web tcp 0.0.0.0 83
wildcard=$served
expect 0 "a wildcard is on the first address" eventually 30 answers tcp 192.0.2.7 83
expect 0 "and heard on the other" answers tcp 192.0.2.9 83
expect 0 "the first is removed" vserver address remove web 192.0.2.7
expect 0 "the wildcard has ended with it" eventually 30 ended "$wildcard"
serves web tcp 0.0.0.0 83
expect 0 "a new one is on what is the first now" eventually 30 answers tcp 192.0.2.9 83

# --- until the next start -------------------------------------------------------------------
expect 0 "until the next start" vserver address add web --runtime 192.0.2.10/24 dev vst0
expect 0 "it has it" binds 192.0.2.10
expect 1 "it is not kept" kept "192.0.2.10/24 dev vst0"
expect 0 "a lasting one beside it" vserver address add web 192.0.2.11/24 dev vst0
expect 0 "it has both" listed web 192.0.2.10 .used
expect 0 "that is kept" kept "192.0.2.11/24 dev vst0"
expect 0 "one is gone until then" vserver address remove web --runtime 192.0.2.9
expect 1 "it has it no more" binds 192.0.2.9
expect 0 "restarted" vserver restart web
expect 1 "the one of --runtime is gone" has 192.0.2.10
expect 0 "the lasting one is there" has 192.0.2.11
expect 0 "and so is what was gone" has 192.0.2.9

# --- set, and a guest that does not run -------------------------------------------------------
expect_output "address of 'web' counts from the next start: .*vserver address add" \
	"set says that it counts later" vserver set web 'address=192.0.2.12/24 dev vst0'
expect 1 "control: so it does" has 192.0.2.12
expect 0 "control: and it has what it had" binds 192.0.2.11
expect 0 "shown as not used" listed web 192.0.2.12 '.used == false'
expect 0 "shown without a file" listed web 192.0.2.11 '.used and .source == null'
vserver stop web
expect_error 1 "cannot add an address to 'web': not running" "nothing until then for one that is down" \
	vserver address add web --runtime 192.0.2.13/24 dev vst0
expect 0 "control: a lasting one" vserver address add web 192.0.2.13/24 dev vst0
expect 1 "is not put there" has 192.0.2.13
expect 0 "but kept" kept "192.0.2.13/24 dev vst0"
expect 0 "one is removed" vserver address remove web 192.0.2.12
expect 0 "and the last one" vserver address remove web 192.0.2.13
expect 0 "then there is none" kept none
expect_output '^$' "and none is shown" vserver address --no-legend web
expect_output '' "it starts without" vserver start web
expect 0 "control: nothing of it is on the host" has_not 192.0.2.13
expect 0 "and can be given one" vserver address add web 192.0.2.13/24 dev vst0
expect 0 "which it has" binds 192.0.2.13
expect 1 "and the word is gone" kept none

# --- cut short ------------------------------------------------------------------------------
# While another machine is asked for it, which takes a second.
unshare --net sleep infinity &
machine=$!
cleanup kill "$machine"
there() { nsenter --net --target "$machine" ip "$@"; }
is_there() { [ "$(readlink /proc/$machine/ns/net)" != "$(readlink /proc/$$/ns/net)" ]; }
if eventually 20 is_there && ip link add vst1 type veth peer name vst2; then
	ip link set vst2 netns "$machine"
	there link set vst2 up
	ip link set vst1 up
	eventually 30 sh -c "ip -6 address show dev vst1 scope link | grep inet6 | grep -v tentative"
	there address add 2001:db8:3::8/64 dev vst2 nodad
	expect_error 1 "2001:db8:3::8 is in use by another machine in the network of vst1" \
		"what another machine has" vserver address add web 2001:db8:3::8/64 dev vst1
	expect 1 "is not there" has 2001:db8:3::8
	expect 1 "nor its own" listed web 2001:db8:3::8 .used
	expect 0 "control: with nodad nobody is asked" \
		vserver address add web 2001:db8:3::8/64 dev vst1 nodad
	vserver address remove -q web 2001:db8:3::8
	vserver address add web 2001:db8:3::9/64 dev vst1 >"$scratch/out" 2>&1 &
	adding=$!
	eventually 20 has 2001:db8:3::9
	pkill -KILL -x vserverd-worker
	wait "$adding"
	expect_output 'the process that did it was killed' "a change is cut short" cat "$scratch/out"
	expect 0 "what it did is kept in mind" \
		jq -e '.added | map(.address) | index("2001:db8:3::9") != null' \
		/run/vserver/guests/web.json
	expect 0 "it can be made again" vserver address add web 2001:db8:3::9/64 dev vst1
	expect 0 "and holds" binds 2001:db8:3::9
	vserver address remove -q web 2001:db8:3::9
	vserver address add web 2001:db8:3::a/64 dev vst1 >/dev/null 2>&1 &
	adding=$!
	eventually 20 has 2001:db8:3::a
	pkill -KILL -x vserverd-worker
	wait "$adding"
	expect 0 "or the guest stops" vserver stop web
	expect 1 "which takes it away" has 2001:db8:3::a
	ip link delete vst1
else
	ok 1 "a pair of interfaces is made"
	vserver stop web
fi

vserver stop db
ip link delete vst0
for name in web db; do
	expect 0 "$name is deleted" vserver delete "$name" --yes
done
expect 0 "nothing is left" eventually 20 nothing_left

done_testing
