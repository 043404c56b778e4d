#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The cache of roots: what is in use stays, however old it is, and what is not
# goes; nothing that was not made is taken for made.  Runs outside, and makes
# nothing: mmdebstrap is a stand-in.

cd "$(dirname "$0")/../.." || exit
. tests/tap.sh

scratch=$(mktemp -d)
cleanup rm -rf "$scratch"
mkdir -p "$scratch/bin" "$scratch/cache"
printf '%s\n' '#!/bin/sh' 'while [ "$1" != trixie ]; do shift; done' 'echo made >"$2"' \
	>"$scratch/bin/mmdebstrap"
chmod +x "$scratch/bin/mmdebstrap"
export VSERVER_CACHE=$scratch/cache
old='10 days ago'

roots()
{
	PATH=$scratch/bin:$PATH tests/vm/roots "$@"
}

expect 0 'the names are told without making anything' roots --names
eval "$output"
expect 1 '… nothing was made' test -e "$guest"

# A build root and a disk that nobody used for long, and a guest that is missing.
mkdir -p "$build/kernels"
echo disk >"$machine"
mkdir "$VSERVER_CACHE/build-old"
echo old >"$VSERVER_CACHE/machine-old.ext4"
echo young >"$VSERVER_CACHE/guest-young.tar"
touch -d "$old" "$build" "$machine" "$VSERVER_CACHE"/{build-old,machine-old.ext4}
expect 0 'what is missing is made' roots
expect_output '^made$' '… the guest' cat "$guest"
expect 0 'the build root is there still, though it was old' test -d "$build/kernels"
expect_output '^disk$' 'so is the disk of the machine' cat "$machine"
expect 1 'another build root of that age is not' test -e "$VSERVER_CACHE/build-old"
expect 1 'nor another disk' test -e "$VSERVER_CACHE/machine-old.ext4"
expect 0 'control: a young one of another tree is' test -e "$VSERVER_CACHE/guest-young.tar"

touch -d "$old" "$build" "$machine" "$guest"
expect 0 'a run that has all makes nothing' roots
is "$(find "$build" "$machine" "$guest" -maxdepth 0 -mtime +7)" '' '… but has used them'

# What an interrupted or a mistaken run has left under the name.
rm "$guest"
: >"$guest"
expect 0 'an empty file is not a guest' roots
expect_output '^made$' '… it is made' cat "$guest"
rm -r "$build"
: >"$build"
expect 1 'nor is a file a build root: it would be made' roots
[[ $output == *'making the build root'* ]]
ok $? '… it says so' || diag "$output"

# --- what apt needs on its way ------------------------------------------------
cat >"$scratch/apt.conf" <<CONF
Acquire::http::Proxy "http://proxy.test:3128";
Acquire::http::Proxy::mirror.test "DIRECT";
Acquire::https::CAInfo "/etc/ssl/own.pem";
Acquire::https::mirror.test::Verify-Peer "false";
Acquire::http::Dl-Limit "1000";
Dir::Etc::netrc "$scratch/auth.conf";
CONF
echo 'machine mirror.test login me password secret' >"$scratch/auth.conf"
options()
{
	APT_CONFIG=$scratch/apt.conf tests/vm/mirrors --options
}
for line in 'http::Proxy "http://proxy.test:3128"' 'http::Proxy::mirror.test "DIRECT"' \
	'https::CAInfo "/etc/ssl/own.pem"' 'https::mirror.test::Verify-Peer "false"'; do
	expect_output "^Acquire::$line;\$" "apt there has Acquire::$line" options
done
expect_output "^Dir::Etc::netrc \"$scratch/auth.conf\";\$" 'and its passwords' options
[[ $output != *secret* && $output != *Dl-Limit* ]]
ok $? 'control: nothing else' || diag "$output"
done_testing
