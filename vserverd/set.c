// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Settings changed: checked all together, applied to a guest that runs, then
 * kept.  What cannot be applied puts back what was, so that a change is made
 * whole or not at all.  Settings that cannot change while a guest runs are
 * kept for its next start.
 */
#include <errno.h>
#include <string.h>

#include "config_file.h"
#include "guest.h"
#include "operation.h"
#include "scope.h"

/* --- checks ------------------------------------------------------------------------ */

static int check_pair(const struct pairs *settings, size_t i, struct problem *problem)
{
	const char *key = settings->keys[i], *value = settings->values[i];
	const struct vs_setting *setting = vs_setting_find(key);
	_cleanup_free_ char *reason = NULL, *remedy = NULL;

	if (!setting)
		return problem_invalid(problem, key, value, "no setting is called so",
				       "see vserver.conf(5)");
	for (size_t j = 0; j < i && !setting->list; j++)
		if (!strcmp(settings->keys[j], key))
			return problem_invalid(problem, key, value, "it is given twice",
					       "give it once");
	if (vs_setting_check(setting, value, &reason, &remedy) < 0)
		return problem_invalid(problem, key, value, reason, remedy);
	if (!config_line_fits(key, value))
		return problem_invalid(problem, key, value, "it does not fit into one line",
				       "control characters, ' ;' and more than 198 characters "
				       "cannot be written");
	return 0;
}

/* "[FILE:LINE: ]KEY: REASON; REMEDY" of the first line. */
static int fail_together(const struct pairs *settings, char *errors, struct problem *problem)
{
	char *remedy, *reason;

	if (*errors == '/')
		return problem_failed(problem, "reading its configuration", NULL, "%.*s",
				      (int)strcspn(errors, "\n"), errors);
	errors[strcspn(errors, "\n")] = '\0';
	reason = strstr(errors, ": ");
	if (!reason)
		return problem_failed(problem, "checking the settings", NULL, "%s", errors);
	*reason = '\0';
	reason += 2;
	remedy = strstr(reason, "; ");
	if (remedy) {
		*remedy = '\0';
		remedy += 2;
	}
	for (size_t i = 0; i < settings->n; i++)
		if (!strcmp(settings->keys[i], errors))
			return problem_invalid(problem, errors, settings->values[i], reason,
					       remedy);
	return problem_invalid(problem, settings->keys[0], settings->values[0], reason, remedy);
}

static int preview(const char *name, const struct pairs *settings, struct config **ret,
		   struct problem *problem)
{
	_cleanup_free_ char *errors = NULL;
	int r;

	for (size_t i = 0; i < settings->n; i++) {
		r = check_pair(settings, i, problem);
		if (r < 0)
			return r;
	}
	r = config_preview(name, (const char *const *)settings->keys,
			   (const char *const *)settings->values, settings->n, ret, &errors);
	if (r == -EINVAL && errors)
		return fail_together(settings, errors, problem);
	if (r < 0)
		return problem_failed(problem, "reading its configuration", NULL, "%s",
				      strerror(-r));
	return 0;
}

int set_check(const char *name, const struct pairs *settings, struct problem *problem)
{
	struct config *config = NULL;
	int r = preview(name, settings, &config, problem);

	config_free(config);
	return r;
}

/* --- a guest that runs -------------------------------------------------------------- */

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
	       is_asked(settings, "cpu-resume");
}

static int apply_limits(struct manager *m, const struct config *config,
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
	if (asks_cpu(settings)) {
		limits.cpu = config->bucket;
		if (!limits.cpu.rate_ns)
			limits.cpu.rate_ns = UINT64_MAX;
	}
	return vs_cgroup_limit(m->vs, state->cgroup, &limits);
}

static int apply(struct manager *m, const struct config *config, const struct state *state,
		 const struct pairs *settings)
{
	struct vs_context context = { .xid = state->xid, .bucket = config->bucket };
	int r = apply_limits(m, config, state, settings);

	if (!r && asks_cpu(settings))
		r = vs_context_set(m->vs, &context, VS_SET_BUCKET);
	return r;
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

/* --- all of it ----------------------------------------------------------------------- */

static int keep(const char *name, const struct pairs *settings, bool runtime)
{
	const char *const *keys = (const char *const *)settings->keys;
	int r;

	r = config_set(name, keys, (const char *const *)settings->values, settings->n, runtime);
	/* What was set until the next start would hide it. */
	if (!r && !runtime)
		r = config_unset(name, keys, settings->n, true);
	return r;
}

static int change(struct manager *m, const struct guest *guest, const struct config *next,
		  const struct pairs *settings, bool runtime, struct problem *problem)
{
	bool running = guest_is_up(guest) && guest->state && guest->state->xid &&
		       guest->state->cgroup;
	int r = 0;

	if (running)
		r = apply(m, next, guest->state, settings);
	if (r < 0)
		problem_failed(problem, "applying", "what was is in force again", "%s",
			       vs_reason(m->vs));
	if (!r) {
		r = keep(guest->name, settings, runtime);
		if (r < 0)
			problem_failed(problem, "writing its configuration",
				       "what was is in force again", "%s", strerror(-r));
	}
	if (r < 0 && running)
		apply(m, guest->config, guest->state, settings);
	return r < 0 ? -ECANCELED : 0;
}

int manager_set(struct manager *m, const char *name, const struct pairs *settings,
		bool runtime, struct problem *problem)
{
	_cleanup_guest_ struct guest *guest = NULL;
	const struct operation *operation = operation_find(m, name);
	struct config *next = NULL;
	int r;

	r = guest_read(m, name, &guest, problem);
	if (r < 0)
		return r;
	if (operation && !operation->started)
		return problem_set(problem, PROBLEM_BUSY, name, operation->verb);
	if (!guest->config)
		return problem_failed(problem, "reading its configuration", NULL, "%s",
				      guest->errors);
	if (runtime && !guest_is_up(guest))
		return problem_set(problem, PROBLEM_NOT_RUNNING, name, NULL);
	if (!settings->n)
		return 0;

	r = preview(name, settings, &next, problem);
	if (!r && runtime)
		r = check_runtime(settings, problem);
	if (!r)
		r = change(m, guest, next, settings, runtime, problem);
	config_free(next);
	return r;
}
