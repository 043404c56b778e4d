#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Man pages are well formed, by mandoc's lint and by man itself.

. tests/tap.sh

command -v mandoc >/dev/null || bail_out "no mandoc"

# lint PAGE: nothing but references to pages that are not installed here.
lint()
{
	! mandoc -T lint "$1" | grep -v 'referenced manual not found'
}

renders()
{
	! LC_ALL=C.UTF-8 MANROFFSEQ='' man --warnings -l "$1" 2>&1 >/dev/null | grep .
}

generated=${B:-build}/vserverd/vserver.conf.5
expect 0 "control: vserver.conf(5) was generated" test -s "$generated"
for page in utils/*.[1-8] vserverd/*.[1-8] libvserver/*.[1-8] "$generated"; do
	[ -e "$page" ] || continue
	expect 0 "$page: mandoc" lint "$page"
	expect 0 "$page: man" renders "$page"
done
done_testing
