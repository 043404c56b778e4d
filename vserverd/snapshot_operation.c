// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Snapshots taken, brought back and removed, by workers.  A worker that is killed
 * leaves what has no name yet, which is swept up before the operation ends; the
 * guest that it had frozen runs again by itself (freeze.c).
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "guest.h"
#include "log.h"
#include "operation.h"
#include "scope.h"
#include "snapshot.h"
#include "worker.h"

/* What the worker needs. */
struct snap_work {
	char *guest;
	struct snapshot snap;
	unsigned int keep;	/* scheduled: so many */
	bool config;
	const char *step;	/* for a failure */
	struct problem problem;	/* why it failed, while it is swept up */
};

static void free_work(void *userdata)
{
	struct snap_work *work = userdata;

	if (!work)
		return;
	snapshot_clear(&work->snap);
	problem_clear(&work->problem);
	free(work->guest);
	free(work);
}

static void on_progress(unsigned int percent, void *userdata)
{
	const struct operation *operation = userdata;

	if (operation->progress)
		operation->progress(percent, operation->userdata);
}

static void tell(unsigned int percent, void *userdata)
{
	worker_tell(userdata, percent);
}

/* --- the end ------------------------------------------------------------------------- */

static int work_sweep(struct worker *worker, const void *userdata, char **ret_reason)
{
	const struct snap_work *work = userdata;

	return snapshot_sweep(work->guest);
}

static void on_swept(int error, const char *reason, void *userdata)
{
	struct operation *operation = userdata;
	struct snap_work *work = operation->work;
	_cleanup_problem_ struct problem problem = work->problem;

	work->problem = (struct problem){ 0 };		/* the work ends first */
	if (error)
		log_error("%s: what its snapshot made is left: %s", operation->name, reason);
	operation_end(operation, &problem);
}

static void on_done(int error, const char *reason, void *userdata)
{
	struct operation *operation = userdata;
	struct snap_work *work = operation->work;
	int r;

	if (!error) {
		operation_end(operation, NULL);
		return;
	}
	if (error == -EEXIST)
		problem_invalid(&work->problem, "snapshot", work->snap.name, "there is one of that "
				"name", "choose another, or remove it with vserver snapshots");
	else
		problem_failed(&work->problem, work->step, NULL, "%s", reason);
	r = worker_run(operation->manager->event, work_sweep, work, NULL, on_swept, operation);
	if (r < 0)
		on_swept(r, strerror(-r), operation);
}

/* --- the beginning ---------------------------------------------------------------------- */

static int begin(struct manager *m, const char *name, const char *snap, const char *verb,
		 operation_done_t done, void *userdata, struct operation **ret,
		 struct problem *problem)
{
	struct operation *operation;
	struct snap_work *work;
	int r = operation_new(m, name, verb, done, userdata, &operation, problem);

	if (r < 0)
		return r;
	work = calloc(1, sizeof(*work));
	operation->work = work;
	operation->free_work = free_work;
	if (!work || !(work->guest = strdup(name)) || !(work->snap.name = strdup(snap))) {
		operation_drop(operation);
		return problem_failed(problem, "preparing", NULL, "%s", strerror(ENOMEM));
	}
	*ret = operation;
	return 0;
}

static int run(struct operation *operation, worker_work_t what, struct problem *problem)
{
	int r = worker_run(operation->manager->event, what, operation->work, on_progress,
			   on_done, operation);

	if (r >= 0)
		return 0;
	operation_drop(operation);
	return problem_failed(problem, "preparing", NULL, "%s", strerror(-r));
}

static int check_snapshot(const char *guest, const char *snap, struct problem *problem)
{
	_cleanup_free_ char *remedy = NULL;
	struct snapshot found;

	if (snapshot_read(guest, snap, &found) == 0) {
		snapshot_clear(&found);
		return 0;
	}
	if (asprintf(&remedy, "see: vserver snapshots %s", guest) < 0)
		remedy = NULL;
	return problem_invalid(problem, "snapshot", snap, "there is no such snapshot", remedy);
}

/* --- taken --------------------------------------------------------------------------------- */

/* The oldest of those that the timer made, beyond as many as are kept. */
static int expire(const struct snap_work *work, char **ret_reason)
{
	struct snapshot *list;
	size_t n, scheduled = 0;
	int r = snapshot_list(work->guest, &list, &n);

	if (r < 0)
		return r;
	for (size_t i = 0; i < n; i++)
		scheduled += list[i].scheduled;
	for (size_t i = 0; i < n && scheduled > work->keep && !r; i++) {
		if (!list[i].scheduled)
			continue;
		r = snapshot_remove(work->guest, list[i].name, ret_reason);
		scheduled--;
	}
	snapshots_free(list, n);
	return r;
}

static int work_take(struct worker *worker, const void *userdata, char **ret_reason)
{
	const struct snap_work *work = userdata;
	int r = snapshot_take(work->guest, &work->snap, tell, worker, ret_reason);

	return !r && work->snap.scheduled ? expire(work, ret_reason) : r;
}

static bool is_there(const char *guest, const char *snap)
{
	struct snapshot found;

	if (snapshot_read(guest, snap, &found) < 0)
		return false;
	snapshot_clear(&found);
	return true;
}

/* Of the second; of more in one second each has a number. */
static int make_name(const char *guest, char **ret)
{
	char name[VS_SCHEDULE_NAME_MAX];
	char *numbered;

	vs_schedule_name(VS_PERIOD_NONE, time(NULL), name);
	*ret = strdup(name);
	for (int i = 2; *ret && is_there(guest, *ret); i++) {
		numbered = NULL;
		if (asprintf(&numbered, "%s-%d", name, i) < 0)
			numbered = NULL;
		free(*ret);
		*ret = numbered;
	}
	return *ret ? 0 : -ENOMEM;
}

/* 1: it is not time. */
static int choose_name(const struct guest *guest, const char *snap, bool scheduled, char **ret,
		       struct problem *problem)
{
	char name[VS_SCHEDULE_NAME_MAX];
	int r;

	if (!scheduled && snap) {
		if (!vs_name_valid(snap))
			return problem_invalid(problem, "snapshot", snap, "no snapshot can be called "
					       "so", "use up to 63 letters, digits, dots, dashes and "
					       "underscores, a letter or digit first");
		if (is_there(guest->name, snap))
			return problem_invalid(problem, "snapshot", snap, "there is one of that name",
					       "choose another, or remove it with vserver snapshots");
		r = (*ret = strdup(snap)) ? 0 : -ENOMEM;
	} else if (!scheduled) {
		r = make_name(guest->name, ret);
	} else {
		if (!guest->config)
			return problem_failed(problem, "reading its configuration", NULL, "%s",
					      guest->errors);
		if (guest->config->snapshots.period == VS_PERIOD_NONE)
			return 1;
		vs_schedule_name(guest->config->snapshots.period, time(NULL), name);
		if (is_there(guest->name, name))
			return 1;
		r = (*ret = strdup(name)) ? 0 : -ENOMEM;
	}
	return r < 0 ? problem_failed(problem, "preparing", NULL, "%s", strerror(-r)) : 0;
}

int operation_snapshot(struct manager *m, const char *name, const char *snap, bool scheduled,
		       operation_progress_t progress, char **ret_snap, operation_done_t done,
		       void *userdata, struct problem *problem)
{
	_cleanup_guest_ struct guest *guest = NULL;
	_cleanup_free_ char *chosen = NULL;
	struct operation *operation;
	struct snap_work *work;
	int r = guest_read(m, name, &guest, problem);

	if (!r)
		r = choose_name(guest, snap, scheduled, &chosen, problem);
	if (!r)
		r = begin(m, name, chosen, "snapshot", done, userdata, &operation, problem);
	if (r != 0)
		return r;
	work = operation->work;
	work->step = "taking the snapshot";
	work->snap.scheduled = scheduled;
	work->keep = scheduled ? guest->config->snapshots.keep : 0;
	operation->progress = progress;
	r = run(operation, work_take, problem);
	if (!r)
		*ret_snap = TAKE_PTR(chosen);
	return r;
}

/* --- brought back, removed --------------------------------------------------------------- */

static int work_back(struct worker *worker, const void *userdata, char **ret_reason)
{
	const struct snap_work *work = userdata;

	return snapshot_rollback(work->guest, work->snap.name, work->config, tell, worker,
				 ret_reason);
}

int operation_rollback(struct manager *m, const char *name, const char *snap, bool config,
		       operation_progress_t progress, operation_done_t done, void *userdata,
		       struct problem *problem)
{
	_cleanup_guest_ struct guest *guest = NULL;
	struct operation *operation;
	struct snap_work *work;
	int r = guest_read(m, name, &guest, problem);

	if (!r)
		r = check_snapshot(name, snap, problem);
	if (!r)
		r = operation_check_down(guest, problem);
	if (!r)
		r = begin(m, name, snap, "rollback", done, userdata, &operation, problem);
	if (r < 0)
		return r;
	work = operation->work;
	work->step = "bringing the snapshot back";
	work->config = config;
	operation->progress = progress;
	return run(operation, work_back, problem);
}

static int work_remove(struct worker *worker, const void *userdata, char **ret_reason)
{
	const struct snap_work *work = userdata;

	return snapshot_remove(work->guest, work->snap.name, ret_reason);
}

int operation_remove_snapshot(struct manager *m, const char *name, const char *snap,
			      operation_done_t done, void *userdata, struct problem *problem)
{
	_cleanup_guest_ struct guest *guest = NULL;
	struct operation *operation;
	struct snap_work *work;
	int r = guest_read(m, name, &guest, problem);

	if (!r)
		r = check_snapshot(name, snap, problem);
	if (!r)
		r = begin(m, name, snap, "snapshots", done, userdata, &operation, problem);
	if (r < 0)
		return r;
	work = operation->work;
	work->step = "removing the snapshot";
	return run(operation, work_remove, problem);
}
