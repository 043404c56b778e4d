#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A guest for one command: what the command gets and gives, that it has the walls
# and the limits of any guest, and that nothing is left of it, however it ends.

. tests/tap.sh
. tests/guest/guest.sh	# intruder

probe=build/tests/bpf/probe
tiny "$scratch/tiny.tar"
tree=$scratch/tiny
for program in grep stat setpriv ln readlink; do
	cp "$(type -P $program)" "$tree/usr/bin"
	for library in $(ldd "$tree/usr/bin/$program" | grep -o '/[^ ]*' | grep -v :); do
		mkdir -p "$tree$(dirname "$library")"
		cp -Ln "$library" "$tree$library"
	done
done
cp $intruder $probe "$tree/usr/bin/"
run() { vserver run "$tree" -- "$@"; }
# says PATTERN NAME COMMAND…
says()
{
	local got
	got=$("${@:3}" 2>&1)
	# shellcheck disable=SC2053
	[[ $got == $1 ]]
	ok $? "$2" || diag "wanted $1, got: $got"
}
tries() { says "$1" "$2" run intruder "${@:3}"; }
clients() { pgrep -x vserver; }
no_clients() { ! clients; }
runs() { vserver contexts --no-legend | awk '$2 ~ /^run-/ { print $1, $2 }'; }
no_runs() { [ -z "$(runs)" ] && [ -z "$(find /sys/fs/cgroup/vserver.slice/runs -mindepth 1 -type d)" ]; }

# --- output, status ----------------------------------------------------------------------
expect 0 "a command runs" run true
traces >"$scratch/before"
expect 1 "its status is the command's" run false
expect 42 "whatever that is" run sh -c 'exit 42'
expect 137 "of one that a signal ended, too" run sh -c 'sh -c "kill -9 \$\$"; exit $?'
expect_output '^out$' "its output comes out" run sh -c "echo out"
is "$(run sh -c 'echo err >&2' 2>&1 >/dev/null)" err "and errors where errors go"
is "$(seq 20000 | run wc -l)" 20000 "a pipe is its input"
is "$(seq 20000 >"$scratch/in"; run wc -l <"$scratch/in")" 20000 "so is a file"
is "$(run sh -c 'for i in 1 2 3; do cat /usr/bin/ls; done' | wc -c)" $((3 * $(stat -c %s "$tree/usr/bin/ls"))) \
	"nothing is lost of much output"
expect_output '^1 /root root$' "it is the first process, root's, at home" run sh -c 'echo $$ $PWD $USER'
expect_output '^0$' "with nothing of the caller's environment" \
	env SECRET=1 vserver run "$tree" -- sh -c 'echo $(set | grep -c ^SECRET)'
expect_output '^0 1 2 3$' "or descriptors" sh -c "exec 7</etc/passwd; vserver run $tree -- ls /proc/self/fd | tr '\n' ' ' | sed 's/ $//'"
expect_output '/dev/pts/0.24 80' "with a terminal it has one of its own" sh -c \
	"script -qec 'stty rows 24 cols 80; vserver run $tree -- sh -c \"tty; stty size\"' /dev/null | tr -d '\r' | tr '\n' ' '"
expect 0 "which leads nowhere else" sh -c \
	"! script -qec 'vserver run $tree -- intruder sti' /dev/null | tr -d '\r' | grep -x ok"
expect_error 127 "nosuch: No such file" "one that is not there" run nosuch
expect_error 126 "/etc/passwd: Permission denied" "one that is none" run /etc/passwd
expect 0 "without -- too" vserver run "$tree" true
expect 0 "one that ends before those who started it got further" strace -f -o "$scratch/trace" \
	-e trace=sendto -e inject=sendto:delay_exit=300000 vserver run "$tree" -- true
expect 0 "control: these were held up" grep -q DELAYED "$scratch/trace"
expect_output '^--memory 3$' "its options are its own" vserver run "$tree" -- sh -c 'echo $0 $1' --memory 3
expect 0 "what was written stays" run sh -c 'echo x >/root/made'
is "$(stat -c '%u %g' "$tree/root/made")" "0 0" "which is root's on the disk"
expect 0 "nothing is left" eventually 20 nothing_left

# --- signals -----------------------------------------------------------------------------
# begin COMMAND…: in the background, until it says that it is there.
begin()
{
	rm -f "$tree/root/there"
	vserver run "$tree" -- "$@" </dev/null >/dev/null 2>"$scratch/stderr" &
	client=$!
	eventually 60 test -e "$tree/root/there" || diag "$(cat "$scratch/stderr")"
}
there=': >/root/there'
begin sh -c "$there; exec sleep 1000"
kill -TERM $client
wait $client
is $? 143 "SIGTERM ends one that has no handler"
begin sh -c "trap 'exit 9' INT TERM; $there; while :; do sleep 0.1; done"
kill -INT $client
wait $client
is $? 9 "one that has a handler is asked"
begin sh -c "trap '' TERM; $there; while :; do sleep 0.1; done"
kill -TERM $client
expect 1 "one that ignores it goes on" eventually 1 no_clients
kill -9 $client
wait $client
expect 0 "until the caller is killed" eventually 20 no_runs
expect 0 "nothing is left" eventually 20 nothing_left

# --- a caller that is killed ---------------------------------------------------------------
begin setpriv --pdeathsig clear sh -c "sleep 1000 & $there; sleep 1000"
number=$(runs)
[ -n "$number" ]
ok $? "control: it is there: $number"
kill -9 $client
expect 0 "a command that does not want to end with its caller does" eventually 20 no_runs
expect 0 "and nothing is left" eventually 20 nothing_left

rm -f "$tree/root/there"
systemd-run -qG --unit run-killed vserver run "$tree" -- \
	setpriv --pdeathsig clear sh -c "sleep 1000 & $there; sleep 1000"
eventually 60 test -e "$tree/root/there"
number=$(runs)
[ -n "$number" ]
ok $? "control: one in a unit of systemd's is there: $number"
systemctl kill -s KILL run-killed
expect 0 "nor does it stay if all of the unit is killed" eventually 20 no_runs
expect 0 "and nothing is left" eventually 20 nothing_left

# orphan: all who watch over a run are killed, and the command runs on.
orphan()
{
	begin setpriv --pdeathsig clear sh -c "$there; sleep 1000"
	number=$(runs)
	# shellcheck disable=SC2046
	kill -9 $(clients)
	eventually 20 no_clients
}
orphan
[ -n "$number" ] && [ "$(runs)" = "$number" ]
ok $? "control: if all who watch over it are killed, it runs on: $number"
expect 0 "then the next one runs" run true
expect 0 "and has removed it" eventually 20 no_runs
orphan
expect 0 "or the daemon, when it starts" systemctl restart vserverd
expect 0 "has" eventually 20 no_runs
expect 0 "nothing is left" eventually 20 nothing_left

# --- numbers ---------------------------------------------------------------------------------
vserver build -q web --from "$scratch/tiny.tar"
cleanup vserver delete web --yes
cleanup vserver stop web
vserver start web
first='read -r a b c </proc/self/uid_map; echo $b'
for i in 1 2 3; do
	vserver run "$tree" -- sh -c "$first >/root/ids$i; read -r a </proc/self/cgroup; exec sleep 1000" \
		</dev/null 2>&1 >/dev/null &
	started+=($!)
done
for i in 1 2 3; do
	eventually 60 test -s "$tree/root/ids$i"
done
{
	cat "$tree"/root/ids[123]
	cut -d ' ' -f 1 /var/lib/vserver/guests/web/ids
} >"$scratch/ids"
is "$(sort -u "$scratch/ids" | wc -l)" 4 "runs and guests have no id in common"
is "$(runs | wc -l)" 3 "each run has a context"
is "$(runs | cut -d ' ' -f 1 | sort -u | wc -l)" 3 "of its own"
kill "${started[@]}"
wait "${started[@]}"
range=$(run sh -c "$first")
grep -qx "$range" "$scratch/ids"
ok $? "control: later they have the same again: $range"
cp -a /etc/subuid "$scratch/subuid"
cleanup cp -a "$scratch/subuid" /etc/subuid
touch -d tomorrow /run/vserver/runs/*	# as after a clock that was set back
echo "somebody:$((range + 1000)):10" >>/etc/subuid
now=$(run sh -c "$first")
[ -n "$now" ] && [ "$now" != "$range" ]
ok $? "but not if they were given away meanwhile, whatever the clock said: $now"
cp -a "$scratch/subuid" /etc/subuid
expect_output '^4242 run-' "it can have a number of the context that is asked for" \
	vserver run --xid 4242 "$tree" -- sh -c 'echo 4242 $(hostname)'
expect 0 "and again at once" vserver run --xid 4242 "$tree" -- true
vserver stop web
vserver delete -q web --yes

# --- limits ------------------------------------------------------------------------------------
expect_output '^67108864 20$' "its limits are set" \
	vserver run "$tree" --memory 64M --tasks 20 -- \
	sh -c 'cd /sys/fs/cgroup; echo $(cat memory.max pids.max)'
expect_output 'fork' "they hold" vserver run "$tree" --tasks 5 -- \
	sh -c '(sleep 9 & sleep 9 & sleep 9 & sleep 9 & sleep 9 & sleep 9 &) 2>&1; :'
expect_output '^ *0 +0 +4294967295$' "with user = host its ids are the host's" \
	vserver run --user host "$tree" -- cat /proc/self/uid_map
expect_output '^Seccomp: 0$' "it can be without filter" \
	vserver run --seccomp none "$tree" -- sh -c 'echo $(grep ^Seccomp: /proc/self/status)'
expect_output '^other$' "and have a host name" vserver run --hostname other "$tree" -- hostname
expect_output '^lo$' "or no network but its loopback" vserver run --network none "$tree" -- ls /sys/class/net
ip address add 192.0.2.77/32 dev lo
cleanup ip address del 192.0.2.77/32 dev lo
says "@(ok|*192.0.2.77*)" "an address of the host's is its own" \
	vserver run --address 192.0.2.77 "$tree" -- probe bind tcp 192.0.2.77 4000
says "E*" "no other is" \
	vserver run --address 192.0.2.77 "$tree" -- probe bind tcp 192.0.2.78 4000
expect_error 1 "192.0.2.99 is not an address of this host" "nor one that the host has not" \
	vserver run --address 192.0.2.99 "$tree" -- true

# --- walls -------------------------------------------------------------------------------------
secret=/run/vserver-host-secret
echo of-the-host >$secret
cleanup rm -f $secret
on_host() { unshare -m $intruder "$@"; }
says ok "control: root of the host walks out of a chroot" chroot "$tree" /usr/bin/intruder walk $secret
tries ENOENT "the command does not" walk $secret
tries ok "control: it comes to its own root" walk /etc/passwd
says "Seccomp: 2" "it has the filter" run sh -c 'echo $(grep ^Seccomp: /proc/self/status)'
says EPERM "there are no keys" run probe key-add x
says ok "the host makes shared memory" $probe shm-make 4244
cleanup ipcrm -M 4244
says ENOENT "the command does not find it" run probe shm-find 4244
says ok "control: the host does" $probe shm-find 4244
for path in /proc/sys /sys; do
	tries EPERM "$path stays read-only" writable $path
done
is "$(on_host writable /proc)" ok "control: the call is right"
for path in /proc/sys /proc/keys /proc/sysrq-trigger /sys/firmware /proc /sys; do
	tries EINVAL "$path is not taken off" unmount $path
done
tries EACCES "it writes no sysctl" write /proc/sys/kernel/core_pattern core
tries EACCES "nor its limits" write /sys/fs/cgroup/memory.max max
tries ok "control: it moves a process of its own" write /sys/fs/cgroup/cgroup.procs 0
tries EPERM "it makes no device" mknod /tmp/node
is "$(on_host mknod "$scratch/node")" ok "control: the host does"
disk=$(findmnt -no SOURCE /)
mknod "$tree/root/disk" b $((0x$(stat -c %t "$disk"))) $((0x$(stat -c %T "$disk")))
chmod 666 "$tree/root/disk"
says ok "control: the host opens its disk" $probe open-read "$disk"
says "@(EPERM|EACCES)" "the command does not" run probe open-read /root/disk
says "@(EPERM|EACCES)" "with the host's ids neither" \
	vserver run --user host "$tree" -- probe open-read /root/disk
tries EPERM "it takes no id of the host's" nest '0 100000 1'
tries EPERM "it opens nothing by handle" handle /etc/passwd
says 0 "it sees no process but its own" run sh -c 'kill -0 '$$' 2>/dev/null && echo 1 || echo 0'
rm "$tree/root/disk"

# --- images --------------------------------------------------------------------------------------
digest=sha256-$(printf %064d 7)
mkdir -p "/var/lib/vserver/images/$digest"
cleanup rm -rf "/var/lib/vserver/images/$digest" /var/lib/vserver/images/small
cp -a "$tree" "/var/lib/vserver/images/$digest/root"
ln -s "$digest" /var/lib/vserver/images/small
expect_output '^small$' "a command runs on an image" \
	vserver run --rm small -- sh -c 'echo small >/root/new; cat /root/new; '
expect 1 "what it writes is not the image's" test -e "/var/lib/vserver/images/$digest/root/root/new"
is "$(find /var/lib/vserver/guests -name '.*run*')" "" "and goes with it"
expect 0 "by its digest, too" vserver run --rm sha256:"${digest#sha256-}" -- true
begin_image()
{
	vserver run --rm small -- sh -c 'echo >/root/new; exec sleep 1000' </dev/null &
	client=$!
	eventually 60 sh -c 'test -e /var/lib/vserver/guests/.run-*/layer/upper/root/new'
}
begin_image
expect 0 "control: it is there meanwhile" sh -c 'ls -d /var/lib/vserver/guests/.run-*'
kill -9 $client
wait $client
expect 0 "if the caller is killed it goes as well" \
	eventually 20 sh -c '! ls -d /var/lib/vserver/guests/.run-*'
mkdir -p /var/lib/vserver/guests/.run-1000/layer
systemctl restart vserverd
expect 0 "what is left when the machine is switched off goes when the daemon starts" \
	eventually 20 sh -c '! test -e /var/lib/vserver/guests/.run-1000'
expect_error 2 "say so with --rm" "that it goes is to be said" vserver run small -- true

# --- bad input -----------------------------------------------------------------------------------
eventually 20 no_runs
traces >"$scratch/before"
bad() { expect_error "$1" "^vserver: .*$2" "${@:3}"; }
bad 2 'COMMAND is missing' "no command" vserver run "$tree"
bad 2 'command is empty' "an empty one" vserver run "$tree" -- ''
bad 1 '/nosuch: No such file' "no such directory" vserver run /nosuch -- true
bad 1 'it is not a directory' "a file" vserver run "$scratch/tiny.tar" -- true
bad 1 'it is the root of the host' "the host's root" vserver run / -- true
# What is made set-user-ID in it is for nobody of the host but root.
open=$(mktemp -d /srv/open.XXXXXX)
cleanup rm -rf "$open"
cp -a "$tree" "$open/tiny"
chmod 755 "$open"
bad 1 'others than root get into it' "a directory where others get" vserver run "$open/tiny" -- true
chmod 700 "$open"
expect 0 "control: now only root does" vserver run "$open/tiny" -- true
chown 1000 "$open"
bad 1 'others than root get into it' "one that is below somebody else's" vserver run "$open/tiny" -- true
chown 0 "$open"
ln -s "$open/tiny" "$scratch/way"
expect 0 "control: by a link" vserver run "$scratch/way" -- true
bad 1 'leave out overlay' "a layer that is to be kept" vserver run "$tree" --mount '/srv /srv overlay' -- true
expect_error 2 'Read-only' "a tree that is not to be written" vserver run "$tree" --root read-only -- sh -c 'echo >/new'
expect 0 "control: it can be" vserver run "$tree" -- sh -c 'echo >/new'
bad 1 'no image .nosuch.*written with a slash' "no image of that name" vserver run --rm nosuch -- true
bad 2 "no option '--memry'; did you mean '--memory'" "no such setting" vserver run "$tree" --memry 3 -- true
bad 1 "memory 'x'" "a bad value" vserver run "$tree" --memory x -- true
bad 2 "'memory' is given twice" "one that is given twice" vserver run --memory 8M --memory 8M "$tree" -- true
bad 2 'a setting of guests that stay' "what a run has not" vserver run --autostart yes "$tree" -- true
bad 1 'no interface of its own' "no network of its own" vserver run --network private "$tree" -- true
bad 1 'only root of the host may' "somebody else" \
	setpriv --reuid 1000 --regid 1000 --clear-groups vserver run /usr -- true
mkdir "$scratch/link"
ln -s /etc "$scratch/link/proc"
bad 1 '/proc is a symbolic link' "a tree that leads elsewhere" vserver run "$scratch/link" -- true
expect 0 "nothing is left" eventually 20 nothing_left
done_testing
