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
/** operation_bind() - what is made for a @client is given up where that goes;
 * operation_abandon(): it has gone. */
void operation_bind(struct manager *m, const char *name, const void *client);
void operation_abandon(struct manager *m, const void *client);
/** operation_state_changed() - the guest's state file is another. */
void operation_state_changed(struct manager *m, const char *name);

/** struct pairs - settings as they were asked for, in order. */
struct pairs {
	char **keys, **values;
	size_t n;
};
/** pairs_copy(), pairs_append(), pairs_find() (the first; or NULL), pairs_clear() - pairs.c. */
int pairs_copy(const struct pairs *from, struct pairs *ret);
int pairs_append(struct pairs *pairs, const struct pairs *more);
const char *pairs_find(const struct pairs *pairs, const char *key);
void pairs_clear(struct pairs *pairs);

/* tree_operation.c, delete_operation.c: trees made and removed; as above. */
struct tree_source;
int operation_build(struct manager *m, const char *name, const struct tree_source *source,
		    const struct pairs *settings, operation_progress_t progress,
		    operation_done_t done, void *userdata, struct problem *problem);
int operation_create(struct manager *m, const char *name, const struct pairs *settings,
		     operation_done_t done, void *userdata, struct problem *problem);
int operation_delete(struct manager *m, const char *name, operation_done_t done,
		     void *userdata, struct problem *problem);

/** struct export_request - a guest to be written.  Borrowed.
 * @snapshot: of it; NULL: itself.
 * @since: what has changed since this one only; NULL: all.
 * @fd: where to.
 * @client: operation_bind(). */
struct export_request {
	const char *name, *snapshot, *since, *compress;
	int fd;
	const void *client;
};
/* export_operation.c: as above. */
int operation_export(struct manager *m, const struct export_request *request,
		     operation_done_t done, void *userdata, struct problem *problem);

/** struct import_request - an export to be made a guest of.  Borrowed.
 * @name: of the guest; NULL: the archive's.
 * @trust: take all settings of the archive.
 * @client: operation_bind(). */
struct import_request {
	const char *name;
	int fd;
	bool trust;
	struct pairs settings;		/* in place of the archive's */
	const void *client;
};
/** struct import_result - what came of it, when it is done.
 * @left: the settings that were left out, []Setting; NULL: none. */
struct import_result {
	char *name;
	sd_json_variant *left;
};
/** operation_import() - import_operation.c; @result lives until @done. */
int operation_import(struct manager *m, const struct import_request *request,
		     operation_progress_t progress, operation_done_t done, void *userdata,
		     struct import_result *result, struct problem *problem);
void import_result_clear(struct import_result *result);

/* snapshot_operation.c: as above. */
/** operation_snapshot() - @snap NULL: a name is made of the time.  @scheduled: of the
 * setting snapshots, if it is time; if not, 1 is returned and @done not called.
 * @ret_snap: its name, free(). */
int operation_snapshot(struct manager *m, const char *name, const char *snap, bool scheduled,
		       operation_progress_t progress, char **ret_snap, operation_done_t done,
		       void *userdata, struct problem *problem);
int operation_rollback(struct manager *m, const char *name, const char *snap, bool config,
		       operation_progress_t progress, operation_done_t done, void *userdata,
		       struct problem *problem);
int operation_remove_snapshot(struct manager *m, const char *name, const char *snap,
			      operation_done_t done, void *userdata, struct problem *problem);

/* clone_operation.c, rename_operation.c: as above. */
/** operation_clone() - @settings: in place of those of @name.
 * @ret_left: settings of @name that @to does not get; strv. */
int operation_clone(struct manager *m, const char *name, const char *to,
		    const struct pairs *settings, operation_progress_t progress,
		    char ***ret_left, operation_done_t done, void *userdata,
		    struct problem *problem);
int operation_rename(struct manager *m, const char *name, const char *to,
		     operation_done_t done, void *userdata, struct problem *problem);
/* mount_operation.c: as above; @directory NULL: one of its own. */
int operation_mount(struct manager *m, const char *name, const char *directory, bool read_only,
		    operation_done_t done, void *userdata, struct problem *problem);
int operation_unmount(struct manager *m, const char *name, operation_done_t done,
		      void *userdata, struct problem *problem);
/* unify_operation.c: as above. */
struct unified;
/** operation_unify() - @names: strv; none: all guests.
 * @client: operation_bind().
 * @ret: where the result will be when @done is called. */
int operation_unify(struct manager *m, char *const *names, bool dry_run,
		    operation_progress_t progress, const void *client, struct unified *ret,
		    operation_done_t done, void *userdata, struct problem *problem);
/** operation_check_new() - tree_operation.c: 0; -ECANCELED there is one of that name. */
int operation_check_new(struct manager *m, const char *name, struct problem *problem);
/** operation_check_down() - operation_check.c: 0; -ECANCELED it is starting, running or
 * stopping. */
struct guest;
int operation_check_down(const struct guest *guest, struct problem *problem);

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
