/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Events: what happens to guests, to contexts and to the machine, for whoever
 * has subscribed.  What is told is the interface's type Event.
 */
#ifndef EVENT_H
#define EVENT_H

#include <systemd/sd-varlink.h>

#include "manager.h"

struct events;

/** events_new(), events_free() - without subscribers, and of what is under way. */
int events_new(struct manager *m, struct events **ret);
void events_free(struct events *events);

/** events_subscribe() - tell @link of each event from now on; a reference. */
int events_subscribe(struct events *events, sd_varlink *link);
void events_unsubscribe(struct events *events, const sd_varlink *link);

/** events_module() - the manager has opened the module anew. */
void events_module(struct events *events);
/** events_guest() - the guest's state file is another, or is gone. */
void events_guest(struct events *events, const char *name);
/** events_limit() - it has used what a setting allows. */
void events_limit(struct events *events, const char *guest, uint32_t xid, const char *reason);
/** events_machine() - "scheduler-ejected", "enforcement-lost"; @reason may be NULL. */
void events_machine(struct events *events, const char *event, const char *reason);

#endif
