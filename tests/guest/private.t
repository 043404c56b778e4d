#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A network of its own: what a guest has in it, that nothing leads from it into
# another, that it can be nobody else on the wire, and that nothing is left.

. tests/tap.sh
. tests/guest/guest.sh

probe=build/tests/bpf/probe
inside() { vserver exec web -- "$@" </dev/null; }
# tries RESULT NAME ARGUMENT…: the intruder, in web.
tries() { is "$(inside /usr/bin/intruder "${@:3}" 2>&1)" "$1" "$2"; }
# says PATTERN NAME COMMAND…
says()
{
	local got
	got=$("${@:3}" 2>&1)
	# shellcheck disable=SC2053
	[[ $got == $1 ]]
	ok $? "$2" || diag "wanted $1, got: $got"
}
# server COMMAND…: of the probe, until the test ends.
server()
{
	local line
	coproc SERVER { exec "$@" 2>&1 </dev/null; }
	read -r -t 60 line <&"${SERVER[0]}" || line=
	cleanup kill "$SERVER_PID"
	[ "$line" = ready ] || diag "server $*: $line"
} 2>/dev/null
# add_tools NAME: what a guest of these tests runs.
add_tools()
{
	local root=/var/lib/vserver/guests/$1/root program library
	for program in ip:ip $probe:probe; do
		cp -L "$(type -P "${program%:*}")" "$root/usr/bin/${program#*:}"
		for library in $(ldd "$root/usr/bin/${program#*:}" | grep -o '/[^ ]*'); do
			mkdir -p "$root$(dirname "$library")"
			cp -Ln "$library" "$root$library"
		done
	done
}
ends() { ip -o link show type veth | sed -n 's/^[0-9]*: \(v[0-9]*-[^@:]*\).*/\1/p'; }
dropped() { vserver status -q web --json | jq -r "[.dropped[]? | select(.reason == \"$1\") | .count] | add // 0"; }
all_dropped() { vserver status -q web --json | jq -c '[.dropped[]? | {(.reason): .count}] | add // {}'; }

hostile web
add_tools web
links=$(ip -o link | wc -l)
is "$(inside ip -o link | wc -l)" "$links" "control: with network = bind it sees the host's interfaces"
is "$(inside readlink /proc/self/ns/net)" "$(readlink /proc/self/ns/net)" "control: it is of the host's network"
says 'E@(PERM|AFNOSUPPORT)' "control: there it has no packet sockets" \
	inside /usr/bin/intruder arp 2:0:0:0:0:1 2:0:0:0:0:1 10.77.0.2 169.254.1.1 request
vserver stop web
is "$(ends)" "" "and has none of its own"

# --- settings --------------------------------------------------------------------------
expect_error 1 "'own' is none of bind\|private\|none" "another network is refused" \
	vserver set web network=own
expect_error 1 "leave out user *= host" "so is one of its own with the host's ids" \
	vserver set web network=private user=host
expect_error 1 "there is no interface to have it" "and none with an address" \
	vserver set web network=none address=10.77.0.2
expect_error 1 "no interface 'nowhere'" "and one that the host answers for wants an interface" \
	vserver set web network=private 'address=10.77.0.2/24 dev nowhere'
expect_error 1 'leads to no other machine' "a loopback is no address of it" \
	vserver set web network=private address=127.0.0.2
expect_error 1 'leads to no other machine' "nor what is local to a link" \
	vserver set web network=private address=fe80::2
ip address add 10.77.1.1/32 dev lo
cleanup ip address del 10.77.1.1/32 dev lo
expect_error 1 '10.77.1.1 is an address of this host' "nor the host's" \
	vserver set web network=private address=10.77.1.1
expect 0 "control: with bind that is one" vserver set web address=10.77.1.1
rm /etc/vserver/guests/web.conf.d/50-set.conf

# --- none -------------------------------------------------------------------------------
expect 0 "a guest can have no network" vserver set web network=none
expect 0 "it starts" vserver start web
is "$(inside ip -br link | sed 's/ .*//' | xargs)" lo "it has its loopback"
server vserver exec web -- /usr/bin/probe serve udp 127.0.0.1 7000 of-web
says '*answer (of-web) ok' "which is up" inside probe ask udp 127.0.0.1 7000
says "*ECONNREFUSED" "control: and not the host's" $probe ask udp 127.0.0.1 7000
says ENETUNREACH "it reaches nothing" inside probe send udp 10.77.1.1 7000
is "$(inside ip link add veth1 type veth peer name veth2 2>&1 | grep -c 'not permitted')" 1 \
	"nor may it make an interface"
is "$(inside sh -c 'cd /sys/class/net && echo *')" lo "/sys shows its own"
is "$(ends)" "" "the host has none for it"
vserver stop web
expect 0 "with the host's ids it starts, too" sh -c 'vserver set -q web user=host && vserver start web'
is "$(inside ip -br link | sed 's/ .*//' | xargs)" lo "and has its loopback"
is "$(inside ip link add veth1 type veth peer name veth2 2>&1 | grep -c 'not permitted')" 1 \
	"and makes no interface"
vserver stop web
vserver set -q web user=private

# --- private ------------------------------------------------------------------------------
expect 0 "a guest can have a network of its own" \
	vserver set web network=private address=10.77.0.2/24 address=fd77::2/64
expect 0 "it starts" vserver start web
end=$(ends)
is "$end" "v$(field web .xid)-web" "the host's end is called by context and guest"
is "$(field web .interface)" "$end" "and told"
says "*10.77.0.2*($end)*" "status shows it" vserver status web
is "$(inside ip -br link | sed 's/[@ ].*//' | xargs)" "lo eth0" "inside it has eth0 beside its loopback"
is "$(inside ip -br address show eth0 | grep -oE '10.77.0.2/24|fd77::2/64' | xargs)" \
	"10.77.0.2/24 fd77::2/64" "with its addresses"
is "$(ip route show 10.77.0.2) $(ip -6 route show fd77::2 | sed 's/ metric.*//')" \
	"10.77.0.2 dev $end proto static scope link  fd77::2 dev $end proto static" "to which the host has routes"
is "$(inside sh -c 'cd /sys/class/net && echo *')" "eth0 lo" "/sys shows its own"
for setting in ipv4/conf/$end/accept_redirects:0 ipv4/conf/$end/rp_filter:1 ipv6/conf/$end/accept_ra:0 \
	       ipv6/conf/$end/accept_redirects:0; do
	is "$(cat "/proc/sys/net/${setting%:*}")" "${setting#*:}" "the host's end: ${setting%:*}"
done
is "$(inside readlink /proc/self/ns/net)" "$(readlink "/proc/$(field web .init)/ns/net")" \
	"a command is in its network"

server $probe serve udp 0.0.0.0 7001 of-host
server $probe serve tcp 0.0.0.0 7001 of-host
server $probe serve udp ::0 7002 of-host
says '*answer (of-host) ok' "it reaches the host" inside probe ask tcp 169.254.1.1 7001
says '*answer (of-host) ok' "at each of the host's addresses" inside probe ask udp 10.77.1.1 7001
server vserver exec web -- /usr/bin/probe serve tcp ::0 7003 of-web
says '*answer (of-web) ok' "the host reaches it" $probe ask tcp 10.77.0.2 7003
says '*answer (of-web) ok' "by IPv6, too" $probe ask tcp fd77::2 7003
ip -6 address add fd77:1::1/128 dev lo
cleanup ip -6 address del fd77:1::1/128 dev lo
says '*answer (of-host) ok' "and it the host" inside probe ask udp fd77:1::1 7002
is "$(all_dropped)" "{}" "nothing was dropped so far"

# Another network, by the host's routes.
ip netns add peer
cleanup ip netns delete peer
ip link add peer0 type veth peer name eth0 netns peer
ip address add 10.78.0.1/24 dev peer0
ip -6 address add fd78::1/64 dev peer0 nodad
ip link set peer0 up
ip -n peer link set eth0 up
ip -n peer address add 10.78.0.2/24 dev eth0
ip -n peer -6 address add fd78::2/64 dev eth0 nodad
ip -n peer route add default via 10.78.0.1
ip -n peer -6 route add default via fd78::1
server ip netns exec peer $probe serve udp 10.78.0.2 7004 of-peer
server ip netns exec peer $probe serve udp fd78::2 7004 of-peer
sysctl -q net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
says EAGAIN "the host does not forward unless it is set to" inside probe send udp 10.78.0.2 7004
says 'forwarding*missing*off' "vserver check says so" sh -c 'vserver check --no-legend | grep "^forwarding "'
sysctl -q net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
cleanup sysctl -q net.ipv4.ip_forward=0 net.ipv6.conf.all.forwarding=0
says '*answer (of-peer) ok' "it reaches another machine by the host" inside probe ask udp 10.78.0.2 7004
says '*answer (of-peer) ok' "by IPv6, too" inside probe ask udp fd78::2 7004
says '*answer (of-web) ok' "which reaches it" ip netns exec peer $probe ask tcp 10.77.0.2 7003
says '*answer (of-web) ok' "by IPv6, too" ip netns exec peer $probe ask tcp fd77::2 7003
says 'forwarding*ok*on' "control: then it has nothing to say" sh -c 'vserver check --no-legend | grep "^forwarding "'

# In that network, where the host answers for it.
says 'E@(AGAIN|HOSTUNREACH)' "control: nobody in that network has its address" ip netns exec peer $probe send udp 10.78.0.7 7003
vserver stop web
expect 0 "it can have one there, too" vserver set web address=10.77.0.2/24 address=fd77::2/64 \
	'address=10.78.0.7/24 dev peer0' 'address=fd78::7/64 dev peer0' 'address=10.78.0.8/24 dev peer0'
ip neighbour add proxy 10.78.0.8 dev peer0
expect 0 "it starts" vserver start web
end=$(ends)
server vserver exec web -- /usr/bin/probe serve tcp ::0 7003 of-web
is "$(ip neighbour show proxy dev peer0 | sort | xargs)" "10.78.0.7 proxy 10.78.0.8 proxy fd78::7 proxy" \
	"for which the host answers"
says '*answer (of-web) ok' "and is found" ip netns exec peer $probe ask tcp 10.78.0.7 7003
says '*answer (of-web) ok' "by IPv6, too" ip netns exec peer $probe ask tcp fd78::7 7003
is "$(all_dropped)" "{}" "nothing was dropped so far"

# --- its own tables ----------------------------------------------------------------------
expect 0 "it makes a route" inside ip route add unreachable 10.78.0.0/24
says EHOSTUNREACH "which holds" inside probe send udp 10.78.0.2 7004
expect 0 "and takes it away" inside ip route del unreachable 10.78.0.0/24
says '*answer (of-peer) ok' "control: then not" inside probe ask udp 10.78.0.2 7004
server vserver exec web -- /usr/bin/probe serve udp ::0 7006 of-web
says '*answer (of-web) ok' "control: it answers" $probe ask udp 10.77.0.2 7006
tries ok "it makes a wall of nftables" wall up
says "*EAGAIN" "which lets nothing in" $probe ask udp 10.77.0.2 7006
says "*EAGAIN" "by IPv6 neither" $probe ask udp fd77::2 7006
tries ok "and takes it down" wall down
says '*answer (of-web) ok' "control: then it does" $probe ask udp 10.77.0.2 7006
expect 0 "it makes interfaces" inside ip link add veth1 type veth peer name veth2
expect 0 "and removes them" inside ip link delete veth1

# --- no way into another network -----------------------------------------------------------
modprobe -qa vsock algif_hash
for family in '40 1 vsock' '44 3 XDP' '38 5 ALG'; do
	read -r number type name <<<"$family"
	says ok "control: the host has sockets of $name" $probe socket "$number" "$type" 0
	says EAFNOSUPPORT "the guest has none" inside probe socket "$number" "$type" 0
done
says ok "control: it has packet sockets" inside probe socket 17 3 0
says ok "and raw ones" inside probe socket 2 3 1
says EPROTONOSUPPORT "no netlink of the audit log" inside probe socket 16 3 9
says ok "control: it has that of routes" inside probe socket 16 3 0
# handed NAME COMMAND… -- SENDER…: what the guest makes of it
handed()
{
	local name=$1 command=()
	shift
	while [ "$1" != -- ]; do command+=("$1"); shift; done
	shift
	rm -f "$tree/root/$name"
	vserver exec web -- /usr/bin/intruder "${command[@]}" "/root/$name" >"$scratch/$name" 2>&1 </dev/null &
	eventually 60 test -S "$tree/root/$name"
	"$@" >/dev/null 2>&1
	wait $!
	cat "$scratch/$name"
}
for family in 2:2 10:1 17:3 16:3; do
	says ENOENT "a socket of the host's (family ${family%:*}) does not come in" \
		handed socket receive-socket -- $intruder hand-socket "$tree/root/socket" "${family%:*}" "${family#*:}"
done
says ok "control: one of its own does" \
	handed socket receive-socket -- vserver exec web -- /usr/bin/intruder hand-socket /root/socket 2 2
says EPERM "it does not join the host's network, handed in" \
	handed net join-received -- $intruder send "$tree/root/net" /proc/1/ns/net
says EPERM "nor another" handed net join-received -- $intruder send "$tree/root/net" /run/netns/peer
says ok "control: its own it does" \
	handed net join-received -- $intruder send "$tree/root/net" "/proc/$(field web .init)/ns/net"
inside ip link add veth1 type veth peer name veth2
says EPERM "it gives no interface to the host's" \
	handed net give-received veth1 -- $intruder send "$tree/root/net" /proc/1/ns/net
says EPERM "nor eth0" handed net give-received eth0 -- $intruder send "$tree/root/net" /proc/1/ns/net
says ok "control: to its own it does" \
	handed net give-received veth1 -- $intruder send "$tree/root/net" "/proc/$(field web .init)/ns/net"
inside ip link delete veth1
id=$(ip netns list | sed -n 's/^peer (id: \([0-9]*\)).*/\1/p')
is "$($intruder links-of "${id:-none}")" ok "control: the host sees a network that it has a number for"
says 'E@(PERM|ACCES)' "the guest does not see the host's, of which it has one" inside /usr/bin/intruder links-of 0
says '*not permitted*' "nor does it make an interface that is also of that" \
	inside ip link add veth3 link-netnsid 0 type veth peer name veth4
expect 0 "control: the host makes one that is also of the peer's" \
	ip link add veth3 link-netnsid "$id" type veth peer name veth4
ip link delete veth3
says 'EXDEV: *' "nobody enters its context from the host's network" \
	build/tests/bpf/context enter "$(field web .xid)" 0 true
expect 0 "control: one of the host's network is entered" chcontext --silent --xid 77 -- true
server $probe unix-serve stream @of-the-host
says ok "control: an abstract name of the host" $probe unix-connect stream @of-the-host
says ECONNREFUSED "is none of the guest's" inside probe unix-connect stream @of-the-host

# --- who it is on the wire --------------------------------------------------------------------
mac=$(inside cat /sys/class/net/eth0/address)
host=$(cat "/sys/class/net/$end/address")
other=02:00:00:00:00:01
local=$(inside ip -6 -o address show eth0 scope link | grep -o 'fe80[^/]*')
gone=$(all_dropped)
is "$gone" "{}" "what it did up to here was all its own"
# passes NAME ARGUMENT…; drops REASON NAME ARGUMENT…: a frame of the intruder's
passes()
{
	local before after
	before=$(all_dropped)
	tries ok "control: a frame is sent: $1" "${@:2}"
	after=$(all_dropped)
	is "$after" "$before" "control: and passes"
}
drops()
{
	local before
	before=$(dropped "$1")
	tries ok "a frame is sent: $2" "${@:3}"
	is "$(dropped "$1")" $((before + 1)) "and dropped ($1)"
}
passes "UDP" udp4 "$mac" "$host" 10.77.0.2 10.77.1.1 9 7001
drops mac "of another MAC" udp4 $other "$host" 10.77.0.2 10.77.1.1 9 7001
drops ipv4 "from the host's address" udp4 "$mac" "$host" 10.77.1.1 10.77.0.2 9 7001
drops ipv4 "from a neighbour's" udp4 "$mac" "$host" 10.77.0.3 10.77.1.1 9 7001
drops ipv4 "from a loopback" udp4 "$mac" "$host" 127.0.0.1 10.77.1.1 9 7001
drops ipv4 "from nobody" udp4 "$mac" "$host" 0.0.0.0 10.77.1.1 9 7001
drops ipv4 "of a server of DHCP" udp4 "$mac" "$host" 10.77.0.2 10.77.1.1 67 68
passes "a question of ICMP" icmp4 "$mac" "$host" 10.77.0.2 10.77.1.1 8
drops ipv4 "a redirect" icmp4 "$mac" "$host" 10.77.0.2 10.77.1.1 5
passes "UDP of IPv6" udp6 "$mac" "$host" fd77::2 fd77:1::1 9 7002
passes "from its link-local address" udp6 "$mac" "$host" "$local" fe80::1 9 7002
drops mac "of another MAC" udp6 $other "$host" fd77::2 fd77:1::1 9 7002
drops ipv6 "from a neighbour's" udp6 "$mac" "$host" fd77::3 fd77:1::1 9 7002
drops ipv6 "from the host's" udp6 "$mac" "$host" fe80::1 fd77:1::1 9 7002
drops ipv6 "from nobody" udp6 "$mac" "$host" :: fd77:1::1 9 7002
drops ipv6 "from its IPv4 address" udp6 "$mac" "$host" ::ffff:10.77.0.2 fd77:1::1 9 7002
drops ipv6 "of a server of DHCP" udp6 "$mac" "$host" fd77::2 fd77:1::1 547 546
passes "a question of ARP" arp "$mac" "$mac" 10.77.0.2 169.254.1.1 request
passes "an answer" arp "$mac" "$mac" 10.77.0.2 169.254.1.1 reply
passes "is its own address free?" arp "$mac" "$mac" 0.0.0.0 10.77.0.2 request
drops arp "is another's?" arp "$mac" "$mac" 0.0.0.0 10.77.0.3 request
drops arp "an answer for the host" arp "$mac" "$mac" 10.77.1.1 10.77.0.2 reply
drops arp "an answer with another MAC in it" arp "$mac" $other 10.77.0.2 169.254.1.1 reply
drops arp "a question in another's name" arp "$mac" "$mac" 10.77.0.3 169.254.1.1 request
passes "an answer of neighbour discovery" nd "$mac" fd77::2 136 fd77::2 2 "$mac" 0
passes "a question" nd "$mac" fd77::2 135 fe80::1 1 "$mac" 0
passes "behind other headers" nd "$mac" fd77::2 135 fe80::1 1 "$mac" 3
passes "is its own address free?" nd "$mac" :: 135 fd77::2 14 "$mac" 0
drops nd "is another's?" nd "$mac" :: 135 fd77::3 14 "$mac" 0
drops nd "an answer for the host" nd "$mac" fd77::2 136 fe80::1 2 "$mac" 0
drops nd "an answer with another MAC in it" nd "$mac" fd77::2 136 fd77::2 2 $other 0
drops nd "a question with another MAC in it" nd "$mac" fd77::2 135 fe80::1 1 $other 0
drops nd "that of a router, behind other headers" nd "$mac" "$local" 134 :: 1 "$mac" 3
drops nd "that of a router" nd "$mac" "$local" 134 :: 1 "$mac" 0
drops nd "a redirect" nd "$mac" "$local" 137 fd77:1::1 2 "$mac" 0
drops ipv6 "behind more headers than anybody needs" nd "$mac" fd77::2 135 fe80::1 1 "$mac" 9
drops ipv6 "an answer in another's name" nd "$mac" fd77::3 136 fd77::2 2 "$mac" 0
drops other "of another kind" kind "$mac" 88b5
expect 0 "control: it may call eth0 what it likes" inside ip link set eth0 address $other
before=$(dropped mac)
says '@(EAGAIN|EHOSTUNREACH)' "but is not heard any more" inside probe send udp 169.254.1.1 7001
[ "$(dropped mac)" -gt "$before" ]
ok $? "for the host's end knows it"
inside ip link set eth0 address "$mac"
says '*answer (of-host) ok' "control: under its own name it is" inside probe ask tcp 169.254.1.1 7001
says '*dropped *mac *ipv4 *' "status shows what was dropped" vserver status web
systemctl stop vserverd.service vserverd.socket
systemctl start vserverd.socket vserverd.service
drops ipv4 "after the daemon was away" udp4 "$mac" "$host" 10.77.0.3 10.77.1.1 9 7001

# --- reboot, neighbours, and the end -------------------------------------------------------------
hostile db
add_tools db
vserver stop db
expect_error 1 '10.77.0.2' "another guest does not get its address" sh -c \
	'vserver set -q db network=private address=10.77.0.2 && vserver start db'
vserver set -q db network=private address=10.77.0.3 address=fd77::3
expect 0 "control: it has one of its own" vserver start db
server vserver exec db -- /usr/bin/probe serve udp 10.77.0.3 7005 of-db
says '*answer (of-db) ok' "guests meet as routed hosts do" inside probe ask udp 10.77.0.3 7005
before=$(dropped ipv4)
number=$(cat "/sys/class/net/$end/ifindex")
boots=$(jq .boots /run/vserver/guests/web.json)
inside /usr/bin/intruder reboot >/dev/null 2>&1
again() { [ "$(jq .boots /run/vserver/guests/web.json)" -gt "$boots" ]; }
eventually 60 again
ok $? "it boots again"
is "$(inside ip -br address show eth0 | grep -o 10.77.0.2/24)" 10.77.0.2/24 "with its interface"
[ "$(cat "/sys/class/net/$end/ifindex")" != "$number" ]
ok $? "which is another"
is "$(dropped ipv4)" "$before" "what was counted is"
drops ipv4 "after it" udp4 "$mac" "$host" 10.77.0.3 10.77.1.1 9 7001
says '*answer (of-host) ok' "control: and it is heard" inside probe ask tcp 169.254.1.1 7001
kill -9 "$(field web .init)"
is_down() { [[ $(field web .state) == @(stopped|failed) ]]; }
eventually 60 is_down
is "$(ends | grep -c web)" 0 "when it ends its interface goes"
expect 0 "and comes again" vserver start web
is "$(ends | grep -c web)" 1 "with one interface"
vserver stop web db
is "$(ends)" "" "nothing is left of either when they stop"
is "$(ip route show 10.77.0.2; ip -6 route show fd77::2)" "" "no route"
is "$(ip neighbour show proxy dev peer0 | xargs)" "10.78.0.8 proxy" \
	"nobody for whom the host answers, but for whom it did before"
expect 1 "no counter" test -e /sys/fs/bpf/vserver/dropped
is "$(find /run/vserver/guests -name 'web.json')" "" "no state"

# --- a start that fails half-way ------------------------------------------------------------------
ip link add stand type dummy
cleanup ip link delete stand
ip route add 10.77.0.2/32 dev stand 2>/dev/null || { ip link set stand up; ip route add 10.77.0.2/32 dev stand; }
expect_error 1 'making the route to 10.77.0.2' "an address that is somewhere else already is refused" \
	vserver start web
eventually 20 test ! -e /sys/fs/bpf/vserver/dropped
is "$(ends)" "" "and nothing is left"
expect 1 "no counter either" test -e /sys/fs/bpf/vserver/dropped
ip route del 10.77.0.2/32
expect 0 "control: then it starts" vserver start web
vserver stop web

# --- with less -----------------------------------------------------------------------------------------
vserver set -q web 'capabilities=!NET_ADMIN,!NET_RAW'
expect 0 "it can be without what opens the kernel" vserver start web
says '*not permitted*' "then it makes no interface" inside ip link add veth1 type veth peer name veth2
says '*not permitted*' "nor a route" inside ip route add unreachable 10.99.0.0/16
says EPERM "and has no packet sockets" inside probe socket 17 3 0
says '*answer (of-host) ok' "control: it reaches the host" inside probe ask tcp 169.254.1.1 7001
vserver stop web

# --- a real one ---------------------------------------------------------------------------------------
vserver build -q sys --from /usr/share/vserver-test/debian13.tar --memory 512M --network private \
	--address 10.77.0.4/24 --address fd77::4/64
cleanup vserver delete sys --yes
cleanup vserver stop sys
expect 0 "a guest with systemd boots" vserver start --wait sys
expect_output '^$' "nothing has failed in it" \
	vserver exec sys -- systemctl list-units --failed --no-legend --plain
for address in 10.77.0.4 '[fd77::4]'; do
	expect_output '^200$' "its web server answers on $address" \
		curl -s -m 20 -o /dev/null -w '%{http_code}\n' "http://$address/"
done
is "$(vserver exec sys -- sh -c 'ip route add 10.99.0.0/16 via 169.254.1.1 dev eth0 && ip route show 10.99.0.0/16' </dev/null)" \
	"10.99.0.0/16 via 169.254.1.1 dev eth0 " "its root makes a route"
is "$(vserver status -q sys --json | jq -c .dropped)" "[]" "and all that it sent was its own"
done_testing
