// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Settings changed: applied to a guest that runs, then kept; set_check.c has
 * seen before that they can be.  What cannot be applied puts back what was, so
 * that a change is made whole or not at all.  Settings that cannot change while
 * a guest runs are kept for its next start.
 *
 * A worker does it: a write to memory.max returns when the kernel has taken
 * the memory away, which may be long after.
 */
#include <errno.h>
#include <string.h>

#include "guest.h"
#include "layer.h"
#include "lock.h"
#include "operation.h"
#include "scope.h"
#include "set_check.h"
#include "traffic.h"
#include "worker.h"

/* --- a guest that runs: in the worker ----------------------------------------------- */

/* What the worker needs. */
struct set {
	char *name;
	struct pairs settings;
	struct config *before, *next;
	bool up, runtime;
};

static void free_set(void *work)
{
	struct set *set = work;

	if (!set)
		return;
	pairs_clear(&set->settings);
	config_free(set->before);
	config_free(set->next);
	free(set->name);
	free(set);
}

static bool is_asked(const struct pairs *settings, const char *key)
{
	const struct vs_setting *setting = vs_setting_find(key);

	for (size_t i = 0; setting && setting->live && i < settings->n; i++)
		if (!strcmp(settings->keys[i], key))
			return true;
	return false;
}

static bool asks_cpu(const struct pairs *settings)
{
	return is_asked(settings, "cpu") || is_asked(settings, "cpu-bucket") ||
	       is_asked(settings, "cpu-release") || is_asked(settings, "cpu-idle") ||
	       is_asked(settings, "cpu-prio-bias") || is_asked(settings, "cpu-scope");
}

/* Its limit is also another where each of another number of processors has one. */
static bool asks_limit(const struct config *config, const struct pairs *settings)
{
	return asks_cpu(settings) || (config->bucket.scope == VS_SCOPE_PROCESSOR &&
				      is_asked(settings, "cpuset"));
}

static bool asks_traffic(const struct pairs *settings)
{
	return is_asked(settings, "net-rate") || is_asked(settings, "net-rate-in") ||
	       is_asked(settings, "net-traffic");
}

static int apply_limits(struct vs *vs, const struct config *config,
			const struct state *state, const struct pairs *settings)
{
	struct vs_limits limits = { 0 };

	if (is_asked(settings, "memory"))
		limits.memory_bytes = config->memory_bytes;
	if (is_asked(settings, "memory-swap")) {
		limits.swap_bytes = config->swap_bytes;
		limits.no_swap = config->swap_bytes == 0;
	}
	if (is_asked(settings, "tasks"))
		limits.tasks = config->tasks;
	if (is_asked(settings, "cpuset"))
		limits.cpuset = config->cpuset;
	if (asks_limit(config, settings)) {
		limits.cpu = config->bucket;
		if (!limits.cpu.rate_ns)
			limits.cpu.rate_ns = UINT64_MAX;
	}
	return vs_cgroup_limit(vs, state->cgroup, &limits);
}

static int apply(struct vs *vs, const struct config *config, const struct state *state,
		 const struct pairs *settings)
{
	struct vs_context context = { .xid = state->xid, .bucket = config->bucket };
	int r = apply_limits(vs, config, state, settings);

	context.bucket.set_tokens = false;	/* these it had when it started */
	if (!r && asks_cpu(settings))
		r = vs_context_set(vs, &context, VS_SET_BUCKET);
	if (!r && asks_traffic(settings))
		r = traffic_apply(vs, config, state->cgroup);
	return r;
}

static int keep(const struct set *set)
{
	const struct pairs *settings = &set->settings;
	const char *const *keys = (const char *const *)settings->keys;
	int r;

	r = config_set(set->name, keys, (const char *const *)settings->values, settings->n,
		       set->runtime);
	/* What was set until the next start would hide it. */
	if (!r && !set->runtime)
		r = config_unset(set->name, keys, settings->n, true);
	return r;
}

/* "STEP\nREASON" */
static int fail(char **ret_reason, int error, const char *step, const char *reason)
{
	if (asprintf(ret_reason, "%s\n%s", step, reason) < 0)
		*ret_reason = NULL;
	return error;
}

static int change(struct vs *vs, const struct set *set, const struct state *state,
		  char **ret_reason)
{
	int r = state ? apply(vs, set->next, state, &set->settings) : 0;

	if (r < 0)
		fail(ret_reason, r, "applying", vs_reason(vs));
	if (!r) {
		r = keep(set);
		if (r < 0)
			fail(ret_reason, r, "writing its configuration", strerror(-r));
	}
	if (r < 0 && state)
		apply(vs, set->before, state, &set->settings);
	return r;
}

static int work_set(struct worker *worker, const void *work, char **ret_reason)
{
	const struct set *set = work;
	/* Until a start or a reboot is over; without a tree there is none. */
	_cleanup_close_ int lock = guest_lock(set->name);
	struct state *state = NULL;
	struct vs *vs = NULL;	/* not the daemon's: a connection each */
	bool running;
	int r;

	running = set->up && state_read(set->name, &state) == 0 &&
		  !strcmp(state->phase, "running") && state->xid && state->cgroup;
	r = running ? vs_open(&vs) : 0;
	if (r < 0)
		fail(ret_reason, r, "applying", strerror(-r));
	else
		r = change(vs, set, running ? state : NULL, ret_reason);
	state_free(state);
	vs_close(vs);
	return r;
}

/* --- in the daemon --------------------------------------------------------------------- */

static void on_set_done(int error, const char *reason, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct operation *operation = userdata;

	if (error)
		problem_worker(&problem, "applying", "what was is in force again", reason);
	operation_end(operation, error ? &problem : NULL);
}

/* Until the next start: nothing for what counts from there. */
static int check_runtime(const struct pairs *settings, struct problem *problem)
{
	for (size_t i = 0; i < settings->n; i++)
		if (!vs_setting_find(settings->keys[i])->live)
			return problem_invalid(problem, settings->keys[i], settings->values[i],
					       "a change counts from the next start",
					       "leave out runtime");
	return 0;
}

/* What a guest was made over stays what is below it. */
static int check_image(const struct config *next, const struct pairs *settings,
		       struct problem *problem)
{
	_cleanup_layer_ struct layer layer = { 0 };
	_cleanup_free_ char *reason = NULL;

	for (size_t i = 0; i < settings->n; i++)
		if (!strcmp(settings->keys[i], "image") &&
		    layer_find(next, &layer, &reason) < 0)
			return problem_invalid(problem, "image", settings->values[i],
					       reason ?: strerror(ENOMEM), NULL);
	return 0;
}

static int check_change(struct manager *m, const struct guest *guest,
			const struct pairs *settings, bool runtime, struct config **ret_next,
			struct problem *problem)
{
	int r;

	if (!guest->config)
		return problem_failed(problem, "reading its configuration", NULL, "%s",
				      guest->errors);
	if (runtime && !guest_is_up(guest))
		return problem_set(problem, PROBLEM_NOT_RUNNING, guest->name, NULL);
	r = set_preview(guest->name, settings, ret_next, problem);
	if (!r)
		r = check_image(*ret_next, settings, problem);
	return !r && runtime ? check_runtime(settings, problem) : r;
}

static int start_worker(struct operation *operation, struct guest *guest,
			const struct pairs *settings, bool runtime, struct config *next)
{
	struct set *set = calloc(1, sizeof(*set));

	operation->work = set;
	operation->free_work = free_set;
	if (!set) {
		config_free(next);
		return -ENOMEM;
	}
	set->next = next;
	set->before = TAKE_PTR(guest->config);
	set->up = guest_is_up(guest);
	set->runtime = runtime;
	set->name = strdup(guest->name);
	if (!set->name || pairs_copy(settings, &set->settings) < 0)
		return -ENOMEM;
	return worker_run(operation->manager->event, work_set, set, NULL, on_set_done, operation);
}

int operation_set(struct manager *m, const char *name, const struct pairs *settings,
		  bool runtime, sd_json_variant **ret_warnings, operation_done_t done,
		  void *userdata, struct problem *problem)
{
	_cleanup_guest_ struct guest *guest = NULL;
	sd_json_variant *warnings = NULL;
	struct operation *operation;
	struct config *next = NULL;
	int r;

	r = guest_read(m, name, &guest, problem);
	if (r < 0)
		return r;
	r = operation_new(m, name, "set", done, userdata, &operation, problem);
	if (r < 0)
		return r;
	r = check_change(m, guest, settings, runtime, &next, problem);
	if (r < 0) {
		config_free(next);
		operation_drop(operation);
		return r;
	}
	set_warnings(guest->config, next, &warnings);
	if (guest_is_up(guest))
		set_warn_address(guest->config, next, &warnings);
	r = start_worker(operation, guest, settings, runtime, next);
	if (r < 0) {
		sd_json_variant_unref(warnings);
		problem_failed(problem, "applying", NULL, "%s", strerror(-r));
		operation_drop(operation);
		return -ECANCELED;
	}
	*ret_warnings = warnings;
	return 0;
}
