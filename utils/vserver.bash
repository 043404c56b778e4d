# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# bash completion for vserver.  Verbs, options and settings are read from
# vserver's own help, guests from `vserver list`, so nothing is told twice.

_vserver_options()
{
	vserver help "$1" 2>/dev/null |
		sed -n 's/^  \(-., \)\?\(--[a-z-]*\).*/\2/p'
}

_vserver_settings()
{
	vserver help "$1" 2>/dev/null |
		sed -n '/^Settings/,$s/^  --\([a-z-]*\) .*/\1=/p'
}

_vserver_guests()
{
	vserver list --quiet 2>/dev/null
}

_vserver()
{
	local cur=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} words=

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		words="$(vserver help 2>/dev/null | sed -n 's/^  \([a-z]*\) .*/\1/p') --help --version"
	elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == --from ]]; then
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	elif [[ $cur == -* ]]; then
		words=$(_vserver_options "$verb")
	else
		case $verb in
		help)
			words=$(vserver help 2>/dev/null | sed -n 's/^  \([a-z]*\) .*/\1/p') ;;
		config)
			((COMP_CWORD == 2)) && words=show || words=$(_vserver_guests) ;;
		start | stop | restart)
			words=$(_vserver_guests) ;;
		status | enter | exec | delete)
			((COMP_CWORD == 2)) && words=$(_vserver_guests) ;;
		set | limit)
			if ((COMP_CWORD == 2)); then
				words=$(_vserver_guests)
			else
				words=$(_vserver_settings "$verb")
				compopt -o nospace
			fi ;;
		build)
			((COMP_CWORD > 2)) && words=$(_vserver_settings "$verb")
			compopt -o nospace ;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _vserver vserver
