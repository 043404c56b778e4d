// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * A guest made of another: its files, copied by a worker, and its settings, but
 * those that no two can have, and those that are given in their place.  As of a
 * build its file is written when its tree is whole; user ids, traffic and snapshots
 * are its own, from nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "directory.h"
#include "fail.h"
#include "guest.h"
#include "guest_copy.h"
#include "image.h"
#include "lock.h"
#include "log.h"
#include "making.h"
#include "operation.h"
#include "scope.h"
#include "tree.h"
#include "worker.h"

/* Of which a clone needs its own. */
static const char *const own[] = { "xid", "address", "hostname", NULL };

/* What the worker needs. */
struct clone {
	char *from, *to;
	struct pairs settings;
	struct operation *other;	/* that of the guest which is copied */
	struct problem problem;		/* why it failed, while it is swept up */
};

static void free_clone(void *work)
{
	struct clone *clone = work;

	if (!clone)
		return;
	pairs_clear(&clone->settings);
	problem_clear(&clone->problem);
	free(clone->from);
	free(clone->to);
	free(clone);
}

/* --- in the worker ---------------------------------------------------------------------- */

static void tell(unsigned int percent, void *userdata)
{
	worker_tell(userdata, percent);
}

/* What a layered guest has beside its layer: where the two are mounted. */
static int make_root(int dir)
{
	if (!strcmp(guest_part(dir), "root"))
		return 0;
	return mkdirat(dir, "root", 0755) < 0 ? -errno : 0;
}

static int fill(const struct clone *clone, int from, int dir, struct worker *worker,
		char **ret_reason)
{
	uint64_t pause_ns;
	int r;

	r = guest_copy_frozen(clone->from, from, dir, "", tell, worker, NULL, &pause_ns,
			      ret_reason);
	if (!r)
		r = make_root(dir);
	if (!r && syncfs(dir) < 0)
		r = -errno;
	return r;
}

static int work_clone(struct worker *worker, const void *work, char **ret_reason)
{
	const struct clone *clone = work;
	_cleanup_close_ int from = guest_lock(clone->from), dir = -1;
	_cleanup_close_ int guests = open(GUESTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_free_ char *temporary = NULL;
	int r;

	if (from < 0 || guests < 0)
		return from < 0 ? from : -errno;
	r = making_begin(clone->to, ret_reason);
	if (r < 0)
		return r;
	if (asprintf(&temporary, GUESTS_DIR "/.%s.XXXXXX", clone->to) < 0) {
		temporary = NULL;
		return -ENOMEM;
	}
	if (!mkdtemp(temporary))
		return fail(ret_reason, -errno, "making %s: %s", temporary, strerror(errno));
	dir = open(temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	r = dir < 0 ? -errno : fill(clone, from, dir, worker, ret_reason);
	if (!r && renameat2(AT_FDCWD, temporary, guests, clone->to, RENAME_NOREPLACE) < 0)
		r = -errno;
	if (!r && fsync(guests) < 0)
		r = -errno;
	if (r < 0)
		tree_remove(guests, strrchr(temporary, '/') + 1);
	return r;
}

/* --- the end ------------------------------------------------------------------------------ */

static void end(struct operation *operation, const struct problem *problem)
{
	const struct clone *clone = operation->work;

	operation_drop(clone->other);
	operation_end(operation, problem);
}

static int work_discard(struct worker *worker, const void *work, char **ret_reason)
{
	_cleanup_strv_free_ char **leftovers = NULL;
	const struct clone *clone = work;
	int r;

	r = image_hide(clone->to, ret_reason);
	if (!r)
		r = image_leftovers(clone->to, &leftovers);
	return r < 0 ? r : directory_sweep(leftovers, ret_reason);
}

static void on_discarded(int error, const char *reason, void *userdata)
{
	struct operation *operation = userdata;
	struct clone *clone = operation->work;
	_cleanup_problem_ struct problem problem = clone->problem;

	clone->problem = (struct problem){ 0 };		/* the work ends first */
	if (error)
		log_error("%s: what the clone made is left: %s", operation->name, reason);
	else
		making_end(clone->to);
	end(operation, &problem);
}

static void on_progress(unsigned int percent, void *userdata)
{
	const struct operation *operation = userdata;

	if (operation->progress)
		operation->progress(percent, operation->userdata);
}

static void on_cloned(int error, const char *reason, void *userdata)
{
	_cleanup_problem_ struct problem exists = { 0 };
	struct operation *operation = userdata;
	struct clone *clone = operation->work;
	int r;

	operation->worker = NULL;
	if (error == -EEXIST) {		/* what is there is another's */
		making_end(clone->to);
		problem_set(&exists, PROBLEM_EXISTS, clone->to, NULL);
		end(operation, &exists);
		return;
	}
	r = error ? error : config_create(clone->to, (const char *const *)clone->settings.keys,
					  (const char *const *)clone->settings.values,
					  clone->settings.n);
	if (!r) {
		making_end(clone->to);
		end(operation, NULL);
		return;
	}
	problem_failed(&clone->problem, error ? "copying its files" : "writing its configuration",
		       NULL, "%s", error ? reason : strerror(-r));
	r = worker_run(operation->manager->event, work_discard, clone, NULL, on_discarded,
		       operation);
	if (r < 0)
		on_discarded(r, strerror(-r), operation);
}

/* --- the beginning ------------------------------------------------------------------------ */

/* Which of those that no two can have it has, and the other is not given. */
static int list_own(const struct guest *guest, const struct pairs *given_now, char ***ret)
{
	_cleanup_strv_free_ char **left = calloc(sizeof(own) / sizeof(*own), sizeof(char *));
	size_t n = 0;

	if (!left)
		return -ENOMEM;
	for (const char *const *name = own; *name; name++) {
		bool given = false;

		if (pairs_find(given_now, *name))
			continue;
		for (size_t i = 0; i < guest->config->n_values; i++) {
			const struct setting_value *value = &guest->config->values[i];

			given = given || (!strcmp(value->setting->name, *name) &&
					  strcmp(value->source, "default"));
		}
		if (given && !(left[n++] = strdup(*name)))
			return -ENOMEM;
	}
	*ret = TAKE_PTR(left);
	return 0;
}

/* Those of the other, and in place of some of them those that are given. */
static int read_settings(const char *name, const struct pairs *given, struct pairs *ret)
{
	size_t n = sizeof(own) / sizeof(*own);
	_cleanup_free_ const char **except = calloc(n + given->n, sizeof(char *));
	int r;

	if (!except)
		return -ENOMEM;
	memcpy(except, own, sizeof(own));
	for (size_t i = 0; i < given->n; i++)
		except[n - 1 + i] = given->keys[i];
	r = config_lasting(name, except, &ret->keys, &ret->values, &ret->n);
	return r < 0 ? r : pairs_append(ret, given);
}

static int prepare(struct operation *operation, const struct guest *guest, const char *to,
		   const struct pairs *settings)
{
	struct clone *clone = calloc(1, sizeof(*clone));

	operation->work = clone;
	operation->free_work = free_clone;
	if (!clone || !(clone->from = strdup(guest->name)) || !(clone->to = strdup(to)))
		return -ENOMEM;
	return read_settings(guest->name, settings, &clone->settings);
}

static int check_clone(struct manager *m, const struct guest *guest, const char *to,
		       const struct pairs *settings, struct problem *problem)
{
	const char *image = pairs_find(settings, "image");

	if (image)
		return problem_invalid(problem, "image", image, "a clone is of the image that the other "
				       "is of", "leave it out");
	if (!guest->config)
		return problem_failed(problem, "reading its configuration", NULL, "%s",
				      guest->errors);
	return operation_check_new(m, to, problem);
}

/* Both names are taken until it is over. */
static int begin(struct manager *m, const struct guest *guest, const char *to,
		 const struct pairs *settings, operation_done_t done, void *userdata,
		 struct operation **ret, struct problem *problem)
{
	struct operation *operation, *other;
	struct clone *clone;
	int r = operation_new(m, guest->name, "clone", NULL, NULL, &other, problem);

	if (r < 0)
		return r;
	r = operation_new(m, to, "clone", done, userdata, &operation, problem);
	if (r < 0) {
		operation_drop(other);
		return r;
	}
	r = prepare(operation, guest, to, settings);
	clone = operation->work;
	if (r < 0)
		problem_failed(problem, "preparing", NULL, "%s", strerror(-r));
	else if (settings->n)
		r = set_check(to, &clone->settings, problem);
	if (r < 0) {
		operation_drop(operation);
		operation_drop(other);
		return -ECANCELED;
	}
	clone->other = other;
	*ret = operation;
	return 0;
}

int operation_clone(struct manager *m, const char *name, const char *to,
		    const struct pairs *settings, operation_progress_t progress,
		    char ***ret_left, operation_done_t done, void *userdata,
		    struct problem *problem)
{
	struct worker_job job = { .work = work_clone, .fd = -1, .progress = on_progress,
				  .done = on_cloned };
	_cleanup_strv_free_ char **left = NULL;
	_cleanup_guest_ struct guest *guest = NULL;
	struct operation *operation = NULL;
	struct clone *clone;
	int r = guest_read(m, name, &guest, problem);

	if (!r)
		r = check_clone(m, guest, to, settings, problem);
	if (!r)
		r = begin(m, guest, to, settings, done, userdata, &operation, problem);
	if (r < 0)
		return r;
	job.argument = clone = operation->work;
	job.userdata = operation;
	operation->progress = progress;
	r = list_own(guest, settings, &left);
	if (!r)
		r = worker_start(m->event, &job, &operation->worker);
	if (r < 0) {
		operation_drop(clone->other);
		operation_drop(operation);
		return problem_failed(problem, "preparing", NULL, "%s", strerror(-r));
	}
	*ret_left = TAKE_PTR(left);
	return 0;
}
