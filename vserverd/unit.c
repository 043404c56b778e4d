// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Units of guests.  The only file that speaks D-Bus: it asks systemd for a
 * job and tells when that is over.  What a job does is not known here.
 */
#include <errno.h>
#include <string.h>
#include <systemd/sd-bus.h>

#include "scope.h"
#include "unit.h"

#define SYSTEMD	"org.freedesktop.systemd1"
#define MANAGER	"/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"

/* A job that was asked for and is not over. */
struct job {
	struct units *units;
	struct job *next;
	sd_bus_slot *call;	/* until it has been answered */
	char *path;		/* from then on */
	unit_done_t done;
	void *userdata;
};

/* One of our units as it was when all were listed. */
struct listed {
	struct listed *next;
	struct unit_status status;
	char name[];		/* of the unit */
};

struct units {
	sd_event *event;
	sd_bus *bus;		/* NULL: not connected */
	struct job *jobs;
	bool listed;		/* list is of now */
	struct listed *list;
};

/* The daemon serves nobody while it waits for such an answer. */
#define ANSWER_LIMIT_USEC	3000000
#define ANSWER_DEFAULT_USEC	25000000	/* of sd-bus */

/* --- jobs -------------------------------------------------------------------- */

static void job_end(struct job *job, const char *result)
{
	for (struct job **p = &job->units->jobs; *p; p = &(*p)->next)
		if (*p == job) {
			*p = job->next;
			break;
		}
	job->done(result, job->userdata);
	sd_bus_slot_unref(job->call);
	free(job->path);
	free(job);
}

static int on_job_removed(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	struct units *units = userdata;
	const char *path, *unit, *result;
	uint32_t id;
	int r;

	r = sd_bus_message_read(message, "uoss", &id, &path, &unit, &result);
	if (r < 0)
		return r;
	for (struct job *job = units->jobs; job; job = job->next)
		if (job->path && !strcmp(job->path, path)) {
			job_end(job, result);
			break;
		}
	return 0;
}

/* The service manager has answered: this is the job, or there is none. */
static int on_job(sd_bus_message *reply, void *userdata, sd_bus_error *ret_error)
{
	struct job *job = userdata;
	const sd_bus_error *error = sd_bus_message_get_error(reply);
	const char *path;

	if (error) {
		job_end(job, error->message ? error->message : error->name);
		return 0;
	}
	if (sd_bus_message_read(reply, "o", &path) < 0 || !(job->path = strdup(path)))
		job_end(job, "the service manager's answer cannot be read");
	return 0;
}

/* --- connection ---------------------------------------------------------------- */

static void disconnect(struct units *units)
{
	sd_bus_detach_event(units->bus);
	units->bus = sd_bus_close_unref(units->bus);
	while (units->jobs)
		job_end(units->jobs, "the connection to the service manager was lost");
}

static int on_disconnected(sd_bus_message *message, void *userdata, sd_bus_error *error)
{
	disconnect(userdata);
	return 0;
}

static int subscribe(struct units *units)
{
	int r;

	r = sd_bus_match_signal_async(units->bus, NULL, SYSTEMD, MANAGER, "JobRemoved",
				      on_job_removed, NULL, units);
	if (r >= 0)
		r = sd_bus_match_signal_async(units->bus, NULL, "org.freedesktop.DBus.Local",
					      "/org/freedesktop/DBus/Local",
					      "org.freedesktop.DBus.Local", "Disconnected",
					      on_disconnected, NULL, units);
	if (r >= 0)
		r = sd_bus_call_method_async(units->bus, NULL, SYSTEMD, MANAGER, "Subscribe",
					     NULL, NULL, NULL);
	if (r >= 0)
		r = sd_bus_attach_event(units->bus, units->event, SD_EVENT_PRIORITY_NORMAL);
	return r;
}

static int need_bus(struct units *units)
{
	int r;

	if (units->bus && sd_bus_is_open(units->bus) > 0)
		return 0;
	disconnect(units);
	r = sd_bus_open_system(&units->bus);
	if (r >= 0)
		r = subscribe(units);
	if (r < 0)
		disconnect(units);
	return r < 0 ? r : 0;
}

int units_new(sd_event *event, struct units **ret)
{
	struct units *units = calloc(1, sizeof(*units));

	if (!units)
		return -ENOMEM;
	units->event = sd_event_ref(event);
	*ret = units;
	return 0;
}

void units_free(struct units *units)
{
	if (!units)
		return;
	disconnect(units);
	units_forget(units);
	sd_event_unref(units->event);
	free(units);
}

/* --- what is asked ---------------------------------------------------------------- */

static int ask(struct units *units, const char *method, const char *name, unit_done_t done,
	       void *userdata)
{
	_cleanup_free_ char *unit = NULL;
	struct job *job;
	int r;

	r = need_bus(units);
	if (!r)
		r = unit_name(name, &unit);
	if (r < 0)
		return r;
	job = calloc(1, sizeof(*job));
	if (!job)
		return -ENOMEM;
	*job = (struct job){ .units = units, .done = done, .userdata = userdata };

	r = sd_bus_call_method_async(units->bus, &job->call, SYSTEMD, MANAGER, method, on_job,
				     job, "ss", unit, "replace");
	if (r < 0) {
		free(job);
		return r;
	}
	job->next = units->jobs;
	units->jobs = job;
	return 0;
}

/* A unit that failed often in a short time is not started again before that
 * has been forgotten; who starts it by hand means it. */
static void forget_failures(struct units *units, const char *name)
{
	_cleanup_free_ char *unit = NULL;

	if (need_bus(units) == 0 && unit_name(name, &unit) == 0)
		sd_bus_call_method_async(units->bus, NULL, SYSTEMD, MANAGER, "ResetFailedUnit",
					 NULL, NULL, "s", unit);
}

int unit_start(struct units *units, const char *name, unit_done_t done, void *userdata)
{
	forget_failures(units, name);
	return ask(units, "StartUnit", name, done, userdata);
}

int unit_stop(struct units *units, const char *name, unit_done_t done, void *userdata)
{
	return ask(units, "StopUnit", name, done, userdata);
}

/* --- looked at ------------------------------------------------------------------- */

void units_forget(struct units *units)
{
	while (units->list) {
		struct listed *next = units->list->next;

		free(units->list);
		units->list = next;
	}
	units->listed = false;
}

static int add_listed(struct units *units, const char *name, const char *active)
{
	struct listed *one = malloc(sizeof(*one) + strlen(name) + 1);

	if (!one)
		return -ENOMEM;
	strcpy(one->name, name);
	snprintf(one->status.active, sizeof(one->status.active), "%s", active);
	one->next = units->list;
	units->list = one;
	return 0;
}

static int read_list(struct units *units, sd_bus_message *reply)
{
	const char *name, *active;
	int r;

	r = sd_bus_message_enter_container(reply, 'a', "(ssssssouso)");
	while (r >= 0 && (r = sd_bus_message_read(reply, "(ssssssouso)", &name, NULL, NULL,
						  &active, NULL, NULL, NULL, NULL, NULL,
						  NULL)) > 0)
		r = add_listed(units, name, active);
	return r;
}

int units_list(struct units *units)
{
	sd_bus_message *call = NULL, *reply = NULL;
	int r;

	units_forget(units);
	r = need_bus(units);
	if (r >= 0)
		r = sd_bus_message_new_method_call(units->bus, &call, SYSTEMD, MANAGER,
						   "ListUnitsByPatterns");
	if (r >= 0)
		r = sd_bus_message_append(call, "asas", 0, 1, "vserver@*.service");
	if (r >= 0)
		r = sd_bus_call(units->bus, call, ANSWER_LIMIT_USEC, NULL, &reply);
	if (r >= 0)
		r = read_list(units, reply);
	sd_bus_message_unref(call);
	sd_bus_message_unref(reply);
	if (r < 0)
		units_forget(units);
	units->listed = r >= 0;
	return r < 0 ? r : 0;
}

static int status_listed(const struct units *units, const char *unit, struct unit_status *ret)
{
	const struct listed *one = units->list;

	while (one && strcmp(one->name, unit))
		one = one->next;
	*ret = one ? one->status : (struct unit_status){ .active = "inactive" };
	return 0;
}

int unit_status(struct units *units, const char *name, struct unit_status *ret)
{
	_cleanup_free_ char *unit = NULL, *path = NULL, *active = NULL;
	int r;

	r = unit_name(name, &unit);
	if (!r && units->listed)
		return status_listed(units, unit, ret);
	if (!r)
		r = need_bus(units);
	if (!r)
		r = sd_bus_path_encode("/org/freedesktop/systemd1/unit", unit, &path);
	if (r < 0)
		return r;
	sd_bus_set_method_call_timeout(units->bus, ANSWER_LIMIT_USEC);
	/* Properties may be asked for of units that are not loaded. */
	r = sd_bus_get_property_string(units->bus, SYSTEMD, path, SYSTEMD ".Unit",
				       "ActiveState", NULL, &active);
	sd_bus_set_method_call_timeout(units->bus, ANSWER_DEFAULT_USEC);
	if (r < 0)
		return r;
	snprintf(ret->active, sizeof(ret->active), "%s", active);
	return 0;
}

bool unit_is_up(const struct unit_status *status)
{
	return strcmp(status->active, "inactive") && strcmp(status->active, "failed");
}
