/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A state as JSON, and back.
 */
#ifndef STATE_JSON_H
#define STATE_JSON_H

#include <systemd/sd-json.h>

#include "state.h"

/** state_to_json() - text; free(). */
int state_to_json(const struct state *state, char **ret);
/** state_from_json() - into an empty @state.  0; -EBADMSG it is none; -ENOMEM. */
int state_from_json(sd_json_variant *object, struct state *state);

#endif
