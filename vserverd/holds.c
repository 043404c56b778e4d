// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Contexts that their share does not let run.  The scheduler puts one on hold
 * and lets it run again many times a second, which nobody wants to be told; so
 * its counters are looked at now and then: that they go up after a quiet spell is
 * an event, and so is the next spell.  How long one is depends on who is told:
 * somebody who looks on, while he does, or the journal, always.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "holds.h"
#include "log.h"
#include "scope.h"

#define LOOK_SLACK_USEC	500000ULL

const struct holds_pace holds_pace_often = { 3000000ULL, 8000000000ULL };
const struct holds_pace holds_pace_rare = { 10000000ULL, 60000000000ULL };

/** struct seen - a context, when last looked at; with a bucket or without, which
 * it may get, or lose. */
struct seen {
	uint32_t xid;
	uint64_t holds;
	uint64_t last_ns;	/* when it was on hold, or might have been */
	bool told;		/* held, and not yet released */
};

struct holds {
	struct manager *m;
	const struct holds_pace *pace;
	holds_told_t told;
	void *userdata;
	sd_event_source *timer;
	struct seen *seen;	/* in the order of numbers */
	size_t n;
	bool looked;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000ULL + (uint64_t)now.tv_nsec;
}

static const struct seen *find(const struct holds *holds, uint32_t xid, size_t *at)
{
	while (*at < holds->n && holds->seen[*at].xid < xid)
		(*at)++;
	return *at < holds->n && holds->seen[*at].xid == xid ? &holds->seen[*at] : NULL;
}

/* What it was before the first look nobody knows, so that tells nothing. */
static struct seen look_at(struct holds *holds, const struct vs_context *context,
			   const struct vs_cpu_usage *usage, const struct seen *before)
{
	struct seen seen = { .xid = context->xid, .holds = usage->holds, .last_ns = now_ns() };

	if (!before && !holds->looked)
		return seen;
	if (usage->held || usage->holds > (before ? before->holds : 0)) {
		seen.told = true;
		if (!before || !before->told)
			holds->told("held", context, usage, holds->userdata);
	} else if (before) {
		seen.last_ns = before->last_ns;
		seen.told = before->told && now_ns() - before->last_ns < holds->pace->quiet_ns;
		if (before->told && !seen.told)
			holds->told("released", context, usage, holds->userdata);
	}
	return seen;
}

/* One that the scheduler does not know of, for it has ended, stays as it was. */
static void look(struct holds *holds)
{
	_cleanup_free_ struct vs_context *contexts = NULL;
	_cleanup_free_ struct seen *next = NULL;
	size_t n = 0, n_next = 0, at = 0;

	if (vs_context_list(holds->m->vs, &contexts, &n) < 0)
		return;
	next = calloc(n + 1, sizeof(*next));
	for (size_t i = 0; next && i < n; i++) {
		const struct seen *before = find(holds, contexts[i].xid, &at);
		struct vs_cpu_usage usage;

		if (vs_scheduler_usage(holds->m->vs, contexts[i].xid, &usage) == 0)
			next[n_next++] = look_at(holds, &contexts[i], &usage, before);
		else if (before)
			next[n_next++] = *before;
	}
	if (!next)
		return;
	free(holds->seen);
	holds->seen = TAKE_PTR(next);
	holds->n = n_next;
	holds->looked = true;
}

static int on_look(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct holds *holds = userdata;

	look(holds);
	sd_event_source_set_time_relative(source, holds->pace->look_usec);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

struct holds *holds_watch(struct manager *m, const struct holds_pace *pace, holds_told_t told,
			  void *userdata)
{
	struct holds *holds;
	int r = -ENOMEM;

	if (!vs_scheduler_possible())
		return NULL;
	holds = calloc(1, sizeof(*holds));
	if (holds) {
		*holds = (struct holds){ m, pace, told, userdata };
		r = sd_event_add_time_relative(m->event, &holds->timer, CLOCK_MONOTONIC, 0,
					       LOOK_SLACK_USEC, on_look, holds);
	}
	if (r >= 0)
		return holds;
	log_warning("cannot watch who is on hold: %s", strerror(-r));
	holds_free(holds);
	return NULL;
}

void holds_free(struct holds *holds)
{
	if (!holds)
		return;
	sd_event_source_disable_unref(holds->timer);
	free(holds->seen);
	free(holds);
}
