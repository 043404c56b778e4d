#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What a context is told when it lists interfaces, addresses, neighbours, routes
# and sockets: its own, however much else there is.

. tests/tap.sh
. tests/cli/cli.sh

systemctl start vserverd || bail_out "vserverd does not start"

for dev in vst0 vst1; do
	ip link add $dev type dummy && ip link set $dev up || bail_out "no interfaces"
	cleanup ip link delete $dev
done
ip address add 192.0.2.7/24 dev vst0
ip address add 192.0.2.8/24 dev vst0
ip address add 2001:db8::7/64 dev vst0 nodad
ip address add 2001:db8::8/64 dev vst0 nodad
ip address add 198.51.100.1/24 dev vst1
ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev vst0
ip neigh add 198.51.100.9 lladdr 02:00:00:00:00:0a dev vst1
within() { timeout 60 chbind --silent --nid 42 --ip 192.0.2.7 --ip 2001:db8::7 -- "$@"; }
addresses() { ip -o address show | awk '{ print $2, $4 }'; }
links() { ip -o link show | awk -F ': ' '{ print $2 }' | paste -sd ' '; }
listeners() { ss -Hltn | awk '{ print $4 }' | sort | paste -sd ' '; }
export -f addresses links listeners
both() { [[ $(links) == *vst0*vst1* ]]; }

# --- interfaces and what belongs to them ------------------------------------------------
expect 0 "control: the host lists both interfaces" both
is "$(within bash -c links)" "lo vst0" "a context lists the loopback and that which has its address"
expect_output 'vst0 192.0.2.8/24' "control: the host lists all addresses" addresses
is "$(within bash -c addresses | paste -sd ';')" \
	"lo 127.0.0.1/8;lo ::1/128;vst0 192.0.2.7/24;vst0 2001:db8::7/64" "a context its own"
is "$(within hostname -I)" "192.0.2.7 2001:db8::7 " "as does who asks the C library"
expect_output '198.51.100.0/24 dev vst1' "control: the host lists all routes" ip route show
is "$(within ip route show | grep -c vst1)" 0 "a context those of its interfaces"
expect_output '192.0.2.0/24 dev vst0' "control: which it has" within ip route show
expect_output 'vst1' "control: the host lists all neighbours" ip neigh show
is "$(within ip neigh show | awk '{ print $1 }')" 192.0.2.9 "a context those of its interfaces"
is "$(chbind --silent --ip 198.51.100.1 -- bash -c links)" "lo vst1" "another context has another"

# --- sockets --------------------------------------------------------------------------------
# shellcheck disable=SC2016 # perl's
server='use Socket; for my $port ($ARGV[1] .. $ARGV[2]) {
	socket(my $s, AF_INET, SOCK_STREAM, 0); push @all, $s;
	bind($s, pack_sockaddr_in($port, inet_aton($ARGV[0]))) && listen($s, 9) or exit 98 }
	$ARGV[3] ? exit(system("bash", "-c", $ARGV[3]) >> 8) : sleep 600'
perl -e "$server" 198.51.100.1 4000 4999 &
host=$!
expect 0 "control: a thousand sockets of the host" eventually 20 \
	sh -c '[ "$(ss -Hltn | grep -c "198.51.100.1:4...")" = 1000 ]'
is "$(within perl -e "$server" 0.0.0.0 5000 5000 listeners)" 192.0.2.7:5000 \
	"a context lists its own, of all these"
is "$(within perl -e "$server" 127.0.0.1 5000 5000 listeners)" 127.0.42.1:5000 \
	"those on its loopback too, where that is"
is "$(within bash -c listeners)" "" "and none where it has none"
kill "$host"

# --- more than a buffer of them ----------------------------------------------------------------
for i in {1..150}; do echo "link add vsx$i type dummy"; done | ip -batch - || bail_out "no interfaces"
for i in {1..150}; do echo "address add 203.0.113.$i/32 dev vst1"; done | ip -batch -
expect 0 "control: many interfaces" sh -c '[ "$(ip -o link show | wc -l)" -gt 150 ]'
is "$(within bash -c links)" "lo vst0" "of many interfaces a context lists its own"
is "$(within bash -c addresses | wc -l)" 4 "and of many addresses"
is "$(within bash -c 'for i in {1..40}; do addresses; done | sort -u | wc -l')" 4 "each time"
for i in {1..150}; do echo "link delete vsx$i"; done | ip -batch -

# --- many who read one socket at once ---------------------------------------------------------------
# shellcheck disable=SC2016 # perl's
readers='use Socket; socket(my $s, 16, SOCK_RAW, 0) or die $!;
	my @ask = map { pack("L S S L L x16", 32, $_, 0x301, 1, 0) } 18, 22, 26, 30;
	my ($got, $end) = (0, time + 5);
	for my $n (1 .. 5) {
		next if fork;
		while (time < $end) {
			$n == 1 ? send($s, $ask[rand @ask], 0) :
				recv($s, my $b, 65536, MSG_DONTWAIT | ($n == 2 ? MSG_PEEK : 0)) //
					next and $got++;
		}
		exit !$got;
	}
	my $bad = 0; while (wait > 0) { $bad ||= $? } exit($bad ? 1 : 0)'
for i in {1..50}; do echo "link add vsx$i type dummy"; done | ip -batch -
expect 0 "of those who read one socket at once each is told something" within perl -e "$readers"
for i in {1..50}; do echo "link delete vsx$i"; done | ip -batch -

# --- what it is told if it asks for one thing ----------------------------------------------------
expect 0 "control: an interface that is asked for by name" within ip link show dev vst0
expect 0 "the host lists all of it afterwards" both
expect 0 "nothing is left" eventually 10 no_contexts

done_testing
