#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# A context that asks for what the host has not loaded does not have it loaded:
# a family of sockets, a file system, a cipher, a line discipline.  By hand:
# admin.t.

. tests/tap.sh
. tests/bpf/bpf.sh

contexts $all
loaded() { grep -q "^$1 " /proc/modules; }

# asks KIND MODULE ERRNO COMMAND...: first A, then the host.
asks()
{
	local kind=$1 module=$2 errno=$3
	shift 3

	if ! modinfo "$module" >/dev/null 2>&1 || loaded "$module"; then
		skip 3 "this kernel has $kind ($module) built in, or not at all"
		return
	fi
	says "$errno" "$kind that is not loaded is not there for A" A "$@"
	expect 1 "$kind: $module was not loaded" loaded "$module"
	diag "the host is told: $(host "$@" 2>&1)"
	expect 0 "control: for the host $module is loaded" loaded "$module"
	modprobe -r "$module" 2>/dev/null
}

says ok "control: the host has AF_ALG" host socket 38 5 0
host cipher 'ecb(aes)' >/dev/null		# what all ciphers of sockets want
asks "a family of sockets" af_key EAFNOSUPPORT socket 15 3 2
asks "a file system" romfs ENODEV mount none romfs
asks "a line discipline" pps_ldisc EINVAL discipline 18

# Of ciphers some kernels give to programs those only that programs are known to use.
had=
for cipher in serpent_generic:serpent des_generic:des; do
	module=${cipher%:*} name="ecb(${cipher#*:})"
	! loaded "$module" || continue
	says EAFNOSUPPORT "A gets no cipher ($name)" A cipher "$name"
	expect 1 "$module was not loaded" loaded "$module"
	diag "the host is told: $(host cipher "$name" 2>&1)"
	! loaded "$module" || had+=" $module"
done
expect 0 "control: for the host one of them is" test -n "$had"

finish
