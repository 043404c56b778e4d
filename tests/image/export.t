#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Guests exported and imported: the same files and settings, but what was of the
# host; nothing is left of an import that was cut off, or of an archive that is
# damaged or means harm.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh

root=$(root_of ex)
archive=$scratch/ex.vserver
for guest in ex im im2; do
	cleanup vserver delete $guest --yes
	cleanup vserver stop $guest
done
tiny "$scratch/tiny.tar"
vserver build -q ex --from "$scratch/tiny.tar" memory=64M hostname=appliance autostart=yes \
	address=127.77.0.1 xid=4711 capabilities=!SYS_BOOT || bail_out "no guest"

# What is hard to keep.
echo shared >"$root/one" && ln "$root/one" "$root/usr/two" && chown 1234:567 "$root/one"
chmod 6751 "$root/one"
setfattr -n user.mine -v value "$root/one"
cp "$root/usr/bin/true" "$root/usr/bin/able" && setcap cap_net_raw+ep "$root/usr/bin/able"
ln -s /nowhere "$root/dangling"
mkfifo "$root/pipe"
mkdir -m 3775 "$root/shared"
# u:1000:rwx, and of what is made in it g:77:r
setfattr -n system.posix_acl_access -v \
	0x0200000001000700ffffffff02000700e803000004000700ffffffff10000700ffffffff20000500ffffffff "$root/shared"
setfattr -n system.posix_acl_default -v \
	0x0200000001000700ffffffff04000700ffffffff080004004d00000010000700ffffffff20000500ffffffff "$root/shared"
touch -d '2001-02-03 04:05:06.789 UTC' "$root/Főtanúsítvány" $'\377bytes' "$root/"$'new\nline' "$root/"$'\377\376'
rm -f $'\377bytes'
mkdir -p "$root/$(printf 'deep/%.0s' {1..200})" && touch "$root/$(printf 'n%.0s' {1..255})"
truncate -s 1G "$root/sparse" && echo in the middle | dd of="$root/sparse" bs=1M seek=500 conv=notrunc status=none
truncate -s 100M "$root/hole"
mknod "$root/device" c 1 3
perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0); bind(S, pack_sockaddr_un($ARGV[0]))' "$root/socket"

# tree GUEST: every file and all that is said of it
tree()
{
	(
		cd "$(root_of "$1")" || exit
		find . ! -type c ! -type s -printf '%p %y %m %U %G %n %l' \
			\( -type d -printf ' %T@\n' -o -printf ' %s %T@\n' \) | sort
		find . \( -type f -o -type d \) -print0 | sort -z | xargs -0 getfattr -hde hex -m - 2>/dev/null
		find . -type f ! -name sparse ! -name hole -print0 | sort -z | xargs -0 sha256sum
		find . -samefile one | sort
		tr -d '\0' <sparse
	)
}
settings() { grep -v '^#' "/etc/vserver/guests/$1.conf"; }

# --- there -----------------------------------------------------------------------------
tree ex >"$scratch/tree"
[ "$(grep -c security.capability "$scratch/tree")" = 1 ] && grep -q 'posix_acl_default' "$scratch/tree"
ok $? "control: capabilities and ACLs are in the list of what is compared"
vserver export ex >"$archive"
ok $? "export"
[ "$(stat -c %s "$archive")" -lt 100000000 ]
ok $? "holes take no room in it"
zstd -dc "$archive" >"$scratch/plain.tar"
is "$(tar -tf "$scratch/plain.tar" 2>/dev/null | head -3 | xargs)" \
	"vserver/guest.conf vserver/export.json root/" "its settings come first, then its files"
expect_output '^memory = 64M$' "its settings are those of its file" \
	tar -xOf "$scratch/plain.tar" vserver/guest.conf
expect_output '"name":"ex"' "what it is of" tar -xOf "$scratch/plain.tar" vserver/export.json
expect 1 "devices and sockets are left out" \
	sh -c "tar -tf '$scratch/plain.tar' | grep -E 'root/(device|socket)$'"

# --- and back ----------------------------------------------------------------------------
output=$(vserver import "$archive" --name im 2>"$scratch/said")
is "$output" "im: imported" "import"
diff "$scratch/tree" <(tree im) >"$scratch/diff"
ok $? "it has the same files" || diag "$(head -20 "$scratch/diff")"
[ "$(du -k "$(root_of im)/sparse" | cut -f 1)" -lt 1024 ]
ok $? "with their holes"
is "$(settings im)" "hostname = appliance
memory = 64M" "it has the settings that are its own"
for setting in 'xid = 4711' 'autostart = yes' 'address = 127.77.0.1' 'capabilities = !SYS_BOOT'; do
	expect 0 "it is told that '$setting' is left out" grep -qxF "vserver: im: left out: $setting" "$scratch/said"
done
expect 0 "it starts" vserver start im
is "$(vserver exec im -- hostname)" appliance "it is what it was"
is "$(vserver exec im -- cat /one)" shared "it has what it had"

expect_error 1 'it is running; stop it first' "a guest that runs is not exported" \
	vserver export im --output "$scratch/none"
expect 1 "nothing is left" test -e "$scratch/none"
vserver stop im
expect_output 'exported to' "control: a stopped one is" vserver export im --output "$scratch/im.vserver"
is "$(stat -c %a "$scratch/im.vserver")" 600 "to a file that is root's only"
expect_error 1 'File exists; remove it' "what is there stays" vserver export im --output "$scratch/im.vserver"
expect_error 1 'a guest of that name exists' "nor is a guest that is there" vserver import "$archive"
vserver delete -q im --yes

expect_output '^im: imported$' "with --trust" vserver import "$archive" --trust --name im memory=32M
is "$(settings im | sort)" "address = 127.77.0.1
autostart = yes
capabilities = !SYS_BOOT
hostname = appliance
memory = 32M
xid = 4711" "all are taken, those that are given in place of the archive's"
vserver delete -q im --yes

for how in gzip none; do
	vserver export ex --compress $how >"$scratch/other"
	expect 0 "compressed: $how" vserver import "$scratch/other" --name im
	vserver delete -q im --yes
done
expect_error 1 'none of zstd, gzip and none' "no such compression" \
	sh -c 'vserver export ex --compress lzma | cat; exit ${PIPESTATUS-1}'
vserver export ex | vserver import - --name im >/dev/null 2>&1
is "${PIPESTATUS[*]}" "0 0" "through a pipe"
diff "$scratch/tree" <(tree im) >"$scratch/diff"
ok $? "it is the same" || diag "$(head -20 "$scratch/diff")"
vserver delete -q im --yes
expect 0 "a terminal gets no archive" sh -c \
	"script -qec 'vserver export ex' /dev/null | grep -q 'nothing for a terminal'"
expect_error 1 'No space left' "a full disk" sh -c 'vserver export ex >/dev/full'
expect_error 1 'No such file' "no archive" vserver import "$scratch/nothing"

# --- what an export meets in a tree ---------------------------------------------------------
mkdir "$root/mnt" && mount --bind /etc "$root/mnt"
expect_error 1 'mounted' "what is mounted in it is not exported" vserver export ex --output "$scratch/none"
umount "$root/mnt"
truncate -s 15T "$root/huge"
expect_error 1 '/huge: it is larger than its file system' "a file of holes only" \
	vserver export ex --output "$scratch/none"
rm "$root/huge"
mkdir -p "$root/$(printf 'd/%.0s' {1..1000})" && (cd "$root/$(printf 'd/%.0s' {1..1000})" && mkdir -p e/e/e)
expect_error 1 'nested too deep' "directories without end" vserver export ex --output "$scratch/none"
rm -r "$root/d"
expect 1 "nothing is left of those" test -e "$scratch/none"
expect_output exported "control: without them it is" vserver export ex --output "$scratch/none"

# --- archives that are not whole, or mean harm -------------------------------------------------
vserver export ex --compress none --output "$scratch/whole"
vserver delete -q ex --yes
traces >"$scratch/before"

# refused REGEX NAME FILE
refused()
{
	expect_error 1 "$1" "$2" vserver import "$3" --name im
	expect 0 "$2: nothing is left" nothing_left
}
size=$(stat -c %s "$archive")
for part in 10 50 90; do
	head -c $((size * part / 100)) "$archive" >"$scratch/cut"
	refused 'cut off' "cut off after $part%" "$scratch/cut"
done
head -c -2048 "$scratch/whole" >"$scratch/cut"
refused 'cut off' "without its end" "$scratch/cut"
cp "$scratch/whole" "$scratch/bent"
at=$(grep -abo 'root:x:0:0' "$scratch/bent" | head -1 | cut -d : -f 1)
printf R | dd of="$scratch/bent" bs=1 seek="$at" conv=notrunc status=none
refused 'damaged: its sum' "a letter that is another" "$scratch/bent"
refused 'no export of a guest.*vserver build' "an archive of files only" "$scratch/tiny.tar"
: >"$scratch/empty"
refused 'not a tar archive' "an empty file" "$scratch/empty"

# appliance CONF JSON ENTRY…: with a sum that is right, if there are no entries
appliance()
{
	local conf=$1 json=$2 sum
	shift 2
	sum=$({
		printf 'vserver/guest.conf\0\0\0%s 0 0 %d\0%s' 100600 "${#conf}" "$conf"
		printf 'vserver/export.json\0\0\0%s 0 0 %d\0%s' 100600 "${#json}" "$json"
		printf 'root\0\0\0%s 0 0 0\0' 40755
	} | sha256sum | cut -d ' ' -f 1)
	tests/daemon/entries.pl file vserver/guest.conf mode=600 "data=$conf" -- \
		file vserver/export.json mode=600 "data=$json" -- dir root mode=755 -- \
		"$@" file vserver/sha256 "data=$sum" >"$scratch/made"
	head -c 1024 /dev/zero >>"$scratch/made"
}
json='{"version":1,"name":"im2"}'
appliance 'memory = 64M' "$json"
expect_output '^im2: imported' "control: one that is made by hand" vserver import "$scratch/made"
vserver delete -q im2 --yes
appliance 'colour = red' "$json"
refused "guest.conf:1: no setting is called 'colour'" "a setting that is none" "$scratch/made"
appliance $'memory = 64M\nmemory = lots' "$json"
refused "guest.conf:2: " "a value that is none" "$scratch/made"
appliance '' '{"version":1,"name":"../im"}'
refused 'none for a guest' "a name that leads outside" "$scratch/made"
appliance '' '{"version":2,"name":"im"}'
refused 'another version' "of another version" "$scratch/made"
appliance '' '[1'
refused 'no JSON' "no JSON" "$scratch/made"
appliance '' "$json" file elsewhere data=x --
refused "'elsewhere' is not below root" "a file beside the tree" "$scratch/made"
appliance '' "$json" file rootkit data=x --
refused "'rootkit' is not below root" "a name that only begins so" "$scratch/made"
appliance '' "$json" link root/l link=vserver/guest.conf --
refused 'not below root' "a hard link to beside the tree" "$scratch/made"
appliance '' "$json" file root/../x data=x --
refused 'leads outside' "a name with .." "$scratch/made"
appliance '' "$json" symlink root link=/etc -- file root/x data=x --
refused '.' "a link in place of the tree" "$scratch/made"
expect 1 "nothing is written through it" test -e /etc/x
appliance '' "$json" file root/evil data=x --
refused 'sum' "a file that the sum does not know" "$scratch/made"
appliance "$(printf '# %.0s' {1..40000})" "$json"
refused 'guest.conf is no file of up to' "settings without end" "$scratch/made"

# --- cut off ---------------------------------------------------------------------------------
# slowly: an import that has half of it, and waits for the rest
mkfifo "$scratch/slow"
slowly()
{
	vserver import - "$@" <"$scratch/slow" >"$scratch/said" 2>&1 &
	client=$!
	exec 8>"$scratch/slow"
	head -c $(($(stat -c %s "$scratch/whole") / 2)) "$scratch/whole" >&8
	eventually 20 sh -c "ls -d /var/lib/vserver/guests/.*/root/usr" || bail_out "no import is under way"
}
slowly
expect_output '^NAME' "it is no guest meanwhile" vserver list
kill -9 $client
wait $client
expect 0 "the client is killed: nothing is left" eventually 20 nothing_left
exec 8>&-
slowly --name im
kill -9 "$(pgrep -P "$(systemctl show -P MainPID vserverd)" -x vserverd-worker)"
wait $client
ok $(($? != 1)) "the worker is killed: it is told"
expect 0 "in one line" sh -c "[ \$(wc -l <'$scratch/said') = 1 ] && grep -q killed '$scratch/said'"
expect 0 "nothing is left" eventually 20 nothing_left
exec 8>&-
slowly --name im
expect_error 1 'busy: a import of it is under way' "its name is taken meanwhile" \
	vserver import "$scratch/whole" --name im
kill -9 "$(systemctl show -P MainPID vserverd)"
wait $client
exec 8>&-
expect 0 "the daemon is killed, and comes again" eventually 30 vserver list
expect 0 "nothing is left" eventually 30 nothing_left
expect_output '^ex: imported$' "control: the whole is a guest, by its own name" \
	sh -c "vserver import '$scratch/whole' 2>/dev/null"

# An export whose reader does not read.
mkfifo "$scratch/full"
exec 7<>"$scratch/full"
vserver export ex --compress none >"$scratch/full" 2>"$scratch/exporting" &
client=$!
timeout 20 head -c 1 <&7 >"$scratch/first"	# it is under way
under_way()
{
	vserver start ex >"$scratch/starting" 2>&1
	grep -q 'export of it is under way' "$scratch/starting"
}
eventually 10 under_way
ok $? "a guest that is being exported does not start" || diag "$(cat "$scratch/exporting" "$scratch/starting")"
expect 1 "nor does systemd start it" flock -n /var/lib/vserver/guests/ex true
kill -9 $client
expect 0 "the client is gone: it does" eventually 20 vserver start ex || diag "$(vserver status ex)"
expect 0 "control: nobody holds it any more" flock -n /var/lib/vserver/guests/ex true
vserver stop ex
vserver delete -q ex --yes
expect 0 "nothing is left" eventually 20 nothing_left
done_testing
