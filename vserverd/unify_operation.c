// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Identical files of guests made to share blocks, by a worker; one at a time.  It
 * may end anywhere: what is shared by then stays so.
 */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "guest.h"
#include "operation.h"
#include "scope.h"
#include "unify.h"
#include "worker.h"

/* No guest can be called so. */
#define ALL "*"

/* What the worker needs. */
struct unifying {
	char **guests;
	bool dry_run;
	struct unified *result;
};

static void free_unifying(void *work)
{
	struct unifying *unifying = work;

	if (!unifying)
		return;
	scope_strv_free(&unifying->guests);
	free(unifying);
}

static void tell(unsigned int percent, void *userdata)
{
	worker_tell(userdata, percent);
}

static int work_unify(struct worker *worker, const void *work, char **ret_reason)
{
	const struct unifying *unifying = work;
	struct unified result;
	int r = unify(unifying->guests, unifying->dry_run, tell, worker, &result, ret_reason);

	if (!r && asprintf(ret_reason, "%" PRIu64 " %" PRIu64, result.files, result.bytes) < 0)
		*ret_reason = NULL;
	return r;
}

static void on_progress(unsigned int percent, void *userdata)
{
	const struct operation *operation = userdata;

	if (operation->progress)
		operation->progress(percent, operation->userdata);
}

static void on_unified(int error, const char *reason, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct operation *operation = userdata;
	const struct unifying *unifying = operation->work;

	if (error == -EOPNOTSUPP)
		problem_unsupported(&problem, "unify", reason, "btrfs and xfs can");
	else if (error)
		problem_failed(&problem, "unifying", NULL, "%s", reason);
	else if (!reason || sscanf(reason, "%" SCNu64 " %" SCNu64, &unifying->result->files,
				   &unifying->result->bytes) != 2)
		problem_failed(&problem, "unifying", NULL, "its worker said nothing");
	operation_end(operation, problem.kind ? &problem : NULL);
}

/* All that there are, or those that were named, which are there. */
static int choose(struct manager *m, char *const *names, char ***ret, struct problem *problem)
{
	_cleanup_strv_free_ char **chosen = NULL;
	size_t n = 0;
	int r;

	if (!names || !*names) {
		r = manager_names(ret);
		return r < 0 ? problem_failed(problem, "listing guests", NULL, "%s",
					      strerror(-r)) : 0;
	}
	while (names[n])
		n++;
	chosen = calloc(n + 1, sizeof(char *));
	for (size_t i = 0; chosen && i < n; i++) {
		_cleanup_guest_ struct guest *guest = NULL;

		r = guest_read(m, names[i], &guest, problem);
		if (r < 0)
			return r;
		chosen[i] = strdup(names[i]);
	}
	if (!chosen || !chosen[n - 1])
		return problem_failed(problem, "preparing", NULL, "%s", strerror(ENOMEM));
	*ret = TAKE_PTR(chosen);
	return 0;
}

int operation_unify(struct manager *m, char *const *names, bool dry_run,
		    operation_progress_t progress, const void *client, struct unified *ret,
		    operation_done_t done, void *userdata, struct problem *problem)
{
	struct worker_job job = { .work = work_unify, .fd = -1, .progress = on_progress,
				  .done = on_unified };
	struct operation *operation;
	struct unifying *unifying;
	int r = operation_new(m, ALL, "unify", done, userdata, &operation, problem);

	if (r < 0)
		return r;
	unifying = calloc(1, sizeof(*unifying));
	operation->work = unifying;
	operation->free_work = free_unifying;
	operation->progress = progress;
	r = unifying ? choose(m, names, &unifying->guests, problem) :
	    problem_failed(problem, "preparing", NULL, "%s", strerror(ENOMEM));
	if (!r) {
		unifying->dry_run = dry_run;
		unifying->result = ret;
		operation->client = client;
		job.argument = unifying;
		job.userdata = operation;
		r = worker_start(m->event, &job, &operation->worker);
		if (r < 0)
			problem_failed(problem, "preparing", NULL, "%s", strerror(-r));
	}
	if (r >= 0)
		return 0;
	operation_drop(operation);
	return -ECANCELED;
}
