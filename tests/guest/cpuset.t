#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A guest runs on the processors of its cpuset and on no others, whatever its
# root does; they can be others at any time, and what is guaranteed beyond what
# they have is told.

. tests/tap.sh
. tests/daemon/daemon.sh

[ "$(nproc)" = 2 ] || bail_out 'this wants two processors'
[ ! -e /sys/kernel/sched_ext ] || eventually 20 grep -q enabled /sys/kernel/sched_ext/state ||
	bail_out 'the scheduler does not run'

tiny "$scratch/tiny.tar" 'trap "exit 0" TERM INT PWR; while :; do sleep 3600 & wait; done'
# made NAME OPTION…: a guest that runs.
made()
{
	vserver build -q "$1" --from "$scratch/tiny.tar" "${@:2}" || bail_out "no guest can be built"
	cleanup vserver delete -qy "$1"
	cleanup vserver stop -q "$1"
	for program in taskset nproc mkdir perl; do
		add_program "$1" $program
	done
	vserver start -q "$1" || bail_out "the guest does not start"
}
inside() { vserver exec web -- "$@" </dev/null; }
allowed() { sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$1/status"; }
may_use() { [ "$(allowed "$1")" = "$2" ]; }

# --- what is none ------------------------------------------------------------------
made web --cpuset 0
cgroup=/sys/fs/cgroup$(field web .cgroup)
init=$(field web .init)
refused() { expect_error 1 "^vserver: cannot set cpuset of 'web': $1" "${@:2}"; }
refused "'' is no list of processors; write it like 0-3,8, or infinity\$" "nothing" vserver set web cpuset=
refused "'0;1' is no list" "no list" vserver set web 'cpuset=0;1'
refused "'1-0' is no list" "a list that runs backwards" vserver set web cpuset=1-0
refused "0-2 is more than the processors of this machine; choose from 0-1\$" "one that is not there" \
	vserver set web cpuset=0-2
expect 0 "by name for programs" refuses Set \
	'{"name":"web","settings":[{"key":"cpuset","value":"9"}]}' "$errors.InvalidValue .*\"key\":\"cpuset\""
expect_error 1 "cannot build 'db': cpuset: .* choose from 0-1" "no guest is made with one" \
	vserver build db --from "$scratch/tiny.tar" --cpuset 7
is "$(cat "$cgroup/cpuset.cpus") $(allowed "$init")" "0 0" "nothing has changed"

# --- what it has -----------------------------------------------------------------------
is "$(inside nproc)" 1 "a command sees one processor"
is "$(nproc)" 2 "control: the host has two"
expect_output '^  cpuset   0$' "status has it" vserver status web
expect_output "^cpuset +0 +/etc/vserver/guests/web.conf" "config show, too" vserver config show web
is "$(field web '.settings[] | select(.key == "cpuset").value')" 0 "in JSON, too"

# --- what its root does about it ----------------------------------------------------------
# partitions: its control group "own" does not get processors for itself.
partitions()
{
	local kind

	for kind in root isolated; do
		inside sh -c "cd /sys/fs/cgroup/own; echo 0 >cpuset.cpus.exclusive
			echo $kind >cpuset.cpus.partition" 2>/dev/null
		expect_output '^(member|.* invalid .*)$' "no partition that takes processors from others: $kind" \
			cat "$cgroup/own/cpuset.cpus.partition"
		is "$(cat /sys/fs/cgroup/vserver.slice/cpuset.cpus.effective)" 0-1 "the others have all"
		inside sh -c 'echo member >/sys/fs/cgroup/own/cpuset.cpus.partition' 2>/dev/null
	done
}
# escapes NAME: what it tries, in a control group of its own too.
escapes()
{
	local who=$1

	expect 0 "control: the host goes to processor 1" taskset -c 1 true
	expect 1 "$who does not" inside taskset -c 1 true
	is "$(inside taskset -c 0,1 cat /proc/self/status | sed -n 's/^Cpus_allowed_list:\t//p')" 0 \
		"$who has the one of two that is its own"
	expect 2 "$who does not write its control group's" \
		inside sh -c 'echo 0-1 >/sys/fs/cgroup/cpuset.cpus || exit 2'
	expect 2 "nor its part of what is exclusive" \
		inside sh -c 'echo 1 >/sys/fs/cgroup/cpuset.cpus.exclusive || exit 2'
	expect 2 "nor makes it a partition" \
		inside sh -c 'echo root >/sys/fs/cgroup/cpuset.cpus.partition || exit 2'
	is "$(cat "$cgroup"/cpuset.cpus "$cgroup"/cpuset.cpus.partition | xargs)" "0 member" "it is as it was"
	expect 0 "control: $who makes control groups, with processors" inside sh -c 'cd /sys/fs/cgroup &&
		mkdir -p top own && for p in $(cat cgroup.procs); do echo $p >top/cgroup.procs; done
		echo +cpuset >cgroup.subtree_control && echo 0-1 >own/cpuset.cpus'
	is "$(cat "$cgroup/own/cpuset.cpus.effective")" 0 "which have no more than it has"
	partitions
	expect 1 "from there $who does not get to processor 1" \
		inside sh -c 'echo $$ >/sys/fs/cgroup/own/cgroup.procs && exec taskset -c 1 true'
}
escapes "the guest"
vserver stop -q web
expect 0 "a guest with the host's ids" vserver set -q web user=host capabilities=SYS_ADMIN
expect 0 "control: it starts" vserver start -q web
escapes "its root"
expect 0 "control: with all processors" vserver set -q web --runtime cpuset=infinity
is "$(cat "$cgroup/own/cpuset.cpus.effective")" 0-1 "it has them"
partitions
mkdir /sys/fs/cgroup/of-the-host
cleanup rmdir /sys/fs/cgroup/of-the-host
echo 1 >/sys/fs/cgroup/of-the-host/cpuset.cpus
echo root >/sys/fs/cgroup/of-the-host/cpuset.cpus.partition
is "$(cat /sys/fs/cgroup/of-the-host/cpuset.cpus.partition)" root "control: the host makes a partition"
is "$(cat "$cgroup/cpuset.cpus.effective")" 0 "of what the guest had"
echo member >/sys/fs/cgroup/of-the-host/cpuset.cpus.partition
vserver stop -q web
vserver set -q web user=private capabilities=CHOWN
vserver start -q web

# --- others, at once ----------------------------------------------------------------------------
inside sh -c 'while :; do :; done' &
cleanup kill $!
inside sh -c 'while :; do :; done' &
cleanup kill $!
hogs() { vserver ps --json web | jq -r '.[] | select(.command | test("while")) | .pid'; }
two() { [ "$(hogs | wc -l)" = 2 ]; }
expect 0 "control: two hogs are in the guest" eventually 30 two
mapfile -t hogs < <(hogs)
# ran_on CPU: all of them, ten times in a row.
ran_on()
{
	local i pid

	for ((i = 0; i < 10; i++)); do
		for pid in "${hogs[@]}"; do
			[ "$(ps -o psr= -p "$pid" | xargs)" = "$1" ] || return
		done
		sleep 0.1	# the measurement itself
	done
}
# who looks takes a processor himself, so that they are seen on both one by one
both()
{
	ps -o psr= -p "$(IFS=,; echo "${hogs[*]}")" >>"$scratch/seen"
	[ "$(sort -u "$scratch/seen" | wc -l)" = 2 ]
}
expect 0 "they run on processor 0" ran_on 0
expect 0 "another processor" vserver set -q web --runtime cpuset=1
expect 0 "control: it is the other one" may_use "${hogs[0]}" 1
expect 0 "they run there" eventually 10 ran_on 1
expect 0 "with a share, of which they want more" vserver set -q web --runtime cpu=40%
expect 0 "they run there" eventually 10 ran_on 1
expect 0 "back again, whether they are on hold or not" vserver set -q web --runtime cpuset=0
expect 0 "they run there" eventually 10 ran_on 0
used() { awk '/^usage_usec/ { print $2 }' "$cgroup/cpu.stat"; }
before=$(used)
more() { [ "$(used)" -gt $((before + 300000)) ]; }
expect 0 "control: and do run" eventually 20 more
expect 0 "all of them" vserver set -q web --runtime cpuset=infinity cpu=infinity
for pid in "${hogs[@]}"; do
	is "$(allowed "$pid")" 0-1 "each may use both"
done
expect 0 "control: and they do" eventually 60 both
is "$(inside nproc)" 2 "a command sees two"
expect 1 "status has none" sh -c 'vserver status web | grep cpuset'
[ ! -e /sys/kernel/sched_ext ] || is "$(cat /sys/kernel/sched_ext/state)" enabled 'the scheduler runs on'
expect 0 "all that there are, by number" vserver set -q web cpuset=0-1
expect 0 "one again" vserver set -q web cpuset=1

# --- a processor that goes, and comes again --------------------------------------------------------
cpu1=/sys/devices/system/cpu/cpu1/online
now() { [ "$(cat "$cgroup/cpuset.cpus.effective") $(allowed "$(field web .init)")" = "$1 $1" ]; }
expect 0 "control: it has processor 1" now 1
cleanup sh -c "echo 1 >$cpu1"
echo 0 >$cpu1
expect 0 "while that is off line it has the host's" eventually 10 now 0
expect 0 "its number is as good as before" vserver set -q web --runtime cpuset=1
echo 1 >$cpu1
expect 0 "when it is on line again it has that" eventually 10 now 1
reboots web >/dev/null 2>&1
expect 0 "control: it boots again" eventually 60 booted web 2
is "$(cat "$cgroup/cpuset.cpus.effective") $(allowed "$(field web .init)")" "1 1" "a reboot keeps it"

# --- more than they have ------------------------------------------------------------------------------
expect_output '^cpuset *ok' "control: check says that there is enough" vserver check
expect 0 "as much as the processor has" vserver set -q web cpu=100%
expect_output '^cpuset *ok' "is enough" vserver check
is "$(field web .bucket.cpusetShare)" 10000 "what it has is told"
expect 1 "control: and status nothing" sh -c 'vserver status web | grep beyond'
expect 0 "more" vserver set -q web cpu=150%
expect_output '^cpuset *missing *150.0% of 100.0% on 1 \(web\)' "is not, which check tells" vserver check
expect_output '^cpuset: these guests are guaranteed more .*; give less, or more processors' \
	"and what to do" vserver check
expect_output '^  beyond cpuset  150.0% are guaranteed, and its processors have 100.0%$' "so does status" \
	vserver status web
[ ! -e /sys/kernel/sched_ext ] || is "$(field web .bucket.keptShare)" 10000 "of that it is sure, in JSON"
expect 0 "which makes the machine not unfit" vserver check --quiet
expect 0 "more processors" vserver set -q web cpuset=infinity
expect_output '^cpuset *ok' "are enough" vserver check
is "$(field web .bucket.cpusetShare)" null "what it has is told no more"
vserver set -q web cpuset=1 cpu=60%
made db --cpuset 1 --cpu 50%
expect_output '^cpuset *missing *110.0% of 100.0% on 1 \(db, web\)' "two of one processor are added up" vserver check
vserver set -q db cpuset=0
expect_output '^cpuset *ok' "control: two of two are not" vserver check
if [ -e /sys/kernel/sched_ext ]; then
	vserver set -q db cpuset=1 cpu-scope=processor
	expect_output '^cpuset *missing *110.0% of 100.0% on 1 \(db, web\)' \
		"a share of each processor counts for those that it has" vserver check
	is "$(cut -d' ' -f1 "/sys/fs/cgroup$(field db .cgroup)/cpu.max")" 50000 "and is the limit of those"
fi

done_testing
