# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# For the tests of the command line: what a command says and what it leaves,
# and a guest that is small enough to be made in a second.

# prints PATTERN COMMAND…: it succeeds, says nothing on stderr, and its output
# matches the shell pattern.
prints()
{
	local pattern=$1 status=0 output
	shift

	output=$("$@" 2>"$scratch/stderr" </dev/null) || status=$?
	echo "status $status, printed: $output"
	cat "$scratch/stderr"
	[ "$status" = 0 ] && [ ! -s "$scratch/stderr" ] && [[ $output == $pattern ]]
}

# field GUEST JQ: of its object.
field()
{
	vserver status "$1" --json 2>/dev/null | jq -r "$2"
}

# traces: everything that a guest or a context could leave behind, one a line.
traces()
{
	findmnt -rno TARGET,FSTYPE
	find /sys/fs/cgroup/vserver.slice -mindepth 1 -type d 2>/dev/null
	ip -o address | awk '{ print "address", $2, $4 }'
	find /sys/fs/bpf/vserver 2>/dev/null
	vserver contexts --no-legend 2>/dev/null || echo "no list of contexts, $EPOCHREALTIME"
	find /etc/vserver /var/lib/vserver /run/vserver -mindepth 1 -maxdepth 2 2>/dev/null |
		grep -v '^/run/vserver/io.vserver.Manager$'
	pgrep -l vserver-super
}

# nothing_left: since traces >"$scratch/before".
nothing_left()
{
	traces | diff "$scratch/before" -
}

# no_contexts, has_context XID, no_context XID: a table that cannot be read is
# neither.
no_contexts()
{
	local list

	list=$(vserver contexts --no-legend) && [ -z "$list" ]
}
has_context()
{
	local list

	list=$(vserver contexts --no-legend) && grep -q "^ *$1 " <<<"$list"
}
no_context()
{
	local list

	list=$(vserver contexts --no-legend) && ! grep -q "^ *$1 " <<<"$list"
}

# tiny FILE [INIT]: an archive of a few programs of this machine, with a shell
# script for its init (none, if INIT is empty).
tiny()
{
	local root=$scratch/tiny program library
	local init=${2-'trap "exit 0" TERM INT PWR; while :; do sleep 3600 & wait; done'}

	rm -rf "$root"
	mkdir -p "$root"/{usr/bin,usr/lib,usr/lib64,usr/sbin,etc,proc,sys,dev,run,tmp,root}
	ln -s usr/bin usr/lib usr/lib64 usr/sbin "$root"
	echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
	for program in sh sleep cat id ls ps hostname tty stty head true false kill wc; do
		cp -L "$(type -P "$program")" "$root/usr/bin/$program"
		for library in $(ldd "$root/usr/bin/$program" | grep -o '/[^ ]*'); do
			mkdir -p "$root$(dirname "$library")"
			cp -Ln "$library" "$root$library"
		done
	done
	if [ -n "$init" ]; then
		printf '#!/bin/sh\n%s\n' "$init" >"$root/usr/sbin/init"
		chmod 755 "$root/usr/sbin/init"
	fi
	tar -C "$root" -cf "$1" .
}

scratch=$(mktemp -d)
cleanup rm -rf "$scratch"
