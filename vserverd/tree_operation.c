// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Guests made and removed: the tree by a worker, the file in the daemon.  A
 * guest's file is written when its tree is whole, and removed when its tree
 * is gone; so what a crash leaves is a guest that can be deleted.
 */
#include <errno.h>
#include <string.h>

#include "config.h"
#include "guest.h"
#include "image.h"
#include "operation.h"
#include "scope.h"
#include "worker.h"

/* What a build needs beyond its request. */
struct build {
	char *name;
	char *from;
	struct pairs settings;
};

static void free_build(void *work)
{
	struct build *build = work;

	if (!build)
		return;
	for (size_t i = 0; i < build->settings.n; i++) {
		free(build->settings.keys[i]);
		free(build->settings.values[i]);
	}
	free(build->settings.keys);
	free(build->settings.values);
	free(build->name);
	free(build->from);
	free(build);
}

static struct build *new_build(const char *name, const char *from,
			       const struct pairs *settings)
{
	struct build *build = calloc(1, sizeof(*build));

	if (!build)
		return NULL;
	build->name = strdup(name);
	build->from = strdup(from);
	build->settings.keys = calloc(settings->n + 1, sizeof(char *));
	build->settings.values = calloc(settings->n + 1, sizeof(char *));
	if (!build->name || !build->from || !build->settings.keys || !build->settings.values)
		goto fail;
	for (size_t i = 0; i < settings->n; i++) {
		build->settings.n = i + 1;
		build->settings.keys[i] = strdup(settings->keys[i]);
		build->settings.values[i] = strdup(settings->values[i]);
		if (!build->settings.keys[i] || !build->settings.values[i])
			goto fail;
	}
	return build;
fail:
	free_build(build);
	return NULL;
}

/* --- build --------------------------------------------------------------------------- */

static void tell(unsigned int percent, void *userdata)
{
	worker_tell(userdata, percent);
}

static int work_build(struct worker *worker, const void *work, char **ret_reason)
{
	const struct build *build = work;

	return image_build(build->name, build->from, tell, worker, ret_reason);
}

static void on_progress(unsigned int percent, void *userdata)
{
	const struct operation *operation = userdata;

	if (operation->progress)
		operation->progress(percent, operation->userdata);
}

static void on_built(int error, const char *reason, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	_cleanup_free_ char *ignored = NULL;
	struct operation *operation = userdata;
	const struct build *build = operation->work;
	int r;

	if (error == -EEXIST)
		problem_set(&problem, PROBLEM_EXISTS, operation->name, NULL);
	else if (error < 0)
		problem_failed(&problem, "unpacking the archive", NULL, "%s", reason);
	if (error < 0) {
		image_sweep(operation->name);	/* the worker may have been killed */
		operation_end(operation, &problem);
		return;
	}

	r = config_create(operation->name, (const char *const *)build->settings.keys,
			  (const char *const *)build->settings.values, build->settings.n);
	if (r < 0) {
		image_delete(operation->name, &ignored);
		problem_failed(&problem, "writing its configuration", NULL, "%s", strerror(-r));
	}
	operation_end(operation, r < 0 ? &problem : NULL);
}

static int check_new(struct manager *m, const char *name, struct problem *problem)
{
	_cleanup_guest_ struct guest *guest = NULL;
	int r = guest_read(m, name, &guest, problem);

	if (!r)
		return problem_set(problem, PROBLEM_EXISTS, name, NULL);
	if (problem->kind != PROBLEM_NO_SUCH_GUEST)
		return r;
	problem_clear(problem);
	return 0;
}

int operation_build(struct manager *m, const char *name, const char *from,
		    const struct pairs *settings, operation_progress_t progress,
		    operation_done_t done, void *userdata, struct problem *problem)
{
	struct operation *operation;
	int r;

	r = operation_new(m, name, "build", done, userdata, &operation, problem);
	if (r < 0)
		return r;
	r = check_new(m, name, problem);
	if (!r)
		r = set_check(name, settings, problem);
	if (r < 0)
		goto drop;

	operation->progress = progress;
	operation->free_work = free_build;
	operation->work = new_build(name, from, settings);
	r = operation->work ? worker_run(m->event, work_build, operation->work, on_progress,
					 on_built, operation) : -ENOMEM;
	if (r < 0) {
		problem_failed(problem, "unpacking the archive", NULL, "%s", strerror(-r));
		goto drop;
	}
	return 0;
drop:
	operation_drop(operation);
	return -ECANCELED;
}

/* --- delete -------------------------------------------------------------------------- */

static int work_delete(struct worker *worker, const void *work, char **ret_reason)
{
	return image_delete(work, ret_reason);
}

/* What its console has printed, as the supervisor keeps it. */
static void remove_logs(const char *name)
{
	static const char *const suffixes[] = { "console", "console.1" };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++) {
		_cleanup_free_ char *path = NULL;

		if (asprintf(&path, STATE_DIR "/%s.%s", name, suffixes[i]) >= 0)
			unlink(path);
	}
}

static void on_deleted(int error, const char *reason, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct operation *operation = userdata;
	int r = error;

	if (r < 0) {
		problem_failed(&problem, "removing its tree",
			       r == -EBUSY ? "unmount it" : NULL, "%s", reason);
	} else {
		r = config_delete(operation->name);
		if (!r)
			r = state_remove(operation->name);
		remove_logs(operation->name);
		if (r < 0)
			problem_failed(&problem, "removing its configuration", NULL, "%s",
				       strerror(-r));
	}
	operation_end(operation, r < 0 ? &problem : NULL);
}

int operation_delete(struct manager *m, const char *name, operation_done_t done,
		     void *userdata, struct problem *problem)
{
	_cleanup_guest_ struct guest *guest = NULL;
	struct operation *operation;
	int r;

	r = guest_read(m, name, &guest, problem);
	if (r < 0)
		return r;
	r = operation_new(m, name, "delete", done, userdata, &operation, problem);
	if (r < 0)
		return r;
	if (guest_is_up(guest)) {
		_cleanup_free_ char *by = NULL;

		if (asprintf(&by, "it is %s; stop it first", guest->phase) < 0)
			by = NULL;
		problem_set(problem, PROBLEM_BUSY, name, by);
		goto drop;
	}

	r = worker_run(m->event, work_delete, operation->name, NULL, on_deleted, operation);
	if (r < 0) {
		problem_failed(problem, "removing its tree", NULL, "%s", strerror(-r));
		goto drop;
	}
	return 0;
drop:
	operation_drop(operation);
	return -ECANCELED;
}
