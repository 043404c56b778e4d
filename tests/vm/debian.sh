# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# How a Debian root is made, for tests/vm/roots and tests/vm/debug-kernel, which
# source this with $here and $sources (of tests/vm/mirrors) set.

cache=${VSERVER_CACHE:-/var/cache/vserver}
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
umask 022

die()
{
	echo "${0##*/}: $*" >&2
	exit 1
}

say()
{
	echo "${0##*/}: $*" >&2
}

# need FILE PACKAGE: install what this machine lacks.
need()
{
	[ ! -e "$1" ] || return 0
	say "installing $2"
	[ -n "${updated-}" ] || { apt-get update -qq >&2 || :; updated=1; }
	apt-get install -y -qq --no-install-recommends "$2" >&2 </dev/null ||
		die "cannot install $2; see above"
}

packages()
{
	grep -vhE '^[[:space:]]*(#|$)' "$here/packages/$1.list" | paste -sd,
}

# phases NAME: what mmdebstrap is at, a line each; on a terminal one line that
# changes, with the seconds.
phases()
{
	local line begin=$SECONDS

	while IFS= read -r line; do
		case $line in
		'I: '*...)
			line=${line#I: }
			[ -t 2 ] || { say "  $1: ${line%...}"; continue; }
			printf '\r\033[K%s:   %s: %s (%d s)' "${0##*/}" "$1" "${line%...}" \
				$((SECONDS - begin)) >&2 ;;
		E:*) printf '%s\n' "$line" >&2 ;;
		esac
	done
	[ ! -t 2 ] || printf '\r\033[K' >&2
	say "  $1: done, $((SECONDS - begin)) s"
}

# debian NAME TARGET OPTION…: mmdebstrap with this machine's mirrors.  In
# namespaces of its own, and ended with this script, however that ends: no
# mount and no process is left.
debian()
{
	local name=$1 target=$2
	shift 2
	setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child \
		--mount-proc env TMPDIR="$work" mmdebstrap --variant=minbase --include="$(packages "$name")" \
		--aptopt="$work/apt.conf" "$@" trixie "$target" "$work/sources.list" \
		2>&1 </dev/null | tee "$work/$name.log" | phases "$name" ||
		{ tail -n 20 "$work/$name.log" >&2; die "cannot make the $name root"; }
}

# complete MADE NAME: what was made gets its name; what had it goes.
complete()
{
	[ ! -e "$2" ] || mv -T "$2" "$work/old-$(basename "$2")"
	mv -T "$1" "$2"
}

# work_in PREFIX LOCK: a folder for what is being made, $work, which goes when
# this ends; one run at a time has it, and removes what others have left.
work_in()
{
	need /usr/bin/mmdebstrap mmdebstrap
	# one that knows the keys of Debian 13
	need /usr/share/keyrings/debian-archive-trixie-automatic.gpg debian-archive-keyring

	mkdir -p "$cache"
	exec 9>"$cache/$2"
	flock -n 9 || { say 'waiting for another run that makes them'; flock 9; }
	find "$cache" -maxdepth 1 -name "$1.*" -exec rm -rf --one-file-system {} +
	work=$cache/$1.$$
	mkdir "$work"
	trap 'rm -rf --one-file-system "$work"' EXIT
	trap 'exit 1' INT TERM HUP

	printf '%s\n' "$sources" >"$work/sources.list"
	"$here/mirrors" --options >"$work/apt.conf"
}
