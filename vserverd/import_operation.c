// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Guests made of exports.  A worker unpacks the archive below GUESTS_DIR under
 * a name that no guest has, and looks at what it says of itself; when that is
 * whole, the guest gets its name, then its file.  The name may be the archive's,
 * which is known by then only.  What a worker could not finish, or a daemon,
 * is swept up as a build is.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "config_file.h"
#include "export.h"
#include "fail.h"
#include "guest.h"
#include "image.h"
#include "import_settings.h"
#include "import_unpack.h"
#include "lock.h"
#include "log.h"
#include "making.h"
#include "operation.h"
#include "scope.h"
#include "tree.h"
#include "worker.h"

struct work {
	char *name;		/* of the guest; NULL: the archive's */
	char *directory;	/* path of what is made */
	struct pairs settings;
	bool trust;
	bool change;		/* it was of a guest that there is: its old files are left */
	struct import_result *result;
	struct problem problem;	/* why it failed, while it is swept up */
};

static void free_work(void *userdata)
{
	struct work *work = userdata;

	if (!work)
		return;
	pairs_clear(&work->settings);
	problem_clear(&work->problem);
	free(work->directory);
	free(work->name);
	free(work);
}

void import_result_clear(struct import_result *result)
{
	sd_json_variant_unref(result->left);
	free(result->name);
	*result = (struct import_result){ 0 };
}

/* --- in the worker ---------------------------------------------------------------------- */

static void tell(unsigned int percent, void *userdata)
{
	worker_tell(userdata, percent);
}

static int work_import(struct worker *worker, const void *userdata, char **ret_reason)
{
	const struct unpack_progress progress = { .call = tell, .userdata = worker };
	const struct work *work = userdata;

	unpack_limit();
	return import_unpack(WORKER_FD, work->directory, work->name, &progress, ret_reason);
}

/* --- an import that failed, or left what is of no use --------------------------------- */

static int work_discard(struct worker *worker, const void *userdata, char **ret_reason)
{
	_cleanup_close_ int guests = open(GUESTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct work *work = userdata;

	return guests < 0 ? -errno : tree_remove(guests, strrchr(work->directory, '/') + 1);
}

static void on_discarded(int error, const char *reason, void *userdata)
{
	struct operation *operation = userdata;
	struct work *work = operation->work;
	_cleanup_problem_ struct problem problem = work->problem;

	work->problem = (struct problem){ 0 };		/* the work ends first */
	if (error)
		log_error("%s is left of an import: %s", work->directory, reason);
	operation_end(operation, problem.kind ? &problem : NULL);
}

/* work->problem says why. */
static void discard(struct operation *operation)
{
	int r = worker_run(operation->manager->event, work_discard, operation->work, NULL,
			   on_discarded, operation);

	if (r < 0)
		on_discarded(r, strerror(-r), operation);
}

/* --- and one that did not ------------------------------------------------------------------- */

static int read_name(const struct work *work, char *name, size_t size)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -1;
	ssize_t n;

	if (asprintf(&path, "%s/" IMPORT_NAME, work->directory) < 0)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, name, size - 1);
	if (n < 0)
		return -errno;
	name[n] = '\0';
	return unlink(path) < 0 ? -errno : 0;
}

static int read_settings(struct work *work, struct pairs *ret)
{
	_cleanup_free_ char *path = NULL;
	int r;

	if (asprintf(&path, "%s/" IMPORT_CONF, work->directory) < 0)
		return -ENOMEM;
	r = import_settings(path, &work->settings, work->trust, ret, &work->result->left);
	if (!r && unlink(path) < 0) {
		r = -errno;
		pairs_clear(ret);
	}
	return r;
}

/* Its name, then its file; or neither. */
static int put(const struct work *work, const char *name, const struct pairs *settings,
	       struct problem *problem)
{
	_cleanup_free_ char *path = NULL, *reason = NULL;
	_cleanup_close_ int guests = open(GUESTS_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (asprintf(&path, GUESTS_DIR "/%s", name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	r = making_begin(name, &reason);
	if (!r && renameat2(AT_FDCWD, work->directory, AT_FDCWD, path, RENAME_NOREPLACE) < 0)
		r = -errno;
	if (r == -EEXIST)
		return problem_set(problem, PROBLEM_EXISTS, name, NULL);
	if (r < 0)
		return r;
	r = guests < 0 || fsync(guests) < 0 ? -errno : 0;
	if (!r)
		r = config_create(name, (const char *const *)settings->keys,
				  (const char *const *)settings->values, settings->n);
	if (r < 0)
		rename(path, work->directory);
	making_end(name);
	return r;
}

/* A guest that is there gets other files; those that it had go with the rest.  A
 * start that has not asked the daemon has the guest's lock, or waits for it. */
static int replace(struct operation *operation, const char *name, struct problem *problem)
{
	const struct work *work = operation->work;
	_cleanup_free_ char *old = NULL, *new = NULL, *reason = NULL;
	_cleanup_guest_ struct guest *guest = NULL;
	_cleanup_close_ int lock = -1, fd = -1;
	int r;

	if (work->trust || work->settings.n)
		return problem_invalid(problem, "settings", "", "an archive of what has changed "
				       "brings files only", "leave them out; see: vserver set");
	lock = guest_try_lock(name);
	if (lock == -EWOULDBLOCK)
		return problem_set(problem, PROBLEM_BUSY, name, "it is being started or changed");
	r = lock < 0 ? lock : guest_read(operation->manager, name, &guest, problem);
	if (!r)
		r = operation_check_down(guest, problem);
	if (r < 0)
		return r;
	if (image_check_mounts(name, &reason) < 0)
		return problem_failed(problem, "replacing its files", NULL, "%s",
				      reason ? reason : strerror(EBUSY));
	if (asprintf(&old, GUESTS_DIR "/%s/root", name) < 0 ||
	    asprintf(&new, "%s/root", work->directory) < 0)
		return -ENOMEM;
	if (renameat2(AT_FDCWD, new, AT_FDCWD, old, RENAME_EXCHANGE) < 0)
		return -errno;
	fd = open(old, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

static bool is_change(const struct work *work)
{
	_cleanup_free_ char *path = NULL;

	return asprintf(&path, "%s/" IMPORT_SINCE, work->directory) >= 0 &&
	       access(path, F_OK) == 0;
}

static int finish(struct operation *operation, struct problem *problem)
{
	struct work *work = operation->work;
	struct pairs settings = { 0 };
	char name[VS_NAME_MAX + 1];
	int r;

	r = read_name(work, name, sizeof(name));
	if (r < 0)
		return r;
	if (!work->name && operation_find(operation->manager, name))
		return problem_set(problem, PROBLEM_BUSY, name, "something else of that name is "
				   "under way");
	work->change = is_change(work);
	r = work->change ? replace(operation, name, problem) :
			   operation_check_new(operation->manager, name, problem);
	if (!r && !work->change)
		r = read_settings(work, &settings);
	if (!r && !work->change)
		r = set_check(name, &settings, problem);
	if (!r && !work->change)
		r = put(work, name, &settings, problem);
	pairs_clear(&settings);
	if (!r && !(work->result->name = strdup(name)))
		r = -ENOMEM;
	return r;
}

static void on_imported(int error, const char *reason, void *userdata)
{
	struct operation *operation = userdata;
	struct work *work = operation->work;
	int r;

	operation->worker = NULL;
	if (error < 0) {
		problem_failed(&work->problem, "reading the archive", NULL, "%s", reason);
		discard(operation);
		return;
	}
	r = finish(operation, &work->problem);
	if (r < 0 && !work->problem.kind)
		problem_failed(&work->problem, "naming it", NULL, "%s", strerror(-r));
	if (r < 0 || work->change)
		discard(operation);
	else
		operation_end(operation, NULL);
}

static void on_progress(unsigned int percent, void *userdata)
{
	const struct operation *operation = userdata;

	if (operation->progress)
		operation->progress(percent, operation->userdata);
}

/* --- begun ------------------------------------------------------------------------------- */

/* Then it may be a change that is imported. */
static bool has_snapshots(const char *name)
{
	_cleanup_free_ char *path = NULL;

	return asprintf(&path, GUESTS_DIR "/%s/snapshots", name) >= 0 && access(path, F_OK) == 0;
}

/* What is being imported under the archive's name has one that no guest has. */
static int begin(struct manager *m, const struct import_request *request, operation_done_t done,
		 void *userdata, struct operation **ret, struct problem *problem)
{
	static unsigned int counter;
	char name[32];
	int r;

	snprintf(name, sizeof(name), "+import-%u", ++counter);
	for (size_t i = 0; i < request->settings.n; i++)
		if (!strcmp(request->settings.keys[i], "image"))
			return problem_invalid(problem, "image", request->settings.values[i],
					       "an archive is no layer over an image",
					       "leave it out");
	r = operation_new(m, request->name ? request->name : name, "import", done, userdata, ret,
			  problem);
	if (!r && request->name && !has_snapshots(request->name))
		r = operation_check_new(m, request->name, problem);
	/* As far as it is known before the rest of it. */
	if (!r)
		r = set_check(request->name ? request->name : "import", &request->settings,
			      problem);
	return r;
}

static int new_work(const struct operation *operation, const struct import_request *request,
		    struct import_result *result, struct work **ret)
{
	struct work *work = calloc(1, sizeof(*work));
	int r;

	if (!work)
		return -ENOMEM;
	*ret = work;
	work->trust = request->trust;
	work->result = result;
	if (request->name && !(work->name = strdup(request->name)))
		return -ENOMEM;
	r = pairs_copy(&request->settings, &work->settings);
	if (!r)
		r = image_prepare();
	if (!r && asprintf(&work->directory, GUESTS_DIR "/.%s.XXXXXX", operation->name) < 0) {
		work->directory = NULL;
		r = -ENOMEM;
	}
	if (!r && !mkdtemp(work->directory))
		r = -errno;
	return r;
}

int operation_import(struct manager *m, const struct import_request *request,
		     operation_progress_t progress, operation_done_t done, void *userdata,
		     struct import_result *result, struct problem *problem)
{
	struct worker_job job = { .work = work_import, .fd = request->fd,
				  .progress = on_progress, .done = on_imported };
	struct operation *operation = NULL;
	struct work *work = NULL;
	int r;

	r = begin(m, request, done, userdata, &operation, problem);
	if (r < 0)
		goto drop;
	r = new_work(operation, request, result, &work);
	operation->progress = progress;
	operation->free_work = free_work;
	operation->client = request->client;
	operation->work = work;
	job.argument = work;
	job.userdata = operation;
	if (!r) {
		r = worker_start(m->event, &job, &operation->worker);
		if (r < 0)
			rmdir(work->directory);
	}
	if (!r)
		return 0;
	problem_failed(problem, "reading the archive", NULL, "%s", strerror(-r));
drop:
	if (operation)
		operation_drop(operation);
	return -ECANCELED;
}
