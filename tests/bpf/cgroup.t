#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 The VServer developers
#
# Cgroups: a context writes to them where its flag says so (VS_FLAG_CGROUP, 2).

. tests/tap.sh
. tests/bpf/bpf.sh

contexts $none
mkdir -p /sys/fs/cgroup/mine/one
cg=/sys/fs/cgroup/mine

says ok "control: the host opens cgroup.procs to write" host open-write $cg/cgroup.procs
says EPERM "A cannot" A open-write $cg/cgroup.procs
says ok "control: A can read it" A read $cg/cgroup.controllers
says EPERM "A cannot make a cgroup" A mkdir $cg/below
says EPERM "A cannot remove one" A rmdir $cg/one
says EPERM "A cannot change the mode of a file" A chmod $cg/cgroup.procs 0666
says ok "control: the host sets an attribute" host setxattr $cg user.vserver
says EPERM "A cannot set one" A setxattr $cg user.vserver
says EPERM "nor remove it" A removexattr $cg user.vserver
says ok "control: A can on a file of its own" A setxattr "$scratch" user.vserver
says ok "control: the host can clone into it" host clone-into $cg
says EPERM "A cannot" A clone-into $cg

"$context" set 42 flags=2
says ok "with the flag A opens cgroup.procs" A open-write $cg/cgroup.procs
says ok "with the flag A sets an attribute" A setxattr $cg user.vserver
says ok "with the flag A clones into it" A clone-into $cg
says ok "with the flag A makes one" A mkdir $cg/below
says ok "with the flag A removes it" A rmdir $cg/below
says EPERM "control: B, without it, still cannot" B open-write $cg/cgroup.procs

rmdir $cg/one $cg
finish
