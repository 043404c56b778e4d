#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# One set of BPF objects serves every kernel, whichever kernel's headers are
# installed where it is built: of each the same programs come.

. tests/tap.sh

scratch=$(mktemp -d)
cleanup rm -rf "$scratch"
mapfile -t kernels < <(ls -d /usr/src/linux-headers-*/vmlinux 2>/dev/null)
[ ${#kernels[@]} -gt 0 ] || bail_out 'no kernel headers'

# programs FOLDER: every section of every object with a program in it.
programs()
{
	local object
	for object in "$1"/bpf/*.bpf.o; do
		echo "${object##*/}:"
		llvm-readelf -SW "$object" | grep -oE ' (lsm|tp_btf|syscall|struct_ops|cgroup|sk_|[.]struct)[^ ]* '
	done
}

first=
for kernel in "${kernels[@]}"; do
	version=${kernel#/usr/src/linux-headers-} version=${version%/vmlinux}
	into=$scratch/$version
	expect 0 "with the headers of $version all are built" \
		make -s -j2 B="$into" BPF_BTF="$kernel" \
		"$into"/bpf/{task,admin,file,socket,net,device,sched}.skel.h
	if [[ $output == *warning:* ]]; then false; else true; fi
	ok $? '… without a warning' || diag "$output"
	[ -n "$first" ] || { first=$(programs "$into"); continue; }
	is "$(programs "$into")" "$first" '… the same programs as with the others'
done
[[ $first == *struct_ops/vs_dispatch*struct_ops.link*lsm/task_kill* ]]
ok $? 'control: the scheduler is among them, and the rules' || diag "$first"
done_testing
