// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Events: gathered and told.  Those of contexts come from the module, those of
 * guests from their state files, those of the machine from whoever sees them.
 * Nobody waits for a subscriber: one that does not read is told, once it reads
 * again, how many it has missed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "event.h"
#include "holds.h"
#include "log.h"
#include "scope.h"
#include "state.h"

#define QUEUED_MAX	1000	/* answers under way to one subscriber */

/** struct subscriber - who is told.
 * @queued: answers since it had read everything.
 * @missed: since then there was no room. */
struct subscriber {
	struct subscriber *next;
	sd_varlink *link;
	unsigned int queued;
	uint64_t missed;
};

/** struct known - a guest that has a state, as it was when last looked at. */
struct known {
	struct known *next;
	char *name;
	char *phase;		/* NULL: it had none */
	bool ready;
	uint64_t boots;
};

struct events {
	struct manager *m;
	struct vs_listener *listener;	/* NULL: nobody is to be told, or no module */
	sd_event_source *source;
	struct holds *holds;		/* watched likewise */
	struct subscriber *subscribers;
	struct known *known;
};

/* --- telling --------------------------------------------------------------------------- */

static int event_json(const char *event, sd_json_variant **ret)
{
	struct timespec now;
	char seconds[32], text[48];
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(seconds, sizeof(seconds), "%FT%T", &tm);
	snprintf(text, sizeof(text), "%s.%03ldZ", seconds, now.tv_nsec / 1000000);
	return sd_json_buildo(ret, SD_JSON_BUILD_PAIR_STRING("time", text),
			      SD_JSON_BUILD_PAIR_STRING("event", event));
}

static void notify(struct subscriber *s, sd_json_variant *event)
{
	s->queued++;
	if (sd_varlink_notifybo(s->link, SD_JSON_BUILD_PAIR_VARIANT("event", event)) < 0)
		s->missed++;
}

static void tell_missed(struct subscriber *s)
{
	sd_json_variant *event = NULL;

	if (s->missed && event_json("missed", &event) >= 0 &&
	    sd_json_variant_set_field_unsigned(&event, "count", s->missed) >= 0) {
		s->missed = 0;
		notify(s, event);
	}
	sd_json_variant_unref(event);
}

static void tell_one(struct subscriber *s, sd_json_variant *event)
{
	int waits = sd_varlink_get_events(s->link);

	if (waits >= 0 && !(waits & EPOLLOUT))
		s->queued = 0;
	if (s->queued >= QUEUED_MAX) {
		s->missed++;
		return;
	}
	tell_missed(s);
	notify(s, event);
}

/* Takes @event over; NULL, or @r below 0: there was no memory for it. */
static void tell_all(struct events *events, sd_json_variant *event, int r)
{
	for (struct subscriber *s = events->subscribers; s; s = s->next) {
		if (r < 0)
			s->missed++;
		else
			tell_one(s, event);
	}
	sd_json_variant_unref(event);
}

void events_machine(struct events *events, const char *name, const char *reason)
{
	sd_json_variant *event = NULL;
	int r = event_json(name, &event);

	if (r >= 0 && reason)
		r = sd_json_variant_set_field_string(&event, "reason", reason);
	tell_all(events, event, r);
}

/* --- contexts ------------------------------------------------------------------------------ */

static int add_status(sd_json_variant **event, const struct vs_notice *notice)
{
	if (!notice->has_status)
		return 0;
	if (WIFSIGNALED(notice->status))
		return sd_json_variant_set_field_unsigned(event, "signal",
							  (uint64_t)WTERMSIG(notice->status));
	return sd_json_variant_set_field_unsigned(event, "status",
						  (uint64_t)WEXITSTATUS(notice->status));
}

static int context_json(const char *event, uint32_t xid, const char *name, uint64_t flags,
			sd_json_variant **ret)
{
	int r = event_json(event, ret);

	if (r >= 0 && flags & VS_FLAG_CGROUP)
		r = sd_json_variant_set_field_string(ret, "guest", name);
	if (r >= 0)
		r = sd_json_variant_set_field_unsigned(ret, "xid", xid);
	if (r >= 0)
		r = sd_json_variant_set_field_string(ret, "context", name);
	return r;
}

static int notice_json(const struct vs_notice *notice, sd_json_variant **ret)
{
	int r = context_json(vs_event_name(notice->event), notice->xid, notice->name,
			     notice->flags, ret);

	if (r >= 0)
		r = add_status(ret, notice);
	if (r >= 0 && notice->event == VS_EVENT_REFUSED)
		r = sd_json_variant_set_field_string(ret, "rule", vs_rule_name(notice->rule));
	if (r >= 0 && notice->event == VS_EVENT_REFUSED)
		r = sd_json_variant_set_field_unsigned(ret, "count", notice->count);
	return r;
}

/* What the daemon has missed, everybody has. */
static void pass_on(struct events *events, const struct vs_notice *notice)
{
	sd_json_variant *event = NULL;
	int r;

	for (struct subscriber *s = events->subscribers; s; s = s->next)
		s->missed += notice->missed;
	r = notice_json(notice, &event);
	tell_all(events, event, r);
}

static int on_notice(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct events *events = userdata;
	struct vs_notice notice;

	while (vs_listener_next(events->listener, &notice) == 0)
		pass_on(events, &notice);
	return 0;
}

static void on_hold(const char *event, const struct vs_context *context,
		    const struct vs_cpu_usage *usage, void *userdata)
{
	sd_json_variant *object = NULL;
	int r = context_json(event, context->xid, context->name, context->flags, &object);

	if (r >= 0)
		r = sd_json_variant_set_field_unsigned(&object, "heldNs", usage->held_ns);
	if (r >= 0)
		r = sd_json_variant_set_field_unsigned(&object, "holds", usage->holds);
	tell_all(userdata, object, r);
}

/* While there is somebody to tell; anew each time, for the module may be another. */
static void listen_to_module(struct events *events)
{
	int r;

	r = vs_listen(events->m->vs, &events->listener);
	if (r < 0) {
		log_warning("cannot listen to events of contexts: %s", vs_reason(events->m->vs));
		return;
	}
	r = sd_event_add_io(events->m->event, &events->source, vs_listener_fd(events->listener),
			    EPOLLIN, on_notice, events);
	if (r < 0)
		log_warning("cannot listen to events of contexts: %s", strerror(-r));
}

static void leave_module(struct events *events)
{
	events->source = sd_event_source_disable_unref(events->source);
	vs_listener_free(events->listener);
	events->listener = NULL;
}

void events_module(struct events *events)
{
	leave_module(events);
	if (events->subscribers)
		listen_to_module(events);
}

/* --- subscribers ------------------------------------------------------------------------- */

int events_subscribe(struct events *events, sd_varlink *link)
{
	struct subscriber *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	if (!events->subscribers) {
		listen_to_module(events);
		events->holds = holds_watch(events->m, &holds_pace_often, on_hold, events);
	}
	s->link = sd_varlink_ref(link);
	s->next = events->subscribers;
	events->subscribers = s;
	return 0;
}

void events_unsubscribe(struct events *events, const sd_varlink *link)
{
	for (struct subscriber **at = &events->subscribers; *at; at = &(*at)->next) {
		struct subscriber *s = *at;

		if (s->link != link)
			continue;
		*at = s->next;
		sd_varlink_unref(s->link);
		free(s);
		break;
	}
	if (events->subscribers)
		return;
	leave_module(events);
	holds_free(events->holds);
	events->holds = NULL;
}

/* --- guests --------------------------------------------------------------------------------- */

static struct known *known_of(struct events *events, const char *name)
{
	struct known *known;

	for (known = events->known; known; known = known->next)
		if (!strcmp(known->name, name))
			return known;
	known = calloc(1, sizeof(*known));
	if (!known || !(known->name = strdup(name))) {
		free(known);
		return NULL;
	}
	known->next = events->known;
	events->known = known;
	return known;
}

static void tell_guest(struct events *events, const char *name, const char *what,
		       const struct state *state)
{
	sd_json_variant *event = NULL;
	int r = event_json(what, &event);

	if (r >= 0)
		r = sd_json_variant_set_field_string(&event, "guest", name);
	if (r >= 0 && state && state->xid)
		r = sd_json_variant_set_field_unsigned(&event, "xid", state->xid);
	if (r >= 0 && state && (!strcmp(what, "failed") || !strcmp(what, "limit")) &&
	    state->reason)
		r = sd_json_variant_set_field_string(&event, "reason", state->reason);
	tell_all(events, event, r);
}

void events_limit(struct events *events, const char *guest, uint32_t xid, const char *reason)
{
	const struct state state = { .xid = xid, .reason = (char *)reason };

	tell_guest(events, guest, "limit", &state);
}

static bool was(const struct known *known, const char *phase)
{
	return known->phase && !strcmp(known->phase, phase);
}

/* From what was known to what is: which events lie between. */
static void tell_change(struct events *events, const struct known *known,
			const struct state *state)
{
	const char *phase = state ? state->phase : "stopped";
	const char *name = known->name;

	if (!strcmp(phase, "running") && !was(known, "running"))
		tell_guest(events, name, "started", state);
	else if (!strcmp(phase, "running") && state->boots > known->boots)
		tell_guest(events, name, "rebooted", state);
	else if ((!strcmp(phase, "stopping") || !strcmp(phase, "failed")) && !was(known, phase))
		tell_guest(events, name, phase, state);
	else if (!strcmp(phase, "stopped") && known->phase && !was(known, "stopped"))
		tell_guest(events, name, "stopped", state);
	if (!strcmp(phase, "running") && state->ready &&
	    (!known->ready || !was(known, "running") || state->boots > known->boots))
		tell_guest(events, name, "ready", state);
}

static void forget(struct events *events, struct known *known)
{
	struct known **at = &events->known;

	while (*at != known)
		at = &(*at)->next;
	*at = known->next;
	free(known->name);
	free(known->phase);
	free(known);
}

static void look(struct events *events, const char *name, bool tell)
{
	struct known *known = known_of(events, name);
	struct state *state = NULL;
	int r;

	if (!known)
		return;
	r = state_read(name, &state);
	if (tell && (r == 0 || r == -ENOENT))
		tell_change(events, known, state);
	if (r == 0) {
		free(known->phase);
		known->phase = TAKE_PTR(state->phase);
		known->ready = state->ready;
		known->boots = state->boots;
	} else if (r == -ENOENT) {
		forget(events, known);
	}
	state_free(state);
}

void events_guest(struct events *events, const char *name)
{
	look(events, name, true);
}

/* --- life ------------------------------------------------------------------------------------ */

int events_new(struct manager *m, struct events **ret)
{
	_cleanup_strv_free_ char **names = NULL;
	struct events *events = calloc(1, sizeof(*events));

	if (!events)
		return -ENOMEM;
	events->m = m;
	/* What runs already has not just been started. */
	if (state_names(&names) == 0)
		for (char **name = names; name && *name; name++)
			look(events, *name, false);
	*ret = events;
	return 0;
}

void events_free(struct events *events)
{
	if (!events)
		return;
	while (events->subscribers)
		events_unsubscribe(events, events->subscribers->link);
	while (events->known)
		forget(events, events->known);
	free(events);
}
