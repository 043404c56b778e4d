# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# bash completion for vserver, chcontext, chbind and vsched.  Verbs, options and settings
# are read from the programs' own help, guests from `vserver list`, what can be
# run in a guest from that guest, so nothing is told twice.

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

# Guests that run, and contexts of chcontext.
_vserver_contexts()
{
	vserver contexts --no-legend 2>/dev/null | awk '{ print $2 }'
}

# What a guest that runs can run.
_vserver_commands()
{
	# shellcheck disable=SC2016 # the guest's
	timeout 10 vserver exec "$1" -- sh -c 'IFS=:; ls $PATH' 2>/dev/null </dev/null |
		grep -v '[:/]'
}

_vserver()
{
	local cur=${COMP_WORDS[COMP_CWORD]} verb=${COMP_WORDS[1]} words=

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		words="$(vserver help 2>/dev/null | sed -n 's/^  \([a-z]*\) .*/\1/p') --help --version"
	elif [[ $verb == build && ${COMP_WORDS[COMP_CWORD - 1]} == @(-m|--method) && " ${COMP_WORDS[*]} " != *" -- "* ]]; then
		words='debootstrap template clone rsync skeleton'
	elif [[ $verb == build && ${COMP_WORDS[COMP_CWORD - 1]} == --source ]]; then
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -W "$(_vserver_guests)" -- "$cur"; compgen -d -- "$cur")
		return
	elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == @(--from|--output|-o) ||
		( $verb == build && ${COMP_WORDS[COMP_CWORD - 1]} == -t ) ||
		( $verb == import && $COMP_CWORD == 2 && $cur != -* ) ]]; then
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == --compress ]]; then
		words='zstd gzip none'
	elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == --image ]]; then
		words=$(find /var/lib/vserver/images -mindepth 1 -maxdepth 1 -type l -printf '%f\n' 2>/dev/null)
	elif [[ $cur == -* ]]; then
		words=$(_vserver_options "$verb")
	elif [[ $verb == run ]]; then
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
	else
		case $verb in
		help)
			words=$(vserver help 2>/dev/null | sed -n 's/^  \([a-z]*\) .*/\1/p') ;;
		config)
			((COMP_CWORD == 2)) && words=show || words=$(_vserver_guests) ;;
		address)
			((COMP_CWORD == 2)) && words="add remove $(_vserver_guests)"
			((COMP_CWORD == 3)) && words=$(_vserver_guests)
			if ((COMP_CWORD == 4)) && [[ ${COMP_WORDS[2]} == remove ]]; then
				words=$(vserver address --no-legend "${COMP_WORDS[3]}" 2>/dev/null |
					awk '{ sub("/.*", "", $1); print $1 }')
			elif ((COMP_CWORD == 6)); then
				words=$(ls /sys/class/net)
			fi ;;
		image)
			if ((COMP_CWORD == 2)); then
				words="import build list show verify remove"
			elif [[ ${COMP_WORDS[2]} == import && $COMP_CWORD == 4 ]]; then
				compopt -o filenames
				mapfile -t COMPREPLY < <(compgen -f -- "$cur")
				return
			elif [[ ${COMP_WORDS[2]} == @(show|verify|remove) ]]; then
				words=$(vserver image list --quiet 2>/dev/null)
			fi ;;
		start | stop | restart | unify)
			words=$(_vserver_guests) ;;
		exec)
			if ((COMP_CWORD == 2)); then
				words=$(_vserver_guests)
			elif ((COMP_CWORD == 3)) || [[ $COMP_CWORD == 4 && ${COMP_WORDS[3]} == -- ]]; then
				words=$(_vserver_commands "${COMP_WORDS[2]}")
			fi ;;
		ps | top | wait)
			((COMP_CWORD == 2)) && words=$(_vserver_contexts) ;;
		kill)
			if [[ ${COMP_WORDS[COMP_CWORD - 1]} == @(-s|--signal) ]]; then
				words=$(compgen -A signal | sed -n 's/^SIG//p')
			elif ((COMP_CWORD == 2)); then
				words=$(_vserver_contexts)
			else
				words=$(vserver ps --quiet "${COMP_WORDS[2]}" 2>/dev/null)
			fi ;;
		status | enter | delete | export | clone | rename | snapshot | umount)
			((COMP_CWORD == 2)) && words=$(_vserver_guests) ;;
		mount)
			if ((COMP_CWORD == 2)); then
				words=$(_vserver_guests)
			else
				compopt -o filenames
				mapfile -t COMPREPLY < <(compgen -d -- "$cur")
				return
			fi ;;
		rollback | snapshots)
			if ((COMP_CWORD == 2)); then
				words=$(_vserver_guests)
			elif [[ $verb == rollback && $COMP_CWORD == 3 ||
				${COMP_WORDS[COMP_CWORD - 1]} == --remove ]]; then
				words=$(vserver snapshots --quiet "${COMP_WORDS[2]}" 2>/dev/null)
			fi ;;
		set | limit)
			if ((COMP_CWORD == 2)); then
				words=$(_vserver_guests)
			else
				words=$(_vserver_settings "$verb")
				compopt -o nospace
			fi ;;
		build | create | import)
			((COMP_CWORD > 2)) && words=$(_vserver_settings "$verb")
			compopt -o nospace ;;
		esac
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

# chcontext and chbind: options, their values, then a command and its own.
_vserver_classic()
{
	local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} program=$1 i=1 words

	# the first word that is neither an option nor an option's value
	while ((i < COMP_CWORD)) && [[ ${COMP_WORDS[i]} == -?* ]]; do
		[[ ${COMP_WORDS[i]} == -- ]] && { i=$((i + 1)); break; }
		_vserver_takes_value "$program" "${COMP_WORDS[i]}" && i=$((i + 1))
		i=$((i + 1))
	done
	COMPREPLY=()
	if ((i < COMP_CWORD)); then
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	elif ((i > COMP_CWORD)); then
		case $before in
		--chroot)
			compopt -o filenames
			mapfile -t COMPREPLY < <(compgen -d -- "$cur")
			return ;;
		--ip) words=$(ip -o address 2>/dev/null | awk '{ sub("/.*", "", $4); print $4 }') ;;
		--flag) [[ $program == *chbind ]] &&
			words="private lock single_ip lback_remap hide_lback" ||
			words="persistent private" ;;
		--ncap) words=tun_create ;;
		*) words= ;;
		esac
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	elif [[ $cur == -* && $before != -- ]]; then
		words=$("$program" --help 2>/dev/null | grep -oE '^ +--.*' | grep -oE -- '--[a-z-]+')
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
	fi
}

_vserver_takes_value()
{
	"$1" --help 2>/dev/null | grep -qE -- "$2 (\\[!\\])?[A-Z]+([ ,]|\$)"
}

# vsched: options, contexts, directories; there is no command.
_vserver_vsched()
{
	local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words=

	COMPREPLY=()
	case $before in
	--xid | --ctx) words=$(_vserver_contexts) ;;
	--dir)
		compopt -o filenames
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return ;;
	*)
		! _vserver_takes_value vsched "$before" &&
			words=$(vsched --help 2>/dev/null | grep -E '^ +--' | grep -oE -- '--[a-z0-9-]+') ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _vserver vserver
complete -F _vserver_vsched vsched
complete -F _vserver_classic chcontext chbind
