// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Images made, verified and removed, by workers: each takes as long as there are
 * files.  One at a time of a name, and of an image; others go on meanwhile.
 */
#include <errno.h>
#include <string.h>

#include "log.h"
#include "operation.h"
#include "scope.h"
#include "store_operation.h"
#include "text.h"
#include "worker.h"

/* What is done, and for whom; that of an operation of which the key is "image/NAME",
 * for a name of a guest has no slash. */
struct work {
	char *word;			/* the image, as it was asked for */
	char *digest;			/* verify, remove */
	uint64_t bytes;			/* verify */
	struct store_source source;	/* import */
	bool replace;
	struct problem problem;		/* import: why it failed, while it is swept up */
	image_done_t done;
	void *userdata;
};

static void free_work(void *argument)
{
	struct work *work = argument;

	if (!work)
		return;
	free(work->word);
	free(work->digest);
	store_source_clear(&work->source);
	problem_clear(&work->problem);
	free(work);
}

static struct work *new_work(const char *word, image_done_t done, void *userdata)
{
	struct work *work = calloc(1, sizeof(*work));

	if (!work)
		return NULL;
	work->done = done;
	work->userdata = userdata;
	work->word = strdup(word);
	if (work->word)
		return work;
	free_work(work);
	return NULL;
}

/* Told with its result; the operation is over before. */
static void end(struct operation *operation, const struct problem *problem,
		sd_json_variant *result)
{
	struct work *work = TAKE_PTR(operation->work);

	operation_drop(operation);
	work->done(problem, result, work->userdata);
	free_work(work);
}

/* Takes @work over. */
static int new_operation(struct manager *m, const char *key, const char *verb,
			 struct work *work, operation_progress_t progress,
			 struct operation **ret, struct problem *problem)
{
	_cleanup_free_ char *name = NULL, *image = strdup(work->word);
	int r;

	if (!image || asprintf(&name, "image/%s", key) < 0) {
		name = NULL;
		free_work(work);
		return problem_failed(problem, "preparing", NULL, "%s", strerror(ENOMEM));
	}
	r = operation_new(m, name, verb, NULL, NULL, ret, problem);
	if (r < 0) {
		free_work(work);
		free(problem->name);
		problem->name = TAKE_PTR(image);
		return r;
	}
	(*ret)->progress = progress;
	(*ret)->userdata = work->userdata;
	(*ret)->work = work;
	(*ret)->free_work = free_work;
	return 0;
}

static void tell(unsigned int percent, void *userdata)
{
	worker_tell(userdata, percent);
}

static void on_progress(unsigned int percent, void *userdata)
{
	const struct operation *operation = userdata;

	if (operation->progress)
		operation->progress(percent, operation->userdata);
}

/* @client: for whom alone it is; NULL: it goes on without. */
static int run(struct operation *operation, worker_work_t call, worker_done_t done,
	       const void *client, struct problem *problem)
{
	const struct worker_job job = {
		.work = call, .argument = operation->work, .fd = -1,
		.progress = on_progress, .done = done, .userdata = operation,
	};
	int r;

	operation->client = client;
	r = worker_start(operation->manager->event, &job, &operation->worker);
	if (r >= 0)
		return 0;
	operation_drop(operation);
	return problem_failed(problem, "starting a worker", NULL, "%s", strerror(-r));
}

/* --- import --------------------------------------------------------------------------- */

static int work_import(struct worker *worker, const void *argument, char **ret_reason)
{
	const struct work *work = argument;

	return store_import(work->word, &work->source, work->replace, tell, worker, ret_reason);
}

/* The worker may have been killed. */
static int work_discard(struct worker *worker, const void *argument, char **ret_reason)
{
	_cleanup_strv_free_ char **leftovers = NULL;
	const struct work *work = argument;
	int r = store_leftovers(work->word, &leftovers);

	return r < 0 ? r : store_sweep(leftovers, ret_reason);
}

static void on_discarded(int error, const char *reason, void *userdata)
{
	struct operation *operation = userdata;
	struct work *work = operation->work;

	if (error)
		log_error("image %s: what its import made is left: %s", work->word, reason);
	end(operation, &work->problem, NULL);
}

static void on_imported(int error, const char *reason, void *userdata)
{
	struct operation *operation = userdata;
	struct work *work = operation->work;
	sd_json_variant *image = NULL;
	int r;

	operation->worker = NULL;
	if (error < 0) {
		problem_failed(&work->problem, "", NULL, "%s", reason);
		r = worker_run(operation->manager->event, work_discard, work, NULL, on_discarded,
			       operation);
		if (r < 0)
			on_discarded(r, strerror(-r), operation);
		return;
	}
	if (image_json(work->word, &image, &work->problem) < 0)
		end(operation, &work->problem, NULL);
	else
		end(operation, NULL, image);
	sd_json_variant_unref(image);
}

static int check_import(const char *name, const struct store_source *source,
			struct problem *problem)
{
	_cleanup_free_ char *reason = NULL;

	if (!vs_name_valid(name) || !strncmp(name, "sha256-", 7))
		return problem_invalid(problem, "name", name, "no image can be called so",
				       "take 1 to 63 of the characters A-Za-z0-9._-, the first "
				       "neither a dot nor a dash, and not sha256-");
	if (source->suite && store_debian_check(source, &reason) < 0)
		return problem_failed(problem, "", NULL, "%s", reason ? reason : "no memory");
	return 0;
}

int image_import(struct manager *m, const char *name, const struct store_source *source,
		 bool replace, operation_progress_t progress, const void *client,
		 image_done_t done, void *userdata, struct problem *problem)
{
	struct operation *operation;
	struct work *work;
	int r = check_import(name, source, problem);

	if (r < 0)
		return r;
	work = new_work(name, done, userdata);
	if (!work || store_source_copy(source, &work->source) < 0) {
		free_work(work);
		return problem_failed(problem, "preparing", NULL, "%s", strerror(ENOMEM));
	}
	work->replace = replace;
	r = new_operation(m, name, source->suite ? "build" : "copy", work, progress, &operation,
			  problem);
	return r < 0 ? r : run(operation, work_import, on_imported, client, problem);
}

/* --- verify --------------------------------------------------------------------------- */

static int work_verify(struct worker *worker, const void *argument, char **ret_reason)
{
	const struct work *work = argument;

	return store_verify(work->digest, work->bytes, tell, worker, ret_reason);
}

/* "PATH\tWHAT\n", as often as there are differences; the last may be cut. */
static int differences_json(const char *reason, sd_json_variant **ret)
{
	_cleanup_free_ char *text = strdup(reason);
	char *rest = text, *line;
	int r = sd_json_variant_new_array(ret, NULL, 0);

	if (!text)
		return -ENOMEM;
	text_make_utf8(text);
	while (r >= 0 && (line = strsep(&rest, "\n"))) {
		char *what = strchr(line, '\t');

		if (!what)
			continue;
		*what++ = '\0';
		r = sd_json_variant_append_arraybo(ret, SD_JSON_BUILD_PAIR_STRING("path", line),
						   SD_JSON_BUILD_PAIR_STRING("what", what));
	}
	return r;
}

static void on_verified(int error, const char *reason, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct operation *operation = userdata;
	sd_json_variant *differences = NULL;
	int r = differences_json(error == -EUCLEAN ? reason : "", &differences);

	if (error < 0 && error != -EUCLEAN)
		problem_failed(&problem, "", NULL, "%s", reason);
	else if (r < 0)
		problem_failed(&problem, "", NULL, "%s", strerror(-r));
	end(operation, problem.kind ? &problem : NULL, differences);
	sd_json_variant_unref(differences);
}

/* One of an image that is there. */
static int new_look(struct manager *m, const char *word, const char *verb,
		    operation_progress_t progress, image_done_t done, void *userdata,
		    struct operation **ret, struct problem *problem)
{
	_cleanup_free_ char *digest = NULL, *reason = NULL;
	struct work *work;
	int r = store_find(word, &digest, &reason);

	if (r < 0)
		return problem_image(problem, word, r, reason);
	work = new_work(word, done, userdata);
	if (!work || !(work->digest = strdup(digest))) {
		free_work(work);
		return problem_failed(problem, "preparing", NULL, "%s", strerror(ENOMEM));
	}
	work->bytes = image_bytes(digest);
	return new_operation(m, digest, verb, work, progress, ret, problem);
}

int image_verify(struct manager *m, const char *word, operation_progress_t progress,
		 const void *client, image_done_t done, void *userdata, struct problem *problem)
{
	struct operation *operation;
	int r = new_look(m, word, "verification", progress, done, userdata, &operation, problem);

	return r < 0 ? r : run(operation, work_verify, on_verified, client, problem);
}

/* --- remove --------------------------------------------------------------------------- */

/* That the image is kept is seen afterwards. */
static int work_remove(struct worker *worker, const void *argument, char **ret_reason)
{
	const struct work *work = argument;
	bool kept;

	return store_remove(work->word, &kept, ret_reason);
}

static void on_removed(int error, const char *reason, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	_cleanup_free_ char *digest = NULL, *why = NULL, *whole = NULL;
	struct operation *operation = userdata;
	struct work *work = operation->work;
	sd_json_variant *kept = NULL;

	if (error < 0)
		problem_failed(&problem, "", NULL, "%s", reason);
	if (asprintf(&whole, "sha256:%s", strchr(work->digest, '-') + 1) < 0)
		whole = NULL;
	sd_json_variant_new_boolean(&kept, whole && store_find(whole, &digest, &why) == 0);
	end(operation, error < 0 ? &problem : NULL, kept);
	sd_json_variant_unref(kept);
}

int image_remove(struct manager *m, const char *word, image_done_t done, void *userdata,
		 struct problem *problem)
{
	struct operation *operation;
	int r = new_look(m, word, "removal", NULL, done, userdata, &operation, problem);

	return r < 0 ? r : run(operation, work_remove, on_removed, NULL, problem);
}

/* --- what was cut off -------------------------------------------------------------------- */

static int work_sweep(struct worker *worker, const void *leftovers, char **ret_reason)
{
	return store_sweep((char *const *)leftovers, ret_reason);
}

static void on_swept(int error, const char *reason, void *userdata)
{
	if (error)
		log_warning("cannot sweep up: %s", reason);
}

/* Named now, before others begin. */
void image_adopt(struct manager *m)
{
	_cleanup_strv_free_ char **leftovers = NULL;
	int r = store_settle();

	if (!r)
		r = store_leftovers(NULL, &leftovers);
	if (!r && *leftovers)
		r = worker_run(m->event, work_sweep, leftovers, NULL, on_swept, NULL);
	if (r < 0)
		on_swept(r, strerror(-r), NULL);
}
