// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What the daemon holds: enforcement, which it loads and which stays when it
 * ends; the connection to the service manager; the watch on states.  Guests
 * are not held: they are what files and units say.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "accounting.h"
#include "directory.h"
#include "enforcement.h"
#include "guest.h"
#include "image.h"
#include "event.h"
#include "holds.h"
#include "journal.h"
#include "log.h"
#include "making.h"
#include "operation.h"
#include "rename.h"
#include "run_slot.h"
#include "scheduler.h"
#include "scope.h"
#include "store_operation.h"
#include "traffic_watch.h"
#include "worker.h"

#define BOOTED_FILE "/run/vserver/autostarted"

/* --- states --------------------------------------------------------------------------- */

/* NAME.json was replaced, or is gone. */
static int on_state(sd_event_source *source, const struct inotify_event *event, void *userdata)
{
	_cleanup_free_ char *name = NULL;
	struct manager *m = userdata;
	char *end;

	if (!event->len || !(end = strstr(event->name, ".json")) || end[strlen(".json")])
		return 0;
	name = strndup(event->name, (size_t)(end - event->name));
	if (name) {
		operation_state_changed(m, name);
		events_guest(m->events, name);
	}
	return 0;
}

static int watch_states(struct manager *m)
{
	if ((mkdir("/run/vserver", 0755) < 0 && errno != EEXIST) ||
	    (mkdir(STATE_DIR, 0755) < 0 && errno != EEXIST))
		return -errno;
	return sd_event_add_inotify(m->event, &m->states, STATE_DIR,
				    IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE, on_state, m);
}

/* --- life ------------------------------------------------------------------------------ */

int manager_new(sd_event *event, struct manager **ret)
{
	struct manager *m = calloc(1, sizeof(*m));
	int r;

	if (!m)
		return -ENOMEM;
	m->event = sd_event_ref(event);
	r = vs_new(&m->vs);
	if (!r)
		r = events_new(m, &m->events);
	if (!r)
		r = units_new(event, &m->units);
	if (!r)
		r = watch_states(m);
	if (r < 0) {
		manager_free(m);
		return r;
	}
	enforcement_load(m);
	traffic_watch(m);
	m->holds = holds_watch(m, &holds_pace_rare, journal_hold, NULL);
	*ret = m;
	return 0;
}

void manager_free(struct manager *m)
{
	if (!m)
		return;
	events_free(m->events);
	units_free(m->units);	/* ends what waits for systemd */
	while (m->operations)
		operation_drop(m->operations);
	accounting_free(m);
	holds_free(m->holds);
	traffic_watch_free(m);
	scheduler_free(m->scheduler);
	enforcement_free(m);
	sd_event_source_disable_unref(m->states);
	vs_close(m->vs);
	sd_event_unref(m->event);
	free(m->unfit);
	free(m->unfit_remedy);
	free(m);
}

static int work_sweep(struct worker *worker, const void *leftovers, char **ret_reason)
{
	return directory_sweep((char *const *)leftovers, ret_reason);
}

static void on_swept(int error, const char *reason, void *userdata)
{
	if (error)
		log_warning("cannot sweep up: %s", reason);
}

/* Of builds and deletions that were cut off; named now, before others begin. */
static void sweep(struct manager *m)
{
	_cleanup_strv_free_ char **leftovers = NULL;
	_cleanup_free_ char *reason = NULL;
	int r = image_prepare();

	if (!r)
		rename_complete();
	if (!r && making_settle(&reason) < 0)
		log_warning("cannot sweep up: %s", reason ? reason : "out of memory");
	if (!r)
		r = image_leftovers(NULL, &leftovers);
	if (!r && *leftovers)
		r = worker_run(m->event, work_sweep, leftovers, NULL, on_swept, NULL);
	if (r < 0)
		on_swept(r, strerror(-r), NULL);
}

/* Of runs whose callers were killed, or that the machine was switched off under. */
static int work_sweep_runs(struct worker *worker, const void *nothing, char **ret_reason)
{
	struct vs *vs;
	int r = vs_open(&vs);

	if (r < 0)
		return r;
	run_slots_sweep(vs);
	vs_close(vs);
	return 0;
}

/* A guest whose state says that it runs, but whose unit does not: its clean-up
 * did not run either, or could not do all. */
void manager_adopt(struct manager *m)
{
	_cleanup_strv_free_ char **names = NULL;
	size_t running = 0;

	sweep(m);
	image_adopt(m);
	if (worker_run(m->event, work_sweep_runs, m, NULL, on_swept, NULL) < 0)
		log_warning("cannot sweep up what runs have left");
	if (state_names(&names) < 0)
		return;
	for (char **name = names; name && *name; name++) {
		_cleanup_problem_ struct problem problem = { 0 };
		_cleanup_guest_ struct guest *guest = NULL;

		if (guest_read(m, *name, &guest, &problem) < 0)
			continue;
		if (guest_is_up(guest))
			running++;
		else if (guest->state && state_is_left(guest->state))
			log_warning("%s: something is left of it%s%s; vserver start or delete "
				    "removes that", *name, guest->state->reason ? ": " : "",
				    guest->state->reason ? guest->state->reason : "");
	}
	log_info("guests that run: %zu", running);
}

static void on_autostarted(const struct problem *problem, void *userdata)
{
	_cleanup_free_ char *name = userdata;

	if (problem)
		log_error("%s: cannot start: %s", name,
			  problem->reason ? problem->reason : "it runs already");
}

static void autostart(struct manager *m, const char *name)
{
	_cleanup_problem_ struct problem problem = { 0 };
	_cleanup_guest_ struct guest *guest = NULL;
	char *copy;

	if (guest_read(m, name, &guest, &problem) < 0) {
		log_error("%s: is not started: %s", name,
			  problem.reason ? problem.reason : "it is gone");
		return;
	}
	if (!guest->config) {	/* whether it is to start is in there, too */
		log_error("%s: is not started: %s", name, guest->errors);
		return;
	}
	if (!guest->config->autostart || guest_is_up(guest))
		return;
	copy = strdup(name);
	if (copy && operation_start(m, name, false, on_autostarted, copy, &problem) < 0)
		on_autostarted(&problem, copy);
}

void manager_autostart(struct manager *m)
{
	_cleanup_close_ int fd = open(BOOTED_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	_cleanup_strv_free_ char **names = NULL;

	if (fd < 0 || manager_names(&names) < 0)
		return;		/* a restart of the daemon only */
	for (char **name = names; *name; name++)
		autostart(m, *name);
}

/* --- names ------------------------------------------------------------------------------ */

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int push(char ***names, size_t *n, const char *name)
{
	char **grown = reallocarray(*names, *n + 2, sizeof(char *));

	if (!grown)
		return -ENOMEM;
	*names = grown;
	grown[*n + 1] = NULL;
	grown[*n] = strdup(name);
	if (!grown[*n])
		return -ENOMEM;
	++*n;
	return 0;
}

int manager_names(char ***ret)
{
	_cleanup_closedir_ DIR *dir = opendir(GUESTS_DIR);
	_cleanup_strv_free_ char **names = NULL;
	const struct dirent *entry;
	size_t n = 0, with_file;
	int r;

	r = config_names(&names);
	if (r < 0)
		return r;
	while (names[n])
		n++;
	with_file = n;
	while (dir && (entry = readdir(dir))) {
		const char *name = entry->d_name;

		if (name[0] == '.' || !vs_name_valid(name) || !image_exists(name) ||
		    bsearch(&name, names, with_file, sizeof(char *), compare))
			continue;
		r = push(&names, &n, name);
		if (r < 0)
			return r;
	}
	qsort(names, n, sizeof(char *), compare);
	*ret = TAKE_PTR(names);
	return 0;
}
