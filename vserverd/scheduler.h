/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The scheduler while the daemon runs: loaded, watched, and loaded again.
 */
#ifndef SCHEDULER_H
#define SCHEDULER_H

#include "manager.h"

struct scheduler;

/** scheduler_load() - load it, and from now on load it again when it has ended.
 * What fails is told; cpu.max keeps the shares meanwhile. */
void scheduler_load(struct manager *m);
void scheduler_free(struct scheduler *s);

#endif
