#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Guests' files: which are read and in what order, and everything that is
# wrong in them, with file and line, all of it at once.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh

etc=/etc/vserver/guests
mkdir -p /var/lib/vserver/guests/cf/root/sbin "$etc/cf.conf.d" /run/vserver/guests/cf.conf.d
cleanup rm -rf /run/vserver/guests/cf.conf.d
cleanup rm -rf "$etc/cf.conf" "$etc/cf.conf.d"
cleanup rm -rf /var/lib/vserver/guests/cf

# value KEY, source KEY: as the daemon has it
value()
{
	vserver config show cf --json | jq -r ".[] | select(.key == \"$1\").value"
}

source_of()
{
	vserver config show cf --json | jq -r ".[] | select(.key == \"$1\").source"
}

# --- what is read ------------------------------------------------------------------
cat >"$etc/cf.conf" <<-'END'
	# a comment
	; another
	memory = 64M
	  tasks=100	; and one behind
	address = 192.0.2.1/24 dev lo
	address = 2001:db8::1/64 dev lo
	cpu : 10%
END
is "$(value memory)" 64M "a value"
is "$(value tasks)" 100 "a value without space around, a comment behind it"
is "$(value cpu)" 10% "a colon does too"
is "$(source_of memory)" "$etc/cf.conf" "and where it comes from"
is "$(source_of autostart)" default "or that nobody wrote it"
is "$(value address | wc -l)" 2 "a line that may be repeated"

printf 'memory = 65M\naddress = 192.0.2.2/24 dev lo\n' >"$etc/cf.conf.d/20-a.conf"
printf 'memory = 66M\n' >"$etc/cf.conf.d/30-b.conf"
printf 'memory = 1\n' >"$etc/cf.conf.d/40-c.disabled"
is "$(value memory)" 66M "files beside it take the place of its values, in order"
is "$(value address)" "192.0.2.2/24 dev lo" "and of the whole of a list"
is "$(value tasks)" 100 "and leave the rest"
printf 'memory = 67M\n' >/run/vserver/guests/cf.conf.d/10-r.conf
is "$(value memory)" 67M "what is below /run comes last"
rm -f "$etc"/cf.conf.d/* /run/vserver/guests/cf.conf.d/*

# --- what is wrong --------------------------------------------------------------------
# told REGEX: a start is refused, and this is among what is said
told()
{
	vserver start cf >"$scratch/told" 2>&1 && return 1
	cat "$scratch/told"
	grep -qE -- "$1" "$scratch/told"
}

cat >"$etc/cf.conf" <<-'END'
	memory = 64M
	colour = red
	tasks = lots

	memory = 65M
	rubbish
	[section]
	= 7
	cpu = 10%
END
printf 'cpu-bucket = -1\naddress = 192.0.2.300\n' >"$etc/cf.conf.d/20-a.conf"
expect 0 "a setting that is not known" told "$etc/cf.conf:2: .*'colour'"
expect 0 "a value that is none" told "$etc/cf.conf:3: tasks: "
expect 0 "a setting twice" told "$etc/cf.conf:5: 'memory' is set twice; line 1"
expect 0 "a line that is no setting" told "$etc/cf.conf:6: 'rubbish'"
expect 0 "a section" told "$etc/cf.conf:7: '\[section\]'"
expect 0 "a line without a name" told "$etc/cf.conf:8: "
expect 0 "in another file" told "$etc/cf.conf.d/20-a.conf:1: cpu-bucket: "
expect 0 "and again" told "$etc/cf.conf.d/20-a.conf:2: address: "
expect 0 "all of it at once, and no more" test \
	"$(grep -oE "$etc/cf.conf[^ :]*:[0-9]+: " "$scratch/told" | wc -l)" = 8
expect_output 'stopped: .*cf.conf:2' "status tells it too" sh -c 'vserver status cf; :'
expect_output '^cf +stopped' "and list goes on" vserver list
expect_error 1 'cf.conf:2' "nothing can be set" vserver set cf tasks=5
rm -f "$etc/cf.conf.d/20-a.conf"

printf 'cpu = 10%%\ncpu-bucket = 2ms\ncpu-release = 3ms\n' >"$etc/cf.conf"
expect 0 "values that do not fit together" told "$etc/cf.conf:3: cpu-release: "
printf 'cpu = 10%%\ncpu-bucket = 2ms\ncpu-tokens = 3ms\n' >"$etc/cf.conf"
expect 0 "more tokens than the bucket holds" told "$etc/cf.conf:3: cpu-tokens: "
printf 'cpu = 10%%\ncpu-idle = infinity\ncpu-prio-bias = 21\n' >"$etc/cf.conf"
expect 0 "an idle rate without an end" told "$etc/cf.conf:2: cpu-idle: "
expect 0 "a bias that is out of range" told "$etc/cf.conf:3: cpu-prio-bias: "
printf 'cpu = 110%%\ncpu-scope = processor\n' >"$etc/cf.conf"
expect 0 "of each processor more than it has" told "$etc/cf.conf:2: cpu-scope: "
printf 'address = 192.0.2.1/24 dev lo\naddress = 192.0.2.1/24 dev lo\n' >"$etc/cf.conf"
expect 0 "an address twice" told "$etc/cf.conf:2: address: .* twice"
printf 'address = 192.0.2.%d/24 dev lo\n' {1..65} >"$etc/cf.conf"
expect 0 "more addresses than a guest may have" told "$etc/cf.conf:65: address: more than 64"
{ printf 'hostname = '; printf 'a%.0s' {1..300}; printf '\ncolour = red\n'; } >"$etc/cf.conf"
expect 0 "a line that is too long" told "$etc/cf.conf:1: .*too long"
expect 0 "the line below it has its own number" told "$etc/cf.conf:2: .*'colour'"
head -c 4096 /dev/urandom >"$etc/cf.conf"
expect 1 "noise does not start" vserver start cf
expect 0 "and the daemon goes on" vserver list
printf 'init = /sbin/\377\n' >"$etc/cf.conf"
expect 0 "what is not UTF-8" told "$etc/cf.conf:1: .*UTF-8"
rm "$etc/cf.conf"
expect 0 "a tree without a file" told "there is no $etc/cf.conf"
printf 'memory = 64M\n' >"$etc/cf.conf"
expect 0 "a tree without an init" told "init"

# --- what the daemon writes ---------------------------------------------------------------
cp "$etc/cf.conf" "$scratch/cf.conf"
expect 0 "set" vserver set cf tasks=50 cpu=20%
expect 0 "set again" vserver set cf cpu=30%
is "$(value cpu)/$(value tasks)" 30%/50 "others in the file stay"
expect 0 "the guest's own file is as it was" cmp "$etc/cf.conf" "$scratch/cf.conf"
is "$(stat -c %a "$etc/cf.conf.d/50-set.conf")" 644 "anybody may read it"
is "$(find "$etc" -name '.*' -mindepth 1 | wc -l)" 0 "no temporary file is left"

done_testing
