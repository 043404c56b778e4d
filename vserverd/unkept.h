/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Settings of a share that have no effect: this kernel cannot keep them, for it
 * has no sched_ext, and cpu.max knows rate and interval, and a burst of one
 * quota; or there is no share.
 */
#ifndef UNKEPT_H
#define UNKEPT_H

#include "config.h"

/** unkept() - is @name in force in @config, and cannot be kept here? */
bool unkept(const struct config *config, const char *name);
/** unused() - is it in force, and belongs to a share that is not there? */
bool unused(const struct config *config, const char *name);
/** unkept_reason() - of either in words, and what to do; free() both.  -ENOMEM. */
int unkept_reason(const struct config *config, const char *name, char **ret_reason,
		  char **ret_remedy);
/** unkept_names() - those of @config that are so, "cpu-idle, cpu-release"; free().
 * NULL: there are none, or there is no memory. */
char *unkept_names(const struct config *config,
		   bool (*is)(const struct config *config, const char *name));

#endif
