/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest's own network, as the supervisor makes it.
 */
#ifndef NETWORK_H
#define NETWORK_H

#include "config.h"
#include "state.h"

struct supervisor;

/** network_prepare() - what is to be done before it is made with the guest's init:
 * its name is in the state. */
int network_prepare(struct supervisor *s);
/** network_announce() - the host answers for the guest where that was asked for. */
int network_announce(struct supervisor *s);
/** network_of() - what vs_space_spawn() is to make; NULL: nothing.  @addresses:
 * room for all of them. */
const struct vs_network *network_of(const struct supervisor *s, struct vs_network *ret,
				    struct vs_network_address *addresses);
/** network_remove() - all that network_prepare() has written down. */
int network_remove(struct vs *vs, const char *name, const struct state *state);

#endif
