#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Curves of the bench: points as SVG, where they belong, on axes that show them.

. tests/tap.sh
curve() { tests/bench/curve "$@"; }
work=$(mktemp -d)
cleanup rm -rf "$work"

# draw POINT…: into $work/svg.
draw()
{
	printf '%s\n' "$@" | curve 'A < B & C' contexts us EEVDF >"$work/svg"
}

# circles: "X: VALUE x y" of each point, in the order drawn.
circles()
{
	sed -n 's/.*cx="\([0-9.]*\)" cy="\([0-9.]*\)".*<title>\(.*\)<\/title>.*/\3 \1 \2/p' "$work/svg"
}

# Every tag that begins ends, in order.
balanced()
{
	perl -0777 -ne 'my @open;
		while (m{<(/?)([a-z]+)[^<>]*?(/?)>}g) {
			if ($1) { exit 1 if pop(@open) ne $2 } elsif (!$3) { push @open, $2 }
		}
		exit(@open > 0)' "$work/svg"
}

expect 0 'points are drawn' draw '100 50 25' '50 100 -' '0 0 0'
expect 0 'the tags are balanced' balanced
is "$(circles | paste -sd,)" '0: 0 70.0 340.0,100: 25 620.0 270.0,0: 0 70.0 340.0,50: 100 345.0 60.0,100: 50 620.0 200.0' \
	'in the order of x, the peer first, from 0 on; where there is no peer there is none'
grep -q '>A &lt; B &amp; C<' "$work/svg"
ok $? 'the title is escaped'
grep -q '>EEVDF<' "$work/svg"
ok $? 'the legend names the peer'

draw '1 0.001 1' '10 0.01 1' '100 0.1 1'
is "$(circles | tail -n 3 | paste -sd,)" '1: 0.001 70.0 340.0,10: 0.01 345.0 246.7,100: 0.1 620.0 153.3' \
	'axes of values that are far apart are logarithmic'
expect 0 'the tags are balanced' balanced
grep -q '>0.01<' "$work/svg"
ok $? 'the axis has marks'

draw '1 5 -' '2 6 -'
expect 1 'without a peer there is no legend of one' grep -q '>EEVDF<' "$work/svg"
expect 1 'one point is no curve' draw '1 2 3'
expect 2 'what it is called must be said' curve title
done_testing
