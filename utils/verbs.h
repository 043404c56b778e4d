/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The verbs, each from the file of its name.
 */
#ifndef VERBS_H
#define VERBS_H

#include "cli.h"

extern const struct verb verb_address;
extern const struct verb verb_build;
extern const struct verb verb_create;
extern const struct verb verb_delete;
extern const struct verb verb_image;
extern const struct verb verb_export;
extern const struct verb verb_import;
extern const struct verb verb_start, verb_stop, verb_restart;	/* verb_start.c */
extern const struct verb verb_list;
extern const struct verb verb_status;
extern const struct verb verb_enter, verb_exec;			/* verb_enter.c */
extern const struct verb verb_run;
extern const struct verb verb_set;
extern const struct verb verb_config;
extern const struct verb verb_contexts;
extern const struct verb verb_ps;
extern const struct verb verb_top;
extern const struct verb verb_kill;
extern const struct verb verb_wait;
extern const struct verb verb_events;
extern const struct verb verb_check;
extern const struct verb verb_clone, verb_rename;		/* verb_clone.c */
extern const struct verb verb_mount, verb_umount;		/* verb_mount.c */
extern const struct verb verb_snapshot;
extern const struct verb verb_snapshots;
extern const struct verb verb_rollback;
extern const struct verb verb_unify;
extern const struct verb verb_help;				/* vserver.c */

#endif
