#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The host's files from within, by every way that is known: up from the root and
# from descriptors, through /proc, by number, under what is mounted over
# something, in a user namespace of one's own, from a disk.  Each is tried by
# root of a guest, by one in a nested user namespace, and in `chcontext --chroot`;
# and beside them by the host, where it leads there.

. tests/tap.sh
. tests/guest/guest.sh

# On the disk that trees are on: a number is of one file system.
place=$(mktemp -d /var/tmp/vserver-files.XXXXXX)
secret=$place/secret
echo of-the-host >"$secret"
chmod 644 "$secret"
cleanup rm -rf "$place"

hostile web
inside() { vserver exec web -- "$@" </dev/null; }
jail=$place/jail
cp -a "$scratch/tiny" "$jail"
tar -C "$jail" -xf "$scratch/tiny.tar"
bare() { chcontext --silent --chroot "$jail" "${options[@]}" -- "$@" </dev/null; }
options=()
on_host() { unshare -m $intruder "$@"; }

# says PATTERN DESCRIPTION COMMAND…
says()
{
	local got
	got=$("${@:3}" 2>&1)
	# shellcheck disable=SC2053
	[[ $got == $1 ]]
	ok $? "$2" || diag "wanted $1, got: $got"
}
# shut DESCRIPTION ERRNO VERB ARGUMENT…: the host may, the three others may not.
shut()
{
	local what=$1 errno=$2
	shift 2
	says ok "control: the host: $what" on_host "$@"
	says "$errno" "not a guest" inside intruder "$@"
	says "$errno" "nor a user namespace in it" inside intruder nested "$@"
	says "$errno" "nor chcontext --chroot" bare /usr/bin/intruder "$@"
}

says ok "control: the host reads its secret" on_host secret "$secret"
says ENOENT "for a guest it is not there" inside intruder secret "$secret"
says ENOENT "nor in chcontext --chroot" bare /usr/bin/intruder secret "$secret"
echo of-the-host >"$jail/etc/own"
echo of-the-host >"$tree/etc/own"
says ok "control: a guest reads a file of its own" inside intruder secret /etc/own
says ok "control: as does chcontext --chroot" bare /usr/bin/intruder secret /etc/own
says ok "control: a user namespace can be had in a guest" inside intruder nested secret /etc/own

# --- up -------------------------------------------------------------------------------------
shut "up from the root and from descriptors" ENOENT up "$secret"
says ok "control: up from there is the own root" inside intruder up /etc/own
options=(--cap SYS_CHROOT)
says ENOENT "nor out of a chroot, where that is allowed" bare /usr/bin/intruder walk "$secret"
says ok "control: that comes to its root" bare /usr/bin/intruder walk /etc/own
options=()
expect_error 1 'descriptor 0 is a directory' "a directory is not handed in to chcontext --chroot" \
	sh -c "chcontext --silent --chroot '$jail' -- /bin/true </etc"
says "0 1 2 *" "control: nor another descriptor" \
	sh -c "cd /etc; chcontext --silent --chroot '$jail' -- sh -c 'cd /proc/self/fd; echo *' 7</ 8</etc </dev/null"
says / "it begins in its root" sh -c "cd /etc; chcontext --silent --chroot '$jail' -- sh -c 'pwd -P'"

# --- /proc ------------------------------------------------------------------------------------
shut "through /proc/PID/root, cwd, exe, fd and map_files" '@(ENOENT|EACCES|EPERM|ENODATA)' links "$secret" $$
says ok "control: through that of one's own process" inside intruder links /etc/own 40
shut "what is mapped, by its link" '@(EPERM|ENOENT)' map-files
for file in /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sysrq-trigger \
	    /proc/sys/kernel/poweroff_cmd /proc/sys/vm/drop_caches; do
	says ok "control: the host opens $file to write" on_host open-write "$file"
	for who in inside bare; do
		case $($who /usr/bin/intruder open-write $file 2>&1) in
		EROFS | EPERM | EACCES) ok 0 "not $who" ;;
		ok) is "$($who /usr/bin/intruder is-null $file)" ok "for $who it is /dev/null" ;;
		*) ok 1 "$who: $file is written to" ;;
		esac
	done
done

# --- by number ---------------------------------------------------------------------------------
number=$($intruder number-of "$secret")
is "$(stat -fc %i "$tree")" "$(stat -fc %i "$secret")" "control: secret and tree are on one file system"
shut "by its number" '@(EPERM|ESTALE)' by-number "$number"
is "$(sh -c "cd $place && exec $OLDPWD/$intruder by-number '$number'" 2>/dev/null ||
	$intruder by-number "$number")" ok "control: the number is good"

# --- mounts -------------------------------------------------------------------------------------
shut "a mount without what covers it, by open_tree()" '@(EINVAL|EPERM)' clone-tree /proc
shut "by bind" '@(EINVAL|EPERM)' bind-one /proc /tmp/walls-proc
shut "what is below the root, once all is taken off" '@(EINVAL|ENOENT|EPERM)' uncover "$secret"
shut "what is behind the root after pivot_root()" '@(ENOENT|EPERM|EINVAL)' pivot /tmp/walls-pivot "$secret"
says ok "control: behind it is its own tree" inside intruder pivot /tmp/walls-pivot /etc/own
shut "the mounts of another namespace" '@(EPERM|ENOTTY)' other-mounts
leaks() { "$@" cat /proc/self/mountinfo | awk '{ print $5 }' | grep -vE '^/((proc|sys|dev|run|tmp)(/.*)?)?$'; }
expect_output . "control: the host has mounts elsewhere" \
	sh -c "mount --bind /etc $place/jail/usr/sbin; awk '{ print \$5 }' /proc/self/mountinfo | grep -F $place; umount $place/jail/usr/sbin"
is "$(leaks inside)" "" "a guest has none but of its tree and the kernel"
is "$(leaks bare)" "" "nor has chcontext --chroot"

mounted() { "$@" cat /proc/self/mountinfo | awk '{ print $5 }' | grep -E "/(guests-own|hosts-own)\$"; }
is "$(inside intruder mount tmpfs /root/guests-own '')" ok "control: a guest mounts something"
expect_output /root/guests-own "control: it has it" mounted inside
is "$(mounted env)" "" "the host has not"
mkdir "$tree/root/hosts-own" "$jail/root/hosts-own"
chcontext --silent --chroot "$jail" -- sh -c 'echo in; exec sleep 600' >"$scratch/out" </dev/null &
cleanup kill $!
eventually 20 grep -q in "$scratch/out"
mount -t tmpfs hosts "$tree/root/hosts-own"
mount -t tmpfs hosts "$jail/root/hosts-own"
is "$(mounted env | grep -c hosts-own)" 2 "control: the host mounts something in trees"
is "$(mounted inside)" /root/guests-own "a guest that runs does not have it"
is "$(awk '{ print $5 }' "/proc/$!/mountinfo" | grep -c hosts-own)" 0 "nor has chcontext --chroot"
umount "$tree/root/hosts-own" "$jail/root/hosts-own"

# --- file systems and devices ---------------------------------------------------------------------
disk=$(findmnt -no SOURCE /)
fs=$(findmnt -no FSTYPE /)
read -r major minor < <(echo $((0x$(stat -c %t "$disk"))) $((0x$(stat -c %T "$disk"))))
shut "the disk, mounted" '@(EPERM|ENOENT)' new-mount "$fs" "$disk"
truncate -s 320M "$place/image"
mkfs.xfs -q "$place/image"
modprobe xfs
loop=$(losetup --find --show "$place/image")
cleanup losetup -d "$loop"
shut "an image on a loop device" '@(EPERM|ENOENT)' new-mount xfs "$loop"
for type in devtmpfs debugfs tracefs securityfs bpf sysfs; do
	[ $type = securityfs ] && ! grep -qw securityfs /proc/filesystems && continue
	shut "$type" EPERM new-mount $type ''
done
modprobe -a loop fuse
for device in "disk b $major $minor" "mem c 1 1" "kmsg c 1 11" "loop-control c 10 237" "fuse c 10 229"; do
	read -r name kind a b <<<"$device"
	shut "makes and opens $name" EPERM device /root/walls-node "$kind" "$a" "$b"
done
# Made by who prepared the tree.
for root in "$tree" "$jail"; do
	mknod "$root/etc/disk" b "$major" "$minor"
	mknod "$root/etc/zero" c 1 5
done
for name in disk zero; do
	says ok "control: the host opens $name in a tree" on_host open "$tree/etc/$name"
	says EACCES "a guest does not" inside intruder open /etc/$name
	says EACCES "nor chcontext --chroot" bare /usr/bin/intruder open /etc/$name
done
says ok "control: /dev/zero is" bare /usr/bin/intruder open /dev/zero
says ok "control: of a guest, too" inside intruder open /dev/zero

# --- the program that goes in -------------------------------------------------------------------------
# Run once more, as the interpreter of a script, with a library of the tree's in it.
plant=build/tests/guest/plant.so
evil=$place/evil
cp -a "$jail" "$evil"
printf '#!/proc/self/exe\n' >"$evil/usr/bin/self"
chmod 755 "$evil/usr/bin/self"
for library in $(ldd "$(type -P chcontext)" | grep -o '/[^ ]*'); do
	mkdir -p "$evil$(dirname "$library")"
	cp -L "$library" "$evil$library"
done
cp $plant "$evil/usr/lib/plant.so"
cp -L "$(type -P true)" "$scratch/true"
says ok "control: a library in a program of the host writes to it" \
	env INTRUDER="$PWD/$intruder" LD_PRELOAD="$PWD/$plant" "$scratch/true"
echo /usr/lib/plant.so >"$evil/etc/ld.so.preload"
says "EPERM" "one in a tree does not to the program that goes in" \
	chcontext --silent --chroot "$evil" -- /usr/bin/self
says "ok" "control: to one of that tree it does" chcontext --silent --chroot "$evil" -- /bin/true
: >"$scratch/out"
sleeper() { chcontext --silent --xid 77 --chroot "$jail" -- sh -c 'echo in; exec sleep 600' >"$scratch/out" </dev/null & }
sleeper
cleanup kill $!
eventually 20 grep -q in "$scratch/out"
says ENOENT "who enters later comes to that root" chcontext --xid 77 -- /usr/bin/intruder secret "$secret"
says ok "control: where its files are" chcontext --xid 77 -- /usr/bin/intruder secret /etc/own
expect_error 1 'descriptor 0 is a directory' "he brings no directory" sh -c 'chcontext --xid 77 -- /bin/true </etc'

# --- settings ----------------------------------------------------------------------------------------
expect_error 2 'No such file' "no directory" chcontext --chroot "$place/none" -- true
expect_error 2 'no directory' "a file" chcontext --chroot "$secret" -- true
expect_error 2 "the host's root" "the host's root" chcontext --chroot / -- true
expect_error 2 'leave one of them out' "the watcher" chcontext --xid 1 --chroot "$jail" -- true
expect_error 2 'leave one of them out' "a persistent one" chcontext --flag persistent --chroot "$jail" -- true
expect_error 254 'exists' "one that exists" chcontext --xid 77 --chroot "$jail" -- true
expect_error 1 "cannot run '/bin/none'" "a command that is not there" \
	chcontext --silent --xid 78 --chroot "$jail" -- /bin/none
expect 0 "nothing is left of it" eventually 20 no_context 78
mkdir "$place/links"
ln -s /etc "$place/links/proc"
expect_error 1 'is a symbolic link' "a link in the place of /proc" \
	chcontext --silent --chroot "$place/links" -- true
done_testing
