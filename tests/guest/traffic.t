#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What a guest sends and receives is counted, kept to its rate and to what it may
# use in a month; another's is not touched by that.

. tests/tap.sh
. tests/guest/flow.sh

# The daemon looks at traffic each second.
mkdir -p /run/systemd/system/vserverd.service.d
printf '[Service]\nEnvironment=VSERVERD_TRAFFIC_SECONDS=1\n' >/run/systemd/system/vserverd.service.d/traffic.conf
cleanup systemctl restart vserverd
cleanup systemctl daemon-reload
cleanup rm /run/systemd/system/vserverd.service.d/traffic.conf
systemctl daemon-reload
systemctl restart vserverd || bail_out 'vserverd does not start'

flowing web 7
flowing db 8

# counts GUEST: "4 received packets bytes connections sent packets bytes connections 6 …"
counts()
{
	field "$1" '[.traffic.ip4, .traffic.ip6 | .received, .sent | .packets, .bytes, .connections, .drops] | join(" ")'
}
# grown FIELD FROM: how much more it is now.
grown() { echo $(($(field web ".traffic.$1") - $2)); }

# --- what is none -------------------------------------------------------------------
refused() { expect_error 1 "^vserver: cannot set $1 of 'web': $2" "refused: $3" vserver set web "$3"; }
refused net-rate "'fast' is no rate; write it like 100mbit, or 100mbit burst 1M, or infinity\$" net-rate=fast
refused net-rate "1kbit is out of range; choose 64kbit" net-rate=1kbit
refused net-traffic "'1TB' is no amount of traffic; write it like 1TB/month" net-traffic=1TB
refused net-traffic "'1TB/month then go' is no" 'net-traffic=1TB/month then go'
expect 0 "by name for programs" refuses Set \
	'{"name":"web","settings":[{"key":"net-rate","value":"1"}]}' "$errors.InvalidValue .*\"key\":\"net-rate\""

# --- what is counted ------------------------------------------------------------------
before=$(counts db)
# exactly FAMILY NEAR FAR HEADER
exactly()
{
	local from bytes heard
	from=$(field web ".traffic.$1.sent.packets") bytes=$(field web ".traffic.$1.sent.bytes")
	expect 0 "control: $1: the guest sends" inside web flow datagrams "$3" 9 1000 100
	is "$(grown "$1.sent.packets" "$from")" 1000 "$1: a thousand datagrams sent are counted"
	is "$(grown "$1.sent.bytes" "$bytes")" $((1000 * (100 + $4))) "$1: with all their bytes"
	from=$(field web ".traffic.$1.received.packets") bytes=$(field web ".traffic.$1.received.bytes")
	sink inside web flow sink udp "$2" 5000 1
	expect 0 "control: $1: somebody sends to it" far $flow datagrams "$2" 5000 500 200
	heard=$(sunk)
	[ "${heard:-0}" -gt 0 ]
	ok $? "control: $1: which it hears"
	is "$(grown "$1.received.packets" "$from")" 500 "$1: what it received is counted"
	is "$(grown "$1.received.bytes" "$bytes")" $((500 * (200 + $4))) "$1: with all its bytes"
}
exactly ip4 10.77.0.7 10.77.0.2 28
exactly ip6 fd77::7 fd77::2 48

from=$(field web .traffic.ip4.sent.connections)
sink far $flow accept 10.77.0.2 5001 20
expect 0 "control: connections are made" inside web flow connect 10.77.0.2 5001 20
is "$(grown ip4.sent.connections "$from")" 20 "each is counted"
from=$(field web .traffic.ip6.received.connections)
sink inside web flow accept fd77::7 5001 30
expect 0 "control: connections are accepted" far $flow connect fd77::7 5001 30
is "$(grown ip6.received.connections "$from")" 30 "each is counted"

all() { field web '[.traffic.ip4, .traffic.ip6 | .received, .sent | .packets] | add'; }
from=$(all)
sink inside web flow accept 127.0.0.1 5002 5
expect 0 "control: loopback works" inside web flow connect 127.0.0.1 5002 5
wait "$sink"
expect 0 "and datagrams on it" sh -c "vserver exec web -- flow datagrams 127.0.0.1 9 50 100; true"
is "$(all)" "$from" "it is not counted"
is "$(counts db)" "$before" "nor is any of that with the other guest"

# Between guests: segments that are cut nowhere are counted as the packets that they
# would be on a wire.
cleanup ip link set lo gso_max_size 65536 gso_ipv4_max_size 65536
udevadm trigger --action=add --settle /sys/class/net/lo
ip -d link show lo | grep -q 'gso_max_size 262144 .*gso_ipv4_max_size 262144'
ok $? "control: segments on loopback are large"
sent_again() { awk '$1 == "Tcp:" { n = $13 } END { print n }' /proc/net/snmp; }
# large FAMILY ADDRESS HEADER
large()
{
	local from bytes heard again
	from=$(field web ".traffic.$1.sent.packets") bytes=$(field web ".traffic.$1.sent.bytes")
	again=$(sent_again)
	sink inside db flow sink tcp "$2" 5003 3
	inside web flow send tcp "$2" 5003 1 >/dev/null 2>&1
	heard=$(sunk) from=$(grown "$1.sent.packets" "$from") bytes=$(grown "$1.sent.bytes" "$bytes")
	[ "${heard:-0}" -gt $((64 * 65536)) ]
	ok $? "control: $1: much comes to the other guest" || diag "$heard"
	again=$(($(sent_again) - again)) bytes=$((bytes - heard))
	[ $bytes -ge $((from * $3)) ] && [ $((bytes - from * $3)) -lt $(((again + 1) * 65536)) ]
	ok $? "$1: with a header for each packet" ||
		diag "$from packets, $again of them again; $bytes bytes more than $heard"
	is "$(field db ".traffic.$1.received | [.packets, .bytes] | map(. > 64) | all")" true "$1: the other's, too"
}
large ip4 10.77.0.8 52
large ip6 fd77::8 72
expect_output '^  traffic  received [0-9.]+[BKMG], sent [0-9.]+[BKMG]; [0-9.]+[BKMG] in 20[0-9]{2}-[01][0-9]$' \
	"status has it" vserver status web

before=$(counts web)
expect 0 "control: another daemon" systemctl restart vserverd
is "$(counts web)" "$before" "has lost nothing"
month=$(field web .traffic.monthBytes)
[ "$month" -ge $((1000 * 128)) ]
ok $? "nor of this month" || diag "$month"

# --- rates ------------------------------------------------------------------------------
# passes WHAT: bytes that one connection brings out of it, or into it, in 3 s.
passes()
{
	if [ "$1" = out ]; then
		sink far $flow sink tcp 10.77.0.2 5003 3
		inside web flow send tcp 10.77.0.2 5003 4 >/dev/null 2>&1
	else
		sink inside web flow sink tcp 10.77.0.7 5003 3
		far $flow send tcp 10.77.0.7 5003 4 >/dev/null 2>&1
	fi
	sunk
}
# slower NAME FAST SLOW: less than a third.
slower()
{
	[ "$3" -gt 0 ] && [ $(($3 * 3)) -lt "$2" ]
	ok $? "$1" || diag "$2 bytes, then $3"
}
for how in out in; do
	free=$(passes $how)
	expect 0 "$how: a rate, while it runs" vserver set -q web --runtime net-rate=20mbit
	fast=$(passes $how)
	slower "$how: it is slower than without" "$free" "$fast"
	expect 0 "$how: a tenth of it" vserver set -q web --runtime net-rate=2mbit
	slower "$how: it is slower still" "$fast" "$(passes $how)"
	expect 0 "$how: no rate" vserver set -q web --runtime net-rate=infinity
	slower "$how: it is as fast as before" "$(passes $how)" "$fast"
done
is "$(field web .traffic.sendBits)" null "without a rate there is none in JSON"
vserver set -q web --runtime net-rate=2mbit 'net-rate-in=30mbit burst 1M'
is "$(field web '.traffic | "\(.sendBits) \(.receiveBits)"')" "2000000 30000000" "each direction has its own"
sink far $flow sink udp 10.77.0.2 5004 1
drops=$(field web .traffic.ip4.sent.drops)
inside web flow send udp 10.77.0.2 5004 2 >/dev/null 2>&1
wait "$sink"
[ "$(grown ip4.sent.drops "$drops")" -gt 100 ]
ok $? "what does not pass is counted" || diag "$(counts web)"
is "$(field db '[.traffic.ip4, .traffic.ip6 | .received, .sent | .drops] | add')" 0 "the other guest has lost nothing"
tc qdisc replace dev vs-out root fq || bail_out "no fq"
vserver set -q web --runtime net-rate=20mbit
fast=$(passes out)
vserver set -q web --runtime net-rate=2mbit
slower "where the device has fq, a tenth is slower, too" "$fast" "$(passes out)"
drops=$(field web .traffic.ip4.sent.drops)
inside web flow send udp 10.77.0.2 5004 2 >/dev/null 2>&1
is "$(grown ip4.sent.drops "$drops")" 0 "and one socket waits, and loses nothing"
tc qdisc delete dev vs-out root

# --- what it may use in a month -----------------------------------------------------------
vserver set -q web --runtime net-rate=infinity net-rate-in=infinity
vserver events --json >"$scratch/events" 2>/dev/null &
cleanup kill $!
used() { field web .traffic.monthBytes; }
limit() { echo "net-traffic=$(($(used) + 100000))/month${1:+ then $1}"; }
reached() { [ "$(field web .traffic.limitReached)" = true ]; }
told() { [ "$(grep -c '"event":"limit"' "$scratch/events")" = "$1" ]; }
spend() { inside web flow datagrams 10.77.0.2 9 200 1000; }
expect 0 "it may use a little more" vserver set -q web "$(limit)"
is "$(field web .traffic.limitReached)" false "control: it has not used that"
spend
expect 0 "it has" eventually 20 reached
expect 0 "which is an event" eventually 20 told 1
is "$(field web '.traffic.sendBits, .state' | xargs)" "null running" "and nothing else"
expect 0 "control: the journal has it" eventually 20 \
	journalctl -q MESSAGE_ID=cedc490f550e46789d664fbd5b08adf4 VSERVER_GUEST=web -n 1 --output=cat
expect 0 "another daemon" systemctl restart vserverd
sleep 3		# it looks
[ "$(journalctl -q VSERVER_EVENT=limit VSERVER_GUEST=web --output=cat | wc -l)" = 1 ]
ok $? "does not tell it again"
expect_output ', which are used up$' "status says so" vserver status web

expect 0 "then a rate" vserver set -q web "$(limit 1mbit)"
is "$(field web .traffic.sendBits)" null "control: not yet"
spend
slow() { [ "$(field web .traffic.sendBits)" = 1000000 ]; }
expect 0 "it is slow" eventually 20 slow
vserver set -q web --runtime net-rate=128kbit
is "$(field web .traffic.sendBits)" 128000 "a rate that is less stays"
vserver set -q web --runtime net-rate=infinity
expect 0 "it starts again" vserver restart -q web
is "$(field web .traffic.sendBits)" 1000000 "and is slow from the beginning"
[ "$(used)" -gt 100000 ]
ok $? "what it used is kept over that" || diag "$(used)"

# the month after this one, and back
kept=$(used)
up() { cut -d. -f1 /proc/uptime; }
booted=$(($(date +%s) - $(up)))
back() { date -s "@$((booted + $(up)))"; }
cleanup back
date -s "$(date -d "$(date +%Y-%m-15) +1 month" +'%F %T')" >/dev/null
anew() { [ "$(field web .traffic.sendBits)" = null ] && [ "$(used)" -lt 50000 ]; }
expect 0 "a new month begins anew" eventually 20 anew
is "$(field web .traffic.month)" "$(date +%Y-%m)" "it is that"
[ "$kept" -gt "$(used)" ]
ok $? "control: it had used more"

expect 0 "then it is stopped" vserver set -q web "$(limit stop)"
is "$(field web .state)" running "control: not yet"
spend
stopped() { [ "$(field web .state)" = stopped ]; }
expect 0 "it is" eventually 60 stopped
expect_error 1 "cannot start 'web': looking at its traffic: what net-traffic allows is used up; set net-traffic to more" \
	"it does not start again" vserver start web
expect 0 "with more" vserver set -q web net-traffic=1TB/month
expect 0 "control: it does" vserver start -q web
is "$(field db .state)" running "the other guest runs on"

# --- afterwards ------------------------------------------------------------------------------
expect 0 "it stops" vserver stop -q web
is "$(find /sys/fs/bpf/vserver -path '*traffic*' | wc -l)" 0 "nothing is pinned"
expect 0 "what it used is known while it is down" test "$(used)" -gt 100000
done_testing
