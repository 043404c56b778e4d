#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What the build of the module refuses to do without, in words: headers, the
# kernel's BTF, pahole.  And a warning is one: tests/vm/build relies on it.

. tests/tap.sh

scratch=$(mktemp -d)
cleanup rm -rf "$scratch"
headers=$(ls -d /lib/modules/*/build 2>/dev/null | tail -n 1)
[ -n "$headers" ] || bail_out 'no kernel headers'
cp -r kmod "$scratch/kmod"

# module KDIR VARIABLE…: build it by its own Makefile.
module()
{
	local kdir=$1
	shift
	make --no-print-directory -s -C "$scratch/kmod" KDIR="$kdir" "$@"
}

# says_why REGEX NAME COMMAND…: it fails, says so, and leaves no module.
says_why()
{
	local regex=$1 name=$2 got=0
	shift 2
	output=$("$@" 2>&1 </dev/null) || got=$?
	[ "$got" != 0 ] && grep -qE -- "$regex" <<<"$output" && [ ! -e "$scratch/kmod/vserver.ko" ]
	ok $? "$name" || diag "status $got: $output"
}

says_why 'no kernel headers at /nowhere: install linux-headers' 'not without headers' \
	module /nowhere
# all but the kernel's BTF
mkdir "$scratch/bare"
for file in "$headers"/*; do
	[ "${file##*/}" = vmlinux ] || ln -s "$(readlink -f "$file")" "$scratch/bare/"
done
says_why "no BTF of the kernel at $scratch/bare/vmlinux: cp /sys/kernel/btf/vmlinux" \
	'not without BTF of the kernel' module "$scratch/bare"
says_why 'pahole' 'not without pahole' module "$(readlink -f "$headers")" PAHOLE=/nowhere/pahole
# a kernel that gives a module none, as if it were none of its business
mkdir "$scratch/silent"
: >"$scratch/silent/vmlinux"
printf 'modules:\n\tcp /bin/true $(M)/vserver.ko\n' >"$scratch/silent/Makefile"
says_why 'vserver.ko has no BTF: install pahole and build again' 'nor is a module taken that has no BTF' \
	module "$scratch/silent"
make -s -C "$scratch/kmod" KDIR="$headers" clean >/dev/null 2>&1
expect 0 'control: with all of them it is built' module "$(readlink -f "$headers")" W=1 KCFLAGS=-Werror
expect 0 '… with its BTF' grep -q '[.]BTF' <(readelf -SW "$scratch/kmod/vserver.ko")
rm -f "$scratch/kmod/vserver.ko"
echo 'int vs_made_up(void) { return 0; }' >>"$scratch/kmod/bucket.c"
says_why 'no previous prototype' 'a warning ends the build where it is an error' \
	module "$(readlink -f "$headers")" W=1 KCFLAGS=-Werror
expect 0 'control: and elsewhere does not' module "$(readlink -f "$headers")" W=1

# --- the whole tree -----------------------------------------------------------
expect 2 'make without any headers fails' make -s B="$scratch/b" kmod-no-headers
[[ $output == *'no headers of any kernel, so no module: apt install linux-headers-amd64'* ]]
ok $? '… and says what to install' || diag "$output"
is "$(make -n B="$scratch/b" KERNELS= all | grep -c 'vserver[.]ko\|kmod-no-headers')" 0 \
	'KERNELS= is a build without a module'
for version in $(cd /lib/modules && echo *); do
	[ -e "/lib/modules/$version/build" ] || continue
	expect 0 "what is installed can be told" make -n install DESTDIR="$scratch/d"
	[[ $output == *"install -D"*" $scratch/d/lib/modules/$version/updates/vserver.ko "* ]]
	ok $? "the module for $version is among it" || diag "$output"
done
[[ $output != *depmod* ]]
ok $? 'depmod is left to the package' || diag "$output"
expect_output 'depmod' 'control: without DESTDIR it is run' make -n install
done_testing
