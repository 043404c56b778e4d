#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A guest's /etc/resolv.conf and /etc/hosts: sensible where there is none, never
# over a file that is not ours, and never outside its tree, whatever the guest
# has put in their place.
#
# any-kernel

. tests/tap.sh
. tests/cli/cli.sh

systemctl start vserverd || bail_out "vserverd does not start"
tiny "$scratch/tiny.tar"
cleanup vserver delete web --yes
cleanup vserver stop web
vserver build web --from "$scratch/tiny.tar" --hostname web.example.org \
	--address '192.0.2.7/32 dev lo' || bail_out "the guest is not built"
etc=/var/lib/vserver/guests/web/root/etc

# The host's, while this lasts.
cp -P /etc/resolv.conf "$scratch/resolv.conf.host" 2>/dev/null
restore() { rm -f /etc/resolv.conf; cp -P "$scratch/resolv.conf.host" /etc/resolv.conf 2>/dev/null; }
cleanup restore
servers() { rm -f /etc/resolv.conf; printf '%s\n' "$@" >/etc/resolv.conf; }
again() { vserver stop web && timeout 120 vserver start web; }
body() { tail -n +2 "$etc/$1" 2>/dev/null | paste -sd ';'; }
marked() { head -n 1 "$etc/$1" | grep -q '^# Written by VServer'; }
told() { journalctl -q -b -u vserver@web -o cat --since "@$since" | grep -E "$1"; }

# --- what is in them --------------------------------------------------------------------
servers 'nameserver 127.0.0.53' 'nameserver 192.0.2.53' 'nameserver 2001:db8::53' \
	'nameserver fe80::1%lo' 'nameserver web' 'options edns0 trust-ad' 'search example.org'
expect 1 "control: the guest's tree has neither" test -e "$etc/resolv.conf" -o -e "$etc/hosts"
expect 0 "it starts" vserver start web
is "$(body resolv.conf)" 'nameserver 192.0.2.53;search example.org' \
	"it has the host's name servers that it can reach"
is "$(body hosts)" '127.0.0.1 localhost;::1 localhost ip6-localhost ip6-loopback;192.0.2.7 web.example.org web' \
	"and its name on its address"
expect 0 "with a first line that says whose they are" marked resolv.conf
expect_output '^-rw-r--r-- +1 0 +0 .*' "they are its root's" \
	vserver exec web -- ls -ln /etc/resolv.conf
expect_output '192.0.2.53' "who can read them" vserver exec web -- cat /etc/resolv.conf
is "$(find "$etc" -name '.*vserver*')" "" "nothing else is left there"

servers 'nameserver 192.0.2.54'
expect 0 "it starts again" again
is "$(body resolv.conf)" 'nameserver 192.0.2.54' "with what the host has by now"
vserver set web 'address=2001:db8::7/128 dev lo'
servers 'nameserver 192.0.2.54' 'nameserver 2001:db8::53'
expect 0 "with an address of IPv6" again
is "$(body resolv.conf)" 'nameserver 2001:db8::53' "it has servers of IPv6"
is "$(tail -n 1 "$etc/hosts")" '2001:db8::7 web.example.org web' "and its name there"
vserver set web 'address=192.0.2.7/32 dev lo'

# The host's own resolver is on its loopback: what that asks is asked.
servers 'nameserver 127.0.0.53'
stub=/run/systemd/resolve/resolv.conf
[ -e "$stub" ] || { mkdir -p "${stub%/*}"; echo 'nameserver 192.0.2.55' >$stub; cleanup rm -f $stub; }
expect 0 "where the host has a resolver of its own" again
is "$(body resolv.conf)" "$(grep '^nameserver [1-9][0-9.]*$' $stub | paste -sd ';')" \
	"it has the servers that this one asks"

# --- whose they are ------------------------------------------------------------------------
servers 'nameserver 192.0.2.53'
echo 'nameserver 203.0.113.1' >"$etc/resolv.conf"
sed -i 1d "$etc/hosts"
echo '203.0.113.2 db' >>"$etc/hosts"
cp -p "$etc/hosts" "$etc/resolv.conf" "$scratch"
expect 0 "with files of its own" again
expect 0 "its resolv.conf stays" cmp "$etc/resolv.conf" "$scratch/resolv.conf"
expect 0 "and its hosts, which was ours" cmp "$etc/hosts" "$scratch/hosts"
: >"$etc/resolv.conf"
expect 0 "an empty one" again
is "$(stat -c %s "$etc/resolv.conf")" 0 "stays as well"
rm "$etc/resolv.conf"
servers 'nameserver 127.0.0.1'
mv $stub "$scratch/stub"
expect 0 "control: it has none, and the host none for it" again
expect 1 "then none is made" test -e "$etc/resolv.conf"
mv "$scratch/stub" $stub
servers 'nameserver 192.0.2.53'
mv "$etc" "$scratch/etc"
expect 0 "a guest without /etc" again
expect 1 "has none made" test -e "$etc"
mv "$scratch/etc" "$etc"

# --- what a guest may have put there ------------------------------------------------------------
secret=/etc/vserver-names-test
echo '# Written by VServer at each start of the guest; without this line it is left alone.' >$secret
cleanup rm -f $secret
cp -p $secret "$scratch/secret"
untouched() { cmp $secret "$scratch/secret" && [ "$(stat -c %i $secret)" = "$inode" ]; }
inode=$(stat -c %i $secret)
for target in "$secret" "../../../../../../../..$secret" /proc/self/root$secret; do
	ln -sfn "$target" "$etc/resolv.conf"
	expect 0 "a link to $target" again
	is "$(readlink "$etc/resolv.conf")" "$target" "is left alone"
	expect 0 "and what it leads to on the host" untouched
done
rm "$etc/resolv.conf"
mkfifo "$etc/resolv.conf"
expect 0 "a FIFO that nobody writes to" again
expect 0 "is one afterwards" test -p "$etc/resolv.conf"
rm "$etc/resolv.conf"
mknod "$etc/resolv.conf" c 1 5
expect 0 "a device without an end" again
expect 0 "is one afterwards" test -c "$etc/resolv.conf"
rm "$etc/resolv.conf"
mkdir "$etc/resolv.conf"
expect 0 "a directory" again
expect 0 "is one afterwards" test -d "$etc/resolv.conf"
rmdir "$etc/resolv.conf"
truncate -s 1T "$etc/resolv.conf"
expect 0 "a file without an end" again
is "$(stat -c %s "$etc/resolv.conf")" "$((1 << 40))" "is left alone"
cp "$scratch/secret" "$etc/resolv.conf"
truncate -s 1T "$etc/resolv.conf"
expect 0 "one that says that it is ours" again
is "$(body resolv.conf)" 'nameserver 192.0.2.53' "is made anew"
rm "$etc/resolv.conf"
ln -s $secret "$etc/.resolv.conf.vserver"
expect 0 "a link at the name that is written to first" again
is "$(body resolv.conf)" 'nameserver 192.0.2.53' "is in nobody's way"
expect 0 "nor followed" untouched
expect 1 "and goes" test -L "$etc/.resolv.conf.vserver"

# What cannot be written is told, and the guest starts all the same.
rm "$etc/resolv.conf"
mkdir "$etc/.resolv.conf.vserver"
since=$(date +%s)
expect 0 "a directory at that name" again
expect 0 "is told" eventually 10 told 'web: its /etc/resolv.conf is not written: File exists'
expect 1 "and there is none" test -e "$etc/resolv.conf"
rmdir "$etc/.resolv.conf.vserver"
mkdir "$scratch/out"
mv "$etc" "$scratch/etc"
ln -s "$scratch/out" "$etc"
since=$(date +%s)
expect 0 "a link to a directory of the host for its /etc" again
is "$(ls -A "$scratch/out")" "" "has nothing written there"
expect 0 "and is told" eventually 10 told 'web: its /etc/resolv.conf is not written: Too many levels'
rm "$etc"
mv "$scratch/etc" "$etc"
root=${etc%/etc}
vserver stop web
mount --bind "$root" "$root" && mount -o remount,bind,ro "$root"
cleanup umount "$root"
since=$(date +%s)
expect 0 "a tree that is read only" timeout 120 vserver start web
expect 0 "is told" eventually 10 told 'web: its /etc/resolv.conf is not written: Read-only file system'
vserver stop web
umount "$root"
expect 0 "control: without all that" timeout 120 vserver start web
is "$(body resolv.conf)" 'nameserver 192.0.2.53' "it has one again"

done_testing
