// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * Events in the journal: a line for people, and fields for who filters; where
 * there is no journal, the line alone on stderr.  Few of the events are told
 * there: what somebody asks for later, and no guest can fill a disk with.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-journal.h>

#include "journal.h"
#include "scope.h"

/* What finds them; in vserverd(8). */
static const struct kind {
	const char *event;
	const char *id;
	const char *priority;
} kinds[] = {
	{ "enforcement-lost", "b78e0caae8a24df68ee29436796b6610", "2" },
	{ "enforcement-restored", "b67602502ca8468490b028fb88cc9274", "5" },
	{ "held", "1b38439f9d1b4f719c52bddccb72288c", "6" },
	{ "limit", "cedc490f550e46789d664fbd5b08adf4", "5" },
	{ "released", "55f6dc69e729445cbe3447fd19540254", "6" },
	{}
};

static const struct kind *kind_of(const char *event)
{
	const struct kind *kind = kinds;

	while (kind->event && strcmp(kind->event, event))
		kind++;
	return kind;
}

/* Is the journal what reads our stderr? */
static bool has_journal(void)
{
	return getenv("JOURNAL_STREAM");
}

void journal_machine(const char *event, const char *text)
{
	const struct kind *kind = kind_of(event);

	if (!kind->event)
		return;
	if (has_journal())
		sd_journal_send("MESSAGE=%s", text, "PRIORITY=%s", kind->priority,
				"MESSAGE_ID=%s", kind->id, "VSERVER_EVENT=%s", event, NULL);
	else
		fprintf(stderr, "<%s>%s\n", kind->priority, text);
}

void journal_limit(const char *guest, uint32_t xid, const char *text)
{
	const struct kind *kind = kind_of("limit");

	if (has_journal())
		sd_journal_send("MESSAGE=%s", text, "PRIORITY=%s", kind->priority,
				"MESSAGE_ID=%s", kind->id, "VSERVER_EVENT=limit",
				"VSERVER_GUEST=%s", guest, "VSERVER_XID=%u", xid, NULL);
	else
		fprintf(stderr, "<%s>%s\n", kind->priority, text);
}

static char *hold_text(const char *event, const struct vs_context *context)
{
	const char *what = !strcmp(event, "held") ?
			   "wants more than its share of the processors, and is on hold now and then" :
			   "has not been on hold for a while";
	char *ret;

	return asprintf(&ret, "%s%s: %s", context->flags & VS_FLAG_CGROUP ? "" : "context ",
			context->name, what) < 0 ? NULL : ret;
}

void journal_hold(const char *event, const struct vs_context *context,
		  const struct vs_cpu_usage *usage, void *userdata)
{
	const struct kind *kind = kind_of(event);
	bool guest = context->flags & VS_FLAG_CGROUP;
	_cleanup_free_ char *text = hold_text(event, context);

	if (!kind->event || !text)
		return;
	if (has_journal())
		sd_journal_send("MESSAGE=%s", text, "PRIORITY=%s", kind->priority,
				"MESSAGE_ID=%s", kind->id, "VSERVER_EVENT=%s", event,
				"VSERVER_XID=%u", context->xid, "VSERVER_CONTEXT=%s", context->name,
				"VSERVER_HELD_NSEC=%ju", (uintmax_t)usage->held_ns,
				"VSERVER_HOLDS=%ju", (uintmax_t)usage->holds,
				/* the last, or nothing is behind it */
				guest ? "VSERVER_GUEST=%s" : NULL, context->name, NULL);
	else
		fprintf(stderr, "<%s>%s\n", kind->priority, text);
}
