#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A context is held where its tasks are about to return to user space: the host
# does not wait for locks of the kernel that a held task has.

. tests/sched/sched.sh
need_scheduler

# perl: a fork for each would be what is measured.
dir=$(mktemp -d)
cleanup rm -rf "$dir"
FILES='my ($d, $n) = @ARGV; for (my $i = 0; $i != $n; $i++) {
	open(my $f, ">", "$d/$$") or die; rename("$d/$$", "$d/$$-b"); unlink("$d/$$-b"); }'
tasks_of 42 --cpu 2% -- bash -c "for i in 1 2 3 4 5 6 7 8; do perl -e '$FILES' $dir -1 & done; wait"
eventually 30 pgrep -f "perl.*$dir -1"
ok $? 'control: tasks in 2 % make and remove files in one folder'

began=$(date +%s%N)
expect 0 'the host does the same there, 200 times' timeout 60 perl -e "$FILES" "$dir" 200
took=$((($(date +%s%N) - began) / 1000000))
# Held with the folder's lock, they would keep it for up to a second each time.
[ "$took" -lt 10000 ]
ok $? 'and does not wait for those that are held' || diag "$took ms"
done_testing
