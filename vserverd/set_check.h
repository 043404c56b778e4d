/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * May settings be what they are asked to be, and what comes of it.
 */
#ifndef SET_CHECK_H
#define SET_CHECK_H

#include <systemd/sd-json.h>

#include "config.h"
#include "manager.h"

/** set_preview() - the configuration with them, or why there is none.
 * 0; -ECANCELED, with @problem. */
int set_preview(const char *name, const struct pairs *settings, struct config **ret,
		struct problem *problem);
/** set_warnings() - of settings that are without effect in @next and were not in
 * @before: an array of the interface's type Warning; NULL: there are none. */
int set_warnings(const struct config *before, const struct config *next, sd_json_variant **ret);
/** set_warn_address() - that other addresses count from the next start only, to the
 * same array. */
int set_warn_address(const struct config *before, const struct config *next,
		     sd_json_variant **array);

#endif
