// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Guests removed, by workers.  The tree first gets a name that no guest has, then
 * the file goes, then what was the tree.  So what a crash leaves is a guest that
 * cannot start but be deleted, or nothing but what the next daemon sweeps up.
 *
 * The guest's directory is locked meanwhile, against a start that has not asked
 * the daemon.
 */
#include <errno.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#include "config.h"
#include "directory.h"
#include "guest.h"
#include "image.h"
#include "lock.h"
#include "operation.h"
#include "scope.h"
#include "state.h"
#include "worker.h"

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

/* What a clean-up could not remove is in the state file only. */
static int remove_rest(const char *name, char **ret_reason)
{
	char *argv[] = { (char *)VS_LIBEXECDIR "/vserver-supervisor", (char *)"cleanup",
			 (char *)name, NULL };
	struct state *state = NULL;
	int r = state_read(name, &state), status = 0;
	bool left = r < 0 ? r != -ENOENT : state_is_left(state);
	pid_t pid;

	state_free(state);
	if (!left)
		return 0;
	r = -posix_spawn(&pid, argv[0], NULL, NULL, argv, environ);
	while (!r && waitpid(pid, &status, 0) < 0)
		r = errno == EINTR ? 0 : -errno;
	if (!r && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	state = NULL;
	if (state_read(name, &state) == 0 && state->reason)
		*ret_reason = strdup(state->reason);
	state_free(state);
	return r < 0 ? r : -EBUSY;
}

static int remove_files(const char *name, char **ret_reason)
{
	int r = config_delete(name);

	if (!r)
		r = state_remove(name);
	remove_logs(name);
	return r;
}

static int remove_tree(const char *name, char **ret_reason)
{
	_cleanup_strv_free_ char **leftovers = NULL;
	int r = image_leftovers(name, &leftovers);

	return r < 0 ? r : directory_sweep(leftovers, ret_reason);
}

/* struct step - "NAME: REASON", where it fails. */
struct step {
	const char *name;
	int (*run)(const char *name, char **ret_reason);
};

static int run_steps(const struct step *steps, size_t n, const char *name, char **ret_reason)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ char *reason = NULL;
		int r = steps[i].run(name, &reason);

		if (r >= 0)
			continue;
		if (asprintf(ret_reason, "%s\n%s", steps[i].name,
			     reason ? reason : strerror(-r)) < 0)
			*ret_reason = NULL;
		return r;
	}
	return 0;
}

/* What is left of it, if anything, is removed first. */
static int delete_after(const struct step *first, const char *name, char **ret_reason)
{
	static const struct step steps[] = {
		{ "removing its tree", image_hide },
		{ "removing its configuration", remove_files },
		{ "removing its tree", remove_tree },
	};
	/* Until there is nothing to be started; without a tree there is none. */
	_cleanup_close_ int lock = guest_lock(name);
	int r = run_steps(first, 1, name, ret_reason);

	return r < 0 ? r : run_steps(steps, sizeof(steps) / sizeof(*steps), name, ret_reason);
}

static int work_delete(struct worker *worker, const void *name, char **ret_reason)
{
	static const struct step look = { "looking whether it runs", state_check_down };

	return delete_after(&look, name, ret_reason);
}

static int work_delete_left(struct worker *worker, const void *name, char **ret_reason)
{
	static const struct step rest = { "removing what is left of it", remove_rest };

	return delete_after(&rest, name, ret_reason);
}

static void on_deleted(int error, const char *reason, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct operation *operation = userdata;

	if (error)
		problem_worker(&problem, "removing its tree", NULL, reason);
	operation_end(operation, error ? &problem : NULL);
}

static int check_protected(const char *name, struct problem *problem)
{
	_cleanup_free_ char *path = config_protected(name), *remedy = NULL;

	if (!path)
		return 0;
	if (asprintf(&remedy, "to lift that: vserver set %s protect=no", name) < 0)
		remedy = NULL;
	return problem_failed(problem, "it is protected", remedy, "%s has protect = yes", path);
}

int operation_delete(struct manager *m, const char *name, operation_done_t done,
		     void *userdata, struct problem *problem)
{
	_cleanup_guest_ struct guest *guest = NULL;
	struct operation *operation;
	bool left;
	int r;

	r = guest_read(m, name, &guest, problem);
	if (r < 0)
		return r;
	left = guest->state && state_is_left(guest->state);
	r = operation_new(m, name, "delete", done, userdata, &operation, problem);
	if (r < 0)
		return r;
	if (check_protected(name, problem) < 0)
		goto drop;
	if (operation_check_down(guest, problem) < 0)
		goto drop;

	r = worker_run(m->event, left ? work_delete_left : work_delete, operation->name, NULL,
		       on_deleted, operation);
	if (r < 0) {
		problem_failed(problem, "removing its tree", NULL, "%s", strerror(-r));
		goto drop;
	}
	return 0;
drop:
	operation_drop(operation);
	return -ECANCELED;
}
