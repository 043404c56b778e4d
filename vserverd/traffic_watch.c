// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * The traffic of guests that run, looked at now and then: what it comes to this
 * month is written down, and whoever has used what net-traffic allows is told of,
 * slowed down or stopped.  In between the kernel counts, and keeps the rates.
 */
#include <errno.h>
#include <string.h>

#include "event.h"
#include "guest.h"
#include "journal.h"
#include "log.h"
#include "operation.h"
#include "scope.h"
#include "traffic.h"
#include "traffic_watch.h"

#define LOOK_SECONDS	10
#define LOOK_SLACK_USEC	500000ULL
#define SECOND_USEC	1000000ULL

/* --- what follows ------------------------------------------------------------------ */

static const char *setting_of(const struct config *config)
{
	for (size_t i = 0; i < config->n_values; i++)
		if (!strcmp(config->values[i].setting->name, "net-traffic"))
			return config->values[i].value;
	return "-";
}

static void tell(struct manager *m, const struct config *config, struct state *state)
{
	_cleanup_free_ char *reason = NULL, *text = NULL;

	if (asprintf(&reason, "net-traffic = %s is used up", setting_of(config)) < 0) {
		reason = NULL;
		return;
	}
	if (asprintf(&text, "%s: %s", config->name, reason) < 0)
		text = NULL;
	else
		journal_limit(config->name, state->xid, text);
	events_limit(m->events, config->name, state->xid, reason);
}

static void on_stopped(const struct problem *problem, void *userdata)
{
	_cleanup_free_ char *name = userdata;

	if (problem)
		log_error("%s: has used its traffic, and cannot be stopped: %s", name,
			  problem->reason ? problem->reason : "it does not run");
}

/* Also one that somebody has started all the same. */
static void stop(struct manager *m, const char *name)
{
	_cleanup_problem_ struct problem problem = { 0 };
	char *copy;

	if (operation_find(m, name))
		return;		/* it may be just that */
	copy = strdup(name);
	if (copy && operation_stop(m, name, on_stopped, copy, &problem) < 0)
		on_stopped(&problem, copy);
}

/* --- looking ------------------------------------------------------------------------ */

/* A file that somebody has broken meanwhile leaves all as it was. */
static void look_at(struct manager *m, const char *name, struct state *state)
{
	_cleanup_free_ char *errors = NULL;
	struct config *config = NULL;
	bool over = false, told = false;
	int r;

	if (config_read(name, &config, &errors) < 0) {
		traffic_keep(m->vs, name, state->cgroup);
		return;
	}
	r = traffic_settle(m->vs, config, state->cgroup, &over, &told);
	if (r < 0 && r != -ENOENT && r != -ENODATA)	/* it has just ended */
		log_warning("%s: cannot see to its traffic: %s", name, strerror(-r));
	if (told)
		tell(m, config, state);
	if (over && config->quota.stop)
		stop(m, name);
	config_free(config);
}

static void look(struct manager *m)
{
	_cleanup_strv_free_ char **names = NULL;

	if (state_names(&names) < 0)
		return;
	for (char **name = names; name && *name; name++) {
		struct state *state = NULL;

		if (state_read(*name, &state) == 0 && !strcmp(state->phase, "running") &&
		    state->cgroup)
			look_at(m, *name, state);
		state_free(state);
	}
}

static uint64_t look_usec(void)
{
	const char *text = getenv("VSERVERD_TRAFFIC_SECONDS");
	uint64_t seconds;

	return (text && vs_parse_count(text, &seconds) == 0 && seconds && seconds < 3600 ?
		seconds : LOOK_SECONDS) * SECOND_USEC;
}

static int on_look(sd_event_source *source, uint64_t usec, void *userdata)
{
	look(userdata);
	sd_event_source_set_time_relative(source, look_usec());
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

void traffic_watch(struct manager *m)
{
	int r = sd_event_add_time_relative(m->event, &m->traffic, CLOCK_MONOTONIC, look_usec(),
					   LOOK_SLACK_USEC, on_look, m);

	if (r < 0)
		log_warning("cannot look after traffic: %s", strerror(-r));
}

void traffic_watch_free(struct manager *m)
{
	sd_event_source_disable_unref(m->traffic);
}
