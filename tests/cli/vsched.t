#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# vsched: the bucket of a context shown and changed, in time and in classic
# words; what does not fit together changes nothing.

. tests/tap.sh
. tests/cli/cli.sh

systemctl start vserverd || bail_out "vserverd does not start"
[ ! -e /sys/kernel/sched_ext ] || eventually 20 grep -q enabled /sys/kernel/sched_ext/state ||
	bail_out 'the scheduler does not run'

bad() { expect_error "$1" "^vsched: $2" "${@:3}"; }
# of XID FIELD…: of its bucket, in ms; and numbers as they are.
of()
{
	local xid=$1 fields
	shift
	fields=$(printf '.%s / 1000000,' "$@")
	vsched --xid "$xid" --json | jq -cr ".bucket | [${fields%,}] | map(tostring) | join(\" \")"
}
four() { of "$1" rateNs intervalNs sizeNs releaseNs; }
raw() { vsched --xid "$1" --json | jq -r ".bucket.$2"; }

build/tests/bpf/context make 50 flags=1 || bail_out "no context can be made"
cleanup build/tests/bpf/context end 50

# --- what is none: one line, and the right status ----------------------------------
bad 2 'which context\? vsched --xid CONTEXT' "no context" vsched
bad 2 'which context' "an empty name" vsched --xid ''
bad 2 "unexpected '42'; usage" "a word that is no option" vsched 42
bad 2 "unrecognized option '--frob'" "an unknown option" vsched --xid 50 --frob
bad 2 "--xid 0: that is the host, which has no bucket" "the host" vsched --xid 0
bad 2 "--xid 65536: out of range" "a number above all" vsched --xid 65536
bad 2 "--xid 4294967346: out of range" "a number that would wrap" vsched --xid 4294967346
bad 1 "there is no context '51', and no guest" "no such number" vsched --xid 51
bad 1 "there is no context 'nobody', and no guest" "no such name" vsched --xid nobody
bad 1 "'a b' is no name for a context" "no name at all" vsched --xid 'a b'
bad 2 "--cpu wants a share like 25% or 10ms/1s, not 'much'" "no share" vsched --xid 50 --cpu much
bad 2 "--cpu 0%: that is nothing" "a share of nothing" vsched --xid 50 --cpu 0%
bad 2 "--cpu-bucket wants a time like 500ms, not '500'" "a time without a unit" \
	vsched --xid 50 --cpu-bucket 500
bad 2 "--cpu-release 0s: that is nothing" "a release at nothing" vsched --xid 50 --cpu-release 0s
bad 2 "--fill-rate wants ticks like 25, or a time like 100ms, not '-1'" "less than no ticks" \
	vsched --xid 50 --fill-rate -1
bad 2 "--tokens-max wants ticks .*, not '1e3'" "no number of ticks" vsched --xid 50 --tokens_max 1e3
bad 2 "--interval 99999999999999999999: out of range" "too many ticks" \
	vsched --xid 50 --interval 99999999999999999999
bad 2 "--interval 0: that is nothing" "an interval of nothing" vsched --xid 50 --interval 0
bad 2 "--tokens-max 3601s: out of range" "more than an hour" vsched --xid 50 --tokens-max 3601s
bad 2 "--prio-bias 21: out of range; choose -20 to 20" "a bias of 21" vsched --xid 50 --prio-bias 21
bad 2 "--priority-bias wants a number, not 'high'" "no bias" vsched --xid 50 --priority_bias high
bad 2 "--cpu-idle wants a share .*, not 'infinity'" "all idle time" vsched --xid 50 --cpu-idle infinity
for option in --cpu-id --cpu_id --bucket-id; do
	bad 2 "${option/_/-}: buckets of one context are alike on all processors; --cpu-scope processor" \
		"a bucket of one processor, $option" vsched --xid 50 $option 0
done
bad 2 "--cpu-scope wants machine or processor, not 'each'" "no scope" vsched --xid 50 --cpu-scope each
bad 1 "cannot read $scratch/nosuch: No such file" "no such directory" \
	vsched --xid 50 --dir "$scratch/nosuch"
expect 0 "which --missingok lets pass" vsched --xid 50 --dir "$scratch/nosuch" --missingok
is "$(vsched --xid 50 --dir "$scratch/nosuch" --missingok --json | jq -c .)" \
	'{"xid":50,"context":"50","bucket":null}' "with --json it shows what there is"
bad 1 "there is no context '51'" "if there is one" vsched --xid 51 --dir "$scratch/nosuch" --missingok --json
expect_output '^vsched --xid CONTEXT' "--help" vsched --help
is "$(vsched --version)" "vsched $(vserver --version | cut -d' ' -f2)" "--version"
expect_output '^  cpu  *infinity$' "a context without a bucket" vsched --xid 50
is "$(vsched --xid 50 --json | jq -c .)" '{"xid":50,"context":"50","bucket":null}' "in JSON, too"

# --- without the scheduler ---------------------------------------------------------------
if [ ! -e /sys/kernel/sched_ext ]; then
	[ "${KERNEL-}" != latest ] || bail_out 'the latest kernel has no sched_ext'
	refused='cannot change a bucket: the token bucket scheduler does not run here \(vserver check'
	bad 1 "$refused" "a change is refused" vsched --xid 50 --cpu 10%
	bad 1 "$refused" "by force, too" vsched --xid 50 --cpu 10% --force
	bad 1 "$refused" "in classic words, too" vsched --xid 50 --fill-rate 10 --interval 100
	is "$(raw 50 rateNs)" null "and nothing has changed"
	tiny "$scratch/tiny.tar"
	vserver build -q web --from "$scratch/tiny.tar" --cpu 10% && vserver start -q web
	cleanup vserver delete -qy web
	cleanup vserver stop -q web
	is "$(four web)" "10 100 10 0.5" "what a guest has, which cpu.max keeps, is shown"
	is "$(raw web held)" null "and nothing that nobody knows"
	expect_output 'the token bucket scheduler does not run here' "which is said" vsched --xid web
	done_testing
fi

# --- in time ----------------------------------------------------------------------------------
bad 1 'cannot change context 50: it has no bucket.*; give --cpu' "half a bucket" \
	vsched --xid 50 --cpu-bucket 10ms
bad 1 'cannot change context 50: it has no bucket' "a rate without an interval" \
	vsched --xid 50 --fill-rate 10
expect 0 "a share" vsched --xid 50 --cpu 10%
is "$(four 50)" "10 100 10 0.5" "with what belongs to it"
expect 0 "all of it" vsched --xid 50 --cpu 20ms/200ms --cpu-bucket 500ms --cpu-release 50ms \
	--cpu-idle 30% --cpu-prio-bias -3
is "$(four 50) $(of 50 idleRateNs idleIntervalNs) $(raw 50 prioBias)" "20 200 500 50 30 100 -3" \
	"at once"
expect 0 "one of them" vsched --xid 50 --cpu-bucket 400ms
is "$(four 50) $(of 50 idleRateNs idleIntervalNs) $(raw 50 prioBias)" "20 200 400 50 30 100 -3" \
	"the others stay"
expect_output '"sizeNs":300000000' "--json shows what has become of it" \
	sh -c 'vsched --xid 50 --cpu-bucket 300ms --json | jq -c .'
expect 0 "one for each processor" vsched --xid 50 --cpu-scope processor
is "$(four 50) $(raw 50 prioBias) $(raw 50 scope)" "20 200 300 50 -3 processor" "has the same for each"
expect 0 "another change" vsched --xid 50 --cpu-prio-bias -3
is "$(raw 50 scope)" processor "leaves it so"
expect_output '^  cpu-scope  *processor$' "people see it" vsched --xid 50
expect 0 "one for the machine" vsched --xid 50 --cpu-scope machine
is "$(raw 50 scope)" machine "is so again"
expect 0 "no idle time any more" vsched --xid 50 --cpu-idle 0%
is "$(raw 50 idleRateNs)" null "there is none"
bad 2 '--cpu infinity: then there is no bucket; leave out --cpu-bucket' "a size of no bucket" \
	vsched --xid 50 --cpu infinity --cpu-bucket 5ms
expect 0 "no bucket any more" vsched --xid 50 --cpu infinity
is "$(vsched --xid 50 --json | jq .bucket)" null "there is none"

# --- in ticks -----------------------------------------------------------------------------------
tick=$(perl -MTime::HiRes=clock_getres -e 'printf "%.0f", clock_getres(6) * 1e9')
[ "$tick" -ge 1000000 ] && [ "$tick" -le 10000000 ]
ok $? "control: a tick is known" || diag "$tick"
ticks() { echo $(($(raw 50 "$1") / tick)); }
expect 0 "classic words" vsched --xid 50 --fill-rate 30 --interval 100 --tokens-max 50 \
	--tokens-min 10 --tokens 20 --fill-rate2 1 --interval2 8 --idle-time --prio-bias 5
is "$(ticks rateNs) $(ticks intervalNs) $(ticks sizeNs) $(ticks releaseNs)" "30 100 50 10" "are ticks"
is "$(ticks idleRateNs) $(ticks idleIntervalNs) $(raw 50 prioBias)" "1 8 5" "the second pair too"
expect 0 "with _ as well" vsched --xid 50 --fill_rate 25 --tokens_max=40 --priority_bias 4 --cpu_mask 3
is "$(ticks rateNs) $(ticks intervalNs) $(ticks sizeNs) $(raw 50 prioBias)" "25 100 40 4" \
	"what is not said stays"
expect 0 "with a unit it is a time" vsched --xid 50 --interval 500ms --fill-rate 50ms
is "$(of 50 rateNs intervalNs)" "50 500" "of that length"
expect 0 "idle time is taken away" vsched --xid 50 --fill-rate2 0
is "$(raw 50 idleRateNs)" null "there is none"

# --- a directory ------------------------------------------------------------------------------
mkdir "$scratch/sched"
put() { printf '%s\n' "$2" >"$scratch/sched/$1"; }
put fill-rate 20ms
put interval 100ms
put tokens-max 60ms
put tokens-min 6ms
put prio-bias -1
expect 0 "from files" vsched --xid 50 --dir "$scratch/sched" --missingok
is "$(four 50) $(raw 50 prioBias)" "20 100 60 6 -1" "what they say"
expect 0 "an option counts for more" vsched --xid 50 --tokens-max 70ms --dir "$scratch/sched"
is "$(of 50 sizeNs)" "70" "than a file"
put cpu-mask 3
expect 0 "cpu-mask says as little as the option does" \
	vsched --xid 50 --tokens-max 70ms --dir "$scratch/sched"
is "$(four 50)" "20 100 70 6" "and the others what they say"
rm "$scratch/sched/cpu-mask"
put tokens-max much
bad 2 "$scratch/sched/tokens-max wants ticks .*, not 'much'" "what is none in a file" \
	vsched --xid 50 --dir "$scratch/sched"
put tokens-max 60ms
put tokens-mux 60ms
bad 2 "$scratch/sched/tokens-mux: no option is called so" "a file that is none" \
	vsched --xid 50 --dir "$scratch/sched"
rm "$scratch/sched/tokens-mux"
mkdir "$scratch/sched/0"
bad 2 "$scratch/sched/0 is a directory: buckets of one context are alike" "one of a processor" \
	vsched --xid 50 --dir "$scratch/sched"
rmdir "$scratch/sched/0"
is "$(of 50 sizeNs)" "70" "and nothing has changed"

# --- what does not fit together ------------------------------------------------------------------
before=$(vsched --xid 50 --json)
no() { bad 1 "cannot change context 50: $1" "${@:2}"; }
no 'it would run again at 80 ms, and its bucket holds 70 ms; give less for --tokens-min' \
	"a release above the bucket" vsched --xid 50 --tokens-min 80ms
no 'it would run again at 6 ms, and its bucket holds 5 ms; .* more for --cpu-bucket' \
	"a bucket below the release" vsched --xid 50 --cpu-bucket 5ms
no '--cpu-tokens is more than its bucket holds, 70 ms' "more tokens than it holds" \
	vsched --xid 50 --cpu-tokens 71ms
no 'at this share it would be on hold for more than 10 s, until it has 60 ms' "on hold for too long" \
	vsched --xid 50 --cpu 0.5% --cpu-release 60ms
no '.* is less than 0.1% of a processor, or more' "too little" vsched --xid 50 --cpu 0.05%
no '.* or more than this machine.s' "more than the machine" vsched --xid 50 --cpu "$(nproc)01%" --force
no '150 ms every 100 ms is more than one processor has, .* less for --cpu, or --cpu-scope machine' \
	"of each processor more than it has" vsched --xid 50 --cpu 150% --cpu-scope processor --force
no '150 ms every 100 ms is more than .* less for --cpu-idle' "idle time, too" \
	vsched --xid 50 --cpu-idle 150% --cpu-scope processor
no 'its interval would be 11 s' "an interval that is too long" vsched --xid 50 --interval 11s
no 'of its idle rate --fill-rate2 alone says half' "half an idle rate" vsched --xid 50 --fill-rate2 1
no 'it has no idle rate; give --fill-rate2 and --interval2' "idle time without a rate" \
	vsched --xid 50 --idle-time
is "$(vsched --xid 50 --json)" "$before" "nothing has changed"
expect 0 "control: a bucket can be changed" vsched --xid 50 --tokens-min 7ms

# --- beyond what there is ---------------------------------------------------------------------
build/tests/bpf/context make 51 flags=1
cleanup build/tests/bpf/context end 51
vsched --xid 50 --cpu 60%
all=$(($(nproc) * 100))
expect 0 "control: all that is left" vsched --xid 51 --cpu $((all - 60))%
bad 1 "cannot change context 51: .*% for it and 60.0% for others is more than the $all.0%.* --force" \
	"more is refused" vsched --xid 51 --cpu $((all - 50))%
is "$(of 51 rateNs)" $((all - 60)) "and changes nothing"
expect 0 "by force it can be" vsched --xid 51 --cpu $((all - 50))% --force
is "$(of 51 rateNs)" $((all - 50)) "it is"
expect 0 "what is too much already can become less" vsched --xid 50 --cpu 55%
expect 0 "or another bucket" vsched --xid 51 --cpu-bucket 200ms
bad 1 "cannot change context 50: " "but not more" vsched --xid 50 --cpu 56%
vsched --xid 50 --cpu 20%
vsched --xid 51 --cpu 50%
bad 1 "cannot change context 51: $((all / 2 * 2)).0% for it and 20.0% for others is more" \
	"of each processor all is too much" vsched --xid 51 --cpu 100% --cpu-scope processor
is "$(raw 51 scope) $(of 51 rateNs)" "machine 50" "and changes nothing"
expect 0 "control: half of each can be had" vsched --xid 51 --cpu 50% --cpu-scope processor
is "$(raw 51 scope) $(of 51 rateNs)" "processor 50" "it is"
build/tests/bpf/context end 51

# --- who runs ---------------------------------------------------------------------------------
in_background() { chcontext --silent --disconnect "$@" >/dev/null 2>&1; }
in_background --xid 42 --name box --cpu 20% -- sh -c 'while :; do :; done'
cleanup vserver kill box --end
held() { [ "$(raw box holds)" -ge "$1" ]; }
expect 0 "one that wants all is on hold now and then" eventually 30 held 3
expect 0 "how long is told" test "$(raw box heldNs)" -gt 0
expect 0 "and what it has used" test "$(raw box usedNs)" -gt 0
[ "$(raw box tokensNs)" -le "$(raw box sizeNs)" ]
ok $? "there is no more in its bucket than it holds"
expect_output '^  held  *(now; )?[0-9.]+ .*s, [0-9]+ times$' "people see it" vsched --xid box
expect_output '^  bucket  *-?[0-9.]+ of 20 ms$' "and the bucket" vsched --xid 42
# Its share while this sleeps, in percent.
share()
{
	local from since
	from=$(raw box usedNs) since=${EPOCHREALTIME/[^0-9]/}
	sleep 8		# the measurement itself
	echo $((($(raw box usedNs) - from) / (${EPOCHREALTIME/[^0-9]/} - since) / 10))
}
expect 0 "a change" vsched --xid box --cpu 60% --cpu-bucket 60ms
got=$(share)
[ "$got" -ge 50 ] && [ "$got" -le 70 ]
ok $? "holds at once" || diag "got $got %"
expect 0 "tokens are put into it" vsched --xid box --cpu-bucket 100s --cpu-tokens 90s
rich() { [ "$(raw box tokensNs)" -gt 30000000000 ]; }
expect 0 "at the scheduler's next look" eventually 10 rich
got=$(raw box tokensNs)
# What runs now has been granted a little before, and gives back what it leaves.
expect 0 "no more than that" test "$got" -lt 90200000000
# It uses more than it gains.
expect 0 "of which it loses some" vsched --xid box --cpu 10%
poorer() { [ "$(raw box tokensNs)" -lt 88000000000 ]; }
expect 0 "in some seconds" eventually 30 poorer
expect 0 "they are no setting" vsched --xid box --cpu-prio-bias 1
sleep 1
expect 0 "another change does not put them there again" poorer
bad 1 'only root of the host may do this' "who is in a context changes nobody's" \
	chcontext --silent --xid 52 -- vsched --xid 50 --cpu 30%
bad 1 'only root of the host may do this' "nor looks" chcontext --silent --xid 52 -- vsched --xid 50

# --- a guest --------------------------------------------------------------------------------
tiny "$scratch/tiny.tar"
vserver build -q web --from "$scratch/tiny.tar" --cpu 10% && vserver start -q web ||
	bail_out "no guest starts"
cleanup vserver delete -qy web
cleanup vserver stop -q web
is "$(four web)" "10 100 10 0.5" "a guest's, by its name"
cgroup=/sys/fs/cgroup$(field web .cgroup)
expect 0 "is changed" vsched --xid web --cpu 30% --cpu-bucket 60ms
is "$(four web)" "30 100 60 0.5" "at once"
is "$(cat "$cgroup/cpu.max")" "30000 100000" "and in its control group"
expect 0 "its share is taken away" vsched --xid web --cpu infinity
is "$(cat "$cgroup/cpu.max")" "max 100000" "there too"

done_testing
