#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What bash offers: verbs, options, settings and guests.

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
	bash -c '. "$0"
		compopt() { :; }
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_vserver
		echo " ${COMPREPLY[*]} "' "$completion" "$@"
}

expect 0 "verbs" prints "* build *start *" offers vserver ""
expect 0 "verbs by their beginning" prints " start stop status " offers vserver st
expect 0 "guests" prints " web " offers vserver start ""
expect 0 "a guest's settings" prints "* cpu= *memory= *" offers vserver set web ""
expect 0 "options, settings among them" prints "* --runtime *--cpu *" offers vserver set web --
expect 0 "files" prints " $completion " offers vserver build new --from "$completion"
expect 0 "nothing where nothing fits" prints "  " offers vserver status web ""
vserver delete -qy web

done_testing
