/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Events in the journal, for who looks later.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <vserver.h>

/** journal_machine() - "enforcement-lost", "enforcement-restored", and what is to be
 * said of it. */
void journal_machine(const char *event, const char *text);
/** journal_limit() - "limit": a guest has used what a setting allows. */
void journal_limit(const char *guest, uint32_t xid, const char *text);
/** journal_hold() - "held", "released": what holds_watch() tells. */
void journal_hold(const char *event, const struct vs_context *context,
		  const struct vs_cpu_usage *usage, void *userdata);

#endif
