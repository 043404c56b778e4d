#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# vserver ps, top, kill and wait: processes of a guest, of a bare context, and
# of the machine; signals to all of them, a fork bomb too; and how each ends.

. tests/tap.sh
. tests/cli/cli.sh

systemctl start vserverd || bail_out "vserverd does not start"
tiny "$scratch/tiny.tar"
traces >"$scratch/before"

# in_background XID COMMAND…: in a context of that number, until it ends.
in_background() { chcontext --silent --disconnect --xid "$@" >/dev/null 2>&1; }
pids() { vserver ps --quiet "$@"; }

vserver build -q web --from "$scratch/tiny.tar" --tasks 60 || bail_out "no guest can be built"
vserver start -q web || bail_out "the guest does not start"
chcontext --silent --disconnect --xid 42 --name box -- sleep 1000
sleep 1001 &
host=$!
cleanup kill "$host"

# --- ps -----------------------------------------------------------------------------
expect 0 "ps of a context by its number" prints "CONTEXT *PID *COMMAND*box *[0-9]* sleep 1000" \
	vserver ps 42
expect 0 "by its name" prints "box *sleep 1000" vserver ps box --no-legend
expect 0 "of a guest" prints "*web *init*" vserver ps web
expect 0 "of each: both" prints "*box *sleep 1000*web *init*" vserver ps
[[ $(vserver ps) != *"sleep 1001"* ]]
ok $? "but not the host's"
expect 0 "--all: the host's too" prints "*host *sleep 1001*box *sleep 1000*web *" vserver ps --all
expect 0 "--quiet: pids" test "$(pids 42)" = "$(pgrep -x -f 'sleep 1000')"
expect 0 "--json" prints "host box web" sh -c 'vserver ps --all --json |
	jq -r "[.[] | .context] | unique | map(select(. == \"host\" or . == \"box\" or . == \"web\")) |
		[.[1], .[0], .[2]] | join(\" \")"'
expect 0 "with its fields" prints '\["42","box","sleep 1000","0"]' sh -c 'vserver ps box --json |
	jq -c ".[0] | [.xid, .context, .command, .uid] | map(tostring)"'
in_background 43 bash -c $'exec -a "\e[31mred\n" sleep 1002'
expect 0 "what a process calls itself is made printable" prints '*43 *?\[31mred? 1002' vserver ps 43
expect 0 "in JSON too" prints '"?\[31mred? 1002"' sh -c 'vserver ps 43 --json | jq ".[0].command"'

# --- top ----------------------------------------------------------------------------
in_background 44 sh -c 'while :; do :; done'
expect 0 "top: contexts, and what they use" prints "CONTEXT *XID *CPU *44 *44 *[1-9]*%*" \
	vserver top --interval 1s
expect 0 "the busy one is before the idle one" prints "*44 *box *" \
	sh -c 'vserver top --interval 1s --no-legend | grep -v "^host"'
ended='(until stty -a </dev/tty | grep -o -- -icanon; do sleep 0.1; done; pkill -TERM -f "^vserver top\$") &
	timeout --foreground 60 vserver top
	wait
	stty -a | grep -oE -- "-?icanon"'
modes=$(script -qec "$ended" /dev/null </dev/null | grep -aoE -- '-?icanon' | paste -sd,)
is "$modes" "-icanon,icanon" "top that is ended gives the terminal back"
expect 0 "top of one: its processes" prints "*[1-9]*.[0-9]%*while*" vserver top 44 --interval 1s
expect 0 "--count, --json" prints "2" \
	sh -c 'vserver top --count 2 --interval 200ms --json | jq -s "map(select(length > 2)) | length"'

# --- kill: some, all ------------------------------------------------------------------
expect 0 "control: the busy one runs" test -n "$(pids 44)"
expect 0 "kill: all of it, TERM" vserver kill 44
expect 0 "it ends" eventually 20 no_context 44
expect 0 "kill by name, of one process" vserver kill 43 "$(pids 43)" --signal KILL
expect 0 "it ends" eventually 20 no_context 43
in_background 43 sh -c "trap 'echo hup >$scratch/hup' HUP; while :; do sleep 0.2; done"
expect 0 "control: it runs" eventually 20 test -n "$(pids 43)"
hups() { vserver kill 43 -s SIGHUP && test -s "$scratch/hup"; }
expect 0 "kill with another signal" eventually 20 hups
expect 0 "which it has survived" has_context 43
bad() { expect_error "$1" "^vserver: $2" "${@:3}"; }
bad 1 "cannot kill $host: process $host is not in context 43$" "not a process of the host" \
	vserver kill 43 "$host" -s KILL
bad 1 "cannot kill $(pids 42): process .* is not in context 43$" "nor of another context" \
	vserver kill 43 "$(pids 42)" -s KILL
expect 0 "control: the host's lives" kill -0 "$host"
expect 0 "and the other's" has_context 42
bad 2 "kill: there is no signal 'FROB'; see: kill -l$" "an unknown signal" vserver kill 43 -s FROB
bad 2 "kill: there is no signal '65'" "a signal too high" vserver kill 43 -s 65
bad 2 "kill: there is no signal 'RTMIN\+'" "half a signal" vserver kill 43 -s RTMIN+
bad 2 "kill: 'x' is not the number of a process$" "no pid" vserver kill 43 x
bad 2 "kill: NAME is missing" "no name" vserver kill
bad 1 "cannot kill 'bax': there is no such context; did you mean 'box'\?$" "a slip" vserver kill bax
bad 1 "cannot kill '99': there is no such context, and no guest of that name runs" "no such number" \
	vserver kill 99
bad 1 "cannot show processes of 'nobody': there is no such context" "ps of nobody" vserver ps nobody
bad 2 "ps: 'web' or --all, not both$" "ps of one and all" vserver ps web --all
bad 2 "top: --interval wants a time of 100ms to 1d, not '0s'$" "top without a pause" \
	vserver top --interval 0s
bad 2 "top: --count wants a number from 1 on, not '0'$" "top not even once" vserver top --count 0
chbind --silent --nid 46 --ip 127.0.0.5 -- sleep 1003 &
addressed=$!
cleanup kill $addressed
is_sleep() { [[ $(readlink "/proc/$addressed/exe") == */sleep ]]; }
eventually 20 is_sleep
bad 1 "cannot kill '46': tasks that have the addresses of context 46 .*: 1; end what chbind has" \
	"what has its addresses only is not killed" vserver kill 46 -s KILL
expect 0 "control: it runs, and its starter can" kill $addressed
expect 0 "KILL answers when nothing is left" \
	sh -c 'vserver kill 43 -s KILL && ! vserver contexts --quiet | grep -x 43'

# --- a fork bomb --------------------------------------------------------------------------
# One kind fills whatever room there is, the other is never where it was.
mkdir /sys/fs/cgroup/bomb
cleanup rmdir /sys/fs/cgroup/bomb
echo 100 >/sys/fs/cgroup/bomb/pids.max
bomb()
{
	sh -c 'echo $$ >/sys/fs/cgroup/bomb/cgroup.procs; exec "$@"' - \
		chcontext --silent --disconnect --xid 45 --flag persistent -- perl -e "$1" \
		>/dev/null 2>&1
}
tasks_of() { vserver contexts --json | jq -r ".[] | select(.xid == $1).tasks"; }
more_than() { [ "$(tasks_of 45)" -gt "$1" ]; }
expect 0 "a bomb is started" bomb 'fork while 1'
expect 0 "control: it fills its room" eventually 60 more_than 80
expect 0 "kill KILL" vserver kill 45 -s KILL
is "$(tasks_of 45)" 0 "nothing is left of it"
expect 0 "and the context is still there" vserver kill 45 --end
expect 0 "now it is not" no_context 45
# shellcheck disable=SC2016 # perl's
expect 0 "a bomb that hops is started" bomb 'fork for 1..4; while (1) { exit if fork }'
expect 0 "control: it runs" eventually 60 more_than 3
expect 0 "kill --end" vserver kill 45 --end
expect 0 "nothing is left of it, nor the context" no_context 45

# --- wait ---------------------------------------------------------------------------------
# waits NAME…: in the background, from when it has looked that there is one.
waits()
{
	vserver wait "$@" >"$scratch/said" 2>&1 &
	waiter=$!
	eventually 20 grep -q poll "/proc/$waiter/wchan"
}
# ended WHAT NAME: that was told, and the status.
ended()
{
	local status=0

	wait "$waiter" || status=$?
	is "$(cat "$scratch/said"); $status" "$1" "$2"
}
mkfifo "$scratch/go"
in_background 46 sh -c "read x <$scratch/go; exit 7"
waits 46
echo >"$scratch/go"
ended "46: ended with status 7; 7" "wait ends as the context's first process ended"
in_background 46 sleep 1000
waits 46 --json
vserver kill 46 -s KILL
ended '{"xid":46,"context":"46","signal":9}; 137' "or by which signal, in JSON too"
in_background 46 sh -c "sleep 1000 & read x <$scratch/go; exit 3"
waits 46
echo >"$scratch/go"
expect 0 "control: its first process has ended" eventually 20 sh -c "[ \$(vserver ps -q 46 | wc -l) = 1 ]"
expect 0 "it waits for the last one" kill -0 "$waiter"
vserver kill 46
ended "46: ended with status 3; 3" "and says how the first had ended"
bad 1 "waited for 'box': it has not ended$" "no longer than it should" vserver wait box --timeout 200ms
bad 1 "cannot wait for 'nobody': there is no such context" "for nobody" vserver wait nobody
bad 2 "wait: --timeout wants a time like 30s, not 'soon'$" "a bad limit" vserver wait box --timeout soon
waits web
expect 0 "a guest is stopped" vserver stop -q web
ended "web: ended with status 0; 0" "which wait is told"
vserver start -q web
waits web
expect 0 "control: a guest fills its room, too" sh -c '
	vserver exec web -- sh -c "f() { f & f & }; f" >/dev/null 2>&1
	for i in $(seq 100); do [ "$(vserver ps -q web | wc -l)" -gt 30 ] && exit; sleep 0.2; done; exit 1'
expect 0 "a guest is killed" vserver kill web -s KILL
ended "web: ended by signal 9; 137" "it ends by that"
expect 0 "and is not running" eventually 20 sh -c '[ "$(vserver status web --json | jq -r .state)" != running ]'
bad 1 "cannot show processes of 'web': there is no such context, and no guest of that name runs" \
	"a guest that is down has none" vserver ps web

vserver kill box
vserver delete -qy web
expect 0 "nothing is left" eventually 20 nothing_left
done_testing
