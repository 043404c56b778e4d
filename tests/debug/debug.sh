# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# For the tests on a debug kernel: are its detectors on, and what have they seen
# that no test of its own would notice.

kmemleak=/sys/kernel/debug/kmemleak
mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug

# lockdep_works: it ends itself with its first finding, and with KASAN's.
lockdep_works()
{
	grep -qE '^ *debug_locks: *1$' /proc/lockdep_stats
}

# An out-of-tree module that is not signed: 4096 and 8192.
no_taint()
{
	[ $(($(</proc/sys/kernel/tainted) & ~12288)) = 0 ]
}

# leaks_from_here: what was lost before is not looked at.
leaks_from_here()
{
	echo scan >$kmemleak
	echo clear >$kmemleak
}

# leaks: prints what nobody points to any more, but for what the kernel made
# when it booted.  Young objects are passed over, and the first scan only takes
# their checksums.
leaks()
{
	sleep 6
	echo scan >$kmemleak
	echo scan >$kmemleak
	awk '/^unreferenced object/ { object = $0; next }
	     object { wanted = !/comm "swapper\/0", pid 0,/; if (wanted) print object; object = "" }
	     wanted' $kmemleak
}
