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

# --- none ---------------------------------------------------------------------------------------
expect 0 "without a share" vserver set -q web --runtime cpu=infinity
is "$(field web .bucket)" null "there is no bucket"
expect_output '^  cpu  *infinity .* -$' "status has none" vserver status web

done_testing
