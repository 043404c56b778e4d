#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# User ids of its own: a guest's root is nobody on the host, its files have on
# the disk the ids that they always had, and what its root is given in the
# guest, mounts above all, opens nothing that was closed.

. tests/tap.sh
. tests/guest/guest.sh

ids() { cut -d ' ' -f 1 "/var/lib/vserver/guests/$1/ids"; }
inside() { vserver exec web -- "$@"; }
# tries RESULT NAME ARGUMENT…: the intruder, in web.
tries() { is "$(inside /usr/bin/intruder "${@:3}" 2>&1)" "$1" "$2"; }
# on_host ARGUMENT…: the same, of the host's root with mounts of its own.
on_host() { unshare -m $intruder "$@"; }
# in_namespace ARGUMENT…: and of root of a user namespace that is no guest's.
in_namespace() { unshare -Urpmf --mount-proc $intruder "$@"; }

hostile web
hostile db
vserver build old --from "$scratch/tiny.tar" --user host
cleanup vserver delete old --yes
cleanup vserver stop old
expect 0 "control: a guest with the host's ids starts" vserver start old
tree=/var/lib/vserver/guests/web/root
web=$(ids web)

# --- ids -------------------------------------------------------------------------------
expect_output "^ *0 +$web +65536\$" "its ids are those that are recorded" inside cat /proc/self/uid_map
expect_output "^ *0 +$web +65536\$" "groups, too" inside cat /proc/self/gid_map
expect_output '^ *0 +0 +4294967295$' "control: with user = host they are the host's" \
	vserver exec old -- cat /proc/self/uid_map
is "$(stat -c %u "/proc/$(field web .init)")" "$web" "its root is nobody on the host"
is "$(stat -c %u "/proc/$(field old .init)")" 0 "control: with user = host it is root"
expect_output '^uid=0\(root\) gid=0' "inside it is root" inside id
expect 0 "it makes a file" inside sh -c ': >/root/made'
is "$(stat -c '%u %g' "$tree/root/made")" "0 0" "which is root's on the disk"
: >"$tree/root/given"
chown 33:33 "$tree/root/given"
expect_output ' 33 +33 ' "one that is 33's on the disk is 33's inside" inside ls -ln /root/given
expect 0 "a terminal is its own" sh -c \
	"script -qec 'vserver exec web -- sh -c \"ls -ln \\\$(tty)\"' /dev/null | grep -E ' 0 +5 '"
[ "$(ids db)" -ge $((web + 65536)) ] || [ "$(ids db)" -le $((web - 65536)) ]
ok $? "two guests have no id in common"
expect 1 "with user = host there is none of its own" test -e /var/lib/vserver/guests/old/ids

# Neither users nor their subordinates, nor other guests.
vserver stop db
cp -a /etc/subuid "$scratch/subuid"
cleanup cp -a "$scratch/subuid" /etc/subuid
before=$(ids db)
echo "somebody:$((before + 1000)):10" >>/etc/subuid
expect 0 "a guest whose ids were given away meanwhile starts" vserver start db
now=$(ids db)
[ "$now" != "$before" ] && [ "$now" != "$web" ]
ok $? "with others"
vserver stop db
echo 'somebody:1000000000:3000000000' >>/etc/subuid
expect_error 1 'no range of 65536 user ids is free.*subuid' "none is left" vserver start db
vserver set -q db user=host
expect 0 "control: it can have the host's" vserver start db
vserver stop db
cp -a "$scratch/subuid" /etc/subuid
vserver set -q db user=private
expect 0 "control: or its own, where there are" vserver start db
vserver stop db
expect 0 "it is deleted" vserver delete db --yes
hostile db
is "$(ids db)" "$before" "and who comes next has its ids"
tree=/var/lib/vserver/guests/web/root

vserver stop web
rm /etc/subuid
mkdir /etc/subuid
expect_error 1 '/etc/subuid: Is a directory' "a list that cannot be read is not an empty one" vserver start web
rmdir /etc/subuid
cp -a "$scratch/subuid" /etc/subuid
expect 0 "control: one that can is read" vserver start web

# --- settings ----------------------------------------------------------------------------
expect_error 1 "user.*'own' is none of private\|host" "a word that is none" vserver set web user=own
expect_error 1 'NET_RAW counts towards the host only.*user = host' \
	"a capability that would be of no use" vserver set web capabilities=NET_RAW
expect 0 "control: with user = host it is" vserver set -q old capabilities=NET_RAW
expect_error 1 'NET_RAW.*user = host' "nor together" vserver set old user=private

# --- a file system that cannot ---------------------------------------------------------------
mkdir "$scratch/keep"
cp -a "$tree/." "$scratch/keep"
vserver stop web
mount -t ramfs ramfs "$tree"
cleanup umount "$tree"
cp -a "$scratch/keep/." "$tree"
expect_error 1 'cannot have its user ids mapped.*user = host' "ramfs has no mapped ids" vserver start web
vserver set -q web user=host
expect 0 "control: with user = host it starts" vserver start web
vserver stop web
vserver set -q web user=private
umount "$tree"
expect 0 "control: and here with its own" vserver start web
expect_output 'idmapped mounts +ok' "vserver check has looked" vserver check

# --- what its root may ------------------------------------------------------------------------
tries ok "it sets its host name" hostname other
is "$(inside hostname)" other "… its own"
tries ok "it mounts a tmpfs" mount tmpfs /tmp/mine ''
tries ok "makes it read-only" read-only /tmp/mine
tries ok "and writable again" writable /tmp/mine
tries ok "binds what it has" bind /usr /tmp/usr
tries ok "takes it off" unmount /tmp/usr
tries ok "has a namespace of users of its own" nest '0 1000 10'
expect 1 "control: with user = host it mounts nothing" sh -c \
	"vserver exec old -- /usr/bin/intruder mount tmpfs /tmp/mine '' | grep -x ok"

# A disk, once the host says so.
disk=$(findmnt -no SOURCE /)
opens_disk()
{
	mknod "/proc/$(field old .init)/root/dev/disk" b $((0x$(stat -c %t "$disk"))) $((0x$(stat -c %T "$disk")))
	vserver exec old -- sh -c ': </dev/disk'
}
expect_error 1 'MKNOD counts towards the host only' "with ids of its own it is given no devices" \
	vserver set web capabilities=MKNOD
expect_error 2 'not permitted' "nor with user = host does it open a disk" opens_disk
vserver stop old
expect 0 "control: with CAP_MKNOD it starts" sh -c 'vserver set -q old capabilities=MKNOD && vserver start old'
expect 0 "and opens it" opens_disk
is "$(vserver exec old -- /usr/bin/intruder mknod /dev/made)" ok "and makes one"

# --- and what not ------------------------------------------------------------------------------
for path in /proc/sys /sys; do
	tries EPERM "$path stays read-only" writable $path
done
is "$(on_host writable /proc)" ok "control: the call is right"
for path in /proc/sys /proc/keys /proc/sysrq-trigger /sys/firmware /proc /sys; do
	tries EINVAL "$path is not taken off" unmount $path
done
tries EINVAL "nor moved away" move /proc/sys /tmp/moved
tries ok "control: the whole of it is bound elsewhere" bind /proc /tmp/proc
tries EINVAL "with what masks it" unmount /tmp/proc/keys
tries EPERM "and what protects it" writable /tmp/proc/sys
tries EPERM "a new /proc would show what is masked" mount proc /tmp/new ''
is "$(in_namespace mount proc "$scratch/mnt" '')" ok "control: where nothing is masked it is mounted"
tries EPERM "a new /sys, too" mount sysfs /tmp/new ''
is "$(on_host mount sysfs "$scratch/mnt" '')" ok "control: the host mounts one"
mkdir -p "$tree"/root/{low,up,work} "$scratch"/{low,up,work}
layers() { echo "lowerdir=$1/low,upperdir=$1/up,workdir=$1/work,userxattr"; }
modprobe -a overlay binfmt_misc
tries EPERM "it mounts no overlay" mount overlay /tmp/new "$(layers /root)"
is "$(in_namespace mount overlay "$scratch/mnt" "$(layers "$scratch")")" ok "control: another user namespace does"
tries EPERM "no binfmt_misc" mount binfmt_misc /tmp/new ''
is "$(in_namespace mount binfmt_misc "$scratch/mnt" '')" ok "control: another does"
for type in ext4 debugfs tracefs bpf; do
	tries EPERM "no $type" mount $type /tmp/new ''
done
is "$(on_host mount debugfs "$scratch/mnt" '')" ok "control: the host does"
tries EPERM "it makes no device" mknod /tmp/node
is "$(on_host mknod "$scratch/node")" ok "control: the host does"
tries EPERM "it takes no id of the host's" nest '0 100000 1'
is "$($intruder nest '0 100000 1')" ok "control: the host does"
tries EPERM "it opens nothing by handle" handle /etc/passwd

# Not by the file permissions, which say the same.
tries EACCES "it writes no sysctl" write /proc/sys/kernel/core_pattern core
tries EACCES "nor the limits of its own cgroup" write /sys/fs/cgroup/memory.max max
is "$($intruder write /sys/fs/cgroup/vserver.slice/vserver@web.service/guest/memory.max max)" ok \
	"control: the host does"
tries ok "control: it moves a process of its own" write /sys/fs/cgroup/cgroup.procs 0

# --- namespaces of the host ----------------------------------------------------------------------
for kind in mnt user pid; do
	vserver exec web -- /usr/bin/intruder join-received /root/socket >"$scratch/received" 2>&1 </dev/null &
	eventually 20 test -S "$tree/root/socket"
	$intruder send "$tree/root/socket" /proc/1/ns/$kind >/dev/null
	wait $!
	rm "$tree/root/socket"
	is "$(cat "$scratch/received")" EPERM "it does not join the host's $kind namespace, handed in"
done
is "$($intruder join /proc/1/ns/mnt)" ok "control: the host does"
tries ok "control: it joins its own" join /proc/1/ns/mnt

# --- what is counted by user ------------------------------------------------------------------------
# holds GUEST VERB N: the intruder has so many of them; it runs on.
holds()
{
	local root=/var/lib/vserver/guests/$1/root
	rm -f "$root/root/held"
	vserver exec "$1" -- /usr/bin/intruder "$2" "$3" /root/held >"$scratch/held" </dev/null &
	eventually 60 test -e "$root/root/held"
	eventually 20 test -s "$scratch/held"
	cat "$scratch/held"
}
release() { vserver exec "$1" -- sh -c 'kill -9 $(ps -C intruder -o pid=)'; wait; }
instances=$(sysctl -n fs.inotify.max_user_instances)
cleanup sysctl -q fs.inotify.max_user_instances="$instances"
sysctl -q fs.inotify.max_user_instances=200
is "$(holds web inotify 300)" 200 "it uses up what it has of inotify"
is "$($intruder inotify-one)" ok "the host has its own"
is "$(vserver exec db -- /usr/bin/intruder inotify-one)" ok "another guest, too"
release web
is "$(holds old inotify 300 | grep -cx 200)" 0 "control: with user = host it has less, for others are counted"
is "$($intruder inotify-one)" EMFILE "control: and the host nothing any more"
release old
sysctl -q fs.inotify.max_user_instances="$instances"

# Timers and signals that wait; SigQ of the host's root, of all that it has.
queued() { sed -n 's|^SigQ:[^0-9]*\([0-9]*\)/.*|\1|p' /proc/self/status; }
before=$(queued)
is "$(holds web timers 500)" 500 "it has timers"
[ $(($(queued) - before)) -lt 250 ]
ok $? "which are not counted as the host's"
release web
before=$(queued)
is "$(holds old timers 500)" 500 "control: with user = host it has timers"
[ $(($(queued) - before)) -ge 250 ]
ok $? "control: these are"
release old

# --- systemd's sandboxes ---------------------------------------------------------------------------
vserver stop web db old
vserver build -q sys --from /usr/share/vserver-test/debian13.tar --memory 512M
cleanup vserver delete sys --yes
cleanup vserver stop sys
expect 0 "a guest with systemd boots" vserver start --wait sys
sandboxed() { vserver exec sys -- systemd-run -q --wait --pipe "${@/#/-p}" sh -c "$run"; }
expect_output '^$' "nothing has failed in it" \
	vserver exec sys -- systemctl list-units --failed --no-legend --plain
run='echo mine >/tmp/x && cp /bin/true /tmp && chmod 700 /tmp/true && /tmp/true && cat /tmp/x'
expect_output '^mine$' "a service has a /tmp of its own, writes there and runs what it wrote" \
	sandboxed PrivateTmp=yes PrivateDevices=yes ProtectHostname=yes
expect 1 "nobody else sees it" vserver exec sys -- test -e /tmp/x
expect 2 "and what is to be read only is" sandboxed ProtectSystem=strict PrivateTmp=no ReadOnlyPaths=/tmp
expect 0 "what a service has mounted is written to from outside of it" vserver exec sys -- sh -c \
	'systemd-run -q --unit own -p Type=exec -p PrivateTmp=yes sleep infinity &&
	echo of-own >/proc/$(systemctl show -P MainPID own)/root/tmp/y'
expect 1 "control: that is another /tmp" vserver exec sys -- test -e /tmp/y
run='readlink /proc/self/ns/user'
[ "$(sandboxed PrivateUsers=yes)" != "$(vserver exec sys -- sh -c "$run")" ]
ok $? "one has users of its own"
is "$(sandboxed PrivateUsers=no)" "$(vserver exec sys -- sh -c "$run")" "control: one has not"
run='id -u'
expect_output '^[1-9]' "and one is a user made for it" sandboxed DynamicUser=yes
vserver exec sys -- sh -c 'cp /usr/bin/id /usr/local/bin/whoever && chmod 4755 /usr/local/bin/whoever'
expect_output '^0$' "a setuid program is the guest's root's" vserver exec sys -- \
	setpriv --reuid 1000 --regid 1000 --clear-groups /usr/local/bin/whoever -u
expect_output '^1000$' "control: another is not" vserver exec sys -- \
	setpriv --reuid 1000 --regid 1000 --clear-groups /usr/bin/id -u
run='ls /sys/class/net'
expect_output 'lo' "one has a network of its own" sandboxed PrivateNetwork=yes
done_testing
