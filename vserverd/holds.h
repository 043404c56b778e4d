/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Contexts that their share does not let run: from when, and until when.
 */
#ifndef HOLDS_H
#define HOLDS_H

#include "manager.h"

struct holds;

/** holds_told_t - "held", a context is on hold after a quiet spell, or "released",
 * it has not been for a while. */
typedef void (*holds_told_t)(const char *event, const struct vs_context *context,
			     const struct vs_cpu_usage *usage, void *userdata);

/** struct holds_pace - how often it is looked, and how long a context has not been on
 * hold until it is released. */
struct holds_pace {
	uint64_t look_usec, quiet_ns;
};
extern const struct holds_pace holds_pace_often, holds_pace_rare;

/** holds_watch() - look now and then from now on, where there is a scheduler.
 * NULL: there is none, or no memory.  holds_free(NULL) works. */
struct holds *holds_watch(struct manager *m, const struct holds_pace *pace, holds_told_t told,
			  void *userdata);
void holds_free(struct holds *holds);

#endif
