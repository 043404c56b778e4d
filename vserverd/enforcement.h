/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Enforcement while the daemon runs: loaded, looked at, and loaded again.
 */
#ifndef ENFORCEMENT_H
#define ENFORCEMENT_H

#include "manager.h"

/** enforcement_load() - load or adopt it, with the scheduler, and from now on look
 * whether it is whole.  What fails is told. */
void enforcement_load(struct manager *m);
/** enforcement_need() - 0, also where it was missing and is loaded now; else
 * -ECANCELED. */
int enforcement_need(struct manager *m, struct problem *problem);
void enforcement_free(struct manager *m);

#endif
