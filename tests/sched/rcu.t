#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Nobody waits for a section of RCU in which a held task would be: the host's
# membarrier(), which is such a wait, is as quick beside contexts that are held
# nearly always.

. tests/sched/sched.sh
need_scheduler

# barriers N: waits of all sections that there are, one after the other; the
# longest of them, ms.  MEMBARRIER_CMD_GLOBAL, with more processors than one.
barriers()
{
	perl -MTime::HiRes=time -e '
		for (1 .. $ARGV[0]) {
			my $begin = time;
			syscall(324, 1, 0, 0) == 0 or die "membarrier: $!";
			my $took = (time - $begin) * 1000;
			$most = $took if $took > $most;
		}
		printf "%d\n", $most' "$1"
}

[ "$(nproc)" -gt 1 ] || skip_all 'one processor: membarrier() has nothing to wait for'
before=$(barriers 10)
[ "$before" -lt 1000 ]
ok $? 'control: a wait for RCU is short' || diag "$before ms"
hogs 42 8
expect 0 'eight hogs get 1 %, which is 30 ms at a time' build/tests/kmod/netlink set xid:u32=42 \
	'bucket[' rate:u64=1000000 interval:u64=100000000 size:u64=30000000 release:u64=30000000 ']'
sleep 2		# what they have from before is used up
held=$(barriers 10)
[ "$held" -lt 1000 ]
ok $? 'as long as they are held it is no longer' || diag "$held ms, $before ms without them"
stop_hogs 42

# Whoever is preempted in such a section of its own has a turn soon.
tasks_of 43 -- bash -c 'for i in 1 2 3 4 5 6 7 8; do
	perl -e '\''$path = "/sys/" . "fs/../" x 100; stat $path while 1'\'' & done; wait'
eight()
{
	[ "$(pgrep -c -f '^perl .*/sys/')" = 8 ]
}
eventually 60 eight
ok $? 'control: eight look up long paths, which are sections of RCU'
is "$(limit 43 1)" ok 'they get 1 %'
sleep 2
held=$(barriers 10)
[ "$held" -lt 5000 ]
ok $? 'nor is it much longer beside them' || diag "$held ms, $before ms without them"
done_testing
