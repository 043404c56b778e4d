/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The traffic of guests that run, looked at now and then.
 */
#ifndef TRAFFIC_WATCH_H
#define TRAFFIC_WATCH_H

#include "manager.h"

/** traffic_watch() - from now on; whoever has used what net-traffic allows is told of,
 * slowed down or stopped. */
void traffic_watch(struct manager *m);
void traffic_watch_free(struct manager *m);

#endif
