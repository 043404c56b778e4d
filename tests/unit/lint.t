#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# make lint: every source through what reads sources.  Before a tool is believed
# it has to find a fault that was made for it.  Man pages are man.t's.  Debian 13
# has no smatch.

. tests/tap.sh

scratch=$(mktemp -d)
cleanup rm -rf "$scratch"
lint=tests/lint

# fires PATTERN DESCRIPTION COMMAND...: it fails, and says so.
fires()
{
	local pattern=$1 name=$2 status=0
	shift 2
	output=$("$@" 2>&1) || status=$?
	[ "$status" = 1 ] && grep -qE "$pattern" <<<"$output"
	ok $? "control: $name" || diag "status $status; $output"
}

# ours PATTERN...: files of the tree.
ours()
{
	find . \( -name build -o -name .git -o -path ./tests/fuzz/corpus \) -prune -o -type f "$@" -print | sort
}

# --- C ------------------------------------------------------------------------------
mapfile -t c < <(ours -name '*.[ch]')
mapfile -t kernel_c < <(ours \( -path './kmod/*.[ch]' -o -path './bpf/*.[ch]' \))
[ ${#c[@]} -gt 100 ] && [ ${#kernel_c[@]} -gt 20 ]
ok $? "control: there is C to be read: ${#c[@]} files, ${#kernel_c[@]} of the kernel's"

printf 'int f(int a)\n{\n    return a;\n}\n' >"$scratch/indent.c"
fires 'not as clang-format' 'four spaces are found' $lint/format "$scratch/indent.c"
printf 'int a; \nint b;\n' >"$scratch/space.c"
fires ':1: space at the end' 'so is space at the end of a line' $lint/format "$scratch/space.c"
printf 'int a%0120d;\n' 0 >"$scratch/long.c"
fires ':1: 126 columns' 'and a line that is too long' $lint/format "$scratch/long.c"
expect 0 'C is formatted' $lint/format "${c[@]}"

{
	echo '/* SPDX-License-Identifier: GPL-2.0-only */'
	printf 'static int f(char * p)\n{\n\tif(p)\n\t\treturn(0);\n\treturn -ENOSYS;\n}\n'
} >"$scratch/style.h"
fires 'POINTER_LOCATION|RETURN_PARENTHESES' 'checkpatch finds a fault of style' $lint/checkpatch "$scratch/style.h"
expect 0 'checkpatch: what runs in the kernel' $lint/checkpatch "${kernel_c[@]}"

cp -r kmod "$scratch/kmod"
cat >>"$scratch/kmod/address.c" <<'BAD'
__be32 vs_bad_order(u32 x, int __user *p);
__be32 vs_bad_order(u32 x, int __user *p)
{
	return x + *p;
}
BAD
fires 'address.c:.*warning: .*(restricted __be32|noderef)' 'sparse finds a byte order and a pointer of users' \
	$lint/sparse "$scratch/kmod"
expect 0 'sparse: the module' $lint/sparse

# --- shell ---------------------------------------------------------------------------
mapfile -t shell < <({
	ours \( -name '*.sh' -o -name '*.t' -o -name '*.bash' \)
	ours -perm /111 -exec grep -qE '^#!/bin/(ba)?sh' {} \;
} | sort -u)
[ ${#shell[@]} -gt 60 ]
ok $? "control: there is shell to be read: ${#shell[@]} files"
# shellcheck disable=SC2016 # the shell's that is looked at
printf '#!/bin/sh\ncd $HOME; [ $a == b ]\nfor i in `ls`; do local x=1; done\n' >"$scratch/bad.sh"
fires 'SC[0-9]+' 'shellcheck finds faults' $lint/shell "$scratch/bad.sh"
expect 0 'shellcheck: every script' $lint/shell "${shell[@]}"
expect 0 'shell is formatted' $lint/format "${shell[@]}"

# --- what is written for people ---------------------------------------------------------
printf '.TH x\n.SH NAME\n.unknown\n' >"$scratch/bad.8"
output=$(mandoc -T lint "$scratch/bad.8" 2>&1)
[ -n "$output" ]
ok $? 'control: mandoc finds a fault' || diag "$output"
done_testing
