#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What a context costs to make, enter and end, beside the namespaces alone.
#
# machine: --icount --cpus 1

cd "$(dirname "$0")/../.." || exit
. tests/bench/figures
rounds=${ROUNDS:-15}

# took COMMAND…: us
took()
{
	local begin=${EPOCHREALTIME/[^0-9]/}
	"$@" || return
	echo $((${EPOCHREALTIME/[^0-9]/} - begin))
}

systemctl start vserverd || fail 'no daemon'
for ((i = 0; i < rounds; i++)); do
	sample chcontext took chcontext --silent -- true
	sample unshare took unshare --mount --pid --fork -- true
done
figure start/chcontext-true chcontext unshare 'unshare --mount --pid --fork' 1.5 us
finish
