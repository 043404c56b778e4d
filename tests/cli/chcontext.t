#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# chcontext: a command in a context of its own; what it says to bad input, and
# that nothing is left of what failed.

. tests/tap.sh
. tests/cli/cli.sh

systemctl start vserverd || bail_out "vserverd does not start"

in_42() { chcontext --xid 42 --silent -- "$@"; }

sleep infinity &
host=$!
cleanup kill "$host"

# --- what it is for ---------------------------------------------------------------
expect_output '^New security context is 42$' "it tells the number" chcontext --xid 42 -- true
expect_output '^New security context is (49[1-9]|5|6)' "without a number one is handed out" \
	chcontext -- true
expect 7 "the exit status is the command's" in_42 sh -c 'exit 7'
is "$(in_42 cat </etc/hostname)" "$(cat /etc/hostname)" "standard input and output are the caller's"
is "$(in_42 true 2>&1)" "" "--silent tells nothing"
is "$(chcontext --ctx 42 --silent -- echo yes)" yes "--ctx is --xid"

expect 0 "control: the host can signal the process" kill -0 "$host"
expect 0 "control: the context can signal itself" in_42 sh -c 'kill -0 $$'
expect 1 "the context cannot signal the host's process" in_42 sh -c "kill -0 $host"
expect 0 "control: the host sees the process in /proc" test -e "/proc/$host"
expect 0 "control: the context sees itself in /proc" in_42 sh -c 'test -e /proc/$$'
expect 1 "the context does not see the host's process" in_42 test -e "/proc/$host"

# --- privileges -------------------------------------------------------------------------
capabilities() { chcontext --silent "$@" -- sed -n 's/^CapEff:\t*//p' /proc/self/status; }
is "$(capabilities --secure)" 0000000000000000 "--secure leaves no capability"
is "$(capabilities --secure --cap NET_RAW)" 0000000000002000 "--cap gives one back"
is "$(capabilities --secure --cap chown,cap_kill --cap '!KILL')" 0000000000000001 \
	"--cap takes lists and takes away"
expect 0 "control: the host may mount" sh -c 'mount -t tmpfs none /mnt && umount /mnt'
expect 32 "the context may not mount" in_42 mount -t tmpfs none /mnt

# --- names, time of life ------------------------------------------------------------------
before=$(hostname)
is "$(chcontext --silent --hostname box -- hostname)" box "--hostname is seen inside"
is "$(hostname)" "$before" "and not outside"
domain=$(cat /proc/sys/kernel/domainname)
is "$(chcontext --silent --domainname lan -- cat /proc/sys/kernel/domainname)" lan \
	"--domainname is seen inside"
is "$(cat /proc/sys/kernel/domainname)" "$domain" "and not outside"
expect 0 "the contexts have ended with their commands" eventually 10 no_contexts

expect 0 "a persistent context" chcontext --xid 42 --name box --flag persistent -- true
expect 0 "stays" has_context 42
expect_output '^42 box \["persistent"\]$' "with its name and its flag" \
	sh -c 'vserver contexts --json | jq -cr ".[] | \"\(.xid) \(.name) \(.flags)\""'
for option in "--name other" --secure "--cap KILL" "--hostname box" "--domainname lan" \
	      "--flag persistent" "--cpu 5%"; do
	[[ $option == --cpu* && ! -e /sys/kernel/sched_ext ]] && continue
	# shellcheck disable=SC2086
	expect_error 254 "^chcontext: context 42 exists$" "a number that is taken, $option" \
		chcontext --xid 42 $option --silent -- true
done
expect 0 "control: another number is free" chcontext --xid 43 --name other -- true

# --- one that exists is entered ---------------------------------------------------------
background() { chcontext --silent --disconnect "$@" >/dev/null 2>&1; }
expect_output '^$' "without these options it is entered, and no number told" chcontext --xid 42 -- true
mkfifo "$scratch/hold"
background --xid 42 -- sh -c "hostname >$scratch/first; read x <$scratch/hold"
expect 0 "control: a process is in it" eventually 10 test -s "$scratch/first"
spaces() { readlink /proc/self/ns/{mnt,ipc,uts}; }
export -f spaces
first=$(pgrep -f "read x <$scratch/hold" | head -n 1)
is "$(in_42 bash -c spaces)" "$(readlink "/proc/$first"/ns/{mnt,ipc,uts})" \
	"who enters is in the namespaces of who is there"
[ "$(spaces)" != "$(in_42 bash -c spaces)" ]
ok $? "control: the host is not"
is "$(in_42 sh -c "kill -0 $first && echo yes")" yes "and may signal it"
is "$(in_42 pwd)" "$PWD" "where it was called from"
capabilities42() { in_42 sed -n 's/^CapEff:\t*//p' /proc/self/status; }
is "$(capabilities42)" "$(capabilities)" "with what the ceiling has"
expect 32 "and no more" in_42 mount -t tmpfs none /mnt
expect 1 "it cannot see the host's process" in_42 test -e "/proc/$host"
expect 7 "the exit status is the command's" in_42 sh -c 'exit 7'
echo >"$scratch/hold"
expect 0 "who was there first goes" eventually 10 sh -c "! kill -0 $first"
expect 0 "it can be entered when nobody is in it" in_42 true
expect 0 "a context whose number was handed out" \
	background -- sh -c "echo >$scratch/second; read x <$scratch/hold"
expect 0 "control: it runs" eventually 10 test -s "$scratch/second"
number=$(vserver contexts --quiet | grep -v '^42$')
expect 0 "can be entered, too" chcontext --xid "$number" -- true
echo >"$scratch/hold"
expect 0 "and ends" eventually 10 no_context "$number"
# Who finds it when the last of the others has just left says so.
at_once()
{
	local i
	for i in 1 2 3 4 5 6; do chcontext --xid 44 --silent -- true & done 2>&1 |
		grep -v '^chcontext: context 44 has just ended; try again$'
	wait
}
expect_output '^$' "several make and enter one at a time" at_once
expect 0 "and it ends" eventually 10 no_context 44

expect 0 "a private context" background --xid 43 --flag private -- sh -c "read x <$scratch/hold"
expect_error 1 'cannot enter context 43: context 43 is private: nobody enters it any more$' \
	"is not entered" chcontext --xid 43 -- true
echo >"$scratch/hold"
expect 0 "and ends" eventually 10 no_context 43

# --- the watcher ---------------------------------------------------------------------------
expect_output '^New security context is 1$' "the watcher is context 1" chcontext --xid 1 -- true
watch() { chcontext --xid 1 --silent -- "$@"; }
expect 0 "it sees the host's processes" watch test -e "/proc/$host"
expect_output "^ *$host " "also by ps" watch ps -p "$host" -o pid=,comm=
expect 1 "and may signal none" watch sh -c "kill -0 $host"
expect 1 "has no capability" watch sh -c 'grep CapEff /proc/self/status | grep [1-9]'
expect 0 "it is gone when nobody wants it" eventually 10 no_context 1

vserver_end() { build/tests/bpf/context end "$1"; }
expect 0 "it can be ended" vserver_end 42
expect 0 "and is gone" eventually 10 no_contexts

mkfifo "$scratch/fifo"
in_background() { chcontext --xid 42 --disconnect -- sh -c "read line <$scratch/fifo" >/dev/null 2>&1; }
expect 0 "--disconnect returns at once" in_background
expect 0 "and the command runs on" has_context 42
echo >"$scratch/fifo"
expect 0 "until it ends" eventually 10 no_contexts

# --- bad input: one line, the right status, nothing made -----------------------------------
traces >"$scratch/before"
bad() { expect_error "$1" "^chcontext: $2" "${@:3}"; }
bad 2 'which command' "no command" chcontext --xid 42
bad 2 'which command' "nothing at all" chcontext
bad 2 '--xid 0: out of range; choose 2 to 49151$' "the host's number" chcontext --xid 0 -- true
bad 2 '--xid 65536: out of range' "a number above all" chcontext --xid 65536 -- true
bad 2 '--xid 49152: out of range' "the same, for a new one" chcontext --xid 49152 --secure -- true
bad 2 '--xid 49152: out of range' "a number that is handed out" chcontext --xid 49152 -- true
bad 2 '--xid 4294967338: out of range' "a number that would wrap" chcontext --xid 4294967338 -- true
bad 2 "--xid wants a number, not 'web'" "a name for a number" chcontext --xid web -- true
bad 2 "--xid wants a number, not ''" "nothing for a number" chcontext --xid '' -- true
bad 2 "unrecognized option '--frob'" "an unknown option" chcontext --frob -- true
bad 2 "option '--xid' requires an argument" "an option without its value" chcontext --xid
bad 2 "--cap: there is no capability 'NET_RAV'" "an unknown capability" \
	chcontext --cap NET_RAV -- true
bad 2 "--flag: there is no flag 'lok'; there are: persistent, private$" "an unknown flag" \
	chcontext --flag lok -- true
bad 2 "--flag: 'sched_hard' is no flag here: --cpu gives a share; see vserver\(7\)$" \
	"a flag that something else does" chcontext --flag sched_hard -- true
bad 2 "--flag: every context is 'lock'$" "what cannot be taken away" chcontext --flag '!lock' -- true
expect 0 "control: what every context is may be asked for" chcontext --silent --flag lock,hideinfo -- true
bad 2 '--name wants up to 63 letters' "a bad name" chcontext --name 'a b' -- true
bad 2 '--domainname wants 1 to 64 characters' "no domain name" chcontext --domainname '' -- true
bad 2 '--hostname wants 1 to 64 characters' "no host name" chcontext --hostname '' -- true
bad 2 '--hostname wants 1 to 64 characters' "a long host name" \
	chcontext --hostname "$(printf '%065d' 0)" -- true
bad 2 '--cpu: at least 0.1% and at most [0-9]+00%' "0 %" chcontext --cpu 0% -- true
bad 2 '--cpu: at least 0.1% and at most [0-9]+00%' "more than the machine" \
	chcontext --cpu "$(nproc --all)01%" -- true
bad 2 "--cpu wants a share like 25% or 10ms/1s, not 'much'" "no share" chcontext --cpu much -- true
bad 2 "--cpu-bucket wants a time like 500ms, not '5'" "a time without a unit" \
	chcontext --cpu 5% --cpu-bucket 5 -- true
bad 2 '--cpu-bucket, --cpu-release .* want --cpu' "a bucket without a share" \
	chcontext --cpu-bucket 5ms -- true
bad 2 '--cpu-release must not be more than --cpu-bucket' "a release above the bucket" \
	chcontext --cpu 5% --cpu-bucket 5ms --cpu-release 6ms -- true
bad 2 '--cpu-release: .*more than 10 s' "on hold for too long" \
	chcontext --cpu 5% --cpu-bucket 1s --cpu-release 501ms -- true
bad 2 '--cpu-bucket, .* want --cpu' "an idle rate without a share" chcontext --cpu-idle 5% -- true
bad 2 '--cpu-idle: there is no end to infinity' "all of what is left over" \
	chcontext --cpu 5% --cpu-idle infinity -- true
bad 2 '--cpu-tokens must not be more than --cpu-bucket' "more tokens than the bucket holds" \
	chcontext --cpu 5% --cpu-bucket 5ms --cpu-tokens 6ms -- true
bad 2 '--cpu-prio-bias: 21 is out of range; choose a number from -20 to 20' "a bias of 21" \
	chcontext --cpu 5% --cpu-prio-bias 21 -- true
bad 2 "--cpu-prio-bias: 'high' is no number" "no bias" chcontext --cpu 5% --cpu-prio-bias high -- true
bad 2 "--cpu-scope: 'each' is none of machine|processor" "no scope" chcontext --cpu 5% --cpu-scope each -- true
bad 2 '--cpu-bucket, .* want --cpu' "a scope without a share" chcontext --cpu-scope processor -- true
bad 2 '--cpu-scope processor: --cpu .* of each processor then, 100% at most' "of each more than it has" \
	chcontext --cpu 150% --cpu-scope processor -- true
bad 1 "cannot run 'nosuch': No such file or directory" "no such command" chcontext -- nosuch
bad 1 "cannot run '/etc': " "a directory for a command" in_42 /etc
: >"$scratch/plain"
bad 1 "cannot run '$scratch/plain': Permission denied" "a file that cannot be run" \
	in_42 "$scratch/plain"
printf '#!/nosuch\n' >"$scratch/script"
chmod +x "$scratch/script"
expect_output '' "control: the script is there" test -x "$scratch/script"
bad 1 "cannot run '$scratch/script': No such file" "a script without its interpreter" \
	chcontext --silent -- "$scratch/script"
bad 1 "cannot run '$scratch/script': No such file" "the same, persistent" \
	chcontext --silent --flag persistent -- "$scratch/script"
bad 1 "cannot run '$scratch/script': No such file" "the same, in the background" \
	chcontext --silent --disconnect -- "$scratch/script"
bad 1 'cannot make a context: only root of the host' "a context within a context" \
	in_42 chcontext --silent -- true
expect 0 "nothing is left of all that" eventually 10 nothing_left

# --- what it needs -------------------------------------------------------------------------
systemctl stop vserverd
mv /sys/fs/bpf/vserver/enter /sys/fs/bpf/vserver/away
bad 1 'enforcement is not whole; start the daemon' "no way in" chcontext --silent -- true
bad 1 'enforcement is not whole; start the daemon' "no way in, persistent" \
	chcontext --silent --flag persistent -- true
expect 0 "no context is left" eventually 10 no_contexts
mv /sys/fs/bpf/vserver/away /sys/fs/bpf/vserver/enter
expect 0 "control: the running daemon is not needed" chcontext --xid 42 --silent -- true
expect 0 "no context is left" eventually 10 no_contexts
expect 0 "enforcement can be taken away" build/tests/bpf/context unload 0
bad 1 'cannot make a context: enforcement is not loaded; start the daemon' "no enforcement" \
	chcontext --silent -- true
expect 0 "so can the scheduler" build/tests/bpf/context unload-scheduler 0
expect 0 "and the module" eventually 30 rmmod vserver
bad 1 'vserver.ko is not loaded; load it: modprobe vserver' "no module" \
	chcontext --silent -- true
systemctl start vserverd
expect 0 "control: with both it works again" chcontext --silent -- true

done_testing
