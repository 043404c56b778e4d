/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * An operation that is under way: one a guest.
 */
#ifndef OPERATION_H
#define OPERATION_H

#include "manager.h"

struct operation {
	struct manager *manager;
	struct operation *next;
	char *name;
	const char *verb;	/* "start", "stop", "restart", "set", "build", "create", "delete" */
	const char *state;	/* what the guest is meanwhile; NULL: what it is */
	bool wait;		/* start: until it is ready */
	bool started;		/* start: the job is done, readiness is awaited */
	sd_event_source *deadline;	/* of that */
	operation_done_t done;
	operation_progress_t progress;
	void *userdata;
	void *work;		/* of tree_operation.c and set.c */
	void (*free_work)(void *work);
};

/** operation_new() - or Busy, where there is one of the guest already; beside
 * one that only waits for readiness there may be a "set". */
int operation_new(struct manager *m, const char *name, const char *verb, operation_done_t done,
		  void *userdata, struct operation **ret, struct problem *problem);
/** operation_end() - tell, and forget it. */
void operation_end(struct operation *operation, const struct problem *problem);
/** operation_drop() - forget it without a word: it was refused. */
void operation_drop(struct operation *operation);
/** operation_find() - the last that began. */
struct operation *operation_find(struct manager *m, const char *name);

/** operation_check_start() - 0; -ECANCELED it would not start.  operation_check.c */
struct guest;
int operation_check_start(struct manager *m, const struct guest *guest,
			  struct problem *problem);

#endif
