// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Guests exported, by workers.  The guest has to be stopped, and is kept so
 * while it is written, unless it is a snapshot that is; its settings are those
 * in force when that begins.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "export.h"
#include "guest.h"
#include "operation.h"
#include "scope.h"
#include "worker.h"

struct work {
	char *name, *snapshot, *since, *compress, *conf, *json;
};

static void free_work(void *userdata)
{
	struct work *work = userdata;

	if (!work)
		return;
	free(work->name);
	free(work->snapshot);
	free(work->since);
	free(work->compress);
	free(work->conf);
	free(work->json);
	free(work);
}

/* Defaults are those of where it is imported, and what an image has is in the tree. */
static bool is_written(const struct setting_value *value)
{
	return strcmp(value->source, "default") && strcmp(value->setting->name, "image");
}

/* As vserver.conf(5) has it. */
static int write_conf(const struct config *config, char **ret)
{
	size_t size;
	FILE *file = open_memstream(ret, &size);

	if (!file)
		return -ENOMEM;
	fprintf(file, "# Settings of '%s' when it was exported; see vserver.conf(5).\n",
		config->name);
	for (size_t i = 0; i < config->n_values; i++)
		if (is_written(&config->values[i]))
			fprintf(file, "%s = %s\n", config->values[i].setting->name,
				config->values[i].value);
	return fclose(file) ? -ENOMEM : 0;
}

/* For people: the tree that is exported is whole, and needs no image. */
static char *image_of(const char *name)
{
	_cleanup_free_ char *link = NULL;
	char target[PATH_MAX];
	const char *digest;
	ssize_t n;

	if (asprintf(&link, GUESTS_DIR "/%s/image", name) < 0) {
		link = NULL;
		return NULL;
	}
	n = readlink(link, target, sizeof(target) - 1);
	if (n < 0)
		return NULL;
	target[n] = '\0';
	digest = strrchr(target, '/');
	return strdup(digest ? digest + 1 : target);
}

static int write_json(const char *name, char **ret)
{
	_cleanup_free_ char *image = image_of(name);
	sd_json_variant *object = NULL;
	int r;

	r = sd_json_buildo(&object, SD_JSON_BUILD_PAIR_UNSIGNED("version", EXPORT_VERSION),
			   SD_JSON_BUILD_PAIR_STRING("name", name),
			   SD_JSON_BUILD_PAIR_CONDITION(image != NULL, "image",
							SD_JSON_BUILD_STRING(image)),
			   SD_JSON_BUILD_PAIR_STRING("madeBy", "vserver " VS_VERSION));
	if (r >= 0)
		r = sd_json_variant_format(object, SD_JSON_FORMAT_NEWLINE, ret);
	sd_json_variant_unref(object);
	return r < 0 ? r : 0;
}

static int new_work(const struct guest *guest, const struct export_request *request,
		    struct work **ret)
{
	struct work *work = calloc(1, sizeof(*work));
	int r;

	if (!work)
		return -ENOMEM;
	if ((request->snapshot && !(work->snapshot = strdup(request->snapshot))) ||
	    (request->since && !(work->since = strdup(request->since)))) {
		free_work(work);
		return -ENOMEM;
	}
	work->name = strdup(guest->name);
	work->compress = strdup(request->compress);
	r = work->name && work->compress ? write_conf(guest->config, &work->conf) : -ENOMEM;
	if (!r)
		r = write_json(guest->name, &work->json);
	if (r < 0) {
		free_work(work);
		return r;
	}
	*ret = work;
	return 0;
}

static int work_export(struct worker *worker, const void *userdata, char **ret_reason)
{
	const struct work *work = userdata;
	const struct export_job job = { .name = work->name, .compress = work->compress,
					.snapshot = work->snapshot, .since = work->since,
					.conf = work->conf, .json = work->json };

	return export_write(&job, WORKER_FD, ret_reason);
}

static void on_exported(int error, const char *reason, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct operation *operation = userdata;

	operation->worker = NULL;
	if (error)
		problem_failed(&problem, "exporting", NULL, "%s", reason);
	operation_end(operation, error ? &problem : NULL);
}

static int check(const struct guest *guest, const struct export_request *request,
		 struct problem *problem)
{
	const char *compress = request->compress, *snapshot = request->snapshot;
	const char *since = request->since;

	_cleanup_free_ char *by = NULL;

	if (!export_compresses(compress))
		return problem_invalid(problem, "compress", compress, "it is none of zstd, gzip "
				       "and none", NULL);
	if (snapshot && !vs_name_valid(snapshot))
		return problem_invalid(problem, "snapshot", snapshot, "no snapshot is called so",
				       NULL);
	if (since && !vs_name_valid(since))
		return problem_invalid(problem, "since", since, "no snapshot is called so", NULL);
	if (guest_is_up(guest) && !snapshot) {
		if (asprintf(&by, "it is %s; stop it first, or export a snapshot",
			     guest->phase) < 0)
			by = NULL;
		return problem_set(problem, PROBLEM_BUSY, guest->name, by);
	}
	if (!guest->config)
		return problem_failed(problem, "reading its configuration", NULL, "%.*s",
				      (int)strcspn(guest->errors, "\n"), guest->errors);
	return 0;
}

int operation_export(struct manager *m, const struct export_request *request,
		     operation_done_t done, void *userdata, struct problem *problem)
{
	struct worker_job job = { .work = work_export, .fd = request->fd, .done = on_exported };
	_cleanup_guest_ struct guest *guest = NULL;
	struct operation *operation;
	struct work *work = NULL;
	int r;

	r = guest_read(m, request->name, &guest, problem);
	if (r < 0)
		return r;
	r = operation_new(m, request->name, "export", done, userdata, &operation, problem);
	if (r < 0)
		return r;
	r = check(guest, request, problem);
	if (r < 0)
		goto drop;

	operation->free_work = free_work;
	r = new_work(guest, request, &work);
	operation->client = request->client;
	operation->work = work;
	job.argument = work;
	job.userdata = operation;
	if (!r)
		r = worker_start(m->event, &job, &operation->worker);
	if (r < 0) {
		problem_failed(problem, "exporting", NULL, "%s", strerror(-r));
		goto drop;
	}
	return 0;
drop:
	operation_drop(operation);
	return -ECANCELED;
}
