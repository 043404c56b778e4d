/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vserver check --ports.
 */
#ifndef CHECK_PORTS_H
#define CHECK_PORTS_H

#include "cli.h"

/** check_ports() - an exit status. */
int check_ports(const struct cli *cli);

#endif
