#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What is told of a guest's bucket: what it asked for, what has become of it,
# and how much of it is left where more is guaranteed than there is.

. tests/tap.sh
. tests/daemon/daemon.sh

all=$(($(nproc) * 100))
scheduler=
if [ -e /sys/kernel/sched_ext ]; then
	scheduler=1
	eventually 20 grep -q enabled /sys/kernel/sched_ext/state ||
		bail_out 'the scheduler does not run'
fi

since=$(date +%s)
tiny "$scratch/tiny.tar" 'while :; do :; done'
vserver build -q web --from "$scratch/tiny.tar" --cpu 20% --cpu-bucket 20ms ||
	bail_out "no guest can be built"
cleanup vserver delete -qy web
cleanup vserver stop -q web
vserver start -q web || bail_out "the guest does not start"
bucket() { field web ".bucket.$1"; }

# --- what it asked for -----------------------------------------------------------------
is "$(field web '[.bucket | .rateNs, .intervalNs, .sizeNs] | map(. / 1000000) | join(" ")')" \
	"20 100 20" "Describe has what was asked for"
is "$(vserver list --json | jq '.[0].bucket.rateNs')" 20000000 "List, too"
is "$(bucket machineShare)" "${all}00" "what the machine has"
is "$(bucket guaranteedShare)" 2000 "what is guaranteed of it"

# --- what has become of it ----------------------------------------------------------------
of_top() { vserver top --interval 1s --json | jq -r ".[] | select(.context == \"web\") | $1"; }
if [ "$scheduler" ]; then
	often() { [ "$(bucket holds)" -ge 3 ]; }
	expect 0 "a guest that wants all is on hold again and again" eventually 30 often
	expect 0 "how long is told" test "$(bucket heldNs)" -gt 0
	expect 0 "and what it has used" test "$(bucket usedNs)" -gt 0
	expect 0 "its bucket holds no more than it can" test "$(bucket tokensNs)" -le 20000000
	is "$(bucket idleNs)" 0 "of idle time it had none"
	is "$(bucket keptShare)" 2000 "of its share it is sure"
	expect_output '^  cpu  *20% .* held [0-9.]+ .*s, [0-9]+ times; bucket -?[0-9.]+ of 20 ms$' \
		"people see it" vserver status web
	expect_output '^ *CONTEXT .* CPU *ASKED *HELD *BUCKET' "top has it" vserver top --interval 200ms
	expect_output '^web .* 20% +[1-9][0-9.]+% +-?[0-9.]+ of 20 ms ' "beside what it asked for" \
		vserver top --interval 1s
	expect 0 "in JSON, how much of the time it was on hold" test "$(of_top .heldShare)" -gt 3000
	expect 0 "and its bucket" test "$(of_top .bucket.holds)" -gt 3
else
	[ "${KERNEL-}" != latest ] || bail_out 'the latest kernel has no sched_ext'
	is "$(field web '.bucket | [.tokensNs, .held, .heldNs, .holds, .usedNs, .idleNs, .keptShare] |
		map(tostring) | unique | join(" ")')" null "what only the scheduler knows nobody tells"
	expect_output '^  cpu  *20% .* -$' "people see nothing of it" vserver status web
	expect_output '^web .* 20% +- +- ' "nor in top" vserver top --interval 1s
	is "$(of_top '.bucket | [.rateNs, .held] | map(tostring) | join(" ")')" "20000000 null" "nor in JSON"
fi

# --- more than there is ------------------------------------------------------------------------
expect_output "^processor time *ok *contexts are guaranteed 20.0% of $all%$" \
	"control: check says that there is enough" vserver check
expect 1 "control: and status nothing" sh -c 'vserver status web | grep overcommitted'
build/tests/kmod/netlink new xid:u32=60 flags:u64=1 'bucket[' "rate:u64=$((all * 1000000))" \
	interval:u64=100000000 size:u64=100000000 release:u64=1000000 ']' >/dev/null
cleanup build/tests/bpf/context end 60
is "$(bucket guaranteedShare)" "$((all + 20))00" "control: another context has all of it"
expect_output "^processor time *missing *contexts are guaranteed $((all + 20)).0% of $all%, 20.0% too much" \
	"check says that it is too much, and by how much" vserver check
if [ "$scheduler" ]; then
	left=$((all * 1000 / (all + 20)))
	expect_output "^processor time: where all want theirs, each context has $((left / 10)).[0-9]% of its" \
		"and what each gets" vserver check
	expect_output "^  overcommitted  $((all + 20)).0% of $all.0% are guaranteed; it is sure of 1[0-9].[0-9]%$" \
		"so does status" vserver status web
	is "$(bucket keptShare)" $((all * 2000 / (all + 20))) "in JSON, too"
else
	expect_output "^processor time: no context is sure of its share" "and that nobody is sure of it" \
		vserver check
	expect_output "^  overcommitted  .* it is sure of nothing$" "so does status" vserver status web
fi
expect 0 "which makes the machine not unfit" vserver check --quiet
build/tests/bpf/context end 60
expect_output "^processor time *ok" "it is enough again" vserver check
each() { build/tests/kmod/netlink new xid:u32=60 flags:u64=1 'bucket[' "rate:u64=$1" interval:u64=100000000 \
	size:u64=100000000 release:u64=1000000 scope:u32=1 ']' >/dev/null; }
each 50000000
is "$(bucket guaranteedShare)" "$((all / 2 + 20))00" "half of each processor is half of the machine"
expect_output "^processor time *ok" "control: which is enough" vserver check
build/tests/bpf/context end 60
each 100000000
is "$(bucket guaranteedShare)" "$((all + 20))00" "all of each is all of it"
expect_output "^processor time *missing" "which is not" vserver check
build/tests/bpf/context end 60

# --- what cpu.max cannot do -------------------------------------------------------------------------
# sets SETTING…: at once, until the next start.
sets() { vserver set -q web --runtime "$@"; }
group=/sys/fs/cgroup$(field web .cgroup)
if [ "$scheduler" ]; then
	expect 0 "control: with the scheduler all can be set" sets cpu-idle=10% cpu-release=2ms \
		cpu-prio-bias=3 cpu-bucket=500ms
	is "$(field web '.bucket | [.idleRateNs, .releaseNs, .sizeNs] | map(. / 1000000) |
		join(" ")') $(bucket prioBias)" "10 2 500 3" "and holds"
	is "$(field web .unkept)" null "nothing is left out"
	is "$(bucket scope)" machine "control: a bucket is the whole machine's"
	expect 0 "one for each processor" sets cpu-scope=processor
	is "$(bucket scope) $(bucket rateNs)" "processor 20000000" "has the same for each"
	is "$(bucket guaranteedShare)" "$((all / 5))00" "which is that often guaranteed"
	is "$(cut -d' ' -f1 "$group/cpu.max")" $((all * 200)) "so much is all that cpu.max lets it"
	expect_output '^  cpu  *20% each ' "status shows it" vserver status web
	expect_output '^web .* of 20% each ' "so does list" vserver list
	expect 0 "with one processor less" sets cpuset=0
	is "$(cut -d' ' -f1 "$group/cpu.max")" 20000 "it is less"
	expect_error 1 "^vserver: cannot set cpu-scope of 'web': .* those of each processor, which has 100%; make" \
		"of each no more than it has" sets cpu=150% cpu-scope=processor
	expect 0 "control: of the machine" sets cpu=150% cpu-scope=machine cpuset=infinity
	is "$(cut -d' ' -f1 "$group/cpu.max")" 150000 "it can be had"
	expect 0 "control: as before" sets cpu=20%
else
	for setting in cpu-idle=10% cpu-release=2ms cpu-prio-bias=3 cpu-scope=processor; do
		expect_error 1 "^vserver: cannot set ${setting%=*} of 'web': this kernel has no sched_ext, and \
cpu.max has nothing like it; leave it out, or boot a kernel" "${setting%=*} is refused" sets $setting
	done
	expect_error 1 "^vserver: cannot set cpu-tokens of 'web': this kernel has no sched_ext" \
		"so is cpu-tokens" vserver set web cpu-tokens=1ms
	expect_error 1 "^vserver: cannot set cpu-bucket of 'web': .* cpu.max saves up no more than a quota, 20ms; \
give 20ms or less" "so is a bucket beyond a quota" sets cpu-bucket=21ms
	expect 0 "control: one of a quota can be set" sets cpu-bucket=20ms
	is "$(cat "/sys/fs/cgroup$(field web .cgroup)/cpu.max.burst")" 20000 "and is the burst"
	expect_output "^vserver: cpu-bucket of 'web' is not kept: .* a quota, 10ms; give 10ms or less" \
		"a quota that becomes less than the bucket is told" vserver set web --runtime cpu=10%
	is "$(cat "/sys/fs/cgroup$(field web .cgroup)/cpu.max.burst")" 10000 "the burst is a quota"
	is "$(field web '.unkept | join(" ")')" cpu-bucket "in JSON, too"
	expect_output "^web: cpu = 11%$" "control: what was so before is not told again" \
		sh -c 'vserver set web --runtime cpu=11% 2>&1 | tail -n 1'
	expect 0 "control: both together can be set" sets cpu=10% cpu-bucket=10ms
	expect 0 "control: no bias can be set" sets cpu-prio-bias=0 cpu-scope=machine
	expect 0 "by name for programs" refuses Set \
		'{"name":"web","settings":[{"key":"cpu-idle","value":"10%"}]}' \
		"$errors.NotSupported .*\"feature\":\"cpu-idle\""
	expect_error 1 "^vserver: cannot build 'db': cpu-idle: this kernel has no sched_ext" \
		"no guest is made with one" vserver build db --from "$scratch/tiny.tar" cpu=10% cpu-idle=10%
	expect 1 "and none is there" vserver status db
	is "$(field web .unkept)" null "control: what web has is kept"
	vserver stop -q web
	sed -i '/^cpu-bucket *= *20ms/d' /etc/vserver/guests/web.conf
	printf 'cpu-idle = 10%%\ncpu-bucket = 30ms\ncpu-scope = processor\n' >>/etc/vserver/guests/web.conf
	expect 0 "a guest whose file has them starts" vserver start -q web
	expect_output "web: this kernel has no sched_ext: cpu.max keeps its share, but not cpu-bucket, cpu-idle, cpu-scope" \
		"and the journal says what is not kept" journalctl -q -b -u vserver@web -o cat
	expect_output "^  unkept  cpu-bucket, cpu-idle, cpu-scope: this kernel has no sched_ext" "so does status" \
		vserver status web
	is "$(field web '.unkept | join(" ")')" "cpu-bucket cpu-idle cpu-scope" "in JSON, too"
	is "$(cut -d' ' -f1 "$group/cpu.max")" $((20000 * $(nproc))) "cpu.max has that of all processors"
	expect 0 "it can be changed otherwise" sets memory=64M
fi
expect_output "^sched_ext.*(ok|missing)" "check has a row of what the kernel can" vserver check
[ "$scheduler" ] || grep -q '^sched_ext: .* has no cpu-idle, cpu-release, cpu-tokens, cpu-prio-bias and cpu-scope' <<<"$output"
ok $? "which says what it cannot" || diag "$output"

# --- events ----------------------------------------------------------------------------------------------
if [ "$scheduler" ]; then
	vserver events --json >"$scratch/events" 2>/dev/null &
	cleanup kill $!
	vserver events >"$scratch/text" 2>/dev/null &
	cleanup kill $!
	# seen JQ, count JQ: events for which that is true.
	count() { jq -s "map(select($1)) | length" "$scratch/events"; }
	seen() { [ "$(count "$1")" -gt 0 ]; }
	told() { expect 0 "$1" eventually 40 seen "$2"; }
	told "a guest on hold is told to who begins to listen" \
		'.event == "held" and .guest == "web" and .context == "web" and .holds > 3 and .heldNs > 0'
	heard() { chcontext --silent -- true; test -s "$scratch/text"; }
	expect 0 "control: both are told events" eventually 30 heard
	mkfifo "$scratch/hold"
	chcontext --silent --disconnect --xid 61 --cpu 5% -- \
		bash -c "until [ -e $scratch/enough ]; do :; done; read x <$scratch/hold" >/dev/null 2>&1
	told "a context that is put on hold, too" \
		'.event == "held" and .xid == 61 and .context == "61" and .guest == null'
	expect 1 "control: it is not released yet" seen '.event == "released" and .xid == 61'
	: >"$scratch/enough"
	told "when it has not been for some seconds it is released" \
		'.event == "released" and .xid == 61 and .holds > 0 and .heldNs > 0'
	is "$(count '.event == "held" and .xid == 61')" 1 "each is told once"
	is "$(count '.event == "held" and .guest == "web"')" 1 "who stays on hold is told once"
	expect 1 "and not released" seen '.event == "released" and .guest == "web"'
	expect_output 'context 61: held: [0-9.]+ [a-z]+ in all, [0-9]+ times$' "people read it" \
		cat "$scratch/text"
fi

# --- the journal -------------------------------------------------------------------------------------------
# notes EVENT MATCH: as JSON.  noted EVENT MATCH: there are some; of_note JQ: of
# the newest.
notes() { journalctl -q -b -o json --since "@$since" "VSERVER_EVENT=$1" "$2"; }
noted()
{
	notes "$@" | tail -n 1 >"$scratch/note"
	[ -s "$scratch/note" ]
}
of_note() { jq -r "$1" "$scratch/note"; }
if [ "$scheduler" ]; then
	expect 0 "a guest on hold is in the journal" eventually 30 noted held VSERVER_GUEST=web
	is "$(of_note '[.MESSAGE_ID, .PRIORITY, .VSERVER_XID, .VSERVER_CONTEXT] | join(" ")')" \
		"1b38439f9d1b4f719c52bddccb72288c 6 $(field web .xid) web" "with fields for who filters"
	expect 0 "how often it was" test "$(of_note .VSERVER_HOLDS)" -gt 0
	expect 0 "and how long" test "$(of_note .VSERVER_HELD_NSEC)" -gt 0
	expect_output '^web: wants more than its share' "and words" of_note .MESSAGE
	is "$(notes held VSERVER_GUEST=web | wc -l)" 1 "once"
	expect 0 "so is a context" eventually 30 noted held VSERVER_XID=61
	is "$(of_note '[.VSERVER_CONTEXT, .VSERVER_GUEST] | map(tostring) | join(" ")')" "61 null" \
		"which is no guest"
	expect_output '^context 61: ' "in words, too" of_note .MESSAGE
	expect 0 "when it has not been for a minute it is released" \
		eventually 120 noted released VSERVER_XID=61
	is "$(of_note .MESSAGE_ID)" 55f6dc69e729445cbe3447fd19540254 "by an ID of its own"
	expect 1 "who stays on hold is not" noted released VSERVER_GUEST=web
	expect 0 "it ends" timeout 20 sh -c "echo >'$scratch/hold'"
fi

# --- none ---------------------------------------------------------------------------------------
alone="without cpu there is no share, and nothing for it to do; set cpu too"
expect_error 1 "^vserver: cannot build 'db': cpu-idle: $alone" "no guest is made with an idle rate alone" \
	vserver build db --from "$scratch/tiny.tar" cpu-idle=10%
for setting in cpu-bucket=5ms cpu-release=5ms cpu-idle=10% cpu-prio-bias=3 cpu-scope=processor; do
	expect_error 1 "^vserver: cannot set ${setting%=*} of 'web': $alone" \
		"without a share there is no ${setting%=*}" sets cpu=infinity $setting
done
expect 0 "control: none of it can be set" sets cpu=infinity cpu-idle=0% cpu-prio-bias=0 \
	cpu-scope=machine
expect 0 "control: and a share" sets cpu=20%
expect_output "^vserver: cpu-bucket of 'web' is not kept: $alone" \
	"what was set for a share that goes is told" vserver set web cpu=infinity
asks() { call Set "{\"name\":\"web\",\"settings\":[{\"key\":\"cpu\",\"value\":\"$1\"}]}"; }
asks 15% >/dev/null
is "$(asks 16% | jq -c .)" '{}' "control: with a share nothing is told"
is "$(asks infinity | jq -r '.warnings[0] | [.key, .remedy] | join(" ")')" "cpu-bucket set cpu too" \
	"by name for programs"
expect_output '^  unused  cpu-bucket.*: they belong to cpu' "status tells it" vserver status web
is "$(field web '.unused[0]') $(field web .unkept)" "cpu-bucket null" "in JSON, too"
vserver stop -q web
expect 0 "control: it starts" vserver start -q web
expect_output 'web: without cpu there is no share, and nothing to do for cpu-bucket' \
	"so does the journal" journalctl -q -b -u vserver@web -o cat
is "$(field web .bucket)" null "there is no bucket"
expect_output '^  cpu  *infinity .* -$' "status has none" vserver status web

done_testing
