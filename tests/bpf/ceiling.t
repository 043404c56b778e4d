#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# The ceiling holds for whatever a task gets its capabilities from.
# The act is chown(), which wants CAP_CHOWN (bit 0), and sethostname(), which
# wants CAP_SYS_ADMIN (bit 21).

. tests/tap.sh
. tests/bpf/bpf.sh

contexts 1		# CAP_CHOWN and nothing else
touch "$scratch/file"
chmod 755 "$scratch"
as_user="setpriv --reuid 12345 --clear-groups"
others=1c0		# what setpriv wants: CAP_SETGID, CAP_SETUID, CAP_SETPCAP

says ok "control: the host's root can chown" host chown "$scratch/file"
says ok "A's root can, by its ceiling" A chown "$scratch/file"
says ok "control: the host's root can set the time" host settime
says EPERM "A's root cannot, by its ceiling" A settime

"$context" set 42 ceiling=0
says EPERM "a ceiling that is lowered holds at once" A chown "$scratch/file"
"$context" set 42 ceiling=1
says ok "control: one that is raised does too" A chown "$scratch/file"
"$context" set 42 ceiling=$others

# --- what else gives capabilities ---------------------------------------------
install -m 4755 "$probe" "$scratch/setuid"
install -m 755 "$probe" "$scratch/filecap"
setcap cap_chown+ep "$scratch/filecap"
says EPERM "control: a user cannot chown" $as_user "$probe" chown "$scratch/file"
says ok "control: with a setuid program he can" $as_user "$scratch/setuid" chown "$scratch/file"
says EPERM "in A the setuid program cannot" \
	"$context" enter 42 0 $as_user "$scratch/setuid" chown "$scratch/file"
says ok "control: with a program with file capabilities he can" \
	$as_user "$scratch/filecap" chown "$scratch/file"
says EPERM "in A that program cannot" \
	"$context" enter 42 0 $as_user "$scratch/filecap" chown "$scratch/file"
says ok "control: root of a new user namespace has all capabilities" host userns-hostname x
says EPERM "in A it has what the ceiling has" A userns-hostname x
"$context" set 42 ceiling=$all
says ok "control: with a full ceiling it has them" A userns-hostname x

finish
