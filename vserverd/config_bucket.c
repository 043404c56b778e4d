// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Copyright (C) 2026 The VServer developers
 *
 * cpu and what belongs to it make one bucket, if they fit together.
 */
#include <errno.h>
#include <unistd.h>

#include "config_entry.h"

static uint64_t take_time(const struct entries *entries, const char *name)
{
	const char *value = entry_value(entries, name);
	uint64_t ns = 0;

	if (value)
		vs_parse_time(value, &ns);
	return ns;
}

/* What a bucket may have beside R, T, S and M. */
static void take_extras(const struct entries *entries, struct vs_bucket *bucket, FILE *errors)
{
	const char *idle = entry_value(entries, "cpu-idle");
	const char *bias = entry_value(entries, "cpu-prio-bias");
	const char *scope = entry_value(entries, "cpu-scope");
	uint32_t whose = VS_SCOPE_MACHINE;

	if (idle)
		vs_parse_share(idle, &bucket->idle_rate_ns, &bucket->idle_interval_ns);
	if (bias)
		vs_parse_bias(bias, &bucket->prio_bias);
	if (scope)
		vs_parse_scope(scope, &whose);
	if (vs_bucket_set_scope(bucket, whose) < 0)
		entry_complain(errors, entry_find(entries, "cpu-scope"), "cpu-scope: processor "
			       "makes cpu and cpu-idle those of each processor, which has 100%%; "
			       "make them less, or cpu-scope machine");
	bucket->set_tokens = entry_value(entries, "cpu-tokens");
	bucket->tokens_ns = take_time(entries, "cpu-tokens");
	if (bucket->tokens_ns > bucket->size_ns)
		entry_complain(errors, entry_find(entries, "cpu-tokens"), "cpu-tokens: more "
			       "than the bucket holds; make it less, or cpu-bucket more");
}

void config_take_bucket(const struct entries *entries, struct vs_bucket *bucket, FILE *errors)
{
	const char *cpu = entry_value(entries, "cpu");
	uint64_t rate, interval;
	int r;

	if (!cpu || vs_parse_share(cpu, &rate, &interval) < 0 || rate == UINT64_MAX)
		return;
	r = vs_bucket_make(rate, interval, take_time(entries, "cpu-bucket"),
			   take_time(entries, "cpu-release"), bucket);
	if (r == -ERANGE)
		entry_complain(errors, entry_find(entries, "cpu"), "cpu: %s is more than this "
			       "machine has or less than can be given; it has %ld processors, "
			       "100%% each", cpu, sysconf(_SC_NPROCESSORS_ONLN));
	else if (r == -ETIME)
		entry_complain(errors, entry_find(entries, "cpu-release"), "cpu-release: at "
			       "this share that takes more than 10 s; make it less, or cpu more");
	else if (r < 0)
		entry_complain(errors, entry_find(entries, "cpu-release"), "cpu-release: more "
			       "than the bucket holds; make it less, or cpu-bucket more");
	else
		take_extras(entries, bucket, errors);
}
