#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Every parser for a minute with any bytes (tests/fuzz, one file each), from
# the inputs in tests/fuzz/corpus on, of which those that once failed are a part;
# as many side by side as there are processors.  $FUZZ_SECONDS is how long,
# $FUZZ_SEED what chance begins with: the same for every run of make check, which
# so repeats, and another for every `make fuzz`, which goes on looking.  Whatever
# fails is kept in build/fuzz/failed.

. tests/tap.sh

seconds=${FUZZ_SECONDS:-60} seed=${FUZZ_SEED:-1}
built=$(realpath -m "${B:-build}/fuzz")
scratch=$(mktemp -d /dev/shm/vserver-fuzz.XXXXXX)
cleanup rm -rf "$scratch"

expect 0 'the targets are built' make -s -j2 B="${B:-build}" fuzz-build || { diag "$output"; done_testing; }

# fuzz TARGET SECONDS: what it says goes to $scratch/TARGET.
fuzz()
{
	local status=0

	mkdir -p "$scratch/$1.d" "$scratch/$1.new" "$built/failed"
	chmod 777 "$scratch" "$scratch/$1.new" "$built/failed"	# one gives up its rights
	# unpack has SIGXFSZ ignored, which libFuzzer would take for a fault.
	FUZZ_DIR=$scratch/$1.d ASAN_OPTIONS=allocator_may_return_null=1 \
		"$built/tests/fuzz/$1" -seed="$seed" -max_total_time="$2" -timeout=20 \
		-rss_limit_mb=1024 -handle_xfsz=0 -max_len=4096 \
		-artifact_prefix="$built/failed/$1-" -print_final_stats=1 \
		"$scratch/$1.new" "tests/fuzz/corpus/$1" >"$scratch/$1" 2>&1 || status=$?
	echo $status >"$scratch/$1.status"
}

# verdict TARGET: a target that has tried little has shown nothing, nor has one
# that did not begin with its corpus.
verdict()
{
	local runs seeds

	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$scratch/$1")
	seeds=$(sed -n 's/^#\([0-9]*\)[[:space:]]*INITED.*/\1/p' "$scratch/$1")
	[ "$(<"$scratch/$1.status")" = 0 ] && [ "${runs:-0}" -ge 1000 ] &&
		[ "${seeds:-0}" -ge "$(find "tests/fuzz/corpus/$1" -type f | wc -l)" ]
	ok $? "$1: ${runs:-no} inputs, and no fault" || {
		diag "$(grep -av '^#' "$scratch/$1" | tail -n 60)"
		diag "$(tail -n 3 "$scratch/$1")"
	}
}

targets=()
for target in tests/fuzz/*.c; do
	target=${target##*/} target=${target%.c}
	[ "$target" = control ] || targets+=("$target")
done

fuzz control 60
[ "$(<"$scratch/control.status")" != 0 ] && grep -q heap-buffer-overflow "$scratch/control"
ok $? 'control: a fault that is three steps deep is found' || diag "$(tail "$scratch/control")"
rm -f "$built"/failed/control-*

for target in "${targets[@]}"; do
	while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do
		wait -n
	done
	fuzz "$target" "$seconds" &
done
wait
for target in "${targets[@]}"; do
	verdict "$target"
done
done_testing
