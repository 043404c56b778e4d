/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What the daemon holds, and the operations on guests that it is asked for.
 * Nothing here knows how it was asked.
 *
 * All that return -ECANCELED have filled in their struct problem.
 */
#ifndef MANAGER_H
#define MANAGER_H

#include <systemd/sd-event.h>
#include <systemd/sd-json.h>

#include <vserver.h>

#include "problem.h"
#include "unit.h"

struct events;
struct holds;
struct operation;
struct sample;
struct scheduler;

/** struct manager - the one of this daemon. */
struct manager {
	sd_event *event;
	struct vs *vs;			/* without the module until it is loaded */
	bool fit;			/* enforcement is loaded */
	char *unfit;			/* else why not */
	char *unfit_remedy;
	sd_event_source *look;		/* at enforcement, now and then */
	struct scheduler *scheduler;	/* watched; NULL: never loaded */
	struct events *events;
	struct holds *holds;		/* told to the journal; NULL: no sched_ext */
	struct units *units;
	struct operation *operations;	/* under way */
	struct sample *samples;		/* accounting.c */
	sd_event_source *states;	/* watches STATE_DIR */
	sd_event_source *traffic;	/* looked at now and then */
};

/* manager.c */
int manager_new(sd_event *event, struct manager **ret);
void manager_free(struct manager *m);
/** manager_adopt() - what is there already: states, units, unfinished builds. */
void manager_adopt(struct manager *m);
/** manager_autostart() - once a boot: the guests that start with the host. */
void manager_autostart(struct manager *m);
/** manager_names() - guests that have a file or a tree, sorted; strv. */
int manager_names(char ***ret);

/* operation.c: what takes time.  @done is called later, exactly once, where
 * these return 0; @problem NULL: it is done. */
typedef void (*operation_done_t)(const struct problem *problem, void *userdata);
typedef void (*operation_progress_t)(unsigned int percent, void *userdata);

int operation_start(struct manager *m, const char *name, bool wait, operation_done_t done,
		    void *userdata, struct problem *problem);
int operation_stop(struct manager *m, const char *name, operation_done_t done, void *userdata,
		   struct problem *problem);
int operation_restart(struct manager *m, const char *name, bool wait, operation_done_t done,
		      void *userdata, struct problem *problem);
/** operation_state_changed() - the guest's state file is another. */
void operation_state_changed(struct manager *m, const char *name);

/** struct pairs - settings as they were asked for, in order. */
struct pairs {
	char **keys, **values;
	size_t n;
};
/** pairs_copy(), pairs_clear() - pairs.c. */
int pairs_copy(const struct pairs *from, struct pairs *ret);
void pairs_clear(struct pairs *pairs);

/* tree_operation.c: trees made and removed; as above. */
int operation_build(struct manager *m, const char *name, const char *from,
		    const struct pairs *settings, operation_progress_t progress,
		    operation_done_t done, void *userdata, struct problem *problem);
int operation_create(struct manager *m, const char *name, const struct pairs *settings,
		     operation_done_t done, void *userdata, struct problem *problem);
int operation_delete(struct manager *m, const char *name, operation_done_t done,
		     void *userdata, struct problem *problem);

/* set.c: as above; @ret_warnings: set_check.h */
int operation_set(struct manager *m, const char *name, const struct pairs *settings,
		  bool runtime, sd_json_variant **ret_warnings, operation_done_t done,
		  void *userdata, struct problem *problem);
/* address_operation.c: as above; one more or less, @value as the setting has it. */
int operation_address(struct manager *m, const char *name, const char *value, bool add_it,
		      bool runtime, operation_done_t done, void *userdata,
		      struct problem *problem);
/** set_check() - each by itself and all together, for a guest to be. */
int set_check(const char *name, const struct pairs *settings, struct problem *problem);

#endif
