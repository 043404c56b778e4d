#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# As many contexts as there can be, made, entered, signalled and ended by eight
# workers side by side, three times over; and nothing of them is left.

. tests/tap.sh
. tests/bpf/bpf.sh
. tests/kmod/leak.sh

nl=build/tests/kmod/netlink
thousand=build/tests/kmod/thousand
no_contexts() { [ "$("$nl" dump)" = ok ]; }

expect 0 'control: no context is there' no_contexts
# Once before it is counted: what is made once stays, and is no leak.
expect_output '^made 1000 entered 1000 signalled 1000 killed 1000 ended 1000$' \
	'a thousand contexts are made, entered, signalled and ended by eight workers' \
	"$thousand" 8 1000 1
before=$(settled_objects) held=$(references)
expect_output '^made 3000 entered 3000 signalled 3000 killed 3000 ended 3000$' \
	'and again, three times over' "$thousand" 8 1000 3
expect 0 'no context is left' no_contexts
is "$(references)" "$held" 'nor a reference to the module'
# A context has three objects: 3,000 of one kind that leaks would be seen.
eventually 60 no_more_objects "$before" 1500
ok $? 'nor a part of one in memory'
diag "objects before: $before, now: $(objects)"

# --- and a leak would have been seen ---------------------------------------------
expect_output '^made 1000 ' 'control: a thousand contexts are made and stay' "$thousand" 8 1000 make
expect 1 'control: the count of objects tells' no_more_objects "$before" 1500
expect_output ' ended 1000$' 'they end' "$thousand" 8 1000 drop
eventually 60 no_more_objects "$before" 1500
ok $? 'and so do their objects' || diag "before: $before, now: $(objects)"
done_testing
