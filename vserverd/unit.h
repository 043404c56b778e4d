/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Units of guests, vserver@NAME.service: started, stopped, looked at.
 */
#ifndef UNIT_H
#define UNIT_H

#include <stdbool.h>
#include <systemd/sd-event.h>

/** struct units - the connection to the service manager. */
struct units;

/**
 * unit_done_t - a job is over.
 * @result: "done", or the service manager's word for another end
 * ("failed", "timeout", "canceled", "dependency" …), or a sentence.
 */
typedef void (*unit_done_t)(const char *result, void *userdata);

/** units_new() - nothing is connected until it is needed. */
int units_new(sd_event *event, struct units **ret);
void units_free(struct units *units);

/**
 * unit_start(), unit_stop() - @done is called later, exactly once, where
 * these return 0.
 */
int unit_start(struct units *units, const char *name, unit_done_t done, void *userdata);
int unit_stop(struct units *units, const char *name, unit_done_t done, void *userdata);

/** struct unit_status - as the service manager has it. */
struct unit_status {
	char active[16];	/* "inactive" also where it is not loaded */
};
int unit_status(struct units *units, const char *name, struct unit_status *ret);
/** units_list() - ask of all at once; unit_status() says what was found until
 * units_forget(). */
int units_list(struct units *units);
void units_forget(struct units *units);
/** unit_is_up() - does anything of it run, or is about to? */
bool unit_is_up(const struct unit_status *status);
/** unit_name() - vserver@NAME.service, escaped; free(). */
int unit_name(const char *name, char **ret);

#endif
