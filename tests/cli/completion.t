#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What bash offers: verbs, options, settings and guests.
#
# any-kernel

. tests/tap.sh
. tests/cli/cli.sh

completion=/usr/share/bash-completion/completions/vserver
expect 0 "the completion parses" bash -n "$completion"
systemctl start vserverd || bail_out "vserverd does not start"
tiny "$scratch/tiny.tar"
vserver build -q web --from "$scratch/tiny.tar" || bail_out "no guest can be built"

# offers WORDS…: what is offered for the last of them, in one line.
offers()
{
	# shellcheck disable=SC2016
	bash -c '. "$0"
		compopt() { :; }
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		function=$(complete -p "$1" | sed "s/.*-F \([^ ]*\) .*/\1/")
		$function "$1"
		echo " ${COMPREPLY[*]} "' "$completion" "$@"
}

expect 0 "verbs" prints "* build *start *" offers vserver ""
expect 0 "verbs by their beginning" prints " start stop status " offers vserver st
expect 0 "guests" prints " web " offers vserver start ""
expect 0 "a guest's settings" prints "* cpu= *memory= *" offers vserver set web ""
expect 0 "options, settings among them" prints "* --runtime *--cpu *" offers vserver set web --
expect 0 "what to do about addresses, and guests" prints " add remove web " offers vserver address ""
expect 0 "a guest to give one" prints " web " offers vserver address add ""
expect 0 "files" prints " $completion " offers vserver build new --from "$completion"
expect 0 "methods" prints " debootstrap template clone rsync skeleton " offers vserver build new -m ""
expect 0 "guests to clone" prints " web " offers vserver build new -m clone -- --source we
expect 0 "what to do about images" prints " import build list show verify remove " offers vserver image ""
expect 0 "what to make one of" prints " $completion " offers vserver image import new "$completion"
expect 0 "nothing where nothing fits" prints "  " offers vserver status web ""
expect 0 "a verb's classic name" prints "* cpu= *" offers vserver limit web ""
expect 0 "nothing of a guest that does not run" prints "  " offers vserver exec web ""
expect 0 "control: it starts" vserver start -q web
expect 0 "contexts" prints "* web *" offers vserver ps ""
expect 0 "processes of one" prints "* $(vserver ps --quiet web | head -n 1) *" offers vserver kill web ""
expect 0 "signals" prints "* KILL *" offers vserver kill web -s K
expect 0 "what the guest can run" prints "* sleep *" offers vserver exec web sl
expect 0 "behind -- too" prints "* hostname *" offers vserver exec web -- host
expect 0 "and not what only the host can" prints "  " offers vserver exec web systemct
expect 0 "control: that the host can" test -x "$(type -P systemctl)"
expect 0 "it stops" vserver stop -q web
expect 0 "and goes" vserver delete -qy web

# --- the classic tools -------------------------------------------------------------
for program in chcontext chbind; do
	expect 0 "$program's completion is found by its name" \
		test -e /usr/share/bash-completion/completions/$program
	expect 0 "$program: options" prints "* --silent *" offers $program --
	expect 0 "$program: commands" prints "* sleep *" offers $program --silent slee
	expect 0 "$program: commands behind --" prints "* sleep *" offers $program -- slee
	expect 0 "$program: files for the command" prints " $completion " \
		offers $program --silent cat "$completion"
done
expect 0 "chbind: addresses" prints "* 127.0.0.1 *" offers chbind --ip ""
expect 0 "chbind: a command after an address" prints "* sleep *" offers chbind --ip 127.0.0.1 slee
expect 0 "chbind: flags" prints " private lock single_ip lback_remap hide_lback " offers chbind --flag ""
expect 0 "chbind: a capability" prints " tun_create " offers chbind --ncap ""
expect 0 "chbind: a command after a loopback address" \
	prints "* sleep *" offers chbind --lback 127.0.42.1 slee
expect 0 "chcontext: flags" prints " persistent private " offers chcontext --flag ""
expect 0 "chcontext: a command after a flag" prints "* sleep *" offers chcontext --flag private slee
expect 0 "chcontext: nothing for a number" prints "  " offers chcontext --xid ""

expect 0 "vsched's completion is found by its name" \
	test -e /usr/share/bash-completion/completions/vsched
expect 0 "vsched: options" prints "* --cpu-bucket *--fill-rate2 *" offers vsched --
expect 0 "vsched: nothing for a value" prints "  " offers vsched --xid web --cpu ""
vserver build -q web2 --from "$scratch/tiny.tar" && vserver start -q web2
expect 0 "vsched: contexts" prints "* web2 *" offers vsched --xid ""
vserver stop -q web2
vserver delete -qy web2

done_testing
