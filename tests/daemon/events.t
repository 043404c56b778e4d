#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# vserver events: what happens to guests, contexts and the machine reaches a
# subscriber, and one that falls behind is told how much it has missed.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh

log=$scratch/events
# subscribe: into $log, one JSON object a line, from when the daemon has heard.
subscribe()
{
	: >"$log"
	vserver events --json >>"$log" 2>"$scratch/errors" &
	subscriber=$!
	expect 0 "somebody subscribes" eventually 20 heard
}
heard()
{
	build/tests/bpf/context set 50 ceiling=0
	[ -s "$log" ]
}
# seen JQ: an event for which that is true.
seen() { jq -se "map(select($1)) | length > 0" "$log"; }
told() { expect 0 "$1" eventually "${3:-30}" seen "$2"; }
count() { jq -s "[.[] | $1] | add // 0" "$log"; }

build/tests/bpf/context make 50 flags=1 || bail_out "no context can be made"
cleanup build/tests/bpf/context end 50
subscribe
told "a change of a context" '.event == "changed" and .xid == 50 and .context == "50" and .guest == null'
told "when it was" '(.time | test("^20[0-9-]+T[0-9:.]+Z$"))'

# --- contexts -----------------------------------------------------------------------
chcontext --xid 51 --name box --silent -- sh -c 'kill -0 1; exit 7' 2>/dev/null
told "a context is created" '.event == "created" and .xid == 51 and .context == "box"'
told "something is refused to it" \
	'.event == "refused" and .xid == 51 and .rule == "signal" and .count == 1'
told "it ends, as its first process did" '.event == "ended" and .xid == 51 and .status == 7'
chcontext --xid 51 --silent -- sh -c 'kill -TERM $$' 2>/dev/null
told "another by a signal" '.event == "ended" and .xid == 51 and .signal == 15'
chcontext --xid 52 --flag persistent --silent -- true
told "one that is persistent is emptied" '.event == "emptied" and .xid == 52 and .status == 0'
expect 1 "and has not ended" seen '.event == "ended" and .xid == 52'
vserver kill 52 --end
told "until it is" '.event == "ended" and .xid == 52'

# --- a guest ----------------------------------------------------------------------------
tiny "$scratch/tiny.tar"
vserver build -q web --from "$scratch/tiny.tar" || bail_out "no guest can be built"
cleanup vserver delete -qy web
cleanup vserver stop -q web
add_program web perl
vserver start -q web
told "a guest is started" '.event == "started" and .guest == "web" and .xid == '"$(field web .xid)"
told "its context is its own" '.event == "created" and .guest == "web" and .context == "web"'
reboots web >/dev/null 2>&1
expect 0 "control: it boots again" eventually 60 booted web 2
told "which is told" '.event == "rebooted" and .guest == "web"'
is "$(field web '.refused | length')" 0 "nothing was refused to it"
vserver exec web -- perl -e 'socket(S, 16, 3, 9)' 2>/dev/null	# audit
told "what is refused to it" \
	'.event == "refused" and .guest == "web" and .rule == "socket" and .count == 1'
expect_output '^  refused  socket 1$' "status says so, too" vserver status web
is "$(field web '.refused | map("\(.rule) \(.count)") | join(",")')" "socket 1" "in JSON, too"
vserver stop -q web
told "it is stopped" '.event == "stopped" and .guest == "web"'
printf '#!/bin/sh\nexit 3\n' >"$(root_of web)/usr/sbin/init"
vserver start -q web
told "one whose init ends has failed, and why" \
	'.event == "failed" and .guest == "web" and (.reason | test("status 3"))'
is "$(cat "$scratch/errors")" "" "nothing was said on standard error"

# --- what people see ------------------------------------------------------------------------
vserver events >"$scratch/text" 2>&1 &
people=$!
cleanup kill "$people"
sees() { build/tests/bpf/context set 50 ceiling=0; grep -q "$1" "$scratch/text"; }
expect 0 "people read it" eventually 20 sees '^[A-Z][a-z]* 20[0-9-]* [0-9:]*  context 50: changed$'

# --- who falls behind -------------------------------------------------------------------------
# changes N: so many events.
changes() { build/tests/kmod/netlink times "$1" set xid:u32=50 ceiling:u64=0 >/dev/null; }
kinds() { echo $(($(count 'select(.event == "changed") | 1') + $(count 'select(.event == "missed").count'))); }
# What was missed is told with the next event, so there is one more.
again()
{
	build/tests/bpf/context set 50 ceiling=0
	echo >>"$scratch/more"
	seen '.event == "missed"'
}
is_all() { [ "$(kinds)" = $((6000 + $(wc -l <"$scratch/more"))) ]; }
kill "$subscriber"
wait "$subscriber" 2>/dev/null
build/tests/bpf/context end 50
build/tests/bpf/context make 50 flags=1
: >"$log"
subscribe
kill -STOP "$subscriber"
: >"$log"
changes 6000
kill -CONT "$subscriber"
expect 0 "who reads again is told that it has missed some" eventually 60 again
expect 0 "and how many" eventually 60 is_all
expect 0 "control: there were some" test "$(count 'select(.event == "missed").count')" -gt 0
expect 0 "control: and others it has seen" test "$(count 'select(.event == "changed") | 1')" -gt 100

# --- refusals -----------------------------------------------------------------------------------
expect 0 "one cannot subscribe to a single answer" \
	refuses Subscribe '{}' 'org.varlink.service.ExpectedMore'
expect 0 "nor to one guest" \
	refuses Subscribe '{"name": "web"}' 'org.varlink.service.InvalidParameter'
systemctl stop vserverd.socket vserverd.service
wait "$subscriber"
is "$?" 1 "the end of the daemon is an error"
expect_output 'vserverd' "which is told" cat "$scratch/errors"
expect_error 1 'cannot reach vserverd' "nor can one without it" vserver events
systemctl start vserverd.socket vserverd.service

done_testing
