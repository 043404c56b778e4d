#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The scheduler beside the kernel's own with cpu.max, on one processor: how well
# shares are kept, how late who is within its share runs beside those that want
# more, and what it costs.  On two processors: sched-2cpu.sh.
#
# machine: --icount --cpus 1

cd "$(dirname "$0")/../.." || exit
. tests/bench/scheduled

windows=${WINDOWS:-10}
sleeps=${SLEEPS:-1500}
rounds=${ROUNDS:-3}
hooks=build/tests/bench/hooks

# --- how well shares are kept ---------------------------------------------------------------

# In windows of 1.000 s, which periods of 100 ms fit into, and of 1.037 s, which they do not.
share_errors "$windows" 1000 '' '4ctx 0.9 - 1.02 1 5 10 20 40
20ctx 0.5 0.4 1.03 1 4*1 4*2 4*3 2*4 2*5 6 7 10 20
100ctx 0.5 0.4 1.05 1 60*0.5 25*1 10*1.5 5*3'
share_errors $((windows / 2 + 1)) 1037 '' '4ctx 0.35 x x 1 5 10 20 40
20ctx 0.2 x x 1 4*1 4*2 4*3 2*4 2*5 6 7 10 20
100ctx 0.25 x x 1 60*0.5 25*1 10*1.5 5*3'

for span in '1000 1.000' '1037 1.037'; do
	of=mean curve "share-error-${span#* }s" "Error of shares, mean of windows of ${span#* } s" \
		contexts '% of one processor' "$peer_is" <<POINTS
4 ${span% *}.4ctx.error.ours ${span% *}.4ctx.error.peer
20 ${span% *}.20ctx.error.ours ${span% *}.20ctx.error.peer
100 ${span% *}.100ctx.error.ours ${span% *}.100ctx.error.peer
POINTS
done

# --- how late a sleeper is that has a share of 20 % ---------------------------------------------

# Name, tasks of each, their shares.
while read -r name tasks shares; do
	# shellcheck disable=SC2086 # a word each
	both "$name" latency "$sleeps" "$tasks" $shares
	of=p99 compare "latency-p99/$name" "$name.late" 0.05 us
	of=most alone=1 compare "latency-max/$name" "$name.late" 10000 us
done <<'TABLE'
caps80 2 4*20
over160 2 4*40
20ctx 1 20*4
100ctx 1 100*0.8
TABLE

of=p99 curve latency-p99 'Lateness of a sleeper within its share, 99th percentile' \
	'hogs, 80 % together' us "$peer_is" <<'POINTS'
8 caps80.late.ours caps80.late.peer
20 20ctx.late.ours 20ctx.late.peer
100 100ctx.late.ours 100ctx.late.peer
POINTS

# --- bursts, idle time ----------------------------------------------------------------------------

# 10 %, S = 500 ms: in the first second after ten of quiet it is promised 500 ms and what it gains.
both burst burst "$rounds" 10 500 10
echo 600 >"$work/promised"
more=1 figure sched/burst burst.got.ours promised 'S + R t' 1.05 ms
more=1 figure sched/burst-gain burst.got.ours burst.got.peer 'cpu.max.burst of a quota' 1 ms

curve burst '10 % with a bucket of 500 ms, after ten seconds of quiet' \
	'ms, since it has work' 'ms of processor time' "$peer_is" <<'POINTS'
100 burst.got-100.ours burst.got-100.peer
250 burst.got-250.ours burst.got-250.peer
500 burst.got-500.ours burst.got-500.peer
750 burst.got-750.ours burst.got-750.peer
1000 burst.got.ours burst.got.peer
POINTS

# Three with 60 % together; what is left is theirs as 2 : 1 : 1.
idle_ratio()
{
	awk 'BEGIN { split("10 20 30", rate); split("0.5 0.25 0.25", part) }
		{ extra[NR] = $1 - rate[NR]; sum += extra[NR] }
		END { for (i in part) {
				off = 100 * (extra[i] / (sum * part[i]) - 1)
				off = off < 0 ? -off : off
				most = off > most ? off : most
			}
			print most }' "$work/idle.used.ours" >"$work/idle.off"
	for mode in ours peer; do
		awk '{ sum += $1 } END { print 100 - sum }' "$work/idle.used.$mode" >"$work/idle.unused.$mode"
	done
}

both idle share 1000 "$((windows / 2 + 1))" 1 10+20 20+10 30+10
idle_ratio
alone=1 compare idle-unused idle.unused 0.5 '% of the machine'
alone=1 figure sched/idle-ratio idle.off - - 1 '% of its part'

# --- what it costs ------------------------------------------------------------------------------------

# Acts of the host, how often for a sample, and the most that one may be.
acts='pipe 3000 1.15
fork 100 1.05
exec 50 1.05'

# act_samples PREFIX MODE
act_samples()
{
	local act count
	while read -r act count _; do
		for ((i = 0; i < rounds; i++)); do
			sample "$1.$act.$2" "$hooks" "$act" "$count"
		done
	done <<<"$acts"
}

for mode in ours peer; do
	turn $mode
	act_samples host $mode
done
while read -r act _ goal; do
	compare "$act" "host.$act" "$goal" ns
done <<<"$acts"

both files files 1000 4 4*5
of=p99 compare host-file-p99 files.took 0.7 us
both kill kill 400 1
compare kill-400 kill.took 0.5 ms

# --- a thousand contexts, of which few do anything ---------------------------------------------------------

# beside N: what it costs beside N contexts that sleep.  The table has room for a
# thousand; the sleeper of latency and those beside it are five.  Which of its wakes
# meet the kernel's own tick depends on when it begins, and one run's 99th percentile on
# that: so there are several.
beside()
{
	coproc SLEEPING { exec "$crowd" sleep contexts "$1" 0.1; }
	read -r -u "${SLEEPING[0]}" || fail "no $1 contexts that sleep"
	act_samples sleeping "$1"
	for ((i = 0; i < 2 * rounds; i++)); do
		samples sleeping "$1" "$crowd" latency contexts $((sleeps / 3)) 2 4*20
		sleep "0.00$i"
	done
	# shellcheck disable=SC1083,SC2093 # it closes a descriptor
	exec {SLEEPING[1]}>&-
	wait "$SLEEPING_PID"
}

turn ours
beside 1
beside 100
beside 995
while read -r act _; do
	curve "$act" "Cost of $act of the host beside contexts that sleep" contexts ns - <<POINTS
1 sleeping.$act.1 -
100 sleeping.$act.100 -
995 sleeping.$act.995 -
POINTS
	figure "sched/contexts-1000/$act" "sleeping.$act.995" "sleeping.$act.1" 'one context' 1.1 ns
done <<<"$acts"
of=p99 figure sched/contexts-1000/latency-p99 sleeping.late.995 sleeping.late.1 'one context' 1.1 us
finish
