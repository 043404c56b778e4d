/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Settings of a share that this kernel cannot keep: it has no sched_ext, and
 * cpu.max knows rate and interval, and a burst of one quota.
 */
#ifndef UNKEPT_H
#define UNKEPT_H

#include "config.h"

/** unkept() - is @name in force in @config, and cannot be kept here? */
bool unkept(const struct config *config, const char *name);
/** unkept_reason() - in words, and what to do; free() both.  -ENOMEM. */
int unkept_reason(const struct config *config, const char *name, char **ret_reason,
		  char **ret_remedy);
/** unkept_names() - of @config, "cpu-idle, cpu-release"; free().  NULL: all are
 * kept, or there is no memory. */
char *unkept_names(const struct config *config);

#endif
