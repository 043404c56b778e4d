#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# What is refused of netlink does not keep a real system from working: users
# come to be others through PAM, which would report to the audit system, and
# logind, which listens to devices, runs.

. tests/tap.sh
. tests/daemon/daemon.sh

archive=/usr/share/vserver-test/debian13.tar
[ -e $archive ] || bail_out "no Debian guest"

cleanup vserver delete login --yes
cleanup vserver stop login
vserver build login --from $archive
expect 0 "a guest is up" vserver start login --wait
guest() { vserver exec login -- "$@"; }

for pam in other common-auth; do
	expect 0 "control: it has PAM ($pam)" guest test -e /etc/pam.d/$pam
done
expect_output '^65534$' "root becomes another user through PAM" \
	guest su -s /bin/sh nobody -c 'id -u'
expect_output '^0$' "and root by login shell" guest su - -c 'id -u'
expect 0 "a password is set through PAM" guest sh -c 'echo root:secret | chpasswd'
expect 0 "logind is started" guest systemctl start systemd-logind
expect_output '^active$' "and runs" guest systemctl is-active systemd-logind
expect_output '^running|^degraded' "the system is up" guest systemctl is-system-running
expect_output '' "no unit has failed for it" \
	guest sh -c '! systemctl list-units --failed --plain --no-legend | grep -E "logind|audit|journald"'

done_testing
