#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Archives that mean harm: each is refused in one line, and nothing is left of
# it, or it does none; and outside of the tree everything is as it was.
#
# any-kernel

. tests/tap.sh
. tests/daemon/daemon.sh

root=/var/lib/vserver/guests/ht/root
archive=$scratch/a.tar
outside=$scratch/outside
cleanup vserver delete ht --yes

# A tree that is as small as one with an init can be.
mkdir -p "$scratch/tree/sbin" "$outside"
echo '#!/bin/true' >"$scratch/tree/sbin/init"
chmod 755 "$scratch/tree/sbin/init"
tar -C "$scratch/tree" -b 1 -cf "$scratch/tree.tar" .
echo untouched >"$outside/file"
touch -d '2001-02-03 04:05:06 UTC' "$outside/file" "$outside"
chmod 700 "$outside"

traces >"$scratch/before"
canary()
{
	stat -c '%n %a %u %h %Y %s' "$outside" "$outside/file"
	getfattr -Rhd -m - "$outside"
	cat "$outside"/*
}
canary >"$scratch/canary"
unharmed() { canary | diff "$scratch/canary" -; }

# archive ENTRY…: the tree, and behind it what entries.pl makes of them
archive()
{
	{
		head -c -1024 "$scratch/tree.tar"
		tests/daemon/entries.pl "$@"
		head -c 1024 /dev/zero
	} >"$archive"
}
build() { vserver build -q ht --from "$archive"; }

# refused REGEX NAME: one line that says why, nothing is left, nor changed outside
refused()
{
	expect_error 1 "$1" "$2" build
	expect 0 "$2: nothing is left" nothing_left
	expect 0 "$2: nor changed outside" unharmed
}

# built NAME: it is, and changed nothing outside; removed by gone
built()
{
	expect 0 "$1" build
	expect 0 "$1: nothing changed outside" unharmed
}
gone() { vserver delete -q ht --yes; }

archive file plain data=text
built "control: an archive with an entry more"
is "$(cat $root/plain)" text "control: the entry is there"
gone

# --- names --------------------------------------------------------------------------
long=$(printf 'n%.0s' {1..256})
archive file name "pax.path=$long"
refused 'a name of 256 bytes, and 255 are possible' "a name that is too long"
archive file name "pax.path=${long:1}"
built "control: one that is just not"
gone
archive file name "pax.path=$(printf 'directory/%.0s' {1..410})x"
refused 'a path of 4101 bytes' "a path that is too long"
archive file name "pax.path=$(printf 'd/%.0s' {1..1000})x"
refused '1001 directories deep' "directories that are nested too deep"
archive file name "pax.path=$(printf 'd/%.0s' {1..900})x"
built "control: a good deal less deep"
gone
archive file $'/new\nline'
refused "'/new\?line' leads outside" "a name that is two lines"
archive file name 'pax.path=../dots'
refused 'leads outside' "a name with .. in an extended header"
archive file name pax.path=Főtanúsítvány
built "a name in UTF-8"
expect 0 "it is kept" test -e $root/Főtanúsítvány
gone

# --- links --------------------------------------------------------------------------
archive symlink l "link=$outside" -- file l/file data=evil
refused 'symlink' "through a link"
archive dir d mode=777 -- symlink d "link=$outside" -- file d/file data=evil
refused 'symlink' "through a link that has taken a directory's place"
archive dir d mode=777 mtime=5 -- symlink d "link=$outside"
built "a link in a directory's place"
expect 0 "it is the link" test -L $root/d
gone
archive symlink d "link=$outside" -- dir d mode=777 mtime=5
built "a directory in a link's place"
is "$(stat -c %F:%a $root/d)" directory:777 "it is the directory"
gone
archive symlink l "link=$outside/file" -- file l data=evil mode=777
built "a file in a link's place"
is "$(stat -c %F $root/l)" 'regular file' "it is the file"
gone
acl=pax.SCHILY.acl.access=user::rwx,user:1000:rwx,group::rwx,mask::rwx,other::rwx
archive symlink s "link=$outside/file" mode=4777 mtime=5 $acl
built "a link with a mode and an ACL"
gone
archive dir d mode=777 $acl -- symlink d "link=$outside"
built "a link in the place of a directory that has an ACL"
gone
# Of those with data libarchive changes what they lead to.
archive symlink s "link=$outside/file" -- link h link=s pax.size=4 data=evil mode=4777 $acl
built "a hard link to a link, with data, a mode and an ACL"
expect 0 "it is a second name of the link" test "$(readlink $root/h)" = "$outside/file"
gone
archive symlink s "link=$outside" -- link h link=s pax.size=4 data=evil mode=777
built "one to a link to a directory"
gone
archive file f data=good mode=640 -- link h link=f pax.size=4 data=evil mode=4777
built "one to a file"
is "$(cat $root/h) $(stat -c %a:%h $root/f)" "good 640:2" "it is another name and nothing more"
gone
archive symlink l "link=$outside" -- link h link=l/file
refused 'symlink' "a hard link through a link"
archive link h link=missing
refused "missing.* does not exist" "a hard link to what was not unpacked"
archive file missing data=x -- link h link=missing
built "control: to what was"
is "$(stat -c %h $root/h)" 2 "it is one"
gone
archive dir d -- file d/x -- link h link=d
refused 'h' "a hard link to a directory"

# --- what is no file ------------------------------------------------------------------
archive fifo p -- link q link=p pax.size=1 data=x
built "a pipe that is linked to, with data"
gone
archive fifo p -- file p/x
refused 'p/x: ' "a pipe that is a directory"
archive fifo p mode=666 -- char c -- file p data=text
built "a pipe, a device, a file in the pipe's place"
is "$(cat $root/p) $(ls $root)" "text p
sbin" "the file is there, the device is not"
gone
archive file f data=first -- file f data=second mode=4755
built "an entry that comes twice"
is "$(cat $root/f)" second "the later one counts"
is "$(stat -c %a $root/f)" 4755 "it is set-user-ID"
is "$(stat -c %a:%u ${root%/root})" 700:0 "where no user of the host gets at it"
gone

# --- attributes -------------------------------------------------------------------------
archive file f pax.SCHILY.xattr.user.mine=kept pax.SCHILY.xattr.trusted.overlay.opaque=y \
	pax.SCHILY.xattr.security.other=x pax.SCHILY.xattr.trusted.mine=x \
	hex.SCHILY.xattr.security.capability=0100000200040000000000000000000000000000 \
	pax.SCHILY.acl.access=user::rw-,user:1000:r--,group::r--,mask::r--,other::--- \
	pax.SCHILY.fflags=immutable,append -- \
	dir d pax.SCHILY.xattr.trusted.overlay.opaque=y
built "attributes"
is "$(getfattr -h -m - $root/f 2>/dev/null | grep -v '^#' | sort | xargs)" \
	"security.capability system.posix_acl_access user.mine" \
	"those of users, ACLs and capabilities are kept, and no other"
is "$(getfattr -h -m - $root/d 2>/dev/null)" '' "nor does a directory get one"
expect 0 "control: they can be set here" setfattr -n trusted.overlay.opaque -v y $root/d
is "$(lsattr $root/f | cut -c 1-20 | tr -d -- -)" "$(lsattr $root/sbin/init | cut -c 1-20 | tr -d -- -)" \
	"no flags are set"
gone

# --- how much ---------------------------------------------------------------------------
archive file big size=$((1 << 42))
refused 'would not fit|the whole file system' "a size that nothing has room for"
sparse() { archive file sparse pax.GNU.sparse.major=1 pax.GNU.sparse.minor=0 \
	pax.GNU.sparse.name=sparse "pax.GNU.sparse.realsize=$1" "data=$(printf '1\n%d\n1\n' $(($1 - 1))
	head -c $((512 - 5 - ${#1})) /dev/zero | tr '\0' '#')x"; }
sparse $((1 << 62))
refused "'sparse' has $((1 << 62)) bytes, and the whole file system" "a file of holes only, larger than anything"
sparse $((1 << 29))
built "control: one of half a gigabyte"
is "$(stat -c %s $root/sparse)" $((1 << 29)) "it has that size"
[ "$(stat -c %b $root/sparse)" -lt 64 ]
ok $? "and takes next to nothing"
gone
archive file f data=x -- x pax size=$((1 << 32))
refused 'damaged|large' "an extended header of gigabytes"
archive file f data=x -- L ././@LongLink size=$((1 << 32))
refused 'damaged|large' "a name of gigabytes"
archive g global times=20000 $'data=13 comment=x\n' -- file f
refused 'no name|special' "twenty thousand global headers"
archive g global times=10 $'data=13 comment=x\n' -- file f
built "control: ten"
gone
head -c 200M /dev/zero | zstd -q >"$archive"
refused 'not a tar archive' "compressed zeros"
{ cat "$scratch/tree.tar"; head -c 100000 /dev/urandom; } >"$archive"
built "what stands behind the end is not read"
gone

# On a small file system.
small()
{
	mount -t tmpfs -o "mode=700,size=40m,nr_inodes=1500" tmpfs /var/lib/vserver/guests
}
small || bail_out "no small file system"
cleanup umount /var/lib/vserver/guests
traces >"$scratch/before"
head -c 10M /dev/urandom >"$scratch/ten"
filled() { head -c -1024 "$scratch/tree.tar"
	for ((i = 0; i < $1; i++)); do
		tar -C "$scratch" -b 1 -cf - --transform "s,ten,ten$i," ten | head -c -1024
	done
	head -c 1024 /dev/zero; }
filled 3 >"$archive"
refused "need more than the [0-9]+ MB.*'ten2' would not fit" "files that together are too large"
filled 2 >"$archive"
built "control: those that fit"
gone
archive file f times=1000
refused 'more than [0-9]+ entries, .*has inodes for' "more files than there are inodes"
archive file f times=100
built "control: a hundred"
gone
umount /var/lib/vserver/guests
traces >"$scratch/before"

# --- many, given up -----------------------------------------------------------------------
# Frames one behind the other, a thousand entries in each.
tests/daemon/entries.pl dir d -- file d/f times=999 | zstd -q >"$scratch/thousand"
head -c -1024 "$scratch/tree.tar" | zstd -q >"$scratch/many"
for ((i = 0; i < 1000; i++)); do cat "$scratch/thousand"; done >>"$scratch/many"
head -c 1024 /dev/zero | zstd -q >>"$scratch/many"
rss() { awk '/^VmRSS/ { print $2 }' "/proc/$(systemctl show -P MainPID vserverd)/status"; }
before=$(rss)
vserver build ht --from "$scratch/many" >/dev/null 2>&1 &
client=$!
under_way() { compgen -G '/var/lib/vserver/guests/.ht.*/root/d/f999' >/dev/null; }
expect 0 "a million entries are being unpacked" eventually 30 under_way
expect 0 "the daemon answers meanwhile" vserver list
[ $(($(rss) - before)) -lt 4096 ]
ok $? "and has not grown"
kill -9 $client
expect 0 "who asked for it is gone: it is given up, and nothing is left" eventually 30 nothing_left
archive file plain
built "control: the name is free"
gone
done_testing
