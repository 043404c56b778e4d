#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# vserver check --ports: what of the host listens on every address is found, with
# who it is, what that is to contexts, and what to do; what listens on one
# address, or on one that a context has itself, is not in the way.

. tests/tap.sh
. tests/cli/cli.sh

systemctl start vserverd || bail_out "vserverd does not start"

# shellcheck disable=SC2016 # perl's
server='use Socket qw(:all); my ($type, $ip, $port, $reuse, $only, $name) = @ARGV;
	my $v6 = $ip =~ /:/;
	socket(my $s, $v6 ? AF_INET6 : AF_INET, $type eq "tcp" ? SOCK_STREAM : SOCK_DGRAM, 0) or die $!;
	setsockopt($s, SOL_SOCKET, SO_REUSEADDR, pack("i", $reuse)) or die $!;
	setsockopt($s, IPPROTO_IPV6, IPV6_V6ONLY, pack("i", $only)) or die $! if $v6;
	bind($s, $v6 ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $ip)) :
		 pack_sockaddr_in($port, inet_aton($ip))) or exit 98;
	$type eq "udp" or listen($s, 1) or exit 98;
	$0 = $name; $name eq "once" or sleep 600'
# serve UNIT TYPE ADDRESS PORT REUSE V6ONLY NAME: a server of the host.
serve()
{
	systemd-run -q --unit="$1" perl -e "$server" "${@:2}" || return
	cleanup systemctl stop "$1"
}
# once TYPE ADDRESS PORT REUSE: can a context bind to that?
once() { chbind --silent --ip 127.0.0.6 -- perl -e "$server" "$@" 0 once; }
# port NUMBER JQ: of the object of that port, in JSON.
port() { vserver check --ports --json | jq -r ".[] | select(.port == $1) | $2"; }
listed() { [ -n "$(port "$1" .port)" ]; }
row() { vserver check | grep "^ports "; }

others=$(vserver check --ports --json | jq length)
diag "of the machine: $(vserver check --ports --no-legend)"

# --- who it is ----------------------------------------------------------------------------
serve porttest-tcp tcp 0.0.0.0 4711 1 0 sshd
expect 0 "a server on every address is found" eventually 10 listed 4711
is "$(port 4711 '"\(.protocol) \(.ipv4) \(.ipv6) \(.command) \(.unit) \(.interface)"')" \
	"tcp true false sshd porttest-tcp.service " "with its name and its unit"
is "$(port 4711 .pid)" "$(systemctl show -P MainPID porttest-tcp)" "and its process"
is "$(port 4711 '.contexts | length')" 0 "it is in nobody's way while there are no contexts"
expect_output '^ports +ok' "so says check" row

mkfifo "$scratch/hold"
chbind --silent --nid 42 --ip 127.0.0.5 -- sh -c "read line <$scratch/hold" &
expect 0 "control: a network context" eventually 10 has_context 42
is "$(port 4711 '.contexts | map("\(.xid) \(.name)") | join(",")')" "42 42" "which it is heard on"
expect 0 "which can have the port beside it" once tcp 0.0.0.0 4711 0
expect_output '^ports +missing +[0-9]+ sockets of the host' "check says that there is such a one" row
expect 0 "which makes the machine not unfit" vserver check --quiet
expect_output '4711/tcp +sshd +[0-9]+ +porttest-tcp.service +heard on +42' "the table has it" \
	vserver check --ports
expect_output '^4711/tcp, sshd: answers on .*; ListenAddress [0-9A-Z.]+ in /etc/ssh/sshd_config$' \
	"and below it what to do about that server" vserver check --ports
expect 0 "nothing of it where nothing is to be said" prints "" vserver check --ports --quiet

# --- what is not in the way -----------------------------------------------------------------
serve porttest-one tcp 127.0.0.1 4712 1 0 sshd
expect 0 "control: a server on one address" eventually 10 sh -c 'ss -Hltn | grep -q 127.0.0.1:4712'
expect 1 "is not listed" listed 4712
chbind --silent --nid 43 --ip 127.0.0.7 -- perl -e "$server" tcp 0.0.0.0 4711 0 0 sshd &
own=$!
expect 0 "control: a context that listens there itself" eventually 10 \
	sh -c 'ss -Hltn | grep -q 127.0.0.7:4711'
is "$(port 4711 '.contexts | map(.xid) | join(",")')" 42 "is not concerned, another still is"
kill "$own"

# --- nor does it keep a port ---------------------------------------------------------------
serve porttest-udp udp 0.0.0.0 4713 0 0 unknown
expect 0 "control: a server of UDP that shares its port with nobody" eventually 10 listed 4713
is "$(port 4713 '"\(.protocol) \(.contexts | length)"')" "udp 1" "it is heard on a context's address"
expect 0 "a context can have the port" once udp 0.0.0.0 4713 0
expect_output '^4713/udp, unknown: answers on .*; bind it to .* chbind --ip' \
	"what to do about one that nobody knows" vserver check --ports

# --- both families ------------------------------------------------------------------------------
serve porttest-dual tcp :: 4715 1 0 nginx
serve porttest-six tcp :: 4716 1 1 nginx
expect 0 "control: two servers of IPv6" eventually 10 listed 4716
is "$(port 4715 '"\(.ipv4) \(.ipv6) \(.contexts | length)"')" "true true 1" \
	"one that hears both families is in the way of a context of one"
is "$(port 4716 '"\(.ipv4) \(.ipv6) \(.contexts | length)"')" "false true 0" \
	"one of IPv6 alone is not in the way of one of IPv4"
expect_output '^4715/tcp, nginx: .*; listen [0-9A-Z.]+:PORT in each server of /etc/nginx$' \
	"its remedy is its own" vserver check --ports

# --- bad input ------------------------------------------------------------------------------------
expect_error 2 "unrecognized option|no option" "an unknown option" vserver check --port-s
expect_error 1 "cannot check ports: " "in a context" chcontext --silent -- vserver check --ports

systemctl stop porttest-tcp porttest-one porttest-udp porttest-dual porttest-six
expect 0 "what has gone is not listed any more" eventually 10 \
	sh -c "[ \$(vserver check --ports --json | jq length) = $others ]"
echo >"$scratch/hold"
expect 0 "control: the context ends" eventually 10 no_contexts

done_testing
