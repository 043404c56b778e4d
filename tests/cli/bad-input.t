#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Whatever is wrong with what vserver is given: one clear line, the right exit
# status, nothing changed and nothing left.
#
# any-kernel

. tests/tap.sh
. tests/cli/cli.sh

systemctl start vserverd || bail_out "vserverd does not start"
tiny "$scratch/tiny.tar"
traces >"$scratch/before"

# --- a command line that cannot be read: 2, and the daemon is not asked -----
expect_error 2 "^vserver: no verb given; see: vserver help$" "no verb" vserver
expect_error 2 "^vserver: no verb 'launch'; see: vserver help$" "unknown verb" vserver launch web
expect_error 2 "^vserver: no verb 'strat'; did you mean 'start'[?]$" "verb with a slip" vserver strat web
expect_error 2 "^vserver: no verb 'limti'; did you mean 'limit'[?]$" "classic verb with a slip" \
	vserver limti web
expect_error 2 "^vserver: start: NAME is missing; usage: " "no name" vserver start
expect_error 2 "^vserver: status: unexpected 'b'; usage: " "a word too many" vserver status a b
expect_error 2 "^vserver: start: no option '--fast'; " "unknown option" vserver start --fast web
expect_error 2 "^vserver: start: no option '-x'; " "unknown letter" vserver start -x web
expect_error 2 "^vserver: start: no option '--wiat'; did you mean '--wait'[?]$" "option with a slip" \
	vserver start --wiat web
expect_error 2 "^vserver: set: option '--cpu' wants a value; " "option without its value" \
	vserver set web --cpu
expect_error 2 "^vserver: .*'--wait' takes no value$" "value for an option that takes none" \
	vserver start --wait=yes web
expect_error 2 "^vserver: set: no setting 'colour'; " "unknown setting" vserver set web colour=red
expect_error 2 "^vserver: set: no setting 'memroy'; did you mean 'memory'[?]$" "setting with a slip" \
	vserver set web memroy=1G
expect_error 2 "^vserver: set: SETTING=VALUE is missing; " "nothing to set" vserver set web
expect_error 2 "^vserver: set: 'cpu' is not SETTING=VALUE; " "no setting at all" vserver set web cpu
expect_error 2 "^vserver: exec: COMMAND is missing; " "no command" vserver exec web --
expect_error 2 "^vserver: build: --from is missing; " "no archive" vserver build web
expect_error 2 "^vserver: no verb 'launch'; " "help of an unknown verb" vserver help launch

# --- a guest that does not exist: 1 ------------------------------------------
expect 0 "control: a guest can be built" \
	prints "web: built from *" vserver build web --from "$scratch/tiny.tar"
expect 0 "an option's name may be shortened" prints "*" vserver list --no-leg
for verb in start stop restart; do
	expect_error 1 "^vserver: cannot $verb 'nobody': no such guest; see: vserver list$" "$verb of an unknown guest" \
		vserver "$verb" nobody
done
expect_error 1 "^vserver: cannot start 'wbe': no such guest; did you mean 'web'[?]$" "start of a guest with a slip" vserver start wbe
expect_error 1 "^vserver: cannot show 'nobody': no such guest" "status of an unknown guest" \
	vserver status nobody
expect_error 1 "^vserver: cannot enter 'nobody': no such guest" "enter an unknown guest" \
	vserver enter nobody
expect_error 1 "^vserver: cannot run a command in 'nobody': no such guest" "exec in an unknown guest" \
	vserver exec nobody -- true
expect_error 1 "^vserver: cannot set 'nobody': no such guest" "set of an unknown guest" \
	vserver set nobody cpu=10%
expect_error 1 "^vserver: .*'nobody': no such guest" "configuration of an unknown guest" \
	vserver config show nobody
expect_error 1 "^vserver: cannot delete 'nobody': no such guest" "delete of an unknown guest" \
	vserver delete nobody --yes

# --- a guest that is not in the state for it ----------------------------------
expect_error 1 "^vserver: cannot stop 'web': not running$" "stop of a stopped guest" vserver stop web
expect_error 1 "^vserver: cannot enter 'web': not running; start it: " "enter a stopped guest" \
	vserver enter web
expect_error 1 "^vserver: .*'web': not running; start it: " "exec in a stopped guest" \
	vserver exec web -- true
expect_error 1 "^vserver: cannot build 'web': a guest of that name exists" "build of what exists" \
	vserver build web --from "$scratch/tiny.tar"
expect_error 2 "^vserver: cannot delete 'web': .* say --yes$" "delete without a word, where nobody can be asked" vserver delete web

# --- values -------------------------------------------------------------------
values=()
more_than_all=$(($(nproc) * 100 + 300))%
# what is kept and in force; a call that fails is not the same as another that does
config()
{
	vserver config show web --json || echo "config show failed, $EPOCHREALTIME"
	grep -r . /etc/vserver/guests || echo "no files, $EPOCHREALTIME"
}
config >"$scratch/config"
expect 0 "control: the configuration can be read" grep -q '"key":"memory"' "$scratch/config"
[ "$(nproc)" -ge 4 ] || values=(cpu=400%)
for value in "${values[@]}" cpu=0% "cpu=$more_than_all" cpu=some cpu=-5% memory=0 memory=lots tasks=-1 \
	tasks=0 xid=1 xid=49152 xid=99999 xid=web address=300.1.2.3 \
	"address=192.0.2.1/99 dev lo" "address=192.0.2.1/24 dev nosuch0"; do
	expect_error 1 "^vserver: cannot set ${value%%=*} of 'web': " "set $value" \
		vserver set web "$value"
done
expect_error 1 "^vserver: cannot set cpu of 'web': " "one bad value of two changes neither" \
	vserver set web tasks=33 cpu=0%
config >"$scratch/config.now"
expect 0 "the settings are what they were" diff "$scratch/config" "$scratch/config.now"
expect 0 "control: good values are taken" prints "*tasks = 33*" vserver set web tasks=33 cpu=10%
expect 0 "control: and are in force" prints "*tasks *33*" vserver config show web
expect 0 "control: the guest can be deleted" prints "web: deleted" vserver delete web --yes
expect 0 "nothing is left of it" nothing_left

# --- what a guest is built from -------------------------------------------------
head -c 100000 "$scratch/tiny.tar" >"$scratch/cut.tar"
gzip -c "$scratch/tiny.tar" 2>/dev/null | head -c 200000 >"$scratch/cut.tar.gz"
head -c 300000 /dev/urandom >"$scratch/noise.tar"
: >"$scratch/empty.tar"
tiny "$scratch/headless.tar" ''
build()
{
	vserver build new --from "$@"
}
expect_error 1 "^vserver: cannot build 'new': .*/nowhere.tar" "archive that is not there" \
	build "$scratch/nowhere.tar"
expect_error 1 "^vserver: cannot build 'new': " "directory for an archive" build "$scratch"
expect_error 1 "^vserver: cannot build 'new': " "archive that is cut" build "$scratch/cut.tar"
expect_error 1 "^vserver: cannot build 'new': " "compressed archive that is cut" \
	build "$scratch/cut.tar.gz"
expect_error 1 "^vserver: cannot build 'new': " "no archive at all" build "$scratch/noise.tar"
expect_error 1 "^vserver: cannot build 'new': " "empty file" build "$scratch/empty.tar"
expect_error 1 "^vserver: cannot build 'new': .*init" "system without an init" \
	build "$scratch/headless.tar"
expect_error 1 "^vserver: cannot build 'new': cpu: " "cpu of 0 %" build "$scratch/tiny.tar" --cpu 0%
expect_error 1 "^vserver: cannot build 'new': cpu: " "more cpu than there is" \
	build "$scratch/tiny.tar" --cpu "$more_than_all"
expect_error 1 "^vserver: cannot build 'new': xid: " "xid out of range" \
	build "$scratch/tiny.tar" --xid 70000
for name in ../new -new .new new/er "$(printf 'n%.0s' {1..64})"; do
	expect_error 1 "^vserver: cannot build '$name': " "name '$name'" \
		vserver build --from "$scratch/tiny.tar" -- "$name"
done
expect 0 "nothing is left of any" nothing_left
expect 0 "control: the whole archive is good" vserver build -q good --from "$scratch/tiny.tar"
expect 0 "and the guest is deleted" vserver delete -qy good

# --- what shows at the start only ------------------------------------------------
expect 0 "control: a guest with a number is built" \
	vserver build -q new --from "$scratch/tiny.tar" --xid 4711
chcontext --silent --xid 4711 -- sleep infinity &
other=$!
cleanup kill "$other"
expect 0 "control: a context has the number" eventually 20 has_context 4711
traces >"$scratch/before.start"
# as_before: of a start that failed nothing is left but what was there.
as_before() { traces | diff "$scratch/before.start" -; }
expect_error 1 "^vserver: cannot start 'new': .*4711" "xid that is taken" vserver start new
expect 3 "it is not running" vserver status new
expect 0 "nothing is left of the start" eventually 20 as_before
expect 0 "the context that has it is there still" has_context 4711
kill "$other"
expect 0 "it ends" eventually 20 no_context 4711
expect 0 "control: it starts once the number is free" prints "new: started" vserver start new
expect_error 1 "^vserver: cannot start 'new': already running$" "start of what runs" vserver start new
expect_error 1 "^vserver: cannot delete 'new': " "delete of what runs" vserver delete new --yes
expect 0 "it is stopped" vserver stop -q new
expect 0 "control: another address is no matter" vserver set -q new xid=4712 "address=192.0.2.55/32 dev lo"
expect 0 "control: with an address that is put on the host" vserver start -q new
expect 0 "control: and is stopped" vserver stop -q new
expect_error 1 "^vserver: cannot set address of 'new': 198[.]51[.]100[.]9 is not an address of this host; add" \
	"address that the host has not" vserver set new address=198.51.100.9
expect 0 "control: one that it has" \
	sh -c 'ip address add 198.51.100.9/32 dev lo && vserver set -q new address=198.51.100.9'
expect 0 "the host loses it" ip address delete 198.51.100.9/32 dev lo
traces >"$scratch/before.start"
expect_error 1 "^vserver: cannot start 'new': .*198[.]51[.]100[.]9" "nothing starts with it then" \
	vserver start new
expect 3 "it is not running" vserver status new
expect 0 "nothing is left of the start" eventually 20 as_before
expect 0 "control: once the host has it again it starts" \
	sh -c 'ip address add 198.51.100.9/32 dev lo && vserver start -q new'
expect 0 "and stops" vserver stop -q new
expect 0 "control: another address" vserver set -q new "address=192.0.2.55/32 dev lo"
ip address delete 198.51.100.9/32 dev lo
rm -f /var/lib/vserver/guests/new/root/usr/sbin/init /var/lib/vserver/guests/new/*/usr/sbin/init
traces >"$scratch/before.start"
expect_error 1 "^vserver: cannot start 'new': .*init" "a guest that has lost its init" vserver start new
expect 0 "nothing is left of the start" eventually 20 as_before
expect 0 "deleted" vserver delete -q new --yes
expect 0 "nothing is left of any" eventually 20 nothing_left

# --- no daemon --------------------------------------------------------------------
traces >"$scratch/before.start"
systemctl stop vserverd.socket vserverd 2>/dev/null
gone="cannot reach vserverd \\(/run/vserver/io.vserver.Manager: .*\\): start it: systemctl start vserverd"
expect_error 1 "^vserver: $gone$" "list without the daemon" vserver list
for verb in start stop restart status enter; do
	expect_error 1 "^vserver: $gone$" "$verb without the daemon" vserver "$verb" web
done
expect_error 1 "^vserver: $gone$" "start of several: told once" vserver start a b c
expect_error 1 "^vserver: $gone$" "exec without the daemon" vserver exec web -- true
expect_error 1 "^vserver: $gone$" "set without the daemon" vserver set web cpu=1%
expect_error 1 "^vserver: $gone$" "build without the daemon" vserver build web --from "$scratch/tiny.tar"
expect_error 1 "^vserver: $gone$" "delete without the daemon" vserver delete web --yes
expect 1 "check without the daemon fails" sh -c 'vserver check >/dev/null'
expect 0 "and says what to do" sh -c "vserver check | grep -q 'systemctl start vserverd'"
expect_error 1 "^vserver: $gone$" "status of all without the daemon" vserver status
expect_error 1 "^vserver: $gone$" "configuration without the daemon" vserver config show web
systemctl start vserverd
expect 0 "control: with the daemon" vserver list -q
expect 0 "nothing is left of all that" eventually 20 as_before

# --- a daemon that is stuck --------------------------------------------------------
stuck="vserverd does not answer; see: journalctl -u vserverd"
cleanup systemctl kill -s CONT vserverd
systemctl kill -s STOP vserverd
begin=$SECONDS
vserver status web >"$scratch/stuck" 2>&1 &
status=$!
vserver set web cpu=1% >"$scratch/stuck.set" 2>&1 &
set=$!
timeout 45 vserver stop web >"$scratch/stuck.stop" 2>&1 &
stop=$!
expect_error 1 "^vserver: cannot list guests: $stuck$" "list ends" vserver list
wait $status $set
[ $((SECONDS - begin)) -ge 29 ]
ok $? "after half a minute" || diag "$((SECONDS - begin)) s"
is "$(cat "$scratch/stuck")" "vserver: cannot show 'web': $stuck" "so does status"
is "$(cat "$scratch/stuck.set")" "vserver: cannot set 'web': $stuck" "and set"
expect 0 "control: what may take minutes waits" kill -0 $stop
systemctl kill -s CONT vserverd
wait $stop
is "$(cat "$scratch/stuck.stop")" "vserver: cannot stop 'web': no such guest; see: vserver list" \
	"and is answered then"
expect 0 "control: the daemon answers again" vserver list -q

done_testing
