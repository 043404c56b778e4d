// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Guests made, by workers: whatever touches a tree may take long.  A guest's file
 * is written when its tree is whole: what a crash leaves is a whole guest, or
 * nothing but what the next daemon sweeps up.
 */
#include <errno.h>
#include <string.h>

#include "config.h"
#include "directory.h"
#include "guest.h"
#include "image.h"
#include "layer.h"
#include "log.h"
#include "making.h"
#include "operation.h"
#include "scope.h"
#include "store.h"
#include "worker.h"

/* What is made, and of what. */
struct build {
	char *name;
	struct tree_source source;
	struct pairs settings;
	struct problem problem;	/* why it failed, while it is swept up */
};

static void free_build(void *work)
{
	struct build *build = work;

	if (!build)
		return;
	pairs_clear(&build->settings);
	problem_clear(&build->problem);
	store_source_clear(&build->source.from);
	free(build->name);
	free(build);
}

static struct build *new_build(const char *name, const struct tree_source *source,
			       const struct pairs *settings)
{
	struct build *build = calloc(1, sizeof(*build));

	if (!build)
		return NULL;
	build->source.kind = source->kind;
	build->name = strdup(name);
	if (!build->name || store_source_copy(&source->from, &build->source.from) < 0 ||
	    pairs_copy(settings, &build->settings) < 0) {
		free_build(build);
		return NULL;
	}
	return build;
}

/* --- build --------------------------------------------------------------------------- */

static void tell(unsigned int percent, void *userdata)
{
	worker_tell(userdata, percent);
}

static int work_build(struct worker *worker, const void *work, char **ret_reason)
{
	const struct build *build = work;
	int r = making_begin(build->name, ret_reason);

	if (r < 0)
		return r;
	if (build->source.kind == TREE_LAYER)
		return layer_create(build->name, pairs_find(&build->settings, "image"), ret_reason);
	return image_build(build->name, &build->source, tell, worker, ret_reason);
}

static void on_progress(unsigned int percent, void *userdata)
{
	const struct operation *operation = userdata;

	if (operation->progress)
		operation->progress(percent, operation->userdata);
}

/* --- a build that failed ---------------------------------------------------------------- */

static int work_discard(struct worker *worker, const void *work, char **ret_reason)
{
	_cleanup_strv_free_ char **leftovers = NULL;
	const struct build *build = work;
	int r;

	r = image_hide(build->name, ret_reason);
	if (!r)
		r = image_leftovers(build->name, &leftovers);
	return r < 0 ? r : directory_sweep(leftovers, ret_reason);
}

static void on_discarded(int error, const char *reason, void *userdata)
{
	struct operation *operation = userdata;
	struct build *build = operation->work;
	_cleanup_problem_ struct problem problem = build->problem;

	build->problem = (struct problem){ 0 };		/* the work ends first */
	if (error)
		log_error("%s: what its build made is left: %s", operation->name, reason);
	else
		making_end(operation->name);
	operation_end(operation, &problem);
}

/* The worker may have been killed; build->problem says why. */
static void discard(struct operation *operation)
{
	int r = worker_run(operation->manager->event, work_discard, operation->work, NULL,
			   on_discarded, operation);

	if (r < 0)
		on_discarded(r, strerror(-r), operation);
}

/* --- and one that did not ----------------------------------------------------------------- */

static const char *step_of(const struct build *build)
{
	static const char *const steps[] = {
		[TREE_LAYER] = "making its layer",
		[TREE_ARCHIVE] = "unpacking the archive",
		[TREE_DIRECTORY] = "copying the directory",
		[TREE_DEBIAN] = "installing Debian",
		[TREE_EMPTY] = "making its tree",
	};

	return steps[build->source.kind];
}

static void on_built(int error, const char *reason, void *userdata)
{
	_cleanup_problem_ struct problem exists = { 0 };
	struct operation *operation = userdata;
	struct build *build = operation->work;
	int r;

	operation->worker = NULL;
	if (error == -EEXIST) {		/* what is there is another's */
		making_end(operation->name);
		problem_set(&exists, PROBLEM_EXISTS, operation->name, NULL);
		operation_end(operation, &exists);
		return;
	}
	if (error < 0) {
		problem_failed(&build->problem, step_of(build), NULL, "%s", reason);
		discard(operation);
		return;
	}
	r = config_create(operation->name, (const char *const *)build->settings.keys,
			  (const char *const *)build->settings.values, build->settings.n);
	if (r < 0) {
		problem_failed(&build->problem, "writing its configuration", NULL, "%s",
			       strerror(-r));
		discard(operation);
		return;
	}
	making_end(operation->name);
	operation_end(operation, NULL);
}

int operation_check_new(struct manager *m, const char *name, struct problem *problem)
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

static int begin(struct manager *m, const char *name, const struct tree_source *source,
		 const struct pairs *settings, struct operation *operation,
		 struct problem *problem)
{
	struct worker_job job = { .work = work_build, .fd = -1, .progress = on_progress,
				  .done = on_built, .userdata = operation };
	struct build *build;
	int r = operation_check_new(m, name, problem);

	if (!r)
		r = set_check(name, settings, problem);
	if (r < 0)
		return r;
	build = operation->work = new_build(name, source, settings);
	operation->free_work = free_build;
	job.argument = build;
	r = build ? worker_start(m->event, &job, &operation->worker) : -ENOMEM;
	return r < 0 ? problem_failed(problem, "preparing", NULL, "%s", strerror(-r)) : 0;
}

static int check_source(const struct tree_source *source, const struct pairs *settings,
			struct problem *problem)
{
	_cleanup_free_ char *reason = NULL;
	const char *image = pairs_find(settings, "image");

	if (image)
		return problem_invalid(problem, "image", image, "a tree of its own is no layer "
				       "over an image", "leave it out, or create the guest from it");
	if (source->kind == TREE_DEBIAN && store_debian_check(&source->from, &reason) < 0)
		return problem_failed(problem, "", NULL, "%s", reason ? reason : "no memory");
	return 0;
}

int operation_build(struct manager *m, const char *name, const struct tree_source *source,
		    const struct pairs *settings, operation_progress_t progress,
		    operation_done_t done, void *userdata, struct problem *problem)
{
	struct operation *operation;
	int r = check_source(source, settings, problem);

	if (!r)
		r = operation_new(m, name, "build", done, userdata, &operation, problem);
	if (r < 0)
		return r;
	operation->progress = progress;
	r = begin(m, name, source, settings, operation, problem);
	if (r < 0)
		operation_drop(operation);
	return r;
}

/* --- create --------------------------------------------------------------------------- */

static int check_image(const struct pairs *settings, struct problem *problem)
{
	_cleanup_free_ char *found = NULL, *reason = NULL;
	const char *image = pairs_find(settings, "image");
	int r;

	if (!image || !*image)
		return problem_invalid(problem, "image", "", "a guest is created from an image",
				       "give its name; see: vserver image list");
	r = store_find(image, &found, &reason);
	return r < 0 ? problem_failed(problem, "finding its image", NULL, "%s",
				      reason ? reason : strerror(-r)) : 0;
}

int operation_create(struct manager *m, const char *name, const struct pairs *settings,
		     operation_done_t done, void *userdata, struct problem *problem)
{
	const struct tree_source source = { .kind = TREE_LAYER };
	struct operation *operation;
	int r = check_image(settings, problem);

	if (!r)
		r = operation_new(m, name, "create", done, userdata, &operation, problem);
	if (r < 0)
		return r;
	r = begin(m, name, &source, settings, operation, problem);
	if (r < 0)
		operation_drop(operation);
	return r;
}
