#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Whatever is wrong with what vserver is given: one clear line, the right exit
# status, nothing changed and nothing left.

. tests/tap.sh
. tests/cli/cli.sh

systemctl start vserverd || skip_all "vserverd does not start"
tiny "$scratch/tiny.tar"
traces >"$scratch/before"

# --- a command line that cannot be read: 2, and the daemon is not asked -----
expect 0 "no verb" one_line 2 "no verb given; see: vserver help" vserver
expect 0 "unknown verb" one_line 2 "no verb 'launch'; see: vserver help" vserver launch web
expect 0 "verb with a slip" one_line 2 "no verb 'strat'; did you mean 'start'[?]" vserver strat web
expect 0 "no name" one_line 2 "start: NAME is missing; usage: *" vserver start
expect 0 "a word too many" one_line 2 "status: unexpected 'b'; usage: *" vserver status a b
expect 0 "unknown option" one_line 2 "start: no option '--fast'; *" vserver start --fast web
expect 0 "unknown letter" one_line 2 "start: no option '-x'; *" vserver start -x web
expect 0 "option with a slip" one_line 2 "start: no option '--wiat'; did you mean '--wait'[?]" \
	vserver start --wiat web
expect 0 "option without its value" one_line 2 "set: option '--cpu' wants a value; *" \
	vserver set web --cpu
expect 0 "value for an option that takes none" one_line 2 "*'--wait' takes no value" \
	vserver start --wait=yes web
expect 0 "unknown setting" one_line 2 "set: no setting 'colour'; *" vserver set web colour=red
expect 0 "setting with a slip" one_line 2 "set: no setting 'memroy'; did you mean 'memory'[?]" \
	vserver set web memroy=1G
expect 0 "nothing to set" one_line 2 "set: SETTING=VALUE is missing; *" vserver set web
expect 0 "no setting at all" one_line 2 "set: 'cpu' is not SETTING=VALUE; *" vserver set web cpu
expect 0 "no command" one_line 2 "exec: COMMAND is missing; *" vserver exec web --
expect 0 "no archive" one_line 2 "build: --from is missing; *" vserver build web
expect 0 "help of an unknown verb" one_line 2 "no verb 'launch'; *" vserver help launch

# --- a guest that does not exist: 1 ------------------------------------------
expect 0 "control: a guest can be built" \
	prints "web: built from *" vserver build web --from "$scratch/tiny.tar"
expect 0 "an option's name may be shortened" prints "*" vserver list --no-leg
for verb in start stop restart; do
	expect 0 "$verb of an unknown guest" \
		one_line 1 "cannot $verb 'nobody': no such guest; see: vserver list" \
		vserver "$verb" nobody
done
expect 0 "start of a guest with a slip" \
	one_line 1 "cannot start 'wbe': no such guest; did you mean 'web'[?]" vserver start wbe
expect 0 "status of an unknown guest" one_line 1 "cannot show 'nobody': no such guest*" \
	vserver status nobody
expect 0 "enter an unknown guest" one_line 1 "cannot enter 'nobody': no such guest*" \
	vserver enter nobody
expect 0 "exec in an unknown guest" one_line 1 "cannot run a command in 'nobody': no such guest*" \
	vserver exec nobody -- true
expect 0 "set of an unknown guest" one_line 1 "cannot set 'nobody': no such guest*" \
	vserver set nobody cpu=10%
expect 0 "configuration of an unknown guest" one_line 1 "*'nobody': no such guest*" \
	vserver config show nobody
expect 0 "delete of an unknown guest" one_line 1 "cannot delete 'nobody': no such guest*" \
	vserver delete nobody --yes

# --- a guest that is not in the state for it ----------------------------------
expect 0 "stop of a stopped guest" one_line 1 "cannot stop 'web': not running" vserver stop web
expect 0 "enter a stopped guest" one_line 1 "cannot enter 'web': not running; start it: *" \
	vserver enter web
expect 0 "exec in a stopped guest" one_line 1 "*'web': not running; start it: *" \
	vserver exec web -- true
expect 0 "build of what exists" one_line 1 "cannot build 'web': a guest of that name exists*" \
	vserver build web --from "$scratch/tiny.tar"
expect 0 "delete without a word, where nobody can be asked" \
	one_line 2 "cannot delete 'web': * say --yes" vserver delete web

# --- values -------------------------------------------------------------------
more_than_all=$(($(nproc) * 100 + 300))%
config=$(vserver config show web)
for value in cpu=0% "cpu=$more_than_all" cpu=some cpu=-5% memory=0 memory=lots tasks=-1 \
	tasks=0 xid=1 xid=49152 xid=99999 xid=web address=300.1.2.3 \
	"address=192.0.2.1/99 dev lo" "address=192.0.2.1/24 dev nosuch0"; do
	expect 0 "set $value" one_line 1 "cannot set ${value%%=*} of 'web': *" \
		vserver set web "$value"
done
expect 0 "one bad value of two changes neither" one_line 1 "cannot set cpu of 'web': *" \
	vserver set web tasks=33 cpu=0%
expect 0 "the settings are what they were" test "$config" = "$(vserver config show web)"
expect 0 "control: good values are taken" prints "*tasks = 33*" vserver set web tasks=33 cpu=10%
expect 0 "control: and are in force" prints "*tasks *33*" vserver config show web
expect 0 "control: the guest can be deleted" prints "web: deleted" vserver delete web --yes
expect 0 "nothing is left of it" nothing_left

# --- what a guest is built from -------------------------------------------------
head -c 100000 "$scratch/tiny.tar" >"$scratch/cut.tar"
gzip -c "$scratch/tiny.tar" | head -c 200000 >"$scratch/cut.tar.gz"
head -c 300000 /dev/urandom >"$scratch/noise.tar"
: >"$scratch/empty.tar"
tiny "$scratch/headless.tar" ''
build()
{
	vserver build new --from "$@"
}
expect 0 "archive that is not there" one_line 1 "cannot build 'new': */nowhere.tar*" \
	build "$scratch/nowhere.tar"
expect 0 "directory for an archive" one_line 1 "cannot build 'new': *" build "$scratch"
expect 0 "archive that is cut" one_line 1 "cannot build 'new': *" build "$scratch/cut.tar"
expect 0 "compressed archive that is cut" one_line 1 "cannot build 'new': *" \
	build "$scratch/cut.tar.gz"
expect 0 "no archive at all" one_line 1 "cannot build 'new': *" build "$scratch/noise.tar"
expect 0 "empty file" one_line 1 "cannot build 'new': *" build "$scratch/empty.tar"
expect 0 "system without an init" one_line 1 "cannot build 'new': *init*" \
	build "$scratch/headless.tar"
expect 0 "cpu of 0 %" one_line 1 "cannot build 'new': cpu: *" build "$scratch/tiny.tar" --cpu 0%
expect 0 "more cpu than there is" one_line 1 "cannot build 'new': cpu: *" \
	build "$scratch/tiny.tar" --cpu "$more_than_all"
expect 0 "xid out of range" one_line 1 "cannot build 'new': xid: *" \
	build "$scratch/tiny.tar" --xid 70000
for name in ../new -new .new new/er "$(printf 'n%.0s' {1..64})"; do
	expect 0 "name '$name'" one_line 1 "cannot build '$name': *" \
		vserver build --from "$scratch/tiny.tar" -- "$name"
done
expect 0 "nothing is left of any" nothing_left

# --- what shows at the start only ------------------------------------------------
chcontext --xid 4711 -- sleep infinity &
other=$!
until vserver contexts --no-legend | grep -q '^ *4711 '; do :; done
traces >"$scratch/before"
vserver build new --from "$scratch/tiny.tar" --xid 4711 >"$scratch/stdout" 2>&1
expect 0 "xid that is taken" one_line 1 "cannot start 'new': *4711*" vserver start new
expect 0 "it is not running" prints "*" sh -c 'vserver status new; test $? = 3'
kill "$other"
while vserver contexts --no-legend | grep -q '^ *4711 '; do :; done
expect 0 "control: it starts once the number is free" prints "new: started" vserver start new
expect 0 "start of what runs" one_line 1 "cannot start 'new': already running" vserver start new
expect 0 "delete of what runs" one_line 1 "cannot delete 'new': *" vserver delete new --yes
vserver stop new >"$scratch/stdout"
expect 0 "control: another address is no matter" vserver set -q new xid=4712 "address=192.0.2.55/32 dev lo"
expect 0 "control: with an address that is put on the host" vserver start -q new
expect 0 "control: and is stopped" vserver stop -q new
expect 0 "address that the host has not" one_line 1 "cannot s* *'new': *198.51.100.9*" \
	sh -c 'vserver set -q new address=198.51.100.9 && vserver start new'
expect 0 "deleted" vserver delete -q new --yes

# --- no daemon --------------------------------------------------------------------
systemctl stop vserverd.socket vserverd 2>/dev/null
gone="cannot reach vserverd (/run/vserver/io.vserver.Manager: *): start it: systemctl start vserverd"
expect 0 "list without the daemon" one_line 1 "$gone" vserver list
for verb in start stop restart status enter; do
	expect 0 "$verb without the daemon" one_line 1 "$gone" vserver "$verb" web
done
expect 0 "start of several: told once" one_line 1 "$gone" vserver start a b c
expect 0 "exec without the daemon" one_line 1 "$gone" vserver exec web -- true
expect 0 "set without the daemon" one_line 1 "$gone" vserver set web cpu=1%
expect 0 "build without the daemon" one_line 1 "$gone" vserver build web --from "$scratch/tiny.tar"
expect 0 "delete without the daemon" one_line 1 "$gone" vserver delete web --yes
expect 1 "check without the daemon fails" sh -c 'vserver check >/dev/null'
expect 0 "and says what to do" sh -c "vserver check | grep -q 'systemctl start vserverd'"
systemctl start vserverd
expect 0 "control: with the daemon" vserver list -q
