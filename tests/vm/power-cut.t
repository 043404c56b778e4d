#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The power goes while guests and images are made, changed and removed.  Runs
# outside and boots two machines for each file system: one works on a store of its
# own until QEMU is killed; the other gets the disk as it then was, and as it was
# at other moments, and looks at it.
#
# QEMU that is killed leaves in the host's cache what the machine has written, and
# a disk loses what it was not told to flush.  So each write is logged, and disks
# are made of that: with all that was flushed, and any part of what was not.
#
#	CUTS (3)		how many
#	FILESYSTEMS (ext4)	on which, in turn
#	LOAD_SECONDS (30)	how long the first machine works on each
#	SEED			of another run, to have it again

cd "$(dirname "$0")/../.." || exit
. tests/tap.sh
read -ra filesystems <<<"${FILESYSTEMS:-ext4}"
cuts=${CUTS:-3} load=${LOAD_SECONDS:-30} seed=${SEED:-$RANDOM} kernel=${KERNEL:-latest}
SIZE=$((1 << 30))
. tests/vm/power-store
work=$(mktemp -d "${TMPDIR:-/var/tmp}/vserver-power.XXXXXX")
cleanup rm -rf "$work"
diag "SEED=$seed"

# tap FILE: what was tried in the machine, as if it were here.
tap()
{
	local line n=0 plan=
	while IFS= read -r line; do
		case $line in
		'ok '*) ok 0 "${line#* - }"; n=$((n + 1)) ;;
		'not ok '*) ok 1 "${line#* - }"; n=$((n + 1)) ;;
		'# '*) echo "$line" ;;
		1..*) plan=${line#1..} ;;
		esac
	done <"$1"
	is "$plan" "$n" 'all of that was tried' || diag "$(tail -n 20 "$1")"
}

turn=0
for fs in "${filesystems[@]}"; do
	turn=$((turn + 1))
	n=$(((cuts * turn / ${#filesystems[@]}) - (cuts * (turn - 1) / ${#filesystems[@]})))
	[ $n -gt 0 ] || continue
	mkdir "$work/$fs"
	truncate -s $SIZE "$work/$fs/store"
	[ "$fs" != ext4 ] || expect 0 "$fs: control: a disk is made" tests/vm/in-root \
		--bind "$work/$fs" /mnt/scratch -- mke2fs -q -t ext4 /mnt/scratch/store
	cp --sparse=always "$work/$fs/store" "$work/$fs/base"
	truncate -s 16G "$work/$fs/log"
	expect 0 "$fs: the machine works until the power goes" tests/vm/run --kernel "$kernel" \
		--time-limit $((300 + load)) --disk "$work/$fs/store" --log "$work/$fs/log" --cut "$load" \
		-- tests/vm/power-load "$fs" $((seed + turn))
	echo "$output" >"$work/$fs/did"
	grep -E '^(begun|[0-9.]+ )' "$work/$fs/did" | sed 's/^/# /'
	[ "$(grep -cE '^[0-9.]+ [a-z]+ g[0-9][ab]$' "$work/$fs/did")" -gt 3 ]
	ok $? "$fs: control: it did something" || diag "$output"
	disks=() serials=() options=()
	for ((i = 1; i <= n; i++)); do
		serials+=("$fs-$i")
		disks+=("$work/$fs/$fs-$i")
		options+=(--disk "$work/$fs/$fs-$i")
	done
	expect 0 "$fs: disks are made as they were at $n moments" \
		tests/vm/cut-disk "$work/$fs/log" "$MARK" "$work/$fs/base" $((seed + turn)) "${disks[@]}"
	diag "$output"
	rm "$work/$fs/log"
	tests/vm/run --kernel "$kernel" --time-limit $((300 + 120 * n)) "${options[@]}" \
		-- tests/vm/power-check "${serials[@]}" >"$work/$fs/found" 2>&1 </dev/null
	ok $? "$fs: the kernel did not complain" || diag "$(tail -n 20 "$work/$fs/found")"
	tap "$work/$fs/found"
	rm -r "${work:?}/$fs"
done
done_testing
