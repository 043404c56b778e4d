#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Two real guests, Debian 13 with systemd: they boot to multi-user, neither
# sees, signals or traces the other, `reboot` and `poweroff` inside do what
# they say, and nothing is left of them in the end.

. tests/tap.sh
. tests/cli/cli.sh

ARCHIVE=/usr/share/vserver-test/debian13.tar
systemctl start vserverd || bail_out 'vserverd does not start'
[ -s $ARCHIVE ] || bail_out "no $ARCHIVE"
traces >"$scratch/before"

in_guest() { vserver exec "$1" -- "${@:2}"; }
is_state() { [ "$(field "$1" .state)" = "$2" ]; }
# From one look: between two the last boot may end.
booted_again()
{
	local now
	now=$(field "$1" '"\(.ready) \(.init)"')
	[[ $now == "true "[1-9]* && $now != "true $2" ]]
}
for guest in web shop; do
	cleanup vserver delete --yes $guest
	cleanup vserver stop $guest
done

# --- boot -----------------------------------------------------------------------
expect 0 'a guest is built from the archive' vserver build -q web --from $ARCHIVE --memory 512M \
	--tasks 400 --address '192.0.2.31/32 dev lo'
expect 0 'and another, with the user ids of the host' vserver build -q shop --from $ARCHIVE \
	--memory 512M --tasks 400 --user host
expect 0 'both start, and are waited for' vserver start --wait web shop
for guest in web shop; do
	expect_output '^active$' "$guest is at multi-user.target" \
		in_guest $guest systemctl is-active multi-user.target
	expect_output '^ *1 systemd$' "systemd is its init" in_guest $guest ps -o pid=,comm= -p 1 --no-headers
	expect_output '^[a-z]' "control: $guest runs services" \
		in_guest $guest systemctl list-units --no-legend --plain --state=running
	is "$(field $guest .ready)" true "and vserverd knows that it is ready"
done
web_init=$(field web .init) shop_init=$(field shop .init)

# --- apart ------------------------------------------------------------------------
for guest in web shop; do
	expect 0 "control: a process is started in $guest" in_guest $guest sh -c \
		"cp /bin/sleep /usr/local/bin/of-$guest && systemd-run -q --unit of-$guest of-$guest infinity"
	expect 0 "control: the host sees it" eventually 20 pgrep -x of-$guest
done
web_pid=$(pgrep -x of-web) shop_pid=$(pgrep -x of-shop)
names() { in_guest "$1" ps -eo comm= | grep '^of-' | sort | xargs; }
is "$(names web)" of-web 'web sees its own only'
is "$(names shop)" of-shop 'shop sees its own only'
expect 0 'control: the host can signal both' kill -0 "$web_pid" "$shop_pid"
expect 0 'control: web can signal its own' in_guest web sh -c 'kill -0 $(pgrep -x of-web)'
for pid in "$shop_pid" "$shop_init" $$; do
	expect 1 "web cannot signal $pid, which is not its own" in_guest web kill -KILL "$pid"
done
expect 1 'nor does it see the files of shop' in_guest web test -e /usr/local/bin/of-shop
expect 0 'control: it sees its own' in_guest web test -e /usr/local/bin/of-web
expect 0 'all of them run' kill -0 "$web_pid" "$shop_pid" $$
is "$(in_guest web hostname)" web 'its host name is its own'

vserver events --json >"$scratch/events" 2>&1 &
cleanup kill $!
heard() { chcontext --silent -- true; test -s "$scratch/events"; }
expect 0 'control: somebody is told events' eventually 60 heard
has_event() { jq -se "map(select(.event == \"$1\" and .guest == \"web\")) | length > 0" "$scratch/events"; }

# --- a reboot from inside ------------------------------------------------------------
in_guest web systemctl reboot >/dev/null 2>&1	# it ends with the guest: any status
expect 0 'web boots again' eventually 240 booted_again web "$web_init"
is "$(field web .state)" running 'it is running'
expect 0 'that it did is an event' eventually 60 has_event rebooted
expect 0 'and that it is ready' eventually 60 has_event ready
expect_output '^active$' 'at multi-user.target' in_guest web systemctl is-active multi-user.target
expect 1 'what ran in it before does not' kill -0 "$web_pid"
is "$(field shop .init)" "$shop_init" 'shop has not noticed'
expect 0 '… it runs on' kill -0 "$shop_pid"
expect_output '192[.]0[.]2[.]31/32' 'its address is there still' ip -o address show dev lo

# --- a power off from inside -----------------------------------------------------------
vserver wait web >"$scratch/waited" 2>&1 &
waiter=$!
expect 0 'control: somebody waits for its end' eventually 60 grep -q poll "/proc/$waiter/wchan"
in_guest web systemctl poweroff >/dev/null 2>&1
expect 0 'web powers off' eventually 240 is_state web stopped
wait "$waiter"
is "$?: $(cat "$scratch/waited")" '0: web: ended' 'who waited knows'
expect 0 'that it has stopped is an event' eventually 60 has_event stopped
expect 3 'vserver status says so' vserver status web
expect 0 'no process is left of it' eventually 20 test ! -e "/sys/fs/cgroup/vserver.slice/vserver@web.service"
expect 0 'nor its address' eventually 20 sh -c '! ip -o address | grep -q 192[.]0[.]2[.]31/'
is "$(field shop .init)" "$shop_init" 'shop has not noticed'
expect 0 'control: web starts again' vserver start --wait web

# --- the end -----------------------------------------------------------------------------
expect 0 'both are stopped' vserver stop web shop
expect_error 1 'not running' 'then nothing runs in them' in_guest web true
expect 0 'both are deleted' sh -c 'vserver delete --yes web && vserver delete --yes shop'
expect 0 'nothing is left' eventually 20 nothing_left
done_testing
