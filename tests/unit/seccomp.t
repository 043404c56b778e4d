#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The numbers of system calls, as they come out of the build: each name is one.

. tests/tap.sh

generate=${B:-build}/libvserver/generate/seccomp
[ -x "$generate" ] || make -s "$generate" || bail_out 'it is not built'
errors=$(mktemp)
"$generate" 2>"$errors" >/dev/null
is "$(cat "$errors")" '' 'every name is known'
rm -f "$errors"
done_testing
