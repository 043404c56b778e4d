#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Machines that are not fit: one whose kernel has no BPF LSM, one that has no
# module.  Runs outside and boots both; tests/vm/unfit runs inside.

cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

# unfit WHAT APPEND FEATURE REMEDY REFUSAL: what is said inside is said here.
unfit()
{
	local what=$1 append=$2 status=0 line n=0 output
	shift 2
	output=$(tests/vm/run --append "$append" -- tests/vm/unfit "$@" 2>&1 </dev/null) || status=$?
	while IFS= read -r line; do
		case $line in
		'ok '*) ok 0 "$what: ${line#* - }"; n=$((n + 1)) ;;
		'not ok '*) ok 1 "$what: ${line#* - }"; n=$((n + 1)) ;;
		*) echo "# ${line#\# }" ;;
		esac
	done <<<"$output"
	[ "$status" = 0 ] && [ "$n" -gt 15 ]
	ok $? "$what: all of that was tried" || diag "status $status, $n tests"
}

unfit 'no BPF LSM' 'lsm=landlock,yama,apparmor' 'BPF LSM' \
	"add bpf to the list in lsm= on the kernel's command line" \
	'BPF LSM'
unfit 'no module' 'module_blacklist=vserver' 'vserver.ko' 'load it: modprobe vserver' \
	'vserver[.]ko is not loaded'
done_testing
