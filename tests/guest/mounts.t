#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What a guest has mounted beside its tree, and a tree that it cannot write: what
# is asked for is there and no more, and no link that a guest has planted aims
# it elsewhere.

. tests/tap.sh
. tests/guest/guest.sh

inside() { vserver exec web -- "$@"; }
file=/etc/vserver/guests/web.conf
# mounts LINE…: these are web's, from its next start on.
mounts()
{
	local line

	vserver stop web 2>/dev/null
	: >"$file"
	for line in "$@"; do
		echo "$line" >>"$file"
	done
}
# starts NAME LINE…, refused REGEX NAME LINE…
starts() { mounts "${@:2}"; expect 0 "$1" vserver start web; }
refused() { mounts "${@:3}"; expect_error 1 "$1" "$2" vserver start web; }
# flags TARGET: of what is mounted there, as the guest sees it.
flags() { inside sh -c "while read -r d t rest; do [ \$t = $1 ] && echo \$rest; done </proc/mounts; :"; }

hostile web
share=$(mktemp -d /var/tmp/share.XXXXXX)	# the host has its /tmp without suid
cleanup rm -rf "$share"
chmod 777 "$share"
mkdir "$share/sub"
echo host >"$share/file"
echo one >"$scratch/one"
cp "$(type -P id)" "$share/program"
for program in rm ln; do
	cp "$(type -P $program)" "$tree/usr/bin"
	for library in $(ldd "$(type -P $program)" | grep -o '/[^ ]*'); do
		mkdir -p "$tree$(dirname "$library")"
		cp -Ln "$library" "$tree$library"
	done
done

# --- a directory of the host ---------------------------------------------------------------
starts "a guest starts with directories of the host" "mount = $share /data" \
	"mount = $share /mapped idmap" "mount = $share /fixed idmap,ro" \
	"mount = $share /noexec noexec" "mount = $share /loose suid dev" \
	"mount = $scratch/one /etc/deep/one" 'mount = tmpfs /cache size=4M mode=1777' \
	"mount = $share /layer overlay" 'mount = tmpfs /layer/cache'
is "$(inside cat /data/file)" host "it sees what is in one"
is "$(inside sh -c 'ls -ln /data/file' | cut -d ' ' -f 3)" 65534 "as nobody's: the ids are the host's"
expect_output 'nosuid,nodev' "without suid and devices" flags /data
expect 0 "control: programs run there" inside /data/program
is "$(findmnt -rno TARGET | grep -c "^$tree/")" 0 "on the host nothing is mounted"
expect 0 "control: the host can write there" touch "$share/new"
expect 0 "which is seen inside" inside cat /data/new

is "$(inside sh -c 'ls -ln /mapped/file' | cut -d ' ' -f 3)" 0 "with its ids mapped it is root's inside"
expect 0 "root of the guest writes" inside sh -c 'echo more >>/mapped/file && : >/mapped/made'
is "$(stat -c %u "$share/made")" 0 "as root on the disk"
expect 2 "read-only: nothing is written" inside sh -c ': >/fixed/made'
is "$(inside /usr/bin/intruder writable /fixed)" EPERM "nor can it be made writable"
expect 126 "noexec: no program is run" inside /noexec/program
expect 0 "suid and dev: it is there" sh -c "vserver exec web -- cat /proc/mounts | grep ' /loose '"
expect 1 "and has neither flag" sh -c "vserver exec web -- cat /proc/mounts |
	grep ' /loose ' | grep -E 'nosuid|nodev'"
is "$(inside cat /etc/deep/one)" one "a file is over a file, which is made"

# --- others --------------------------------------------------------------------------------
expect_output 'tmpfs.*nosuid,nodev.*size=4096k' "a tmpfs of that size" flags /cache
expect 0 "is root's" inside sh -c ': >/cache/made'
expect 0 "a layer over a directory of the host is written" \
	inside sh -c 'echo mine >/layer/file; chmod 600 /layer/file'
is "$(cat "$share/file" | xargs)" "host more" "and the host's stays"
upper=/var/lib/vserver/guests/web/mounts/%layer/upper
is "$(stat -c '%u %a' $upper/file)" '0 600' "what is written is the guest's"
expect 0 "a restart" vserver restart web
is "$(inside cat /layer/file)" mine "keeps it"
expect_output 'tmpfs' "another mount is in it" flags /layer/cache

# --- bad lines ------------------------------------------------------------------------------
refused "web.conf:2: mount: 'nonsense' is no mount" "no mount" 'memory = 64M' 'mount = nonsense'
refused "web.conf:1: mount: '/data/../etc' is no place" "a target with .." "mount = $share /data/../etc"
refused "web.conf:1: mount: /proc of a guest" "a target in /proc" "mount = $share /proc/sys"
refused "web.conf:1: mount: 'data' is no place" "a target that is not absolute" "mount = $share data"
refused "neither tmpfs nor a path" "a source that is no path" 'mount = share /data'
refused "'size=1M' is no option of a path" "an option of something else" "mount = $share /data size=1M"
refused "'bind' is no option of a tmpfs" "the other way round" 'mount = tmpfs /data bind'
refused "two are mounted at /data" "one place for two" "mount = $share /data" 'mount = tmpfs /data'
refused 'No such file' "a source that is not there" "mount = $share/none /data"
refused 'store of guests' "a guest's tree" 'mount = /var/lib/vserver/guests/web/root /data'
refused 'another thing for each who looks' "what is in /proc" 'mount = /proc/1/root /data'
ln -s "$share" "$scratch/link"
refused 'a symbolic link is in it' "a source with a link in it" "mount = $scratch/link/sub /data"
starts "control: where it leads to is good" "mount = $share/sub /data"

# --- planted --------------------------------------------------------------------------------
mounts
mkdir "$tree/etc/aim"
ln -s /etc "$tree/planted"
ln -s ../../../../../../../../../etc "$tree/deep-link"
ln -s /proc/1/root "$tree/magic"
ln -s "$share" "$tree/to-host"
mkfifo "$tree/pipe"
for target in /planted /planted/aim /deep-link/aim /magic/etc /to-host; do
	refused 'symbolic link|symbolic links' "a link is planted at $target" "mount = $share $target"
done
refused 'Not a directory' "a pipe is" "mount = $share /pipe"
refused 'no file in the guest' "where a file is to be" "mount = $scratch/one /pipe"
refused 'no file in the guest' "a link is" "mount = $scratch/one /planted"
starts "control: a directory is good" "mount = $share /etc/aim"
is "$(inside cat /etc/aim/file | xargs)" "host more" "and mounted over"
# Where a directory is shared, the guest can put a link into it.
starts "control: two, one of them in the other" "mount = $share /data idmap" "mount = $share/sub /sub"
expect 0 "control: the guest makes a link of what is shared" \
	inside sh -c 'rm -r /data/sub && ln -s /etc /data/sub'
refused 'a symbolic link is in it' "that aims no mount" \
	"mount = $share /data idmap" "mount = $share/sub /sub"
refused 'symbolic link' "and in what is mounted" "mount = $share /data idmap" 'mount = tmpfs /data/sub'
is "$(findmnt -rno TARGET | grep -c "$share")" 0 "nothing is mounted on the host"
rm -f "$tree/planted" "$tree/deep-link" "$tree/magic" "$tree/to-host" "$tree/pipe"

# --- a tree that cannot be written ------------------------------------------------------------
mkdir -p "$tree/var/lib" "$tree/hosts"
mount -t tmpfs tmpfs "$tree/hosts"
cleanup umount "$tree/hosts"
mkdir "$tree/hosts/place"
starts "a guest whose root is read-only" 'root = read-only' 'mount = tmpfs /var/lib' \
	'mount = tmpfs /hosts/place'
for path in / /etc /root /usr/bin /var /hosts; do
	expect 2 "$path is not written" inside sh -c ": >$path/made"
done
for path in /run /tmp /var/tmp /var/lib /hosts/place; do
	expect 0 "$path is" inside sh -c ": >$path/made"
done
for path in / /hosts; do
	is "$(inside /usr/bin/intruder writable $path)" EPERM "its root cannot make $path writable"
done
expect 0 "control: the host writes to what it has mounted there" touch "$tree/hosts/made"
expect_output '^# Written by VServer' "control: its names are there" inside cat /etc/hosts
starts "control: it is writable otherwise" 'root = writable'
for path in /root /hosts; do
	expect 0 "$path is written" inside sh -c ": >$path/made"
done
vserver stop web
umount "$tree/hosts"

expect_error 1 "'nonsense' is no mount" "vserver set says the same" vserver set web mount=nonsense
expect 0 "control: it takes one that is" vserver set -q web "mount=$share /data ro"
expect_output "$share /data ro" "which is in force" vserver config show web
vserver stop web
expect 0 "nothing is left of all that" eventually 20 sh -c \
	"! findmnt -rno TARGET | grep '^/var/lib/vserver'"

done_testing
