// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Guests started and stopped.  A start is refused before anything has been
 * asked of systemd where it cannot succeed; from there the supervisor has it,
 * and leaves in the state file how far it came.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "guest.h"
#include "operation.h"
#include "scope.h"
#include "state.h"
#include "worker.h"

/* How long a start with wait waits for an init that runs. */
#define READY_SECONDS 600

/* --- operations under way ---------------------------------------------------------- */

struct operation *operation_find(struct manager *m, const char *name)
{
	struct operation *operation = m->operations;

	while (operation && strcmp(operation->name, name))
		operation = operation->next;
	return operation;
}

int operation_new(struct manager *m, const char *name, const char *verb, operation_done_t done,
		  void *userdata, struct operation **ret, struct problem *problem)
{
	struct operation *operation = operation_find(m, name);
	_cleanup_free_ char *by = NULL;

	if (operation && !(operation->started && !strcmp(verb, "set"))) {
		if (asprintf(&by, "a %s of it is under way", operation->verb) < 0)
			by = NULL;
		return problem_set(problem, PROBLEM_BUSY, name, by);
	}
	operation = calloc(1, sizeof(*operation));
	if (!operation || !(operation->name = strdup(name))) {
		free(operation);
		return problem_failed(problem, "preparing", NULL, "%s", strerror(ENOMEM));
	}
	operation->manager = m;
	operation->verb = verb;
	operation->done = done;
	operation->userdata = userdata;
	operation->next = m->operations;
	m->operations = operation;
	*ret = operation;
	return 0;
}

void operation_drop(struct operation *operation)
{
	for (struct operation **p = &operation->manager->operations; *p; p = &(*p)->next)
		if (*p == operation) {
			*p = operation->next;
			break;
		}
	if (operation->free_work)
		operation->free_work(operation->work);
	sd_event_source_disable_unref(operation->deadline);
	free(operation->name);
	free(operation);
}

void operation_end(struct operation *operation, const struct problem *problem)
{
	operation_done_t done = operation->done;
	void *userdata = operation->userdata;

	operation_drop(operation);
	if (done)
		done(problem, userdata);
}

void operation_bind(struct manager *m, const char *name, const void *client)
{
	struct operation *operation = operation_find(m, name);

	if (operation)
		operation->client = client;
}

/* Its worker's end is told as any other's, and what it had made is removed. */
void operation_abandon(struct manager *m, const void *client)
{
	for (struct operation *operation = m->operations; operation; operation = operation->next)
		if (operation->client == client && operation->worker)
			worker_kill(operation->worker);
}

/* --- starting -------------------------------------------------------------------------- */

/* What its supervisor left, or else what systemd says. */
static void end_failed(struct operation *operation, const char *result)
{
	_cleanup_problem_ struct problem problem = { 0 };
	_cleanup_free_ char *unit = NULL, *remedy = NULL;
	struct state *state = NULL;

	if (state_read(operation->name, &state) < 0)
		state = NULL;
	if (unit_name(operation->name, &unit) < 0 ||
	    asprintf(&remedy, "see: journalctl -u '%s'", unit) < 0)
		remedy = NULL;
	if (state && state->reason)
		problem_failed(&problem, state->step ? state->step : "starting",
			       state->remedy ? state->remedy : remedy, "%s", state->reason);
	else
		problem_failed(&problem, "starting", remedy, "%s", result);
	state_free(state);
	operation_end(operation, &problem);
}

static void await_ready(struct operation *operation)
{
	struct state *state = NULL;
	int r = state_read(operation->name, &state);
	bool up = r == 0 && (!strcmp(state->phase, "running") ||
			     !strcmp(state->phase, "starting"));
	bool ready = up && state->ready;

	state_free(state);
	if (ready)
		operation_end(operation, NULL);
	else if (!up)
		end_failed(operation, "it stopped before it was ready");
}

void operation_state_changed(struct manager *m, const char *name)
{
	for (struct operation *operation = m->operations, *next; operation; operation = next) {
		next = operation->next;
		if (operation->started && !strcmp(operation->name, name))
			await_ready(operation);
	}
}

static unsigned int ready_seconds(void)
{
	const char *text = getenv("VSERVERD_READY_SECONDS");
	uint64_t seconds;

	return text && vs_parse_count(text, &seconds) == 0 && seconds && seconds < UINT_MAX ?
	       (unsigned int)seconds : READY_SECONDS;
}

/* It may boot slowly, or have an init that reports nothing. */
static int on_never_ready(sd_event_source *source, uint64_t usec, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct operation *operation = userdata;

	problem_failed(&problem, "waiting until it is ready",
		       "see: vserver status; an init that reports nothing, as all but systemd, is "
		       "started without --wait",
		       "its init runs, but has not reported within %u s that it has booted",
		       ready_seconds());
	operation_end(operation, &problem);
	return 0;
}

static void on_started(const char *result, void *userdata)
{
	struct operation *operation = userdata;

	if (strcmp(result, "done")) {
		end_failed(operation, result);
		return;
	}
	if (!operation->wait) {
		operation_end(operation, NULL);
		return;
	}
	operation->started = true;
	sd_event_add_time_relative(operation->manager->event, &operation->deadline,
				   CLOCK_MONOTONIC, ready_seconds() * 1000000ULL, 0,
				   on_never_ready, operation);
	await_ready(operation);
}

static int ask_start(struct operation *operation, struct problem *problem)
{
	struct manager *m = operation->manager;
	int r;

	config_delete_runtime(operation->name);
	operation->state = "starting";
	r = unit_start(m->units, operation->name, on_started, operation);
	if (r < 0)
		return problem_failed(problem, "asking systemd", "see: systemctl status dbus",
				      "%s", strerror(-r));
	return 0;
}

int operation_start(struct manager *m, const char *name, bool wait, operation_done_t done,
		    void *userdata, struct problem *problem)
{
	_cleanup_guest_ struct guest *guest = NULL;
	struct operation *operation;
	int r;

	r = guest_read(m, name, &guest, problem);
	if (r < 0)
		return r;
	r = operation_new(m, name, "start", done, userdata, &operation, problem);
	if (r < 0)
		return r;
	operation->wait = wait;
	if (guest_is_up(guest))
		r = problem_set(problem, PROBLEM_ALREADY_RUNNING, name, NULL);
	if (!r)
		r = operation_check_start(m, guest, problem);
	if (!r)
		r = ask_start(operation, problem);
	if (r < 0)
		operation_drop(operation);
	return r;
}

/* --- stopping --------------------------------------------------------------------------- */

/* The unit is down; so it is over if its clean-up could do its work. */
static int check_stopped(const struct operation *operation, const char *result,
			 struct problem *problem)
{
	_cleanup_free_ char *remedy = NULL;
	struct state *state;
	int r = 0;

	if (strcmp(result, "done"))
		return problem_failed(problem, "stopping its unit", NULL, "systemd says: %s",
				      result);
	if (state_read(operation->name, &state) < 0)
		return 0;
	if (state_is_left(state)) {
		if (asprintf(&remedy, "vserver start or delete tries again; see: journalctl "
			     "VSERVER_GUEST=%s", operation->name) < 0)
			remedy = NULL;
		r = problem_failed(problem, "removing what is left of it", remedy, "%s",
				   state->reason ? state->reason : "its clean-up did not end");
	}
	state_free(state);
	return r;
}

static void on_stopped(const char *result, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	struct operation *operation = userdata;
	int r = check_stopped(operation, result, &problem);

	operation_end(operation, r < 0 ? &problem : NULL);
}

/* Stopped; now the other half. */
static void on_stopped_restart(const char *result, void *userdata)
{
	_cleanup_problem_ struct problem problem = { 0 };
	_cleanup_guest_ struct guest *guest = NULL;
	struct operation *operation = userdata;
	int r;

	r = check_stopped(operation, result, &problem);
	if (!r)
		r = guest_read(operation->manager, operation->name, &guest, &problem);
	if (!r)
		r = operation_check_start(operation->manager, guest, &problem);
	if (!r)
		r = ask_start(operation, &problem);
	if (r < 0)
		operation_end(operation, &problem);
}

static int stop(struct manager *m, const char *name, const char *verb, bool wait,
		unit_done_t then, operation_done_t done, void *userdata, struct problem *problem)
{
	_cleanup_guest_ struct guest *guest = NULL;
	struct operation *operation;
	int r;

	r = guest_read(m, name, &guest, problem);
	if (r < 0)
		return r;
	if (!guest_is_up(guest) && !operation_find(m, name))
		return problem_set(problem, PROBLEM_NOT_RUNNING, name, NULL);
	if (then == on_stopped_restart && !guest->config)
		return problem_failed(problem, "reading its configuration", NULL, "%s",
				      guest->errors);
	operation = operation_find(m, name);
	if (operation && operation->started)	/* but waits to be ready */
		end_failed(operation, "it was stopped before it was ready");
	r = operation_new(m, name, verb, done, userdata, &operation, problem);
	if (r < 0)
		return r;
	operation->wait = wait;
	operation->state = "stopping";
	r = unit_stop(m->units, name, then, operation);
	if (r < 0) {
		problem_failed(problem, "asking systemd", "see: systemctl status dbus", "%s",
			       strerror(-r));
		operation_drop(operation);
		return -ECANCELED;
	}
	return 0;
}

int operation_stop(struct manager *m, const char *name, operation_done_t done, void *userdata,
		   struct problem *problem)
{
	return stop(m, name, "stop", false, on_stopped, done, userdata, problem);
}

int operation_restart(struct manager *m, const char *name, bool wait, operation_done_t done,
		      void *userdata, struct problem *problem)
{
	return stop(m, name, "restart", wait, on_stopped_restart, done, userdata, problem);
}
