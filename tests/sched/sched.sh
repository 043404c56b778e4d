# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the scheduler's tests share: contexts full of hogs, and how much they
# have used.  A measurement is of processes that are known by number, and
# forks nothing while it reads: what it does would be measured with them.

. tests/tap.sh

STATE=/sys/kernel/sched_ext/state

need_scheduler()
{
	if [ ! -e /sys/kernel/sched_ext ]; then
		[ "${KERNEL-}" != latest ] || bail_out 'the latest kernel has no sched_ext'
		skip_all 'this kernel has no sched_ext: cpu.max keeps the shares'
	fi
	systemctl start vserverd || bail_out 'vserverd does not start'
	eventually 20 grep -q enabled $STATE || bail_out 'the scheduler does not run'
}

# --- hogs -------------------------------------------------------------------------

declare -A hogs_of=()		# pids, by xid; "host" is the host's
HOG='for ((i = 1; i < $1; i++)); do (while :; do :; done) & done; while :; do :; done'

# hogs XID N OPTION…: a context with N hogs, named by its first argument.  They
# are there when this returns; of very many only the first are waited for, for
# they start in the share that they are given.
hogs()
{
	local xid=$1 n=$2
	shift 2
	chcontext --silent --xid "$xid" "$@" -- bash -c "$HOG" "hogs-$xid" "$n" &
	cleanup stop_hogs "$xid"
	await_hogs "$xid" $((n > 16 ? 1 : n))
}

# tasks_of XID COMMAND…: a context that runs what it will, in a unit of its own,
# so that it ends whatever it has become.
tasks_of()
{
	local xid=$1
	shift
	systemctl reset-failed "context-$xid" 2>/dev/null
	systemd-run -q --unit "context-$xid" -p KillMode=control-group -p TimeoutStopSec=1 -- \
		chcontext --silent --xid "$xid" "$@" || bail_out "no context $xid"
	cleanup end_tasks "$xid"
}

# In a small share they die slowly: what comes next wants the number.
end_tasks()
{
	vserver kill "$1" --signal KILL
	systemctl kill -s KILL "context-$1"
	eventually 60 not_listed "$1"
} 2>/dev/null

# limit XID PERCENT: of a context that is there, from now on.
limit()
{
	build/tests/kmod/netlink set "xid:u32=$1" 'bucket[' "rate:u64=$(($2 * 1000000))" \
		interval:u64=100000000 "size:u64=$(($2 * 1000000))" \
		"release:u64=$(($2 * 100000))" ']'
}

# generation: how often a scheduler was begun; another one is another number.
generation()
{
	echo "$(<$STATE) $(</sys/kernel/sched_ext/enable_seq)"
}

# host_hogs N: the same of the host's own.
host_hogs()
{
	bash -c "$HOG" hogs-host "$1" &
	cleanup stop_hogs host
	await_hogs host "$1"
}

await_hogs()
{
	eventually 60 has_hogs "$1" "$2" || bail_out "no $2 hogs in $1: $(hog_pids "$1")"
	hogs_of[$1]=$(hog_pids "$1" | tr '\n' ' ')
}

has_hogs()
{
	[ "$(hog_pids "$1" | wc -l)" -ge "$2" ]
}

# hog_pids XID: those that run the loop, and not chcontext on its way there.
hog_pids()
{
	local pid
	for pid in $(pgrep -f " hogs-$1 [0-9]+\$"); do
		[[ $(readlink "/proc/$pid/exe") != */bash ]] || echo "$pid"
	done
}

no_hogs()
{
	! pgrep -f " hogs-$1 [0-9]+\$"
}

kill_hogs()
{
	# shellcheck disable=SC2046
	kill -KILL $(pgrep -f " hogs-$1 [0-9]+\$") 2>/dev/null
	no_hogs "$1"
}

stop_hogs()
{
	eventually 60 kill_hogs "$1"
}

# not_listed XID: the table can be read, and has no such context.
not_listed()
{
	local list
	list=$(vserver contexts --no-legend) && ! grep -q "^ *$1 " <<<"$list"
}

listed()
{
	local list
	list=$(vserver contexts --no-legend) && grep -q "^ *$1 " <<<"$list"
}

# --- how much they use --------------------------------------------------------------

# read_use XID: what each of its hogs has used and when that was read, into
# use[PID] (ns) and when[PID] (us), the one right after the other.
read_use()
{
	local pid ns
	# shellcheck disable=SC2086 # pids
	for pid in ${hogs_of[$1]}; do
		read -r ns _ <"/proc/$pid/schedstat" || continue
		when[pid]=${EPOCHREALTIME/[^0-9]/}
		use[pid]=$ns
	done 2>/dev/null
}

# measure XID: since begin_use and begin_when, into $measured: hundredths of a
# percent of one processor, all its hogs together.
measure()
{
	local pid sum=0
	local -a use=() when=()
	read_use "$1"
	for pid in "${!use[@]}"; do
		((when[pid] > begin_when[pid])) || continue
		((sum += (use[pid] - begin_use[pid]) * 10 / (when[pid] - begin_when[pid])))
	done
	measured=$sum
}

begin()
{
	local xid
	local -a use=() when=()
	for xid in "$@"; do
		read_use "$xid"
	done
	begin_use=() begin_when=()
	for xid in "${!use[@]}"; do
		begin_use[xid]=${use[xid]} begin_when[xid]=${when[xid]}
	done
}

# keep BAND [XID WANT NAME]…: hundredths of a percent.  Measured from one start
# on: what is off at the edges of a window weighs the less the longer it is.
# It is kept if it is so twice in a row, after 5 s at the earliest, and not if
# it never is in 60 s.
keep()
{
	local band=$1 i until good
	local -a got=() xids=()
	shift
	for ((i = 1; i <= $#; i += 3)); do
		xids+=("${!i}")
	done
	sleep 1		# a bucket that is new is full: its burst is no share
	begin "${xids[@]}"
	until=$((SECONDS + 60)) good=0
	sleep 4
	while [ "$good" -lt 2 ] && [ "$SECONDS" -lt "$until" ]; do
		sleep 1
		good=$((good + 1))
		for ((i = 1; i <= $#; i += 3)); do
			measure "${!i}"
			got[i]=$measured
			near "$measured" "${@:i+1:1}" "$band" || good=0
		done
	done
	for ((i = 1; i <= $#; i += 3)); do
		near "${got[i]}" "${@:i+1:1}" "$band" && [ "$good" = 2 ]
		ok $? "${@:i+2:1}" || diag "got ${got[i]}, expected ${*:i+1:1} give or take $band" \
			"(hundredths of a percent)"
	done
}

# near GOT WANT BAND: a band of LESS/MORE is not the same to both sides.
near()
{
	(($1 >= $2 - ${3%/*} && $1 <= $2 + ${3#*/}))
}

# share SECONDS XID…: what each used meanwhile, one a line, of those hogs that
# are there when it begins.
share()
{
	local seconds=$1 xid measured
	local -a begin_use begin_when
	shift
	for xid in "$@"; do
		hogs_of[$xid]=$(hog_pids "$xid" | tr '\n' ' ')
	done
	begin "$@"
	sleep "$seconds"	# the measurement itself
	for xid in "$@"; do
		measure "$xid"
		echo "$measured"
	done
}

# within GOT WANT BAND NAME: hundredths of a percent.
within()
{
	# shellcheck disable=SC2128,SC2178 # another function has an array of that name
	local got=$1 want=$2 band=$3
	shift 3
	# shellcheck disable=SC2128
	near "$got" "$want" "$band"
	# shellcheck disable=SC2128
	ok $? "$*" || diag "got $got, expected $want give or take $band (hundredths of a percent)"
}
