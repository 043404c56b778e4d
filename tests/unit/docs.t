#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the documents say of the tree is so: each link leads somewhere, each
# file that is named exists, and the roads from a verb to its hook are short
# and have the functions that they name.

. tests/tap.sh

shopt -s globstar nullglob
documents=(*.md [a-z]*/**/*.md)
for document in "${documents[@]}"; do
	case $document in build/*) continue ;; esac
	bad=
	while read -r target; do
		case $target in *://* | '#'* | mailto:*) continue ;; esac
		[ -e "$(dirname "$document")/${target%%#*}" ] || bad+=" $target"
	done < <(grep -oE '\]\([^)]+\)' "$document" | sed 's/^](//; s/)$//')
	is "$bad" '' "$document: every link leads somewhere"
	bad=
	while read -r file; do
		compgen -G "$file" >/dev/null || compgen -G "$(dirname "$document")/$file" >/dev/null ||
			bad+=" $file"
	done < <(grep -oE '`(kmod|bpf|libvserver|vserverd|utils|tests)/[A-Za-z0-9_./*-]+`' "$document" |
		tr -d '`' | sort -u)
	is "$bad" '' "$document: every file of the tree that it names exists"
done

# --- from a verb to its hook ---------------------------------------------------
roads=$(sed -n '/^From a verb to its hook/,/^More to read/p' README.md)
mapfile -t files < <(grep -oE '`[a-z]+/[A-Za-z0-9_./-]+\.[ch]`' <<<"$roads" | tr -d '`' | sort -u)
[ "${#files[@]}" -ge 6 ]
ok $? 'control: the README names the files of the roads' || diag "${files[*]}"
for file in "${files[@]}"; do
	lines=$(wc -l <"$file" 2>/dev/null || echo none)
	[ "$lines" != none ] && [ "$lines" -lt 400 ]
	ok $? "$file has under 400 lines" || diag "$lines"
done
steps=$(grep -cE '^[0-9]\. ' <<<"$roads")
[ "$steps" -ge 3 ] && [ "$steps" -le 6 ]
ok $? 'the road of set has no more than six steps' || diag "$steps"
for function in $(grep -oE '`vs?_?[a-z_]+\(\)`|`[a-z_]+\(\)`' <<<"$roads" | tr -d '`()' | sort -u); do
	grep -qE "(^|[ *])$function\\(" "${files[@]}"
	ok $? "$function() is in one of them"
done

# --- what is typed ---------------------------------------------------------------
for target in $(grep -ohE '`?make [a-z-]+' README.md tests/vm/README.md | sed 's/^`\?make //' | sort -u); do
	make -n "$target" T=tests/cli/vserver.t >/dev/null 2>&1
	ok $? "there is a 'make $target'"
done
for test in $(grep -ohE 'T=tests/[a-z/-]+\.t' Makefile tests/Makefile README.md tests/vm/README.md | sort -u); do
	expect 0 "the test that is named exists: $test" test -x "${test#T=}"
done
done_testing
