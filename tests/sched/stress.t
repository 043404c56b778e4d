#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Everything at once on two processors: contexts with assorted shares, some with
# an idle rate, one with a large bucket, that compute, wait for each other, fork,
# roam and have crowds; meanwhile some are killed in the middle of it, frozen, made
# anew, or given another share.  The scheduler outlives it, the kernel does not
# complain (the suite looks), and in each window of 10 s each context has no more
# than its share and its bucket, nor much less than its share if it wants it all.
#
# It takes $STRESS_SECONDS, 40 if that is not set; `make stress` has ten minutes.
#
# Measured by the kernel, as what the cgroup of each has used, of those that have
# gone as well.  Of those with an idle rate the scheduler says how much of it was
# idle time; both together have to be what the kernel says.
#
# No more: that is share and bucket; the debt that it may end the window in, which
# tasks make that are in the kernel (bpf/sched_bucket.bpf.h: what it earns in 2 s,
# 6 ms at the least and 50 ms at the most); and SLACK, to which no reading is exact:
# a tick of each processor, 4 ms, at either end.
# No less: that is LEAST, for who is held lets a bucket overflow at times.
# A machine that is emulated stands still at times; whoever runs then is charged for
# it, and debt that is deeper than the deepest is forgiven.  How long that was in a
# window is measured, and allowed, to both sides.

. tests/sched/sched.sh
need_scheduler
[ "$(nproc)" -ge 2 ] || bail_out 'this wants two processors'
before=$(generation)

SECONDS_IN_ALL=${STRESS_SECONDS:-40}
WINDOW=10		# s
SLACK=16000		# us
LEAST=90		# % of a share, in each window
LATE=200000		# us, until a changed share is seen at the latest

load=$PWD/build/tests/sched/load
folder=$(mktemp -d)
cleanup sh -c "rm -rf $folder $folder.*"
groups=/sys/fs/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)/contexts
mkdir "$groups" || bail_out 'no cgroups'

# Each with a share and a bucket (in % and ms), whether it wants all that it can
# get, what it does, and an idle rate behind a +.  168 % of 200 % in all.  The last
# has no bucket: it is only measured as if it had.
CONTEXTS="50 30 30 all hogs 2
51 20 20 all nices 8
52 20 20 all pinned
53 10 10 all hogs 1 +10
54 10 10 some files 4 $folder +30
55 8 8 some files 4 $folder
56 10 500 some bursts 200
57 10 10 some pipe
58 10 10 some forks
59 5 5 some storms 20
60 10 10 all roams 3
61 1 1 all hogs 6
62 5 5 some threads
63 4 4 some hogs 40
64 15 15 all hogs 3
65 1 1 free bursts 1500"

names=()	# of a line above and its cgroup; its context may change
declare -A xid_of=() share=() size=() wants=() does=() idle=()
while read -r name percent ms all what; do
	names+=("$name")
	xid_of[$name]=$name share[$name]=$percent size[$name]=$ms wants[$name]=$all
	does[$name]=${what% +*} idle[$name]=
	[[ $what != *+* ]] || idle[$name]=${what#*+}
	mkdir "$groups/$name"
done <<<"$CONTEXTS"

# --- they begin and end --------------------------------------------------------------

become()
{
	echo "$BASHPID" >"$groups/$1/cgroup.procs"
	local cpu=(--cpu "${share[$1]}%" --cpu-bucket "${size[$1]}ms")
	[ "${wants[$1]}" != free ] || cpu=()
	# shellcheck disable=SC2086 # words
	exec chcontext --silent --seccomp none --xid "${xid_of[$1]}" "${cpu[@]}" \
		${idle[$1]:+--cpu-idle "${idle[$1]}%"} -- "$load" ${does[$1]}
}

# This forks nothing.
works()
{
	[ "/proc/$1/exe" -ef "$load" ]
}

declare -A not_theirs=() births=()	# us, and how often, in this window

# begins NAME…: what chcontext does before it enters is the host's.
begins()
{
	local name
	local -A pid=() was=()
	for name in "$@"; do
		read_used "$name"
		was[$name]=$used
		become "$name" </dev/null >/dev/null 2>"$folder.$name" &
		pid[$name]=$!
		disown $!
	done
	for name in "$@"; do
		eventually 60 works "${pid[$name]}" || diag "$name: $(<"$folder.$name")"
		read_used "$name"
		((not_theirs[$name] += used - was[$name], births[$name] += 1))
		rm "$folder.$name"
	done
}

nobody_in()
{
	grep -q 'populated 0' "$groups/$1/cgroup.events"
}

not_there()
{
	[[ $(build/tests/bpf/context tasks "$1") == ESRCH* ]]
}

# ends NAME: killed by the kernel, who is on hold as well.
ends()
{
	echo 1 >"$groups/$1/cgroup.kill"
	eventually 60 nobody_in "$1" && eventually 60 not_there "${xid_of[$1]}"
}

# shellcheck disable=SC2317 # a cleanup
end_all()
{
	local name
	for name in "${names[@]}"; do
		echo 1 >"$groups/$name/cgroup.kill"
	done
}
cleanup end_all

# --- what they use -------------------------------------------------------------------------

# read_used NAME: us, and when.
read_used()
{
	local key
	read -r key used <"$groups/$1/cpu.stat"
	now=${EPOCHREALTIME/[^0-9]/}
}

# read_charged NAME: what the scheduler has charged it, and what was idle time.
read_charged()
{
	local line
	line=$(build/tests/bpf/context usage "${xid_of[$1]}")
	[[ $line =~ used=([0-9]+)\ idle=([0-9]+) ]] || bail_out "no usage of $1: $line"
	charged=$((BASH_REMATCH[1] / 1000)) idled=$((BASH_REMATCH[2] / 1000))
}

# read_stood: us, all processors together.
read_stood()
{
	local file us
	stood=0
	for file in "$folder".stood.*; do
		read -r us <"$file"
		((stood += us))
	done
}

declare -A used_then=() then=() charged_then=() idled_then=() was_share=()
stood_sum=0 stood_most=0
declare -A most=() fewest=() sum=() count=() over=() under=() apart=() idle_ms=()

window_begins()
{
	local name
	read_stood
	stood_then=$stood
	for name in "${names[@]}"; do
		not_theirs[$name]=0 births[$name]=0 was_share[$name]=${share[$name]}
		if [ -n "${idle[$name]}" ]; then
			read_charged "$name"
			charged_then[$name]=$charged idled_then[$name]=$idled
		fi
		read_used "$name"
		used_then[$name]=$used then[$name]=$now
	done
}

# debt PERCENT: us, the deepest there is.
debt()
{
	local us=$(($1 * 20000))
	((us > 6000)) || us=6000
	echo $((us < 50000 ? us : 50000))
}

# judge NAME: us that it had, in so many us.
judge()
{
	local name=$1 theirs=$2 took=$3 promised=${share[$1]} old=${was_share[$1]} full=${size[$1]}
	local limit fair percent
	limit=$((promised * took / 100 + $(debt "$promised") + SLACK + stood))
	((old <= promised)) || ((limit += (old - promised) * LATE / 100, full += old - promised))
	((limit += full * 1000 * (1 + births[$name])))
	fair=$((promised * (took - stood) * LEAST / 10000))
	percent=$((theirs * 10000 / took))
	((sum[$name] += percent, count[$name] += 1))
	((percent <= ${most[$name]:-0})) || most[$name]=$percent
	((percent >= ${fewest[$name]:-1000000})) || fewest[$name]=$percent
	((theirs <= limit)) || over[$name]+=" $window: $theirs us of $limit;"
	((theirs >= fair)) || [ "${wants[$name]}" != all ] || under[$name]+=" $window: $theirs us of $fair;"
}

# Idle time is not theirs by right.  What they were charged is read by a process
# that takes its time.
window_ends()
{
	local name theirs took all
	read_stood
	stood=$((stood - stood_then))
	((stood_sum += stood, stood_most = stood > stood_most ? stood : stood_most))
	for name in "${names[@]}"; do
		read_used "$name"
		theirs=$((used - used_then[$name] - not_theirs[$name])) took=$((now - then[$name]))
		if [ -n "${idle[$name]}" ]; then
			read_charged "$name"
			now=${EPOCHREALTIME/[^0-9]/}
			all=$((charged + idled - charged_then[$name] - idled_then[$name]))
			((all - theirs < took / 20 && theirs - all < took / 20)) ||
				apart[$name]+=" $window: $all us, by the kernel $theirs;"
			((idle_ms[$name] += (idled - idled_then[$name]) / 1000))
			theirs=$((charged - charged_then[$name])) took=$((now - then[$name]))
		fi
		judge "$name" $theirs $took
	done
}

# --- what is done to them ----------------------------------------------------------------------

is_frozen()
{
	grep -q 'frozen 1' "$groups/$1/cgroup.events"
}

declare -A done=()
longest=0		# us, for what the host does
next=1000		# number of the next context that is new
act()
{
	local i begin=${EPOCHREALTIME/[^0-9]/}
	case $1 in
	kill)
		ends 63 && begins 63
		;;
	anew)
		echo 1 >"$groups/62/cgroup.kill"
		xid_of[62]=$((next++))
		begins 62
		;;
	freeze)
		echo 1 >"$groups/59/cgroup.freeze"
		eventually 20 is_frozen 59
		i=$?
		echo 0 >"$groups/59/cgroup.freeze"
		return $i
		;;
	host)	# with the lock of the folder that they are in
		for i in 1 2 3; do
			mv "$(mktemp -p "$folder" host.XXXX)" "$folder/host" && rm "$folder/host" || return
		done
		((i = ${EPOCHREALTIME/[^0-9]/} - begin))
		((i <= longest)) || longest=$i
		;;
	esac
}

# Another share, when a window begins; and none of idle time, and some again.
SHARES=(2 15 7 12)
change()
{
	share[64]=${SHARES[window % 4]} size[64]=${SHARES[window % 4]}
	[ "$(limit 64 "${share[64]}")" = ok ] &&
		vsched --xid 53 --cpu-idle $((window % 2 * 10))%
}

ACTS=(kill host anew host freeze)
stress()
{
	local i=0 until window=0 last=$((SECONDS + SECONDS_IN_ALL)) failed=
	# Of each act one, however slow this machine is.
	while [ "$SECONDS" -lt "$last" ] || [ "$i" -lt ${#ACTS[@]} ]; do
		window=$((window + 1)) until=$((SECONDS + WINDOW))
		window_begins
		change || failed+=" change"
		while [ "$SECONDS" -lt "$until" ]; do
			if act "${ACTS[i % 5]}"; then
				((done[${ACTS[i % 5]}] += 1))
			else
				failed+=" ${ACTS[i % 5]}"
			fi
			((i += 1))
			sleep 0.2	# each at another moment
		done
		window_ends
		diag "window $window: processors stood still for $((stood / 1000)) ms"
	done
	is "$failed" '' "$window windows, and all that was done to them was done"
}

# --- what is left ---------------------------------------------------------------------------------

# objects: BPF maps, programs and links that there are.
objects()
{
	perl -e 'for my $next (12, 11, 31) {
		my ($id, $n) = (0, 0);
		while (syscall(321, $next, my $arg = pack("L3", $id, 0, 0), 12) == 0) {
			$id = (unpack "L3", $arg)[1]; $n++;
		}
		print "$n ";
	}'
}

no_more_objects()
{
	[ "$(objects)" = "$1" ]
}

# no_entries MAP KEY: of the scheduler; KEY is the length of one.
no_entries()
{
	perl -e 'my ($path, $size) = ("/sys/fs/bpf/vserver/scheduler/$ARGV[0]\0", $ARGV[1]);
		my $fd = syscall(321, 7, pack("PLL", $path, 0, 0), 16);
		my $key = "\0" x $size;
		exit($fd < 0 || syscall(321, 4, pack("LLQP", $fd, 0, 0, $key), 24) == 0);' "$1" "$2"
}

had=$(objects)
"$load" stands - "$folder.stood" &
cleanup pkill -P $!
cleanup kill $!
begins "${names[@]}"
sleep 3		# buckets that are new are full
expect 1 'control: contexts have slots' no_entries slots 4
expect 1 'control: those on hold are known one by one' no_entries boundaries 8
stress
is "$(generation)" "$before" 'the scheduler is the one that ran before'
diag "done to them: kill ${done[kill]-0}, anew ${done[anew]-0}, freeze ${done[freeze]-0}," \
	"by the host ${done[host]-0}, which took $((longest / 1000)) ms at most"
((done[kill] && done[anew] && done[freeze] && done[host]))
ok $? 'control: each of it was done'
diag "processors stood still in a window: $((stood_most / 1000)) ms at most," \
	"$((stood_sum / 1000)) ms in all"
((longest < 10000000))
ok $? 'the host was not kept waiting'
diag 'share, least, mean and most of a window, hundredths of a percent of a processor:'
for name in "${names[@]}"; do
	diag "$name ${does[$name]% /*}: ${share[$name]}00 ${fewest[$name]}" \
		"$((sum[$name] / count[$name])) ${most[$name]}" \
		"${idle_ms[$name]:+and ${idle_ms[$name]} ms of idle time}"
	if [ "${wants[$name]}" = free ]; then
		if [ -z "${over[$name]-}" ] && ((stood_sum > SECONDS_IN_ALL * 50000)); then
			skip 1 'too much stood still for who has no bucket to be seen to have more'
		else
			[ -n "${over[$name]-}" ]
			ok $? 'control: who has no bucket is seen to have more'
		fi
		continue
	fi
	is "${over[$name]-}" '' "$name: no more than its share and its bucket"
	[ "${wants[$name]}" != all ] || is "${under[$name]-}" '' "$name: hardly less than its share"
	[ -z "${idle[$name]}" ] || is "${apart[$name]-}" '' "$name: the rest was idle time"
done
end_all
for name in "${names[@]}"; do
	eventually 60 not_there "${xid_of[$name]}" || diag "$name is there"
done
eventually 30 no_entries slots 4
ok $? 'none of them is left in the scheduler'
eventually 10 no_entries boundaries 8
ok $? 'nor any of their tasks'
eventually 10 no_more_objects "$had"
ok $? 'and there is no more of BPF than before' || diag "$(objects), before: $had"
is "$(generation)" "$before" 'the scheduler runs on'
done_testing
