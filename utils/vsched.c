/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * vsched: the token bucket of a context, shown or changed.  A change is read,
 * made and written as a whole: it is in force at once, or nothing is.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bucket.h"
#include "human.h"
#include "vsched.h"

/* --- which context ------------------------------------------------------------------ */

static void find_or_die(struct vs *vs, const char *word, struct vs_context *ret)
{
	uint64_t xid = 0;
	bool number = !word[strspn(word, "0123456789")];
	int r;

	if (number && (vs_parse_count(word, &xid) < 0 || xid > VS_XID_MAX))
		die(EXIT_USAGE, "--xid %s: out of range; it is %u at most", word, VS_XID_MAX);
	if (number && xid == VS_XID_HOST)
		die(EXIT_USAGE, "--xid 0: that is the host, which has no bucket and is never on hold");
	r = number ? vs_context_get(vs, (uint32_t)xid, ret) : vs_context_find(vs, word, ret);
	if (r == -ESRCH)
		die(EXIT_FAILED, "there is no context '%s', and no guest of that name runs; see: "
		    "vserver contexts", word);
	if (r < 0)
		die(EXIT_FAILED, "%s", vs_reason(vs));
}

/* --- showing it ---------------------------------------------------------------------- */

/* Takes @value over. */
static void row(const char *name, char *value)
{
	if (!value)
		die(EXIT_FAILED, "out of memory");
	printf("  %-15s%s\n", name, value);
	free(value);
}

static char *share(uint64_t rate_ns, uint64_t interval_ns)
{
	char *ret = NULL;

	return vs_format_share(rate_ns, interval_ns, &ret) < 0 ? NULL : ret;
}

static char *duration(uint64_t ns)
{
	char *ret = NULL;

	return vs_format_time(ns, &ret) < 0 ? NULL : ret;
}

static void print_asked(const struct vs_bucket *asked)
{
	char bias[16];

	if (!asked->rate_ns) {
		row("cpu", strdup("infinity"));
		return;
	}
	row("cpu", share(asked->rate_ns, asked->interval_ns));
	row("cpu-bucket", duration(asked->size_ns));
	row("cpu-release", duration(asked->release_ns));
	if (asked->idle_rate_ns)
		row("cpu-idle", share(asked->idle_rate_ns, asked->idle_interval_ns));
	snprintf(bias, sizeof(bias), "%d", asked->prio_bias);
	row("cpu-prio-bias", strdup(bias));
	row("cpu-scope", strdup(asked->scope == VS_SCOPE_PROCESSOR ? "processor" : "machine"));
}

static void print_now(const struct vs_cpu_usage *now)
{
	char *held = human_time(now->held_ns);

	if (now->limited) {
		row("bucket", human_time_of(now->tokens_ns, now->size_ns));
		printf("  %-15s%s%s, %ju times\n", "held", now->held ? "now; " : "", held ?: "-",
		       (uintmax_t)now->holds);
	}
	free(held);
	row("used", human_time(now->used_ns));
	if (now->idle_ns)
		row("idle time used", human_time(now->idle_ns));
}

static void print(struct vs *vs, const struct vs_context *context)
{
	struct bucket bucket;

	bucket_read(vs, context, &bucket);
	printf("context %u, %s\n", context->xid, context->name);
	print_asked(&bucket.asked);
	if (bucket.known)
		print_now(&bucket.now);
	else if (vs_scheduler_running(vs) == 1)
		puts("  nothing of it has run yet");
	else
		puts("  the token bucket scheduler does not run here; vserver check says why");
}

static void print_as_json(struct vs *vs, const struct vs_context *context)
{
	sd_json_variant *inner = NULL, *outer = NULL;
	struct bucket bucket;

	bucket_read(vs, context, &bucket);
	if (bucket_json(&bucket, &inner) < 0 ||
	    sd_json_buildo(&outer, SD_JSON_BUILD_PAIR_UNSIGNED("xid", context->xid),
			   SD_JSON_BUILD_PAIR_STRING("context", context->name),
			   SD_JSON_BUILD_PAIR_VARIANT("bucket", inner)) < 0 ||
	    sd_json_variant_dump(outer, SD_JSON_FORMAT_PRETTY_AUTO | SD_JSON_FORMAT_NEWLINE,
				 stdout, NULL) < 0)
		die(EXIT_FAILED, "out of memory");
	sd_json_variant_unref(inner);
	sd_json_variant_unref(outer);
}

/* --- changing it ----------------------------------------------------------------------- */

/* A bucket that nobody empties is worse than none. */
static void scheduler_or_die(struct vs *vs)
{
	if (vs_scheduler_running(vs) != 1)
		die(EXIT_FAILED, "cannot change a bucket: the token bucket scheduler does not run "
		    "here (vserver check says why); a guest's share is kept by cpu.max: "
		    "vserver set NAME cpu=25%%");
}

/* What was too much before, and becomes no more, is not this one's fault. */
static void room_or_die(struct vs *vs, const struct vs_context *context,
			const struct vs_bucket *bucket)
{
	uint64_t before = vs_bucket_guarantee(&context->bucket);
	uint64_t wanted = vs_bucket_guarantee(bucket);
	struct vs_guarantees others;

	if (wanted <= before)
		return;
	if (vs_guarantees_read(vs, context->xid, &others) < 0)
		die(EXIT_FAILED, "cannot change context %u: %s", context->xid, vs_reason(vs));
	if (others.guaranteed_ns + wanted <= others.machine_ns)
		return;
	die(EXIT_FAILED, "cannot change context %u: %.1f%% for it and %.1f%% for others is more "
	    "than the %.1f%% that this machine has; give less, or --force, and each gets less in "
	    "proportion", context->xid, (double)wanted / 1e7, (double)others.guaranteed_ns / 1e7,
	    (double)others.machine_ns / 1e7);
}

/* The bucket is changed, cpu.max could not be: back, then. */
_Noreturn static void undo(struct vs *vs, const struct vs_context *context, bool tokens)
{
	char *reason = strdup(vs_reason(vs));
	bool undone = vs_context_set(vs, context, VS_SET_BUCKET) == 0 &&
		      guest_limit(vs, context->xid, &context->bucket) == 0 && !tokens;

	if (undone)
		die(EXIT_FAILED, "cannot change context %u: %s; it stays as it was", context->xid,
		    reason ?: "no memory");
	die(EXIT_FAILED, "cannot change context %u: %s; vserver set %s cpu=SHARE sets it anew",
	    context->xid, reason ?: "no memory", context->name);
}

/* In force when this returns; nobody else changes it meanwhile. */
static void change(struct vs *vs, struct vs_context *context, const struct arguments *args)
{
	struct vs_context after;

	scheduler_or_die(vs);
	change_lock(context);
	find_or_die(vs, args->context, context);
	after = *context;
	change_make(&args->change, context, &after.bucket);
	if (!args->force)
		room_or_die(vs, context, &after.bucket);
	if (vs_context_set(vs, &after, VS_SET_BUCKET) < 0)
		die(EXIT_FAILED, "cannot change context %u: %s", context->xid, vs_reason(vs));
	if (context->flags & VS_FLAG_CGROUP &&
	    guest_limit(vs, context->xid, &after.bucket) < 0)
		undo(vs, context, after.bucket.set_tokens);
}

int main(int argc, char **argv)
{
	struct arguments args = {};
	struct vs_context context;
	struct vs *vs;

	argv[0] = program_invocation_short_name;
	read_arguments(argc, argv, &args);
	vs = open_or_die();
	find_or_die(vs, args.context, &context);
	if (args.changes) {
		change(vs, &context, &args);
		if (args.json)
			find_or_die(vs, args.context, &context);
	}
	if (args.json)
		print_as_json(vs, &context);
	else if (!args.changes)
		print(vs, &context);
	vs_close(vs);
	if (fflush(stdout) != 0)
		die(EXIT_FAILED, "cannot write: %s", strerror(errno));
	return 0;
}
