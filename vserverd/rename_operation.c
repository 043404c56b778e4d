// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A stopped guest gets another name: may it, and a worker that does it.
 */
#include <errno.h>
#include <string.h>

#include "guest.h"
#include "operation.h"
#include "rename.h"
#include "scope.h"
#include "worker.h"

/* What the worker needs. */
struct renaming {
	char *name, *to;
	struct operation *other;	/* that of the new name */
};

static void free_renaming(void *work)
{
	struct renaming *renaming = work;

	if (!renaming)
		return;
	free(renaming->name);
	free(renaming->to);
	free(renaming);
}

static int work_rename(struct worker *worker, const void *work, char **ret_reason)
{
	const struct renaming *renaming = work;

	return rename_guest(renaming->name, renaming->to, ret_reason);
}

static void on_renamed(int error, const char *reason, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct operation *operation = userdata;
	const struct renaming *renaming = operation->work;

	if (error == -EEXIST)
		problem_set(&problem, PROBLEM_EXISTS, renaming->to, NULL);
	else if (error == -ECHILD)	/* it may be half done */
		rename_complete();
	if (error && !problem.kind)
		problem_failed(&problem, "renaming it", NULL, "%s", reason);
	operation_drop(renaming->other);
	operation_end(operation, error ? &problem : NULL);
}

/* What is left of it is found by its name. */
static int check_left(const struct guest *guest, struct problem *problem)
{
	if (!guest->state || !state_is_left(guest->state))
		return 0;
	return problem_failed(problem, "something is left of it",
			      "start and stop it first; see: vserver status",
			      "%s", guest->state->reason ? guest->state->reason :
							   "its clean-up did not end");
}

/* Both names are taken until it is over. */
static int begin(struct manager *m, const char *name, const char *to, operation_done_t done,
		 void *userdata, struct operation **ret, struct problem *problem)
{
	struct operation *operation, *other;
	struct renaming *renaming;
	int r = operation_new(m, to, "rename", NULL, NULL, &other, problem);

	if (r < 0)
		return r;
	r = operation_new(m, name, "rename", done, userdata, &operation, problem);
	if (r < 0) {
		operation_drop(other);
		return r;
	}
	renaming = calloc(1, sizeof(*renaming));
	operation->work = renaming;
	operation->free_work = free_renaming;
	if (!renaming || !(renaming->name = strdup(name)) || !(renaming->to = strdup(to))) {
		operation_drop(operation);
		operation_drop(other);
		return problem_failed(problem, "preparing", NULL, "%s", strerror(ENOMEM));
	}
	renaming->other = other;
	*ret = operation;
	return 0;
}

int operation_rename(struct manager *m, const char *name, const char *to,
		     operation_done_t done, void *userdata, struct problem *problem)
{
	_cleanup_guest_ struct guest *guest = NULL;
	struct operation *operation = NULL;
	struct renaming *renaming;
	int r = guest_read(m, name, &guest, problem);

	if (!r)
		r = operation_check_down(guest, problem);
	if (!r)
		r = check_left(guest, problem);
	if (!r)
		r = operation_check_new(m, to, problem);
	if (!r)
		r = begin(m, name, to, done, userdata, &operation, problem);
	if (r < 0)
		return r;
	renaming = operation->work;
	r = worker_run(m->event, work_rename, renaming, NULL, on_renamed, operation);
	if (r >= 0)
		return 0;
	operation_drop(renaming->other);
	operation_drop(operation);
	return problem_failed(problem, "preparing", NULL, "%s", strerror(-r));
}
