// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Enforcement.  It does not depend on the daemon: links are pinned and held by
 * the module.  But root of the host can unmount bpffs or detach a link; so the
 * daemon looks now and then, tells when something is missing, and loads it
 * again.  Meanwhile no context can be made or entered; that is the module's
 * doing, not the daemon's.
 *
 * The kernel tells nobody when a pin goes or a link is detached, hence a look
 * every few seconds.
 */
#include "enforcement.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "event.h"
#include "journal.h"
#include "log.h"
#include "scheduler.h"
#include "scope.h"

#define LOOK_USEC	10000000ULL
#define LOOK_SLACK_USEC	1000000ULL

static int set_unfit(struct manager *m, const char *reason, const char *remedy)
{
	char *copy = strdup(reason), *remedy_copy = strdup(remedy);

	free(m->unfit);
	free(m->unfit_remedy);
	m->unfit = copy;
	m->unfit_remedy = remedy_copy;
	return -EOPNOTSUPP;
}

static int load(struct manager *m)
{
	struct vs *vs;
	int r;

	r = vs_open(&vs);
	if (r < 0)
		return set_unfit(m, r == -ENOPKG ? "vserver.ko is not loaded" : strerror(-r),
				 r == -ENOPKG ? "modprobe vserver" : "see: vserver check");
	vs_close(m->vs);
	m->vs = vs;
	events_module(m->events);
	if (vs_enforce_load(vs) < 0)
		return set_unfit(m, vs_reason(vs), "see: vserver check");
	scheduler_load(m);
	m->fit = true;
	return 0;
}

/* --- looking ------------------------------------------------------------------------- */

/* Whoever has subscribed, and the journal. */
static void tell(struct manager *m, const char *event, const char *text)
{
	events_machine(m->events, event, text);
	journal_machine(event, text);
}

static bool is_whole(const struct vs_enforce_status *status)
{
	return status->pinned && status->links_held == status->links_expected;
}

/* Told once, however long it takes to load it again. */
static void tell_lost(struct manager *m, const struct vs_enforce_status *status)
{
	char text[200];

	snprintf(text, sizeof(text), "enforcement is not whole: %u of %u programs are attached, "
		 "%s; it is loaded again", status->links_held, status->links_expected,
		 status->pinned ? "all pinned" : "pins are missing");
	tell(m, "enforcement-lost", text);
}

/* Whole, as it was or by now. */
static bool mend(struct manager *m)
{
	struct vs_enforce_status status = { 0 };

	if (m->fit && vs_enforce_status(m->vs, &status) == 0 && is_whole(&status))
		return true;
	if (m->fit)
		tell_lost(m, &status);
	m->fit = load(m) == 0;
	if (m->fit)
		tell(m, "enforcement-restored", "enforcement is whole");
	return m->fit;
}

static int on_look(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct manager *m = userdata;

	mend(m);
	sd_event_source_set_time_relative(source, LOOK_USEC);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

void enforcement_load(struct manager *m)
{
	int r;

	if (load(m) < 0)
		log_error("no guest can start: %s; %s", m->unfit, m->unfit_remedy);
	r = sd_event_add_time_relative(m->event, &m->look, CLOCK_MONOTONIC, LOOK_USEC,
				       LOOK_SLACK_USEC, on_look, m);
	if (r < 0)
		log_warning("cannot look after enforcement: %s", strerror(-r));
}

int enforcement_need(struct manager *m, struct problem *problem)
{
	if (mend(m))
		return 0;
	return problem_failed(problem, "enforcement", m->unfit_remedy, "%s",
			      m->unfit ? m->unfit : strerror(ENOMEM));
}

void enforcement_free(struct manager *m)
{
	sd_event_source_disable_unref(m->look);
}
