#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A hostile guest against everything that the host does in its files: it plants
# links, pipes, devices and endless files, and changes what names mean while the
# host works.  It reads and changes nothing of the host's, and holds nothing up:
# each act of the host's has an end, with one line where it fails.
#
# The canaries look like what the host writes and reads in a guest, and are where
# links would lead to; whoever reads one changes its time of access.
#
# any-kernel

. tests/tap.sh
. tests/guest/guest.sh

LIMIT=$((60 * ${TEST_PATIENCE:-1}))
canary=/srv/vserver-canary
mark='# Written by VServer at each start of the guest; without this line it is left alone.'
mkdir -p $canary
mount -t tmpfs -o strictatime canary $canary || bail_out 'no place for canaries'
cleanup rmdir $canary
cleanup umount $canary
mkdir $canary/host
for name in resolv.conf hosts passwd host/notify bash sh init ptmx; do
	printf '%s\nof-the-host\n' "$mark" >$canary/$name
	chmod 755 $canary/$name
done
picture()
{
	find $canary \( -type f -printf '%p %y %m %U:%G %s %A@ %T@ %C@\n' \) \
		-o -printf '%p %y %m %U:%G %T@ %C@\n' | sort
}
# unharmed NAME: since the last look.
unharmed()
{
	picture | diff "$scratch/canaries" - >"$scratch/changes"
	ok $? "$1: the host's files were neither read nor changed" || diag "$(cat "$scratch/changes")"
}
cat $canary/passwd >/dev/null
picture >"$scratch/canaries"
touch -d '2001-02-03' $canary/passwd
picture >"$scratch/canaries"
sleep 0.1
cat $canary/passwd >/dev/null
expect 1 "control: a canary that is read shows it" sh -c "$(declare -f picture); canary=$canary; picture | diff -q $scratch/canaries -"
picture >"$scratch/canaries"

# ends NAME COMMAND…: within the limit, whether it does what it should or tells
# in one line why not.
ends()
{
	local name=$1 status=0
	shift
	timeout -k 5 $LIMIT "$@" >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?
	[ $status != 124 ] && [ $status != 137 ] && [ "$(wc -l <"$scratch/err")" -le 1 ]
	ok $? "$name: it ends, in one line at most" || diag "status $status: $(tail -n 5 "$scratch/err")"
}
# acts NAME: what the host does with a guest.
acts()
{
	local name=$1
	ends "$name, start" vserver start web
	ends "$name, exec" vserver exec web -- true
	ends "$name, exec with a terminal" script -qec 'vserver exec web -- true' /dev/null
	ends "$name, enter" sh -c "echo exit | script -qec 'vserver enter web' /dev/null"
	ends "$name, status" vserver status web
	ends "$name, list" vserver list
	ends "$name, stop" vserver stop web
	[[ $(field web .state) == @(stopped|failed) ]]
	ok $? "$name: it does not run any more" || diag "$(field web .state)"
}
# with ids of its own, but where it says otherwise
hostile web
cleanup chattr -R -i "$tree"

# --- a good one -------------------------------------------------------------------------------
expect_output '127.0' "control: its names are written" cat "$tree/etc/hosts"
expect 0 "control: a command is run" vserver exec web -- true
expect 0 "control: with a terminal" script -qec 'vserver exec web -- true' /dev/null
expect 0 "control: it stops" vserver stop web
grep -qF "$mark" "$tree/etc/hosts"
ok $? "control: with the mark"

# --- planted before it starts --------------------------------------------------------------------
# plant PATH KIND
plant()
{
	local path=$tree/$1
	rm -rf "$path"
	case $2 in
	link) ln -s "$canary/$(basename "$1")" "$path" ;;
	up) ln -s "../../../../../../../../../../..$canary/$(basename "$1")" "$path" ;;
	fifo) mkfifo "$path" ;;
	huge) $intruder huge "$path" | grep -qx ok && printf '%s\n' "$mark" | dd of="$path" conv=notrunc status=none ;;
	device) mknod "$path" c 1 5 ;;	# zero: it has no end
	directory) mkdir -p "$path/full" ;;
	immutable) printf '%s\n' "$mark" >"$path" && chattr +i "$path" ;;
	magic) ln -s /proc/1/root/etc/passwd "$path" ;;
	esac
}
for kinds in "link fifo" "up device" "magic directory" "huge immutable"; do
	plant etc/resolv.conf "${kinds% *}"
	plant etc/hosts "${kinds#* }"
	expect 0 "$kinds for its names: it starts" timeout $LIMIT vserver start web
	expect 0 "… and stops" timeout $LIMIT vserver stop web
	unharmed "$kinds"
	chattr -i "$tree/etc/hosts" 2>/dev/null
done
rm -r "$tree/etc/resolv.conf" "$tree/etc/hosts"
mv "$tree/etc" "$tree/etc.real"
for kind in link fifo; do
	rm -f "$tree/etc"
	plant etc $kind
	expect 0 "/etc is a $kind: it starts" timeout $LIMIT vserver start web
	expect 0 "… and stops" timeout $LIMIT vserver stop web
	unharmed "/etc is a $kind"
done
rm "$tree/etc"
mv "$tree/etc.real" "$tree/etc"
for place in proc sys dev run tmp; do
	mv "$tree/$place" "$tree/$place.real"
	for kind in up fifo; do
		plant $place $kind
		expect_error 1 "/$place" "/$place is a $kind: it does not start, and says so" \
			timeout $LIMIT vserver start web
	done
	rm "$tree/$place"
	mv "$tree/$place.real" "$tree/$place"
done
mv "$tree/usr/sbin/init" "$tree/init.real"
for kind in up fifo device; do
	plant usr/sbin/init $kind
	expect_error 1 "init" "its init is a $kind: it does not start, and says so" \
		timeout $LIMIT vserver start web
done
rm "$tree/usr/sbin/init"
mv "$tree/init.real" "$tree/usr/sbin/init"
unharmed "places and init"
expect 0 "control: without all of that it starts" vserver start web
expect 0 "… and stops" vserver stop web

# --- while the host works ---------------------------------------------------------------------------
# By somebody outside, so that it goes on while the guest starts and stops.
$intruder havoc "$tree" $canary >/dev/null &
havoc=$!
eventually 20 test -e "$tree/.havoc/ready"
acts "names that change"
kill $havoc
wait $havoc 2>/dev/null
unharmed "names that change"
# Whatever it has left where: from the archive again.
expect 0 "it is deleted" timeout $LIMIT vserver delete web --yes
vserver build -q web --from "$scratch/tiny.tar"

# From within, with control groups that are in the way.
printf '#!/bin/sh
trap "exit 0" TERM INT PWR
/bin/intruder havoc / %s &
/bin/intruder buried 200 >/root/buried &
while :; do sleep 3600 & wait; done\n' $canary >"$tree/usr/sbin/init"
vserver start web
eventually 20 test -e "$tree/.havoc/ready"
eventually 20 test -s "$tree/root/buried"
ok $? "control: a process is frozen deep in control groups"
# can VERB: this build has it
can() { vserver help "$1" >/dev/null 2>&1; }
if can snapshot && can export; then
	ends "from within, snapshot" vserver snapshot web first
	ends "from within, clone" vserver clone web copy
	ends "from within, export" sh -c "vserver export web >$scratch/exported"
	ends "from within, import" sh -c "vserver import - --name other <$scratch/exported"
else
	skip 4 'no snapshots or exports in this build'
fi
acts "from within"
if can snapshot && can export; then
	ends "from within, rollback" vserver rollback --yes web first
	for name in copy other; do
		ends "from within, delete $name" vserver delete --yes $name
	done
else
	skip 3 'no snapshots or exports in this build'
fi
unharmed "from within"
expect 0 "it is deleted" timeout $LIMIT vserver delete web --yes
vserver build -q web --from "$scratch/tiny.tar"

# --- who enters ------------------------------------------------------------------------------------------
expect 0 "control: it starts" vserver start web
for kind in fifo link lease; do
	vserver exec web -- intruder terminals $kind >/dev/null 2>&1 </dev/null &
	terminals=$!
	case $kind in
	lease) eventually 20 test -e "$tree/root/leased" ;;
	*) wait $terminals ;;
	esac
	expect_output 'pts|Resource temporarily' "/dev/pts/ptmx is a $kind: nobody waits for a terminal" \
		timeout 20 sh -c "! script -qec 'vserver enter web' /dev/null </dev/null"
	expect 0 "control: without one he enters" timeout $LIMIT vserver exec web -- true
	vserver exec web -- intruder put-back </dev/null >/dev/null
	[ $kind != lease ] || kill $terminals
done
expect 0 "control: with terminals as they were he gets one" \
	timeout $LIMIT script -qec 'vserver exec web -- true' /dev/null
unharmed "terminals"

# --- and the end -------------------------------------------------------------------------------------------
is "$(vserver exec web -- intruder deep /root 3000 </dev/null)" ok "control: it makes directories 3000 deep"
is "$(vserver exec web -- intruder huge /root/huge </dev/null)" ok "control: and a file without end"
vserver exec web -- sh -c "cd /root; n=0; while [ \$n -lt 2000 ]; do : >\$n; n=\$((n + 1)); done" </dev/null
ln -s $canary "$tree/root/canaries"
chattr +i "$tree/root/1" "$tree/root/d"
expect 0 "it stops" timeout $LIMIT vserver stop web
expect 0 "and is deleted, with all of it" timeout $LIMIT vserver delete web --yes
is "$(compgen -G '/var/lib/vserver/guests/*web*')" "" "nothing of it is there"
unharmed "deleted"
done_testing
