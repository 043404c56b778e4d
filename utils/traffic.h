/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's traffic, for people.
 */
#ifndef TRAFFIC_H
#define TRAFFIC_H

#include <systemd/sd-json.h>

/** print_traffic() - one line of vserver status, where there is any. */
void print_traffic(sd_json_variant *guest);

#endif
