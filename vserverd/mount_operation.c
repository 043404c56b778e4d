// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The files of a stopped guest mounted for repair and unmounted, by a worker,
 * which waits for the guest's lock.
 */
#include <errno.h>
#include <string.h>

#include "guest.h"
#include "mounted.h"
#include "operation.h"
#include "scope.h"
#include "worker.h"

/* What the worker needs. */
struct mounting {
	char *name, *directory;
	bool read_only;
};

static void free_mounting(void *work)
{
	struct mounting *mounting = work;

	if (!mounting)
		return;
	free(mounting->name);
	free(mounting->directory);
	free(mounting);
}

static int work_mount(struct worker *worker, const void *work, char **ret_reason)
{
	const struct mounting *mounting = work;

	return mount_guest(mounting->name, mounting->directory, mounting->read_only, ret_reason);
}

static int work_unmount(struct worker *worker, const void *work, char **ret_reason)
{
	const struct mounting *mounting = work;

	return mount_undo(mounting->name, ret_reason);
}

static void end(struct operation *operation, int error, const char *step, const char *reason)
{
	_cleanup_problem_ struct problem problem = { 0 };

	if (error)
		problem_failed(&problem, step, NULL, "%s", reason);
	operation_end(operation, error ? &problem : NULL);
}

static void on_mounted(int error, const char *reason, void *userdata)
{
	end(userdata, error, "mounting its files", reason);
}

static void on_unmounted(int error, const char *reason, void *userdata)
{
	end(userdata, error, "unmounting its files", reason);
}

static int run(struct manager *m, const char *name, const struct mounting *wanted,
	       const char *verb, worker_work_t what, worker_done_t then, operation_done_t done,
	       void *userdata, struct problem *problem)
{
	struct operation *operation;
	struct mounting *mounting;
	int r = operation_new(m, name, verb, done, userdata, &operation, problem);

	if (r < 0)
		return r;
	mounting = calloc(1, sizeof(*mounting));
	operation->work = mounting;
	operation->free_work = free_mounting;
	r = -ENOMEM;
	if (mounting) {
		mounting->read_only = wanted->read_only;
		mounting->name = strdup(name);
		mounting->directory = wanted->directory ? strdup(wanted->directory) : NULL;
		if (mounting->name && (mounting->directory || !wanted->directory))
			r = worker_run(m->event, what, mounting, NULL, then, operation);
	}
	if (r >= 0)
		return 0;
	operation_drop(operation);
	return problem_failed(problem, "preparing", NULL, "%s", strerror(-r));
}

int operation_mount(struct manager *m, const char *name, const char *directory, bool read_only,
		    operation_done_t done, void *userdata, struct problem *problem)
{
	const struct mounting wanted = {
		.directory = (char *)directory, .read_only = read_only,
	};
	_cleanup_guest_ struct guest *guest = NULL;
	int r = guest_read(m, name, &guest, problem);

	if (!r)
		r = operation_check_down(guest, problem);
	return r < 0 ? r : run(m, name, &wanted, "mount", work_mount, on_mounted, done, userdata,
			       problem);
}

int operation_unmount(struct manager *m, const char *name, operation_done_t done,
		      void *userdata, struct problem *problem)
{
	const struct mounting wanted = { 0 };
	_cleanup_guest_ struct guest *guest = NULL;
	int r = guest_read(m, name, &guest, problem);

	return r < 0 ? r : run(m, name, &wanted, "umount", work_unmount, on_unmounted, done,
			       userdata, problem);
}
