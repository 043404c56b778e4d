/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Copyright (C) 2026 The VServer developers
 *
 * What a change makes of the bucket that a context has: what is not said stays,
 * and what does not fit together is refused.  The kernel refuses the same, with
 * fewer words.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/sysinfo.h>

#include "human.h"
#include "vsched.h"

/* How it was said, or how it could be. */
static const char *word_for(const struct change *change, enum field field)
{
	static const char *const usual[] = {
		[FIELD_RATE] = "--cpu",
		[FIELD_INTERVAL] = "--cpu",
		[FIELD_SIZE] = "--cpu-bucket",
		[FIELD_RELEASE] = "--cpu-release",
		[FIELD_IDLE_RATE] = "--cpu-idle",
		[FIELD_IDLE_INTERVAL] = "--cpu-idle",
		[FIELD_TOKENS] = "--cpu-tokens",
		[FIELD_SCOPE] = "--cpu-scope",
	};

	return change->said[field] ?: usual[field];
}

static void say_all(const struct change *change, struct vs_bucket *bucket)
{
	const struct vs_bucket *to = &change->to;

	if (change->said[FIELD_RATE])
		bucket->rate_ns = to->rate_ns;
	if (change->said[FIELD_INTERVAL])
		bucket->interval_ns = to->interval_ns;
	if (change->said[FIELD_SIZE])
		bucket->size_ns = to->size_ns;
	if (change->said[FIELD_RELEASE])
		bucket->release_ns = to->release_ns;
	if (change->said[FIELD_IDLE_RATE])
		bucket->idle_rate_ns = to->idle_rate_ns;
	if (change->said[FIELD_IDLE_INTERVAL])
		bucket->idle_interval_ns = to->idle_interval_ns;
	if (change->said[FIELD_BIAS])
		bucket->prio_bias = to->prio_bias;
	if (change->said[FIELD_SCOPE])
		bucket->scope = to->scope;
	bucket->set_tokens = change->said[FIELD_TOKENS];
	bucket->tokens_ns = to->tokens_ns;
}

/* Nothing of a bucket is left then. */
static void check_none(const struct change *change)
{
	for (int field = 0; field < FIELDS; field++)
		if (change->said[field] && change->said[field] != change->said[FIELD_RATE])
			die(EXIT_USAGE, "%s infinity: then there is no bucket; leave out %s",
			    change->said[FIELD_RATE], change->said[field]);
}

/* --- does it fit together ------------------------------------------------------------ */

/* Of the first pair, or of the second. */
static void check_rate(const struct change *change, uint32_t xid, enum field field, uint64_t rate,
		       uint64_t interval)
{
	const unsigned int processors = (unsigned int)get_nprocs();

	if (interval < VS_INTERVAL_MIN_NS || interval > VS_INTERVAL_MAX_NS)
		die(EXIT_FAILED, "cannot change context %u: its interval would be %s; give %s of "
		    "1ms to 10s", xid, human_time(interval), word_for(change, field + 1));
	if (rate * VS_RATE_MIN_DIV < interval || rate > interval * processors)
		die(EXIT_FAILED, "cannot change context %u: %s every %s is less than 0.1%% of a "
		    "processor, or more than this machine's %u; give another %s", xid,
		    human_time(rate), human_time(interval), processors, word_for(change, field));
}

static void check_idle(const struct change *change, uint32_t xid, struct vs_bucket *bucket)
{
	if (change->said[FIELD_IDLE] && !bucket->idle_rate_ns)
		die(EXIT_FAILED, "cannot change context %u: it has no idle rate; give "
		    "--fill-rate2 and --interval2", xid);
	if (change->said[FIELD_IDLE_RATE] && !bucket->idle_rate_ns)
		bucket->idle_interval_ns = 0;
	if (!bucket->idle_rate_ns != !bucket->idle_interval_ns)
		die(EXIT_FAILED, "cannot change context %u: of its idle rate %s alone says half; "
		    "give --fill-rate2 and --interval2", xid,
		    change->said[FIELD_IDLE_RATE] ?: change->said[FIELD_IDLE_INTERVAL]);
	if (bucket->idle_rate_ns)
		check_rate(change, xid, FIELD_IDLE_RATE, bucket->idle_rate_ns,
			   bucket->idle_interval_ns);
}

static void check_scope(const struct change *change, uint32_t xid, struct vs_bucket *bucket)
{
	bool idle = bucket->rate_ns <= bucket->interval_ns;

	if (vs_bucket_set_scope(bucket, bucket->scope) < 0)
		die(EXIT_FAILED, "cannot change context %u: %s every %s is more than one processor "
		    "has, and with --cpu-scope processor it is of each; give less for %s, or "
		    "--cpu-scope machine", xid,
		    human_time(idle ? bucket->idle_rate_ns : bucket->rate_ns),
		    human_time(idle ? bucket->idle_interval_ns : bucket->interval_ns),
		    word_for(change, idle ? FIELD_IDLE_RATE : FIELD_RATE));
}

static void fill_up(const struct change *change, uint32_t xid, struct vs_bucket *bucket)
{
	struct vs_bucket made;
	int r = vs_bucket_make(bucket->rate_ns, bucket->interval_ns, bucket->size_ns,
			       bucket->release_ns, &made);

	if (r == -ETIME)
		die(EXIT_FAILED, "cannot change context %u: at this share it would be on hold for "
		    "more than 10 s, until it has %s; give less for %s", xid,
		    human_time(bucket->release_ns), word_for(change, FIELD_RELEASE));
	if (r < 0 && bucket->size_ns)
		die(EXIT_FAILED, "cannot change context %u: it would run again at %s, and its "
		    "bucket holds %s; give less for %s, or more for %s", xid,
		    human_time(bucket->release_ns), human_time(bucket->size_ns),
		    word_for(change, FIELD_RELEASE), word_for(change, FIELD_SIZE));
	if (r < 0)
		die(EXIT_FAILED, "cannot change context %u: it would run again at %s, which is "
		    "more than its bucket holds; give %s too", xid,
		    human_time(bucket->release_ns), word_for(change, FIELD_SIZE));
	bucket->size_ns = made.size_ns;
	bucket->release_ns = made.release_ns;
}

void change_make(const struct change *change, const struct vs_context *context,
		 struct vs_bucket *ret)
{
	struct vs_bucket bucket = context->bucket;
	const uint32_t xid = context->xid;

	say_all(change, &bucket);
	if (change->none) {
		check_none(change);
		*ret = (struct vs_bucket){ 0 };
		return;
	}
	if (!bucket.rate_ns || !bucket.interval_ns)
		die(EXIT_FAILED, "cannot change context %u: it has no bucket, and what was said "
		    "makes none; give --cpu, or --fill-rate and --interval", xid);
	check_rate(change, xid, FIELD_RATE, bucket.rate_ns, bucket.interval_ns);
	check_idle(change, xid, &bucket);
	check_scope(change, xid, &bucket);
	fill_up(change, xid, &bucket);
	if (bucket.set_tokens && bucket.tokens_ns > bucket.size_ns)
		die(EXIT_FAILED, "cannot change context %u: %s is more than its bucket holds, %s; "
		    "give less, or more for %s", xid, word_for(change, FIELD_TOKENS),
		    human_time(bucket.size_ns), word_for(change, FIELD_SIZE));
	*ret = bucket;
}
